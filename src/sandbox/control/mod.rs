//! The control side: what a trainer or a test asks of the embedded servers. Its contract is
//! `assets/sandbox/control.json`.
//!
//! `guard` decides who may ask; `clock`, `customer`, `faults` and `ledger` answer, with `read` for bodies and refusals.
//! `market` is the marketplace's part, whose contract is in `assets/market-openapi.json`; `registration` is that of the
//! registration, in `assets/registration-openapi.json`.
//! `practice` has the orders that a trainee starts with.

mod clock;
mod customer;
mod faults;
mod guard;
mod ledger;
mod market;
pub mod practice;
mod read;
mod registration;

use super::message::{Message, respond};
use super::shared::Shared;
use super::state::State;
use axum::extract::State as Shelf;
use axum::middleware;
use axum::response::Response;
use axum::routing::{get, post};
use read::refuse;
use serde_json::json;

/// The contract of the control side, as it is served.
pub const CONTRACT: &str = include_str!("../../../assets/sandbox/control.json");

/// The routes below `/_sandbox`, for callers that the guard lets in.
pub fn routes(with_market: bool, with_registration: bool) -> axum::Router<Shared> {
    let markets = if with_market { market::routes() } else { axum::Router::new() };
    let registrations = if with_registration { registration::routes() } else { axum::Router::new() };
    axum::Router::new()
        .merge(markets)
        .merge(registrations)
        .route("/clock", post(clock::advance).get(clock::read_clock))
        .route("/clock/hold", post(clock::hold))
        .route("/accept", post(customer::accept))
        .route("/decline", post(customer::decline))
        .route("/faults", post(faults::add).get(faults::list).delete(faults::clear))
        .route("/faults/clear", post(faults::clear))
        .route("/ledger", get(ledger::ledger))
        .route("/reset", post(reset))
        .route("/openapi.json", get(contract))
        .fallback(|| async { refuse(404, "there is no such control call; /docs lists them") })
        .method_not_allowed_fallback(|| async {
            refuse(405, "this control call takes another method; see /docs")
        })
        .layer(middleware::from_fn(guard::guard))
}

async fn contract() -> Response {
    respond(Message::text(200, "application/json", CONTRACT.to_owned()))
}

async fn reset(Shelf(shared): Shelf<Shared>) -> Response {
    shared.change(|state| {
        *state = State::default();
        (200, json!({ "reset": true }))
    })
}
