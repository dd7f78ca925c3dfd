//! What is known of one transaction.

use super::call::Method;
use crate::sandbox::clock::Millis;
use serde::{Deserialize, Serialize};

/// One transaction.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Transaction {
    /// The partner order id it was first seen with; empty until a request named a good pair.
    pub partner_order_id: String,
    /// What else it was first seen with: every call carries it, unchanged through submit.
    pub first_seen: FirstSeen,
    pub prepared_at: Millis,
    pub retrieved: bool,
    pub sent: Option<Sent>,
    pub order_number: Option<String>,
    /// The acceptance it was completed on.
    pub accepted: Option<Accepted>,
    pub retrieves_received: u64,
    pub sends_received: u64,
    pub acceptance_checks_received: u64,
    pub completes_received: u64,
    pub completes_applied: u64,
}

/// The identifiers beside the pair; empty until a request named a good one.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct FirstSeen {
    pub sales_code: String,
    pub partner_id: String,
    pub address_detail_id: String,
}

/// How the customer accepted, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accepted {
    pub method: Method,
    pub at: Millis,
}

/// What was sent last.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Sent {
    pub method: Method,
    pub at: Millis,
    /// When the customer accepts by themselves.
    pub accepts_at: Millis,
    /// What the trainer made the customer do, and when.
    pub told: Option<(bool, Millis)>,
}

impl Sent {
    /// The customer's acceptance, if they have given it by `now`.
    pub fn accepted(&self, now: Millis) -> Option<Accepted> {
        let at = match self.told {
            Some((true, at)) => Some(at),
            Some((false, _)) => None,
            None => Some(self.accepts_at).filter(|at| *at <= now),
        };
        at.map(|at| Accepted { method: self.method, at })
    }
}
