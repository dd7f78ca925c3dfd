//! The HTTP side of Px: the token, the four calls, the contract itself.

use super::call::Call;
use super::gateway::Gateway;
use super::service::{self, Arrived};
use crate::sandbox::cut::Cutter;
use crate::sandbox::message::{Message, respond};
use crate::sandbox::send::send;
use crate::sandbox::shared::Shared;
use crate::sandbox::state::State;
use axum::Router;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{ConnectInfo, State as Shelf};
use axum::http::{HeaderMap, HeaderName, header};
use axum::response::Response;
use axum::routing::{get, post};
use serde_json::Value;

/// The contract of Px, as it is served.
pub const CONTRACT: &str = include_str!("../../../assets/openapi.json");

/// Px's own paths, and the gateway's answers to all others.
pub fn routes() -> Router<Shared> {
    Router::new()
        .route("/oauth/v2/token", post(token))
        .route("/pxRetrieveRCC", post(|s, c, h, b| px_call(Call::RetrieveRcc, s, c, h, b)))
        .route("/pxSendRCC", post(|s, c, h, b| px_call(Call::SendRcc, s, c, h, b)))
        .route("/pxGetRCCAcceptance", post(|s, c, h, b| px_call(Call::GetRccAcceptance, s, c, h, b)))
        .route("/pxCompleteOrder", post(|s, c, h, b| px_call(Call::CompleteOrder, s, c, h, b)))
        .route("/openapi.json", get(contract))
        .fallback(|| async { respond(Gateway::NotFound.into()) })
        .method_not_allowed_fallback(|| async { respond(Gateway::MethodNotAllowed.into()) })
}

async fn contract() -> Response {
    respond(Message::text(200, "application/json", CONTRACT.to_owned()))
}

async fn token(
    Shelf(shared): Shelf<Shared>,
    ConnectInfo(cutter): ConnectInfo<Cutter>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    let Ok(body) = body else { return respond(Gateway::TooLarge.into()) };
    let arrived = arrived(&headers, &body);
    let planned = shared.work(|state, now| service::token(&mut state.px, &shared.options, now, arrived));
    send(&shared, planned, &cutter).await
}

async fn px_call(
    call: Call,
    Shelf(shared): Shelf<Shared>,
    ConnectInfo(cutter): ConnectInfo<Cutter>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    let Ok(body) = body else { return respond(Gateway::TooLarge.into()) };
    let arrived = arrived(&headers, &body);
    let request: Option<Value> = serde_json::from_slice(&body).ok();
    let work = |state: &mut State, now| {
        service::call(&mut state.px, &shared.options, now, call, arrived, request.as_ref())
    };
    send(&shared, shared.work(work), &cutter).await
}

fn arrived<'a>(headers: &'a HeaderMap, body: &'a [u8]) -> Arrived<'a> {
    let text = |name: HeaderName| headers.get(name).and_then(|v| v.to_str().ok());
    Arrived { authorization: text(header::AUTHORIZATION), content_type: text(header::CONTENT_TYPE), body }
}
