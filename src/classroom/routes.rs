//! The trainer's side over HTTP: who may call, how much they may send, and what goes back.

use super::hub::{Hub, Server};
use super::places::{Impatient, Place, Places};
use super::words::{Directives, HEADER, Join, Joined, NAME_RULE, VERSION, is_name};
use crate::practice::Snapshot;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Extension, Path, Query, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use axum::routing::{get, post};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::json;
use std::net::IpAddr;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::timeout;

/// The largest body, in bytes: a snapshot with its events and a ledger takes a tenth of it.
const LARGEST: usize = 256 * 1024;
/// How long the head of a request may take, and a connection may be idle.
const HEAD: Duration = Duration::from_secs(30);
const BODY: Duration = Duration::from_secs(5);
/// How long a trainee may take nothing of an answer.
const WRITE: Duration = Duration::from_secs(10);
/// How long a trainee waits for a directive before they are told that there is none.
const LONG_POLL: Duration = Duration::from_secs(25);

type Answer = Result<Response, (StatusCode, &'static str)>;

impl Server {
    /// Serves until it is dropped.
    pub async fn run(self) {
        match TcpListener::from_std(self.listener) {
            Ok(listener) => serve(listener, self.hub).await,
            Err(error) => tracing::error!(%error, "the classroom cannot be served"),
        }
    }
}

/// Serves until it is dropped.
async fn serve(listener: TcpListener, hub: Hub) {
    let router = router(hub);
    let places = Places::default();
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            Some(_) = connections.join_next() => {}
            accepted = listener.accept() => match accepted {
                Ok((stream, from)) => {
                    // Without a place it is closed at once.
                    if let Some(place) = places.take(from.ip()) {
                        connections.spawn(connection(stream, from.ip(), router.clone(), place));
                    }
                }
                Err(error) => {
                    tracing::warn!(%error, "a trainee's connection could not be taken");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            },
        }
    }
}

async fn connection(stream: TcpStream, from: IpAddr, router: Router, _place: Place) {
    let _ = stream.set_nodelay(true);
    let mut server = hyper::server::conn::http1::Builder::new();
    server.timer(TokioTimer::new()).header_read_timeout(HEAD);
    let router = router.layer(Extension(Peer(from)));
    let stream = TokioIo::new(Impatient::new(stream, WRITE));
    let ended = server.serve_connection(stream, TowerToHyperService::new(router)).await;
    if let Err(error) = ended {
        tracing::debug!(%error, "a trainee's connection ended");
    }
}

fn router(hub: Hub) -> Router {
    Router::new()
        .route("/classroom/join", post(join))
        .route("/classroom/seats/{seat}/snapshot", post(snapshot))
        .route("/classroom/seats/{seat}/directives", get(directives))
        .layer(from_fn(no_page))
        .with_state(hub)
}

/// Lets in programs that know the header, and nothing that says it comes from a page.
async fn no_page(request: Request, next: Next) -> Response {
    let headers = request.headers();
    let ours = headers.get(HEADER).is_some_and(|value| value == VERSION);
    let page = headers.contains_key(header::ORIGIN)
        || headers.contains_key("sec-fetch-site")
        || headers.contains_key("sec-fetch-mode");
    match (ours, page) {
        (true, false) => next.run(request).await,
        (_, true) => refused(StatusCode::FORBIDDEN, "no page may call a classroom"),
        (false, false) => refused(
            StatusCode::FORBIDDEN,
            "this is a classroom of pxdesk: join it with `pxdesk practice --join`",
        ),
    }
}

/// The address that a call comes from.
#[derive(Clone, Copy)]
struct Peer(IpAddr);

async fn join(State(hub): State<Hub>, Extension(Peer(from)): Extension<Peer>, request: Request) -> Response {
    answer(joined(&hub, from, request).await)
}

async fn joined(hub: &Hub, from: IpAddr, request: Request) -> Answer {
    let Join { name, code, seat, given } = read(request).await?;
    if !hub.may_try(from) {
        return Err((StatusCode::TOO_MANY_REQUESTS, "too many wrong codes; try again in a second"));
    }
    if !hub.code().is(&code) {
        hub.wrong_code(from);
        return Err((StatusCode::FORBIDDEN, "the code is wrong"));
    }
    let name = name.trim();
    if !is_name(name) {
        return Err((StatusCode::BAD_REQUEST, NAME_RULE));
    }
    let seat = hub.join(name, given.as_deref(), seat.as_deref());
    let seat = seat.map_err(|_| (StatusCode::INTERNAL_SERVER_ERROR, "there are no random numbers here"))?;
    let (seat, given) = seat.ok_or((StatusCode::SERVICE_UNAVAILABLE, "every seat is taken"))?;
    let joined = Joined { seat, classroom: hub.id().to_owned(), given: Some(given) };
    Ok(json(StatusCode::OK, &json!(joined)))
}

async fn snapshot(State(hub): State<Hub>, Path(seat): Path<String>, request: Request) -> Response {
    let told = read::<Snapshot>(request).await.map(|snapshot| hub.tell(&seat, snapshot));
    answer(told.and_then(|told| if told { Ok(json(StatusCode::OK, &json!({}))) } else { Err(NOBODY) }))
}

/// From where on.
#[derive(Deserialize)]
struct After {
    #[serde(default)]
    after: u64,
}

async fn directives(
    State(hub): State<Hub>,
    Path(seat): Path<String>,
    Query(After { after }): Query<After>,
) -> Response {
    let wanted = hub.wanted(&seat, after, LONG_POLL).await;
    answer(wanted.ok_or(NOBODY).map(|directives| json(StatusCode::OK, &json!(Directives { directives }))))
}

const NOBODY: (StatusCode, &str) = (StatusCode::NOT_FOUND, "this seat no longer exists; join again");

/// The body, as JSON, whole and in time.
async fn read<T: DeserializeOwned>(request: Request) -> Result<T, (StatusCode, &'static str)> {
    let kind = request.headers().get(header::CONTENT_TYPE);
    if kind.is_none_or(|kind| !kind.as_bytes().starts_with(b"application/json")) {
        return Err((StatusCode::UNSUPPORTED_MEDIA_TYPE, "send `content-type: application/json`"));
    }
    let length = request.headers().get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok());
    let long = length.and_then(|length| length.parse::<usize>().ok()).is_some_and(|length| length > LARGEST);
    let too_long = (StatusCode::PAYLOAD_TOO_LARGE, "the body is larger than 256 KiB");
    if long {
        return Err(too_long);
    }
    let body = timeout(BODY, to_bytes(request.into_body(), LARGEST)).await;
    let body = body.map_err(|_| (StatusCode::REQUEST_TIMEOUT, "the body took too long"))?;
    let body = body.map_err(|_| too_long)?;
    serde_json::from_slice(&body).map_err(|_| (StatusCode::BAD_REQUEST, "the body is not what belongs here"))
}

fn answer(answer: Answer) -> Response {
    answer.unwrap_or_else(|(status, why)| refused(status, why))
}

fn refused(status: StatusCode, why: &str) -> Response {
    json(status, &json!({ "message": why }))
}

fn json(status: StatusCode, body: &serde_json::Value) -> Response {
    let mut response = Response::new(Body::from(body.to_string()));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}
