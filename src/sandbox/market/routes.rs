//! The HTTP side of the marketplace: five calls, and the contract itself.

use super::call::Call;
use super::service::{self, Arrived};
use crate::sandbox::cut::Cutter;
use crate::sandbox::message::{Message, respond};
use crate::sandbox::send::send;
use crate::sandbox::shared::Shared;
use axum::Router;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{ConnectInfo, State as Shelf};
use axum::http::{HeaderMap, header};
use axum::response::Response;
use axum::routing::{MethodRouter, get, post};
use serde_json::json;

/// The contract, as it is served.
pub const CONTRACT: &str = include_str!("../../../assets/market-openapi.json");

/// The marketplace's own paths. Where the pages write a closing slash, it may be left out.
pub fn routes() -> Router<Shared> {
    Router::new()
        .route("/start-billing/", partners(Call::StartBilling))
        .route("/start-billing", partners(Call::StartBilling))
        .route("/saas-usage/", partners(Call::Usage))
        .route("/saas-usage", partners(Call::Usage))
        .route("/saas-usage/end", partners(Call::UsageEnd))
        .route("/update-subscription/", partners(Call::UpdateSubscription))
        .route("/update-subscription", partners(Call::UpdateSubscription))
        .route("/api/SaasTrackings", partners(Call::Tracking))
        .route("/market/openapi.json", get(contract))
        .method_not_allowed_fallback(|| async { refuse(405, "this call takes another method") })
}

async fn contract() -> Response {
    respond(Message::text(200, "application/json", CONTRACT.to_owned()))
}

fn refuse(status: u16, why: &str) -> Response {
    respond(Message::json(status, &json!({ "message": why })))
}

fn partners(call: Call) -> MethodRouter<Shared> {
    post(move |shared, cutter, headers, body| answer(call, shared, cutter, headers, body))
}

async fn answer(
    call: Call,
    Shelf(shared): Shelf<Shared>,
    ConnectInfo(cutter): ConnectInfo<Cutter>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    let Ok(body) = body else { return refuse(413, "the body is larger than 1 MiB") };
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let arrived = Arrived { content_type, body: &body };
    let work =
        shared.work(|state, now| service::call(&mut state.market, &shared.options, now, call, arrived));
    send(&shared, work, &cutter).await
}
