//! Retrieve, send, and the acceptance, pure: what may be asked for more than once.

use super::call::Method;
use super::rcc;
use super::request::{Asked, Ids, Refused};
use super::state::State;
use super::transaction::Sent;
use crate::sandbox::chance::scramble;
use crate::sandbox::clock::time;
use serde_json::{Map, Value, json};

/// The text, which is remembered as retrieved.
pub fn retrieve(state: &mut State, ids: &Ids<'_>, asked: Asked<'_>, tx_id: &str) -> Result<Value, Refused> {
    if ids.address.contains("NOTAX") {
        return Err(Refused::Row("4040"));
    }
    if ids.address.contains("NORCC") {
        state.transaction(ids.transaction).retrieved = false;
        return Err(Refused::Row("4050"));
    }
    state.transaction(ids.transaction).retrieved = true;
    let special = asked.scenario.special(ids.transaction);
    let usual = special.and_then(|o| o.offer.as_deref()).or(asked.scenario.offer.as_deref());
    let offer = asked.offer.or(usual);
    let text = rcc::of(ids.address, offer, special.and_then(|o| o.language.as_deref()));
    let mut body = json!({
        "txId": tx_id, "transactionId": ids.transaction, "partnerOrderId": ids.partner_order,
        "language": text.language,
    });
    if asked.scenario.rcc_as_text {
        body["rccText"] =
            json!(text.sections.iter().map(|s| s.text.as_str()).collect::<Vec<_>>().join("\n\n"));
    } else {
        body["rcc"] = json!(text.sections);
    }
    Ok(body)
}

/// Sends the text to the customer, who accepts it after a while.
pub fn send(
    state: &mut State,
    ids: &Ids<'_>,
    request: &Map<String, Value>,
    asked: Asked<'_>,
    tx_id: &str,
) -> Result<Value, Refused> {
    let text = |name| request.get(name).and_then(Value::as_str).unwrap_or_default();
    let method = match text("deliveryMethod") {
        "SMS" if is_phone(text("phoneNumber")) => Method::Sms,
        "SMS" => return Err(Refused::BadRequest("phoneNumber is not +1 and ten digits")),
        "EMAIL" if is_email(text("emailAddress")) => Method::Email,
        "EMAIL" => return Err(Refused::BadRequest("emailAddress is not an address")),
        _ => return Err(Refused::BadRequest("deliveryMethod is neither SMS nor EMAIL")),
    };
    if !state.transaction(ids.transaction).retrieved {
        return Err(Refused::BadRequest("no RCC was retrieved for this transaction"));
    }
    // A customer takes a little more or less than the scenario says.
    let wait = asked.scenario.accepts_after_seconds * 1000;
    let spread = i64::try_from(scramble(asked.seed, state.count()) % 1000).unwrap_or(0);
    let accepts_at = asked.now + wait + if wait > 0 { spread } else { 0 };
    let declines = asked.scenario.special(ids.transaction).is_some_and(|order| order.declines);
    let told = declines.then_some((false, asked.now));
    state.transaction(ids.transaction).sent = Some(Sent { method, at: asked.now, accepts_at, told });
    Ok(json!({ "txId": tx_id, "deliveryMethod": method, "sentAt": time(asked.now) }))
}

fn is_phone(text: &str) -> bool {
    text.strip_prefix("+1").is_some_and(|rest| rest.len() == 10 && rest.bytes().all(|b| b.is_ascii_digit()))
}

fn is_email(text: &str) -> bool {
    let chars = !text.chars().any(|c| c.is_whitespace() || c.is_control());
    chars
        && text
            .split_once('@')
            .is_some_and(|(name, host)| !name.is_empty() && !host.is_empty() && !host.contains('@'))
}

/// Whether the customer has accepted.
pub fn acceptance(state: &State, ids: &Ids<'_>, asked: Asked<'_>, tx_id: &str) -> Value {
    let transaction = state.transactions.get(ids.transaction);
    let accepted = transaction
        .and_then(|t| t.accepted.or_else(|| t.sent.as_ref().and_then(|sent| sent.accepted(asked.now))));
    json!({
        "txId": tx_id, "accepted": accepted.is_some(), "acceptanceMethod": accepted.map(|a| a.method),
        "acceptedAt": accepted.map(|a| time(a.at)),
    })
}
