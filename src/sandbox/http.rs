//! The HTTP side: the token, the four calls, the contract itself, and its page.

use super::answer::{Answer, Message};
use super::gateway::Gateway;
use super::service::{self, Arrived, Planned};
use super::state::{Call, Millis, State};
use super::store::Store;
use super::wire::Cutter;
use super::{Error, Options, control};
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::rejection::BytesRejection;
use axum::extract::{ConnectInfo, DefaultBodyLimit, State as Shelf};
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use axum::response::Response;
use axum::routing::{get, post};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use utoipa_swagger_ui::{Config, SwaggerUi, Url};

/// Larger requests are refused with 413.
const LARGEST: usize = 1024 * 1024;
/// The contract of Px, as it is served.
pub const OPENAPI: &str = include_str!("../../assets/openapi.json");

/// What every request can reach.
pub type Shared = Arc<Inner>;

/// See [`Shared`].
#[derive(Debug)]
pub struct Inner {
    store: Store,
    options: Options,
    /// Its sender is dropped when the server is to end.
    ending: watch::Receiver<()>,
}

/// The system's clock.
pub fn now() -> Millis {
    jiff::Timestamp::now().as_millisecond()
}

/// The whole server. Whoever hangs, or waits before a reply, is let go when the sender of `ending` is dropped.
pub fn router(options: Options, ending: watch::Receiver<()>) -> Result<Router, Error> {
    let store = Store::new(options.state_file.clone())?;
    let shared: Shared = Arc::new(Inner { store, options, ending });
    let px = Router::new()
        .route("/oauth/v2/token", post(token))
        .route("/pxRetrieveRCC", post(|s, c, h, b| px_call(Call::RetrieveRcc, s, c, h, b)))
        .route("/pxSendRCC", post(|s, c, h, b| px_call(Call::SendRcc, s, c, h, b)))
        .route("/pxGetRCCAcceptance", post(|s, c, h, b| px_call(Call::GetRccAcceptance, s, c, h, b)))
        .route("/pxCompleteOrder", post(|s, c, h, b| px_call(Call::CompleteOrder, s, c, h, b)))
        .route(
            "/openapi.json",
            get(|| async { respond(Message::text(200, "application/json", OPENAPI.to_owned())) }),
        )
        .nest("/_sandbox", control::routes())
        .fallback(|| async { respond(Gateway::NotFound.into()) })
        .method_not_allowed_fallback(|| async { respond(Gateway::MethodNotAllowed.into()) })
        .layer(DefaultBodyLimit::max(LARGEST))
        .with_state(shared);
    let contracts =
        [Url::new("Px SubmitOrder", "/openapi.json"), Url::new("Control side", "/_sandbox/openapi.json")];
    let page = SwaggerUi::new("/docs").config(Config::new(contracts).try_it_out_enabled(true));
    Ok(px.merge(page))
}

impl Inner {
    /// Answers from the state, which may change.
    pub fn change(&self, work: impl FnOnce(&mut State) -> (u16, Value)) -> Response {
        answer(self.store.change(work))
    }

    /// Answers from the state as it is.
    pub fn look(&self, work: impl FnOnce(&State) -> (u16, Value)) -> Response {
        answer(self.store.look(work))
    }

    /// Waits, though not beyond the server's end.
    async fn pause(&self, pause: Duration) {
        if !pause.is_zero() {
            let _ = tokio::time::timeout(pause, self.ended()).await;
        }
    }

    async fn ended(&self) {
        while self.ending.clone().changed().await.is_ok() {}
    }

    /// Sends what is planned. The client may go away meanwhile; the work is done.
    async fn send(&self, planned: Result<Planned, Error>, cutter: &Cutter) -> Response {
        let Planned { pause, answer } = match planned {
            Ok(planned) => planned,
            Err(error) => return broken(&error),
        };
        self.pause(pause).await;
        match answer {
            Answer::Message(message) => {
                if let Some(bytes) = message.cut_after {
                    cutter.cut_after(bytes);
                }
                return respond(message);
            }
            Answer::Hang => self.ended().await,
            Answer::Cut => {}
        }
        cutter.cut_after(0);
        Response::new(Body::empty())
    }
}

async fn token(
    Shelf(shared): Shelf<Shared>,
    ConnectInfo(cutter): ConnectInfo<Cutter>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    let Ok(body) = body else { return respond(Gateway::TooLarge.into()) };
    let arrived = arrived(&headers, &body);
    let planned = shared.store.change(|state| service::token(state, &shared.options, now(), arrived));
    shared.send(planned, &cutter).await
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
    let work =
        |state: &mut State| service::call(state, &shared.options, now(), call, arrived, request.as_ref());
    let planned = shared.store.change(work);
    shared.send(planned, &cutter).await
}

fn arrived<'a>(headers: &'a HeaderMap, body: &'a [u8]) -> Arrived<'a> {
    let text = |name: HeaderName| headers.get(name).and_then(|v| v.to_str().ok());
    Arrived { authorization: text(header::AUTHORIZATION), content_type: text(header::CONTENT_TYPE), body }
}

fn answer(worked: Result<(u16, Value), Error>) -> Response {
    match worked {
        Ok((status, body)) => respond(Message::json(status, &body)),
        Err(error) => broken(&error),
    }
}

/// The state cannot be used: said in the gateway's shape, and in the log.
fn broken(error: &Error) -> Response {
    tracing::error!(%error, "the embedded Px");
    respond(Message::json(500, &json!({ "code": "500", "message": error.to_string() })))
}

/// The response with that message.
pub fn respond(message: Message) -> Response {
    let Message { status, content_type, body, retry_after, cut_after: _ } = message;
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, header::HeaderValue::from_static(content_type));
    if let Some(seconds) = retry_after {
        headers.insert(header::RETRY_AFTER, seconds.into());
    }
    response
}
