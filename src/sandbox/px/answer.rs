//! What goes over the wire, pure: a reply, and what a fault makes of it.

use super::fault::{Fault, Spoilt};
use super::gateway::Gateway;
use super::reply::Reply;
use crate::sandbox::message::Message;
use serde_json::{Value, json};

/// How much of a reply gets through when it is cut short: its head, and a little of its body.
const CUT_SHORT: usize = 180;
/// What clients are told to wait when a quota is used up, in seconds.
const QUOTA_PAUSE: u64 = 5;

/// What the client gets to see.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    Message(Message),
    /// The connection is closed without a byte of reply.
    Cut,
    /// No reply, and the connection stays open.
    Hang,
}

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
pub fn under(fault: &Fault, reply: Reply, request: &Value) -> Answer {
    if fault.hang.is_some() {
        return Answer::Hang;
    }
    if fault.cut.is_some() {
        return Answer::Cut;
    }
    let mut message = match (fault.gateway, fault.body, fault.status) {
        (Some(kind), _, _) => kind.into(),
        (None, Some(spoilt), status) => spoil(spoilt, status, reply, request),
        (None, None, Some(status)) if fault.row.is_none() => {
            Message::json(status, &json!({ "code": status.to_string(), "message": "on demand" }))
        }
        (None, None, _) => reply.into(),
    };
    message.retry_after = fault.retry_after.or(message.retry_after);
    Answer::Message(message)
}

fn spoil(spoilt: Spoilt, status: Option<u16>, reply: Reply, request: &Value) -> Message {
    let or = |otherwise| status.unwrap_or(otherwise);
    match spoilt {
        Spoilt::Html => {
            let page =
                "<html><head><title>502 Bad Gateway</title></head><body><h1>Bad Gateway</h1></body></html>";
            Message::text(or(502), "text/html", page.to_owned())
        }
        Spoilt::Garbled => {
            Message::text(or(200), "application/json", "{\"txId\":\"7f3a\",\"orderNum\u{1}".to_owned())
        }
        Spoilt::Empty => Message::text(or(200), "application/json", String::new()),
        Spoilt::Truncated => {
            Message { cut_after: Some(CUT_SHORT), ..Message::json(or(reply.status), &reply.body) }
        }
        Spoilt::OtherIds => Message::json(or(reply.status), &with_other_ids(reply.body, request)),
    }
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
