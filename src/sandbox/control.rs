//! The control side: what a trainer or a test asks of the embedded Px.

use super::answer::Message;
use super::fault::{Pending, SHAPES};
use super::http::{Shared, respond};
use super::rules;
use super::state::{Millis, State, Transaction};
use axum::body::Bytes;
use axum::extract::{Query, State as Shelf};
use axum::response::Response;
use axum::routing::{get, post};
use serde::Deserialize;
use serde_json::{Value, json};

/// A clock is moved on by a month at the most, at once.
const FARTHEST: i64 = 31 * 24 * 3600;

/// The routes below `/_sandbox`.
pub fn routes() -> axum::Router<Shared> {
    axum::Router::new()
        .route("/clock", post(advance).get(clock))
        .route("/accept", post(accept))
        .route("/decline", post(decline))
        .route("/faults", post(add_fault).get(faults).delete(clear_faults))
        .route("/faults/clear", post(clear_faults))
        .route("/ledger", get(ledger))
        .route("/reset", post(reset))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Advance {
    advance_seconds: i64,
}

async fn advance(Shelf(shared): Shelf<Shared>, body: Bytes) -> Response {
    let by = match serde_json::from_slice::<Advance>(&body) {
        Ok(Advance { advance_seconds }) if (0..=FARTHEST).contains(&advance_seconds) => advance_seconds,
        Ok(_) => return refuse("advanceSeconds is between 0 and a month: a clock goes forward"),
        Err(error) => return refuse(&format!(r#"{error}; send {{"advanceSeconds":N}}"#)),
    };
    let now = super::http::now();
    shared.change(|state| {
        state.advanced_seconds += by;
        (200, time(state, now))
    })
}

async fn clock(Shelf(shared): Shelf<Shared>) -> Response {
    let now = super::http::now();
    shared.look(|state| (200, time(state, now)))
}

/// The server's clock, when the system's stands at `now`.
fn time(state: &State, now: Millis) -> Value {
    let advanced = state.advanced_seconds;
    json!({ "now": rules::time(now + advanced * 1000), "advancedSeconds": advanced })
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Customer {
    transaction_id: String,
}

async fn accept(Shelf(shared): Shelf<Shared>, body: Bytes) -> Response {
    told(&shared, &body, true)
}

async fn decline(Shelf(shared): Shelf<Shared>, body: Bytes) -> Response {
    told(&shared, &body, false)
}

fn told(shared: &Shared, body: &[u8], accepts: bool) -> Response {
    let Customer { transaction_id } = match serde_json::from_slice(body) {
        Ok(customer) => customer,
        Err(error) => return refuse(&format!(r#"{error}; send {{"transactionId":"..."}}"#)),
    };
    let now = super::http::now();
    shared.change(|state| {
        let at = now + state.advanced_seconds * 1000;
        match state.transactions.get_mut(&transaction_id).and_then(|t| t.sent.as_mut()) {
            Some(sent) => {
                sent.told = Some((accepts, at));
                (200, json!({ "transactionId": transaction_id, "accepted": accepts }))
            }
            None => (404, json!({ "message": format!("nothing was sent for transaction {transaction_id}") })),
        }
    })
}

async fn add_fault(Shelf(shared): Shelf<Shared>, body: Bytes) -> Response {
    match Pending::read(&body) {
        Ok(pending) => shared.change(|state| {
            state.faults.push_back(pending);
            (200, json!({ "pending": state.faults }))
        }),
        Err(why) => refuse(&format!("{why}; send {SHAPES}")),
    }
}

async fn faults(Shelf(shared): Shelf<Shared>) -> Response {
    shared.look(|state| (200, json!({ "pending": state.faults })))
}

async fn clear_faults(Shelf(shared): Shelf<Shared>) -> Response {
    shared.change(|state| {
        state.faults.clear();
        (200, json!({ "pending": [] }))
    })
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Which {
    transaction_id: Option<String>,
}

async fn ledger(Shelf(shared): Shelf<Shared>, Query(Which { transaction_id }): Query<Which>) -> Response {
    shared.look(|state| {
        if let Some(id) = &transaction_id {
            return (200, line(state, id));
        }
        let lines: Vec<Value> = state.transactions.keys().map(|id| line(state, id)).collect();
        (200, json!({ "transactions": lines, "tokensIssued": state.tokens_issued }))
    })
}

/// What arrived for one transaction, and what was done; zeros for one that was never heard of.
fn line(state: &State, id: &str) -> Value {
    let unheard = Transaction::default();
    let t = state.transactions.get(id).unwrap_or(&unheard);
    json!({
        "transactionId": id,
        "partnerOrderId": t.partner_order_id,
        "retrievesReceived": t.retrieves_received,
        "sendsReceived": t.sends_received,
        "acceptanceChecksReceived": t.acceptance_checks_received,
        "completesReceived": t.completes_received,
        "completesApplied": t.completes_applied,
        "orderNumber": t.order_number,
        "acceptanceMethod": t.accepted_by,
    })
}

async fn reset(Shelf(shared): Shelf<Shared>) -> Response {
    shared.change(|state| {
        *state = State::default();
        (200, json!({ "reset": true }))
    })
}

fn refuse(why: &str) -> Response {
    respond(Message::json(400, &json!({ "message": why })))
}
