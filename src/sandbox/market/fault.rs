//! What can be made to go wrong with a partner's call on demand: all that a network does (`crate::sandbox::fault`), and
//! `{"message":"no such SKU","status":400}`, a refusal in words, nothing done.

use super::call::Call;
use crate::sandbox::fault::{Spoilt, Transport, When};
use serde::{Deserialize, Serialize};

/// What the caller of `/_sandbox/faults` is told when it does not fit.
pub const SHAPES: &str = r#"{"call":"start_billing|usage|usage_end|update_subscription|tracking","times":1,"provisioningId":"optional","fault":F} where F is one of {"cut":"before|after"}, {"cutAfterBytes":100}, {"hang":"before|after"}, {"body":"html|garbled|empty|truncated","status":502,"applied":true}, {"status":503,"retryAfter":5}, {"message":"no such SKU","status":400}, {"latencySeconds":2}"#;

/// A fault that waits for its call.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Pending {
    pub call: Call,
    #[serde(default = "once")]
    pub times: u32,
    /// Only for this provisioning.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provisioning_id: Option<String>,
    pub fault: Fault,
}

fn once() -> u32 {
    1
}

/// What goes wrong.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Fault {
    /// What the refusal says; its status is `status`, or 400.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    #[serde(flatten)]
    pub transport: Transport,
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
        Self { message: None, transport }
    }

    /// Whether the work is done all the same.
    pub fn lets_work(&self) -> bool {
        self.message.is_none() && self.transport.lets_work()
    }

    /// The refusal that stands in for the work: its status, and its words.
    pub fn refusal(&self) -> Option<(u16, &str)> {
        match (&self.message, self.transport.bare_status()) {
            (Some(message), status) => Some((status.unwrap_or(400), message)),
            (None, Some(status)) => Some((status, "on demand")),
            (None, None) => None,
        }
    }
}

impl Pending {
    /// Reads a request to the control side; says what does not fit.
    pub fn read(body: &[u8]) -> Result<Self, String> {
        let pending: Self = serde_json::from_slice(body).map_err(|e| e.to_string())?;
        let transport = &pending.fault.transport;
        transport.check(&[pending.fault.message.is_some()])?;
        if transport.body == Some(Spoilt::OtherIds) {
            return Err("no answer of the marketplace has ids in it".to_owned());
        }
        if pending.times == 0 {
            return Err("times is at least 1".to_owned());
        }
        Ok(pending)
    }
}
