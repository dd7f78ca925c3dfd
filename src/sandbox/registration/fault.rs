//! What can be made to go wrong with a call on demand: all that a network does (`crate::sandbox::fault`), and
//!
//! `{"error":"CONFLICT"}` a documented error, nothing done · `{"clockOffSeconds":45}` the gateway's clock is off by so much
//! for this call · `{"answer":"no_location"}` the work is done, and the answer misleads · `{"lateSeconds":5}` the connection
//! is cut, or `status` answered, and the work is done so much later.

use super::call::Scope;
use super::problem::Kind;
use crate::sandbox::fault::{Spoilt, Transport, When};
use crate::sandbox::message::Message;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// What the caller of `/_sandbox/faults` is told when it does not fit.
pub const SHAPES: &str = r#"{"call":"list_applications|create_customer|get_pair|modify_customer|remove_any|...","times":1,"contract":"optional","fault":F} where F is one of {"error":"INVALID_ARGUMENT|NOT_FOUND|CONFLICT|NOT_AUTHORIZED|BAD_REQUEST"}, {"clockOffSeconds":45}, {"answer":"two_of_one_provider_id|two_of_one_surrogate_id|location_elsewhere|no_location"}, {"lateSeconds":5,"status":504}, {"cut":"before|after"}, {"cutAfterBytes":100}, {"hang":"before|after"}, {"body":"html|garbled|empty|truncated","status":502,"applied":true}, {"status":503,"retryAfter":5}, {"latencySeconds":2}"#;

/// A fault that waits for its call.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Pending {
    pub call: Scope,
    #[serde(default = "once")]
    pub times: u32,
    /// Only under this contract.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contract: Option<String>,
    pub fault: Fault,
}

fn once() -> u32 {
    1
}

/// What goes wrong.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Fault {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<Kind>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clock_off_seconds: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer: Option<Misleading>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub late_seconds: Option<u32>,
    #[serde(flatten)]
    pub transport: Transport,
}

/// An answer that misleads; one that has no such part is left as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Misleading {
    /// A list has its first object twice, once under another surrogate id.
    TwoOfOneProviderId,
    /// A list has two objects under the first one's surrogate id.
    TwoOfOneSurrogateId,
    /// `Location` is at another host.
    LocationElsewhere,
    NoLocation,
}

impl Fault {
    /// One that nobody asked for; `draw` decides which.
    pub fn by_chance(draw: u64) -> Self {
        let nothing = Transport::default();
        let transport = match draw % 5 {
            0 => Transport { latency_seconds: Some(3.0), ..nothing },
            1 => Transport { status: Some(429), retry_after: Some(5), ..nothing },
            2 => Transport { status: Some(500), ..nothing },
            3 => Transport { body: Some(Spoilt::Html), ..nothing },
            _ => Transport { cut: Some(When::After), ..nothing },
        };
        Self { transport, ..Self::default() }
    }

    /// Whether the request gets as far as to the rules.
    pub fn lets_work(&self) -> bool {
        self.error.is_none() && (self.late_seconds.is_some() || self.transport.lets_work())
    }

    /// The status that stands in for the answer.
    pub fn bare_status(&self) -> Option<u16> {
        self.transport.bare_status()
    }
}

impl Misleading {
    /// What becomes of the answer.
    pub fn under(self, mut message: Message) -> Message {
        match self {
            Self::NoLocation => message.location = None,
            Self::LocationElsewhere => {
                let path = |location: String| {
                    location.splitn(4, '/').nth(3).map(|path| format!("https://elsewhere.invalid/{path}"))
                };
                message.location = message.location.and_then(path);
            }
            Self::TwoOfOneProviderId => doubled(&mut message, &["surrogateId"]),
            Self::TwoOfOneSurrogateId => {
                doubled(
                    &mut message,
                    &["providerApplicationId", "providerCustomerId", "customerSurrogateId"],
                );
            }
        }
        message
    }
}

/// Adds the first object of a list once more, with other values in these members.
fn doubled(message: &mut Message, others: &[&str]) {
    let Ok(Value::Array(mut items)) = serde_json::from_str(&message.body) else { return };
    let Some(mut second) = items.first().cloned() else { return };
    for name in others {
        let other = match second.get(name) {
            Some(Value::Number(_)) => json!(u64::from(u32::MAX)),
            Some(Value::String(_)) if name.ends_with("SurrogateId") || *name == "surrogateId" => {
                json!(u32::MAX.to_string())
            }
            Some(Value::String(text)) => json!(format!("{}-2", text.get(..48).unwrap_or(text))),
            Some(_) | None => continue,
        };
        second[*name] = other;
    }
    items.push(second);
    message.body = Value::Array(items).to_string();
}

impl Pending {
    /// Reads a request to the control side; says what does not fit.
    pub fn read(body: &[u8]) -> Result<Self, String> {
        let pending: Self = serde_json::from_slice(body).map_err(|e| e.to_string())?;
        let Fault { error, clock_off_seconds, answer, late_seconds, transport } = &pending.fault;
        let own = [error.is_some(), clock_off_seconds.is_some(), answer.is_some(), late_seconds.is_some()];
        transport.check(&own)?;
        if transport.body == Some(Spoilt::OtherIds) {
            return Err("no answer of the registration repeats the ids of its request".to_owned());
        }
        if transport.status.is_some() && (own[0] || own[1] || own[2]) {
            return Err("error, clockOffSeconds and answer have statuses of their own".to_owned());
        }
        if clock_off_seconds.is_some_and(|s| !(-86_400..=86_400).contains(&s)) {
            return Err("clockOffSeconds is not within a day".to_owned());
        }
        if late_seconds.is_some_and(|s| s > 86_400) {
            return Err("lateSeconds is not within a day".to_owned());
        }
        if pending.times == 0 {
            return Err("times is at least 1".to_owned());
        }
        Ok(pending)
    }
}
