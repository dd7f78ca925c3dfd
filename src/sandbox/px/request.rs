//! A request: who asks and when, the identifiers that it names, and why it may be refused.

use super::call::Call;
use super::scenario::Scenario;
use crate::sandbox::clock::Millis;
use serde_json::{Map, Value};

/// Who asks, and when.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    pub call: Call,
    pub scenario: &'a Scenario,
    pub seed: u64,
    /// On the server's own clock.
    pub now: Millis,
    /// The offer whose text a trainer wants now.
    pub offer: Option<&'a str>,
}

/// The five identifiers of a request, as texts; blank when they are missing.
pub struct Ids<'a> {
    pub sales_code: &'a str,
    pub partner_id: &'a str,
    pub partner_order: &'a str,
    pub transaction: &'a str,
    pub address: &'a str,
}

impl<'a> Ids<'a> {
    /// Reads them.
    pub fn read(request: &'a Map<String, Value>) -> Self {
        let text = |name| {
            request.get(name).and_then(Value::as_str).map_or("", |t| if t.trim().is_empty() { "" } else { t })
        };
        Self {
            sales_code: text("salesCode"),
            partner_id: text("partnerId"),
            partner_order: text("partnerOrderId"),
            transaction: text("transactionId"),
            address: text("addressDetailId"),
        }
    }
}

/// Why a request is refused.
pub enum Refused {
    /// A documented row.
    Row(&'static str),
    /// The request does not fit the contract.
    BadRequest(&'static str),
}
