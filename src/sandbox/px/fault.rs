//! What can be made to go wrong on demand.
//!
//! `{"row":"2131"}` a documented error, nothing done · `{"gateway":"invalid_token"}` the gateway refuses, nothing done ·
//! `{"offer":"bundle"}` another text than before is retrieved. `afterCalls` lets so many calls pass first; `forSeconds` keeps
//! it up for so long by the server's clock, however many calls come.
//! What a network does besides is in `crate::sandbox::fault`.

use super::call::Call;
use super::gateway::Gateway;
use super::rcc;
use super::rows;
use crate::sandbox::clock::Millis;
use crate::sandbox::fault::{Spoilt, Transport, When};
use serde::{Deserialize, Serialize};

/// What the caller of `/_sandbox/faults` is told when it does not fit.
pub const SHAPES: &str = r#"{"call":"token|retrieve_rcc|send_rcc|get_rcc_acceptance|complete_order","times":1,"transactionId":"optional","afterCalls":0,"fault":F}, or "forSeconds":60 instead of times, where F is one of {"row":"2131"} (a documented code, or payment_down), {"offer":"internet|phone|bundle|hostile"} (of retrieve_rcc), {"gateway":"invalid_token|invalid_client|missing_credentials|not_found|apigee|quota"}, {"cut":"before|after"}, {"cutAfterBytes":100}, {"hang":"before|after"}, {"body":"html|garbled|empty|truncated|other_ids","status":502,"applied":true}, {"status":429,"retryAfter":5}, {"latencySeconds":2}"#;

/// A month: nothing lasts longer.
const LONGEST: i64 = 31 * 24 * 3600;

/// A call, or the fetching of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    Token,
    #[serde(alias = "retrieveRcc", alias = "pxRetrieveRCC")]
    RetrieveRcc,
    #[serde(alias = "sendRcc", alias = "pxSendRCC")]
    SendRcc,
    #[serde(alias = "getRccAcceptance", alias = "pxGetRCCAcceptance")]
    GetRccAcceptance,
    #[serde(alias = "completeOrder", alias = "pxCompleteOrder")]
    CompleteOrder,
}

impl From<Call> for Place {
    fn from(call: Call) -> Self {
        match call {
            Call::RetrieveRcc => Self::RetrieveRcc,
            Call::SendRcc => Self::SendRcc,
            Call::GetRccAcceptance => Self::GetRccAcceptance,
            Call::CompleteOrder => Self::CompleteOrder,
        }
    }
}

/// A fault that waits for its call.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Pending {
    #[serde(alias = "api")]
    pub call: Place,
    #[serde(default = "once")]
    pub times: u32,
    /// Only for this transaction.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transaction_id: Option<String>,
    /// How many such calls pass before it.
    #[serde(default, skip_serializing_if = "is_none")]
    pub after_calls: u32,
    /// For how long it lasts, in place of `times`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub for_seconds: Option<i64>,
    /// Until when that is, on the server's clock; set when it is added.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Millis>,
    pub fault: Fault,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_none(calls: &u32) -> bool {
    *calls == 0
}

fn once() -> u32 {
    1
}

/// What goes wrong.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Fault {
    #[serde(
        alias = "code",
        alias = "internalCode",
        alias = "internal_code",
        skip_serializing_if = "Option::is_none"
    )]
    pub row: Option<RowKey>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gateway: Option<Gateway>,
    /// The text that is retrieved, by its offer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offer: Option<String>,
    #[serde(flatten)]
    pub transport: Transport,
}

/// A documented code, as text or as a number.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(untagged)]
pub enum RowKey {
    Text(String),
    Number(u32),
}

impl RowKey {
    /// The key into the table.
    pub fn key(&self) -> String {
        match self {
            Self::Text(text) if text.is_empty() => rows::PAYMENT_DOWN.to_owned(),
            Self::Text(text) => text.clone(),
            Self::Number(number) => number.to_string(),
        }
    }
}

impl Fault {
    /// One that nobody asked for, as networks and gateways have them; `draw` decides which.
    pub fn by_chance(draw: u64) -> Self {
        let on_the_way = |transport| Self { transport, ..Self::default() };
        let nothing = Transport::default();
        match draw % 5 {
            0 => on_the_way(Transport { latency_seconds: Some(3.0), ..nothing }),
            1 => Self { gateway: Some(Gateway::Quota), ..Self::default() },
            2 => Self { gateway: Some(Gateway::Apigee), ..Self::default() },
            3 => on_the_way(Transport { body: Some(Spoilt::Html), ..nothing }),
            _ => on_the_way(Transport { cut: Some(When::After), ..nothing }),
        }
    }

    /// Whether the work is done all the same.
    pub fn lets_work(&self) -> bool {
        self.row.is_none() && self.gateway.is_none() && self.transport.lets_work()
    }
}

impl Pending {
    /// Reads a request to the control side; says what does not fit.
    pub fn read(body: &[u8]) -> Result<Self, String> {
        let pending: Self = serde_json::from_slice(body).map_err(|e| e.to_string())?;
        let said: serde_json::Value = serde_json::from_slice(body).map_err(|e| e.to_string())?;
        if pending.for_seconds.is_some() && said.get("times").is_some() {
            return Err("forSeconds stands in place of times: say one of them".to_owned());
        }
        let fault = &pending.fault;
        fault.transport.check(&[fault.row.is_some(), fault.gateway.is_some(), fault.offer.is_some()])?;
        pending.check_offer()?;
        if pending.for_seconds.is_some_and(|s| !(1..=LONGEST).contains(&s)) || pending.until.is_some() {
            return Err("forSeconds is between 1 and a month, and until is not yours to say".to_owned());
        }
        if pending.times == 0 {
            return Err("times is at least 1".to_owned());
        }
        if let Some(key) = fault.row.as_ref().map(RowKey::key) {
            pending.row(&key).ok_or_else(|| format!("{key} is not documented for this call"))?;
        }
        Ok(pending)
    }

    fn check_offer(&self) -> Result<(), String> {
        let Some(offer) = &self.fault.offer else { return Ok(()) };
        if self.call != Place::RetrieveRcc {
            return Err("offer goes with retrieve_rcc alone".to_owned());
        }
        let known = rcc::NAMES.contains(&offer.as_str());
        if known { Ok(()) } else { Err(format!("offer is one of {}", rcc::NAMES.join(", "))) }
    }

    fn row(&self, key: &str) -> Option<&'static rows::Row> {
        let call = match self.call {
            Place::Token => return None,
            Place::RetrieveRcc => Call::RetrieveRcc,
            Place::SendRcc => Call::SendRcc,
            Place::GetRccAcceptance => Call::GetRccAcceptance,
            Place::CompleteOrder => Call::CompleteOrder,
        };
        rows::find(call, key)
    }
}
