//! What goes over the wire, pure: a reply, and what a fault makes of it.

use super::fault::Fault;
use super::gateway::Gateway;
use super::reply::Reply;
use crate::sandbox::fault::Spoilt;
use crate::sandbox::message::Message;
use crate::sandbox::planned::Answer;
use serde_json::{Value, json};

/// What clients are told to wait when a quota is used up, in seconds.
const QUOTA_PAUSE: u64 = 5;

impl From<Reply> for Message {
    fn from(reply: Reply) -> Self {
        Self::json(reply.status, &reply.body)
    }
}

impl From<Gateway> for Message {
    fn from(kind: Gateway) -> Self {
        let retry_after = (kind == Gateway::Quota).then_some(QUOTA_PAUSE);
        Self { retry_after, ..kind.reply().into() }
    }
}

/// What becomes of `reply` under `fault`; `request` is what was asked.
pub fn under(fault: &Fault, mut reply: Reply, request: &Value) -> Answer {
    if fault.transport.body == Some(Spoilt::OtherIds) {
        reply.body = with_other_ids(reply.body, request);
    }
    let message = match (fault.gateway, fault.transport.bare_status()) {
        (Some(kind), _) => kind.into(),
        (None, Some(status)) if fault.row.is_none() => {
            Message::json(status, &json!({ "code": status.to_string(), "message": "on demand" }))
        }
        (None, _) => reply.into(),
    };
    fault.transport.under(message)
}

/// The reply as if it were about another order: wherever it names the two ids.
fn with_other_ids(mut body: Value, request: &Value) -> Value {
    for name in ["transactionId", "partnerOrderId"] {
        let other = json!(format!("{}-other", request.get(name).and_then(Value::as_str).unwrap_or("none")));
        if let Some(id) = body.get_mut("orderDetails").and_then(|d| d.get_mut(name)) {
            *id = other.clone();
        }
        body[name] = other;
    }
    body
}
