//! All that the embedded Px remembers.

use super::fault::{Fault, Pending, Place};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap, VecDeque};

/// Milliseconds since 1970, UTC.
pub type Millis = i64;

/// The four services.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Call {
    RetrieveRcc,
    SendRcc,
    GetRccAcceptance,
    CompleteOrder,
}

/// How the text reached the customer, in the contract's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Method {
    Verbal,
    Sms,
    Email,
}

/// Everything.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct State {
    /// How far the clock was moved on.
    pub advanced_seconds: i64,
    pub transactions: BTreeMap<String, Transaction>,
    /// Which transaction a partner order id was first seen with.
    pub partner_orders: HashMap<String, String>,
    /// Tokens that were issued, and when each ends.
    pub tokens: HashMap<String, Millis>,
    pub tokens_issued: u64,
    /// Faults that wait for their call.
    pub faults: VecDeque<Pending>,
    /// Counts everything that was given a number.
    pub counter: u64,
}

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
    pub accepted_by: Option<Method>,
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
    /// When the customer accepted, if they have by `now`.
    pub fn accepted_at(&self, now: Millis) -> Option<Millis> {
        match self.told {
            Some((true, at)) => Some(at),
            Some((false, _)) => None,
            None => Some(self.accepts_at).filter(|at| *at <= now),
        }
    }
}

impl State {
    /// The transaction of that id, for counting; made when it is new.
    pub fn transaction(&mut self, id: &str) -> &mut Transaction {
        self.transactions.entry(id.to_owned()).or_default()
    }

    /// Counts a call that arrived for a transaction; calls that name none are nowhere.
    pub fn receive(&mut self, call: Call, transaction: &str) {
        if transaction.trim().is_empty() {
            return;
        }
        let seen = self.transaction(transaction);
        match call {
            Call::RetrieveRcc => seen.retrieves_received += 1,
            Call::SendRcc => seen.sends_received += 1,
            Call::GetRccAcceptance => seen.acceptance_checks_received += 1,
            Call::CompleteOrder => seen.completes_received += 1,
        }
    }

    /// The fault that waits for this request, once less.
    pub fn take_fault(&mut self, place: Place, transaction: &str) -> Option<Fault> {
        let fits =
            |p: &Pending| p.call == place && p.transaction_id.as_deref().is_none_or(|id| id == transaction);
        let at = self.faults.iter().position(fits)?;
        let pending = self.faults.get_mut(at)?;
        pending.times = pending.times.saturating_sub(1);
        if pending.times > 0 {
            return Some(pending.fault.clone());
        }
        self.faults.remove(at).map(|last| last.fault)
    }

    /// The next number.
    pub fn count(&mut self) -> u64 {
        self.counter += 1;
        self.counter
    }
}

/// A number that looks drawn at random, the same for the same seed and count.
pub fn scramble(seed: u64, count: u64) -> u64 {
    // SplitMix64's finaliser: well mixed, and a page of nothing else.
    let mut z =
        seed.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(count.wrapping_mul(0xbf58_476d_1ce4_e5b9));
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
