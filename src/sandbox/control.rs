//! The control side: what a trainer or a test asks of the embedded Px. Its contract is `assets/sandbox/control.json`.

use super::answer::Message;
use super::fault::{Pending, SHAPES};
use super::guard::guard;
use super::http::{Shared, now, respond};
use super::rules;
use super::state::{Millis, State, Transaction};
use axum::body::Bytes;
use axum::extract::rejection::{BytesRejection, QueryRejection};
use axum::extract::{Query, State as Shelf};
use axum::middleware;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// A clock is moved on by a month at the most, at once.
const FARTHEST: i64 = 31 * 24 * 3600;
/// The contract of the control side, as it is served.
pub const CONTRACT: &str = include_str!("../../assets/sandbox/control.json");

/// A body as it arrived, or why it could not be read.
type Body = Result<Bytes, BytesRejection>;

/// The routes below `/_sandbox`, for callers that [`guard`] lets in.
pub fn routes() -> axum::Router<Shared> {
    axum::Router::new()
        .route("/clock", post(advance).get(clock))
        .route("/accept", post(accept))
        .route("/decline", post(decline))
        .route("/faults", post(add_fault).get(faults).delete(clear_faults))
        .route("/faults/clear", post(clear_faults))
        .route("/ledger", get(ledger))
        .route("/reset", post(reset))
        .route("/openapi.json", get(contract))
        .fallback(|| async { refuse(404, "there is no such control call; /docs lists them") })
        .method_not_allowed_fallback(|| async {
            refuse(405, "this control call takes another method; see /docs")
        })
        .layer(middleware::from_fn(guard))
}

async fn contract() -> Response {
    respond(Message::text(200, "application/json", CONTRACT.to_owned()))
}

/// Why a call is refused: its status, and what is wrong in words.
type Refused = (u16, String);

/// Reads a body; `shape` is what it should look like.
fn read<T: DeserializeOwned>(body: Body, shape: &str) -> Result<T, Refused> {
    serde_json::from_slice(&whole(body)?).map_err(|error| (400, format!("{error}; send {shape}")))
}

fn whole(body: Body) -> Result<Bytes, Refused> {
    body.map_err(|rejection| {
        (rejection.into_response().status().as_u16(), "the body is larger than 1 MiB".to_owned())
    })
}

fn read_fault(body: Body) -> Result<Pending, Refused> {
    Pending::read(&whole(body)?).map_err(|why| (400, format!("{why}; send {SHAPES}")))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Advance {
    advance_seconds: i64,
}

async fn advance(Shelf(shared): Shelf<Shared>, body: Body) -> Response {
    let by = match read(body, r#"{"advanceSeconds":N}"#) {
        Ok(Advance { advance_seconds }) if (0..=FARTHEST).contains(&advance_seconds) => advance_seconds,
        Ok(_) => return refuse(400, "advanceSeconds is between 0 and a month: a clock goes forward"),
        Err((status, why)) => return refuse(status, &why),
    };
    shared.change(|state| {
        state.advanced_seconds += by;
        (200, time(state))
    })
}

async fn clock(Shelf(shared): Shelf<Shared>) -> Response {
    shared.look(|state| (200, time(state)))
}

/// The server's clock.
fn time(state: &State) -> Value {
    json!({ "now": rules::time(on_server_clock(state)), "advancedSeconds": state.advanced_seconds })
}

fn on_server_clock(state: &State) -> Millis {
    now() + state.advanced_seconds * 1000
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Customer {
    transaction_id: String,
}

async fn accept(Shelf(shared): Shelf<Shared>, body: Body) -> Response {
    told(&shared, body, true)
}

async fn decline(Shelf(shared): Shelf<Shared>, body: Body) -> Response {
    told(&shared, body, false)
}

fn told(shared: &Shared, body: Body, accepts: bool) -> Response {
    let Customer { transaction_id } = match read(body, r#"{"transactionId":"..."}"#) {
        Ok(customer) => customer,
        Err((status, why)) => return refuse(status, &why),
    };
    shared.change(|state| {
        let at = on_server_clock(state);
        match state.transactions.get_mut(&transaction_id).and_then(|t| t.sent.as_mut()) {
            Some(sent) => {
                sent.told = Some((accepts, at));
                (200, json!({ "transactionId": transaction_id, "accepted": accepts }))
            }
            None => (404, json!({ "message": format!("nothing was sent for transaction {transaction_id}") })),
        }
    })
}

async fn add_fault(Shelf(shared): Shelf<Shared>, body: Body) -> Response {
    match read_fault(body) {
        Ok(pending) => shared.change(|state| {
            state.faults.push_back(pending);
            (200, json!({ "pending": state.faults }))
        }),
        Err((status, why)) => refuse(status, &why),
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

async fn ledger(Shelf(shared): Shelf<Shared>, which: Result<Query<Which>, QueryRejection>) -> Response {
    let Ok(Query(Which { transaction_id })) = which else {
        return refuse(400, "name one transaction, as ?transactionId=T-1, or none for all");
    };
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
        "acceptanceMethod": t.accepted.map(|a| a.method),
    })
}

async fn reset(Shelf(shared): Shelf<Shared>) -> Response {
    shared.change(|state| {
        *state = State::default();
        (200, json!({ "reset": true }))
    })
}

fn refuse(status: u16, why: &str) -> Response {
    respond(Message::json(status, &json!({ "message": why })))
}
