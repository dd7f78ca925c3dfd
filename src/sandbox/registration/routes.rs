//! The HTTP side of the registration: fifteen calls, and the contract itself.

use super::call::{Act, Call, Collection};
use super::edgegrid::Authorization;
use super::problem::{self, About};
use super::service::{self, Arrived};
use crate::sandbox::clock;
use crate::sandbox::cut::Cutter;
use crate::sandbox::message::{Message, respond};
use crate::sandbox::send::send;
use crate::sandbox::shared::Shared;
use axum::Router;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{ConnectInfo, State as Shelf};
use axum::http::{HeaderMap, Method, Uri, header};
use axum::response::Response;
use axum::routing::{MethodRouter, any, delete, get, post, put};

/// The contract, as it is served.
pub const CONTRACT: &str = include_str!("../../../assets/registration-openapi.json");

/// The registration's own paths, each with and without a closing slash.
pub fn routes() -> Router<Shared> {
    let mut routes = Router::new()
        .route("/registration/openapi.json", get(contract))
        .route("/config-saas-registration/{*rest}", any(nothing));
    for of in Collection::ALL {
        let all = format!("/config-saas-registration/v1/{}", of.plural());
        let one = format!("{all}/{{surrogateId}}");
        for slash in ["", "/"] {
            routes = routes
                .route(&format!("{all}{slash}"), collection(of))
                .route(&format!("{one}{slash}"), object(of));
        }
    }
    routes.method_not_allowed_fallback(other_method)
}

fn collection(of: Collection) -> MethodRouter<Shared> {
    get(move |s, c, m, u, h, b| answer(Call { act: Act::List, of }, s, c, m, u, h, b))
        .merge(post(move |s, c, m, u, h, b| answer(Call { act: Act::Create, of }, s, c, m, u, h, b)))
}

fn object(of: Collection) -> MethodRouter<Shared> {
    get(move |s, c, m, u, h, b| answer(Call { act: Act::Get, of }, s, c, m, u, h, b))
        .merge(put(move |s, c, m, u, h, b| answer(Call { act: Act::Modify, of }, s, c, m, u, h, b)))
        .merge(delete(move |s, c, m, u, h, b| answer(Call { act: Act::Remove, of }, s, c, m, u, h, b)))
}

async fn contract() -> Response {
    respond(Message::text(200, "application/json", CONTRACT.to_owned()))
}

async fn nothing(Shelf(shared): Shelf<Shared>, method: Method, uri: Uri, headers: HeaderMap) -> Response {
    refuse(&shared, 404, "There is nothing at this path", &method, &uri, &headers)
}

async fn other_method(
    Shelf(shared): Shelf<Shared>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    refuse(&shared, 405, "This path takes another method", &method, &uri, &headers)
}

/// A refusal before anything of the request was read.
fn refuse(
    shared: &Shared,
    status: u16,
    detail: &str,
    method: &Method,
    uri: &Uri,
    headers: &HeaderMap,
) -> Response {
    let title = match status {
        404 => "Not Found",
        405 => "Method Not Allowed",
        _ => "Payload Too Large",
    };
    shared.say(|state| {
        let now = state.now(clock::now());
        let about =
            About { method: method.as_str(), host: host(headers), path: uri.path(), request_id: 0, now };
        problem::gateway(status, title, detail, about)
    })
}

async fn answer(
    call: Call,
    Shelf(shared): Shelf<Shared>,
    ConnectInfo(cutter): ConnectInfo<Cutter>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    let Ok(body) = body else {
        return refuse(&shared, 413, "The body is larger than 1 MiB", &method, &uri, &headers);
    };
    let arrived = Arrived {
        call,
        method: method.as_str(),
        host: host(&headers),
        target: uri.path_and_query().map_or("/", |target| target.as_str()),
        authorization: authorization(&headers),
        content_type: headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()),
        body: &body,
    };
    let work =
        shared.work(|state, now| service::call(&mut state.registration, &shared.options, now, arrived));
    send(&shared, work, &cutter).await
}

/// As it was received.
fn host(headers: &HeaderMap) -> &str {
    headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default()
}

fn authorization(headers: &HeaderMap) -> Authorization<'_> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    match (values.next(), values.next()) {
        (None, _) => Authorization::Missing,
        (Some(value), None) => value.to_str().map_or(Authorization::Unreadable, Authorization::Given),
        (Some(_), Some(_)) => Authorization::Unreadable,
    }
}
