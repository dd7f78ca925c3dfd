//! Complete, pure: the one service that cannot be done twice.

use super::call::Method;
use super::request::{Asked, Ids, Refused};
use super::rows;
use super::state::State;
use super::transaction::{Accepted, Transaction};
use crate::sandbox::chance::scramble;
use crate::sandbox::clock::{Millis, time};
use serde_json::{Map, Value, json};

/// How long after prepare a Complete is accepted (2215, D).
const WINDOW: Millis = 120 * 60 * 1000;

/// What a Complete says beside the five identifiers.
struct Submission<'a> {
    accepted: bool,
    method: Method,
    payment_token: &'a str,
    gift_cards: usize,
}

impl<'a> Submission<'a> {
    fn read(request: &'a Map<String, Value>) -> Result<Self, Refused> {
        let accepted = request.get("rccAccepted").and_then(Value::as_bool);
        let method = match request.get("rccAcceptanceMethod").and_then(Value::as_str) {
            Some("VERBAL") => Method::Verbal,
            Some("SMS") => Method::Sms,
            Some("EMAIL") => Method::Email,
            Some(_) | None => {
                return Err(Refused::BadRequest("rccAcceptanceMethod is none of VERBAL, SMS, EMAIL"));
            }
        };
        let payment_token = match request.get("paymentToken") {
            None => "",
            Some(Value::String(token)) => token.as_str(),
            Some(_) => return Err(Refused::BadRequest("paymentToken is not text")),
        };
        let gift_cards = match request.get("giftCards") {
            None => 0,
            Some(Value::Array(cards)) if cards.iter().all(Value::is_string) => cards.len(),
            Some(_) => return Err(Refused::BadRequest("giftCards is not a list of texts")),
        };
        let accepted = accepted.ok_or(Refused::BadRequest("rccAccepted is not true or false"))?;
        Ok(Self { accepted, method, payment_token, gift_cards })
    }
}

/// Submits the order, once.
pub fn complete(
    state: &mut State,
    ids: &Ids<'_>,
    request: &Map<String, Value>,
    asked: Asked<'_>,
    tx_id: &str,
) -> Result<Value, Refused> {
    let submission = Submission::read(request)?;
    let accepted =
        check(state.transaction(ids.transaction), ids, &submission, asked).map_err(Refused::Row)?;
    let number = format!("N{:08}", scramble(asked.seed, state.count()) % 100_000_000);
    let transaction = state.transaction(ids.transaction);
    transaction.order_number = Some(number.clone());
    transaction.accepted = Some(accepted);
    transaction.completes_applied += 1;
    Ok(json!({
        "txId": tx_id, "orderNumber": number, "orderStatus": "SUBMITTED",
        "orderDetails": {
            "transactionId": ids.transaction, "partnerOrderId": ids.partner_order, "submittedAt": time(asked.now),
            "rccAcceptanceMethod": accepted.method, "installation": "to be scheduled with the customer",
        },
    }))
}

/// The acceptance that the order goes on, or the key of the row that stands in the way.
fn check(
    transaction: &Transaction,
    ids: &Ids<'_>,
    submission: &Submission<'_>,
    asked: Asked<'_>,
) -> Result<Accepted, &'static str> {
    let unless = |good: bool, key: &'static str| if good { Ok(()) } else { Err(key) };
    unless(transaction.order_number.is_none(), "2130")?;
    unless(asked.now - transaction.prepared_at <= WINDOW, "2215")?;
    unless(submission.accepted && transaction.retrieved, "1210")?;
    let accepted = match submission.method {
        // Read by the agent, whose word is the acceptance.
        Method::Verbal => Some(Accepted { method: Method::Verbal, at: asked.now }),
        Method::Sms | Method::Email => transaction.sent.as_ref().and_then(|sent| sent.accepted(asked.now)),
    };
    let accepted = accepted.filter(|a| a.method == submission.method).ok_or("1210")?;
    unless(submission.gift_cards <= 1, "1215")?;
    let special = asked.scenario.special(ids.transaction);
    let payment_required = ids.address.contains("PAY") || special.is_some_and(|o| o.payment_required);
    unless(!payment_required || !submission.payment_token.trim().is_empty(), "1130")?;
    unless(!submission.payment_token.starts_with("declined"), "1099")?;
    unless(!submission.payment_token.starts_with("down"), rows::PAYMENT_DOWN)?;
    Ok(accepted)
}
