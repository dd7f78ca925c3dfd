//! The HTTP side: the token, the four calls, the contract itself, and its page.

use super::fault::{Fault, Gateway, Place, RowKey, Spoilt, When};
use super::rules::{self, Asked, Reply};
use super::state::{Call, Millis, State, scramble};
use super::store::Store;
use super::wire::Cutter;
use super::{Error, Options, control};
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{ConnectInfo, DefaultBodyLimit, State as Shelf};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use axum::routing::{get, post};
use base64::Engine as _;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use utoipa_swagger_ui::{Config, SwaggerUi};

/// Larger requests are refused with 413.
const LARGEST: usize = 1024 * 1024;
/// How much of a reply gets through when it is cut short.
const CUT_SHORT: usize = 180;
/// The contract, as it is served.
pub const OPENAPI: &str = include_str!("../../assets/openapi.json");

/// What every request can reach.
pub type Shared = Arc<Inner>;

/// See [`Shared`].
#[derive(Debug)]
pub struct Inner {
    store: Store,
    options: Options,
}

/// The whole server.
pub fn router(options: Options) -> Result<Router, Error> {
    let store = Store::new(options.state_file.clone())?;
    let shared: Shared = Arc::new(Inner { store, options });
    let px = Router::new()
        .route("/oauth/v2/token", post(token))
        .route("/pxRetrieveRCC", post(|s, c, h, b| px_call(Call::RetrieveRcc, s, c, h, b)))
        .route("/pxSendRCC", post(|s, c, h, b| px_call(Call::SendRcc, s, c, h, b)))
        .route("/pxGetRCCAcceptance", post(|s, c, h, b| px_call(Call::GetRccAcceptance, s, c, h, b)))
        .route("/pxCompleteOrder", post(|s, c, h, b| px_call(Call::CompleteOrder, s, c, h, b)))
        .route("/openapi.json", get(|| async { text_reply(200, "application/json", OPENAPI.to_owned()) }))
        .nest("/_sandbox", control::routes())
        .fallback(|| async { gateway(Gateway::NotFound) })
        .method_not_allowed_fallback(|| async {
            json_reply(405, &json!({ "code": "405", "message": "Method Not Allowed" }), None)
        })
        .layer(DefaultBodyLimit::max(LARGEST))
        .with_state(shared);
    let page = SwaggerUi::new("/docs").config(Config::new(["/openapi.json"]).try_it_out_enabled(true));
    Ok(px.merge(page))
}

/// The system's clock.
pub fn now() -> Millis {
    jiff::Timestamp::now().as_millisecond()
}

impl Inner {
    /// Changes the state; a failure shows at the next reply.
    pub fn control(&self, work: impl FnOnce(&mut State)) {
        if let Err(error) = self.store.with(work) {
            tracing::error!(%error, "control");
        }
    }

    /// Answers from the state.
    pub fn reply(&self, work: impl FnOnce(&mut State) -> (u16, Value)) -> Response {
        match self.store.with(work) {
            Ok((status, body)) => json_reply(status, &body, None),
            Err(error) => json_reply(500, &json!({ "message": error.to_string() }), None),
        }
    }

    fn asked(&self, call: Call, state: &State) -> Asked<'_> {
        let now = now() + state.advanced_seconds * 1000;
        Asked { call, scenario: &self.options.scenario, seed: self.options.seed, now }
    }
}

async fn token(
    Shelf(shared): Shelf<Shared>,
    ConnectInfo(cutter): ConnectInfo<Cutter>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let fault = take_fault(&shared, Place::Token, "");
    meet(
        fault,
        &cutter,
        |applied| {
            if !applied {
                return Reply { status: 500, body: Value::Null };
            }
            let issued = shared.store.with(|state| issue(&shared, state, &headers, &body));
            issued.unwrap_or_else(|e| Reply {
                status: 500,
                body: json!({ "code": "500", "message": e.to_string() }),
            })
        },
        &Value::Null,
        None,
    )
    .await
}

fn issue(shared: &Shared, state: &mut State, headers: &HeaderMap, body: &[u8]) -> Reply {
    let (status, fault) = Gateway::InvalidClient.reply();
    if !is_client(shared, headers) {
        return Reply { status, body: fault };
    }
    let grant = String::from_utf8_lossy(body).split('&').any(|pair| pair == "grant_type=client_credentials");
    if !grant {
        return Reply {
            status: 400,
            body: json!({ "ErrorCode": "unsupported_grant_type", "Error": "grant_type must be client_credentials" }),
        };
    }
    let now = now() + state.advanced_seconds * 1000;
    let lifetime = shared.options.scenario.token_lifetime_seconds;
    state.tokens.retain(|_, ends| *ends > now);
    state.tokens_issued += 1;
    let count = state.count();
    // A practice token need only be unlike any other.
    let token = format!(
        "practice-{:016x}{:016x}",
        scramble(shared.options.seed, count),
        scramble(count, now.unsigned_abs())
    );
    state.tokens.insert(token.clone(), now + lifetime * 1000);
    let body = json!({
        "access_token": token, "token_type": "Bearer", "expires_in": lifetime.to_string(), "issued_at": now.to_string(),
        "scope": "", "status": "approved",
    });
    Reply { status: 200, body }
}

/// HTTP Basic with a key and a secret: any, or those that the scenario names.
fn is_client(shared: &Shared, headers: &HeaderMap) -> bool {
    let basic = headers
        .get(header::AUTHORIZATION)
        .and_then(|v| v.to_str().ok())
        .and_then(|v| v.strip_prefix("Basic "));
    let pair = basic
        .and_then(|b| base64::engine::general_purpose::STANDARD.decode(b.trim()).ok())
        .and_then(|b| String::from_utf8(b).ok());
    let scenario = &shared.options.scenario;
    pair.as_deref().and_then(|p| p.split_once(':')).is_some_and(|(key, secret)| {
        let fits = |given: &str, wanted: &Option<String>| {
            !given.is_empty() && wanted.as_deref().is_none_or(|w| w == given)
        };
        fits(key, &scenario.key) && fits(secret, &scenario.secret)
    })
}

async fn px_call(
    call: Call,
    Shelf(shared): Shelf<Shared>,
    ConnectInfo(cutter): ConnectInfo<Cutter>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let request: Option<Value> = serde_json::from_slice(&body).ok();
    let transaction =
        request.as_ref().and_then(|r| r.get("transactionId")).and_then(Value::as_str).unwrap_or_default();
    let arrived = shared.store.with(|state| {
        let refused = authorize(state, &headers);
        if refused.is_none() {
            receive(state, call, transaction);
        }
        refused
    });
    match arrived {
        Ok(None) => {}
        Ok(Some(refused)) => return gateway(refused),
        Err(error) => return json_reply(500, &json!({ "userMessage": error.to_string() }), None),
    }
    let fault = take_fault(&shared, call.into(), transaction);
    let asked = request.clone().unwrap_or(Value::Null);
    if let Some(key) = fault.as_ref().and_then(|f| f.row.as_ref()).map(RowKey::key) {
        sleep(fault.as_ref()).await;
        return loosely(&shared, refuse_on_demand(&shared, call, &key, &asked));
    }
    let work = |applied: bool| {
        let Some(request) = request.as_ref().filter(|_| applied) else {
            return rules::bad_request("the body is not JSON", "0");
        };
        let answered = shared.store.with(|state| {
            let asked = shared.asked(call, state);
            rules::answer(state, request, asked)
        });
        answered.unwrap_or_else(|e| Reply { status: 500, body: json!({ "userMessage": e.to_string() }) })
    };
    meet(fault, &cutter, work, &asked, Some(&shared)).await
}

/// What the gateway says to a request without a good token.
fn authorize(state: &State, headers: &HeaderMap) -> Option<Gateway> {
    let bearer = headers
        .get(header::AUTHORIZATION)
        .and_then(|v| v.to_str().ok())
        .and_then(|v| v.strip_prefix("Bearer "));
    let Some(token) = bearer else { return Some(Gateway::MissingCredentials) };
    let now = now() + state.advanced_seconds * 1000;
    let good = state.tokens.get(token.trim()).is_some_and(|ends| *ends > now);
    (!good).then_some(Gateway::InvalidToken)
}

fn receive(state: &mut State, call: Call, transaction: &str) {
    if transaction.trim().is_empty() {
        return;
    }
    let seen = state.transaction(transaction);
    match call {
        Call::RetrieveRcc => seen.retrieves_received += 1,
        Call::SendRcc => seen.sends_received += 1,
        Call::GetRccAcceptance => seen.acceptance_checks_received += 1,
        Call::CompleteOrder => seen.completes_received += 1,
    }
}

fn take_fault(shared: &Shared, place: Place, transaction: &str) -> Option<Fault> {
    let taken = shared.store.with(|state| {
        let fits = |p: &super::fault::Pending| {
            p.call == place && p.transaction_id.as_deref().is_none_or(|id| id == transaction)
        };
        let at = state.faults.iter().position(fits)?;
        let pending = state.faults.get_mut(at)?;
        let fault = pending.fault.clone();
        pending.times = pending.times.saturating_sub(1);
        if pending.times == 0 {
            state.faults.remove(at);
        }
        Some(fault)
    });
    taken.ok().flatten()
}

fn refuse_on_demand(shared: &Shared, call: Call, key: &str, request: &Value) -> Reply {
    let count = shared.store.with(State::count).unwrap_or(0);
    rules::refusal_on_demand(call, key, request, &format!("{:016x}", scramble(shared.options.seed, count)))
}

async fn sleep(fault: Option<&Fault>) {
    if let Some(seconds) = fault.and_then(|f| f.latency_seconds) {
        tokio::time::sleep(Duration::from_secs_f64(seconds)).await;
    }
}

/// Does the work unless the fault comes first, and answers unless it comes after.
async fn meet(
    fault: Option<Fault>,
    cutter: &Cutter,
    work: impl FnOnce(bool) -> Reply,
    request: &Value,
    shared: Option<&Shared>,
) -> Response {
    sleep(fault.as_ref()).await;
    let Some(fault) = fault else { return answered(work(true), shared) };
    if fault.cut == Some(When::Before) || fault.hang == Some(When::Before) {
        return silence(&fault, cutter).await;
    }
    if let Some(kind) = fault.gateway {
        return gateway(kind);
    }
    if let (None, None, None, Some(status)) = (fault.body, fault.cut, fault.hang, fault.status) {
        return json_reply(
            status,
            &json!({ "code": status.to_string(), "message": "on demand" }),
            fault.retry_after,
        );
    }
    let reply =
        if fault.applied == Some(false) { Reply { status: 200, body: json!({}) } } else { work(true) };
    match fault.body {
        Some(spoilt) => spoil(spoilt, fault.status, reply, request, cutter),
        None if fault.cut.is_some() || fault.hang.is_some() => silence(&fault, cutter).await,
        None => answered(reply, shared),
    }
}

async fn silence(fault: &Fault, cutter: &Cutter) -> Response {
    if fault.hang.is_some() {
        // Dropped when the client goes away.
        std::future::pending::<()>().await;
    }
    cutter.cut_after(0);
    Response::new(Body::empty())
}

fn spoil(spoilt: Spoilt, status: Option<u16>, reply: Reply, request: &Value, cutter: &Cutter) -> Response {
    match spoilt {
        Spoilt::Html => {
            let page =
                "<html><head><title>502 Bad Gateway</title></head><body><h1>Bad Gateway</h1></body></html>";
            text_reply(status.unwrap_or(502), "text/html", page.to_owned())
        }
        Spoilt::Garbled => text_reply(
            status.unwrap_or(200),
            "application/json",
            "{\"txId\":\"7f3a\",\"orderNum\u{1}".to_owned(),
        ),
        Spoilt::Empty => text_reply(status.unwrap_or(200), "application/json", String::new()),
        Spoilt::Truncated => {
            cutter.cut_after(CUT_SHORT);
            json_reply(status.unwrap_or(reply.status), &reply.body, None)
        }
        Spoilt::OtherIds => {
            let mut body = reply.body;
            let other = |name: &str| {
                json!(format!("{}-other", request.get(name).and_then(Value::as_str).unwrap_or("none")))
            };
            body["transactionId"] = other("transactionId");
            body["partnerOrderId"] = other("partnerOrderId");
            json_reply(status.unwrap_or(reply.status), &body, None)
        }
    }
}

fn answered(reply: Reply, shared: Option<&Shared>) -> Response {
    match shared {
        Some(shared) => loosely(shared, reply),
        None => json_reply(reply.status, &reply.body, None),
    }
}

/// The reply, with numbers as strings where the scenario says so.
fn loosely(shared: &Shared, mut reply: Reply) -> Response {
    if shared.options.scenario.numbers_as_strings
        && let Some(number) = reply.body.get_mut("apiStatusCode")
    {
        *number = json!(number.to_string());
    }
    json_reply(reply.status, &reply.body, None)
}

fn gateway(kind: Gateway) -> Response {
    let (status, body) = kind.reply();
    json_reply(status, &body, (status == 429).then_some(5))
}

/// A reply in JSON.
pub fn json_reply(status: u16, body: &Value, retry_after: Option<u64>) -> Response {
    let mut response = text_reply(status, "application/json", body.to_string());
    if let Some(seconds) = retry_after {
        response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
    }
    response
}

fn text_reply(status: u16, kind: &'static str, body: String) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response.headers_mut().insert(header::CONTENT_TYPE, header::HeaderValue::from_static(kind));
    response
}
