//! The rules of Px, pure: a request and an instant make a reply and change the state.
//!
//! In which order the real Px checks is not known. Here: the shape of the request; sales code, partner id, address,
//! transaction id, partner order id; the pair; then what the service itself needs.
//!
//! A sales code, partner id or address other than the one that the transaction was first seen with is invalid: every call
//! carries them, unchanged through submit. Only after a refusal on demand may that one be corrected.
//!
//! Values with a meaning, so that every documented error has a real cause: an id that begins with `BAD`, `INVALID` or
//! `WRONG` is invalid; an address that holds `NOTAX` has no tax estimate (4040), `NORCC` no text (4050), `PAY` needs a
//! payment (1130); a payment token that begins with `declined` is declined (1099), with `down` meets a payment system that
//! is down.

use super::complete::complete;
use super::rcc;
use super::rows;
use super::scenario::Scenario;
use super::state::{Call, FirstSeen, Method, Millis, Sent, State, scramble};
use serde_json::{Map, Value, json};

/// A reply of Px.
#[derive(Clone, Debug, PartialEq)]
pub struct Reply {
    pub status: u16,
    pub body: Value,
}

/// Who asks, and when.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    pub call: Call,
    pub scenario: &'a Scenario,
    pub seed: u64,
    /// On the server's own clock.
    pub now: Millis,
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
    fn read(request: &'a Map<String, Value>) -> Self {
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

/// Answers one request.
pub fn answer(state: &mut State, request: &Value, asked: Asked<'_>) -> Reply {
    let tx_id = tx_id(state, asked);
    let Some(request) = request.as_object() else {
        return bad_request("the body is not a JSON object", &tx_id);
    };
    let ids = Ids::read(request);
    let outcome = identify(state, &ids, asked).and_then(|()| match asked.call {
        Call::RetrieveRcc => retrieve(state, &ids, asked, &tx_id),
        Call::SendRcc => send(state, &ids, request, asked, &tx_id),
        Call::GetRccAcceptance => Ok(acceptance(state, &ids, asked, &tx_id)),
        Call::CompleteOrder => complete(state, &ids, request, asked, &tx_id),
    });
    match outcome {
        Ok(body) => Reply { status: 200, body },
        Err(Refused::Row(key)) => refusal(asked.call, key, &ids, &tx_id),
        Err(Refused::BadRequest(why)) => bad_request(why, &tx_id),
    }
}

fn tx_id(state: &mut State, asked: Asked<'_>) -> String {
    format!("{:016x}", scramble(asked.seed, state.count()))
}

/// Why a request is refused.
pub enum Refused {
    /// A documented row.
    Row(&'static str),
    /// The request does not fit the contract.
    BadRequest(&'static str),
}

/// The reply of a documented row, whether it has a cause or not. If it is about an identifier, that one was wrong, then:
/// the next call may bring another.
pub fn refuse_on_demand(state: &mut State, request: Option<&Value>, key: &str, asked: Asked<'_>) -> Reply {
    let nothing = Map::new();
    let ids = Ids::read(request.and_then(Value::as_object).unwrap_or(&nothing));
    if let Some(transaction) = state.transactions.get_mut(ids.transaction) {
        let FirstSeen { sales_code, partner_id, address_detail_id } = &mut transaction.first_seen;
        match key {
            "2000" => sales_code.clear(),
            "2030" => partner_id.clear(),
            "2025" => address_detail_id.clear(),
            _ => {}
        }
    }
    refusal(asked.call, key, &ids, &tx_id(state, asked))
}

/// The reply to a request that cannot be read.
pub fn refuse_unread(state: &mut State, why: &str, asked: Asked<'_>) -> Reply {
    bad_request(why, &tx_id(state, asked))
}

fn refusal(call: Call, key: &str, ids: &Ids<'_>, tx_id: &str) -> Reply {
    match rows::find(call, key) {
        Some(row) => Reply { status: row.status, body: row.body(ids.transaction, ids.partner_order, tx_id) },
        None => bad_request("there is no such row", tx_id),
    }
}

/// A 400 in Px's own shape.
fn bad_request(why: &str, tx_id: &str) -> Reply {
    Reply {
        status: 400,
        body: json!({ "apiStatusCode": 400, "userMessage": format!("Bad request: {why}; TxID {tx_id}"), "txId": tx_id }),
    }
}

/// The checks that all four services share; binds a good pair at its first sight.
fn identify(state: &mut State, ids: &Ids<'_>, asked: Asked<'_>) -> Result<(), Refused> {
    let scenario = asked.scenario;
    let complete = asked.call == Call::CompleteOrder;
    let checks = [
        (ids.sales_code, &scenario.sales_codes, "2000"),
        (ids.partner_id, &scenario.partner_ids, "2030"),
        (ids.address, &scenario.address_detail_ids, "2025"),
        // Complete has no row for a bad transaction id; its pair row says it.
        (ids.transaction, &scenario.transaction_ids, if complete { "2131" } else { "2070" }),
    ];
    for (value, valid, key) in checks {
        if is_wrong(value, valid) {
            return Err(Refused::Row(key));
        }
    }
    if ids.partner_order.is_empty() {
        return Err(Refused::Row("2225"));
    }
    let bound = state.transactions.get(ids.transaction).map_or("", |t| t.partner_order_id.as_str());
    let holder = state.partner_orders.get(ids.partner_order).map_or(ids.transaction, String::as_str);
    if holder != ids.transaction || !(bound.is_empty() || bound == ids.partner_order) {
        return Err(Refused::Row("2131"));
    }
    if bound.is_empty() {
        let prepared = scenario.special(ids.transaction).map_or(0, |order| order.prepared_minutes_ago);
        let transaction = state.transaction(ids.transaction);
        ids.partner_order.clone_into(&mut transaction.partner_order_id);
        transaction.prepared_at = asked.now - prepared * 60_000;
        state.partner_orders.insert(ids.partner_order.to_owned(), ids.transaction.to_owned());
    }
    unchanged(&mut state.transaction(ids.transaction).first_seen, ids)
}

/// Refuses an identifier other than at first sight.
fn unchanged(first: &mut FirstSeen, ids: &Ids<'_>) -> Result<(), Refused> {
    let checks = [
        (&mut first.sales_code, ids.sales_code, "2000"),
        (&mut first.partner_id, ids.partner_id, "2030"),
        (&mut first.address_detail_id, ids.address, "2025"),
    ];
    for (known, given, key) in checks {
        if known.is_empty() {
            given.clone_into(known);
        } else if known != given {
            return Err(Refused::Row(key));
        }
    }
    Ok(())
}

fn is_wrong(value: &str, valid: &[String]) -> bool {
    let begins = |word: &str| value.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word));
    value.is_empty()
        || ["BAD", "INVALID", "WRONG"].into_iter().any(begins)
        || !(valid.is_empty() || valid.iter().any(|v| v == value))
}

fn retrieve(state: &mut State, ids: &Ids<'_>, asked: Asked<'_>, tx_id: &str) -> Result<Value, Refused> {
    if ids.address.contains("NOTAX") {
        return Err(Refused::Row("4040"));
    }
    if ids.address.contains("NORCC") {
        state.transaction(ids.transaction).retrieved = false;
        return Err(Refused::Row("4050"));
    }
    state.transaction(ids.transaction).retrieved = true;
    let special = asked.scenario.special(ids.transaction);
    let offer = special.and_then(|o| o.offer.as_deref()).or(asked.scenario.offer.as_deref());
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

fn send(
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

fn acceptance(state: &State, ids: &Ids<'_>, asked: Asked<'_>, tx_id: &str) -> Value {
    let transaction = state.transactions.get(ids.transaction);
    let sent = transaction.and_then(|t| t.sent.as_ref());
    match sent.and_then(|s| s.accepted_at(asked.now).map(|at| (s.method, at))) {
        Some((method, at)) => {
            json!({ "txId": tx_id, "accepted": true, "acceptanceMethod": method, "acceptedAt": time(at) })
        }
        None => json!({ "txId": tx_id, "accepted": false, "acceptanceMethod": null, "acceptedAt": null }),
    }
}

/// RFC 3339, to the millisecond.
pub fn time(at: Millis) -> String {
    jiff::Timestamp::from_millisecond(at).map_or_else(|_| String::new(), |t| t.to_string())
}
