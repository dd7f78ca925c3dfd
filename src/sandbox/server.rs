//! The whole server: Px, the marketplace and the registration where they are wanted, the control side, and a page to try them on.

use super::error::Error;
use super::message::{Message, respond};
use super::options::Options;
use super::shared::{Inner, Shared};
use super::{clock, control, lesson, market, px, registration};
use axum::Router;
use axum::extract::{DefaultBodyLimit, State as Shelf};
use axum::http::{HeaderValue, header};
use axum::middleware::map_response_with_state;
use axum::response::Response;
use axum::routing::get;
use std::sync::Arc;
use tokio::sync::watch;
use utoipa_swagger_ui::{Config, SwaggerUi, Url, oauth};

/// How the page looks, in a file of Swagger UI's that is meant for it.
const STYLE: &str = include_str!("../../assets/sandbox/docs.css");

/// Larger requests are refused with 413.
const LARGEST: usize = 1024 * 1024;

/// Whoever hangs, or waits before a reply, is let go when the sender of `ending` is dropped.
pub fn router(options: Options, ending: watch::Receiver<()>) -> Result<Router, Error> {
    let (with_market, with_registration) = (options.market, options.registration);
    let shared = Arc::new(Inner::new(options, ending)?);
    let mut served = px::routes::routes()
        .merge(lesson::routes())
        .nest("/_sandbox", control::routes(with_market, with_registration));
    let mut contracts = vec![
        Url::new("Lesson", lesson::PATH),
        Url::new("Px SubmitOrder", "/openapi.json"),
        Url::new("Control side", "/_sandbox/openapi.json"),
    ];
    if with_market {
        served = served.merge(market::routes::routes());
        contracts.push(Url::new("Cloud Marketplace", "/market/openapi.json"));
    }
    if with_registration {
        served = served.merge(registration::routes::routes());
        contracts.push(Url::new("SaaS registration", "/registration/openapi.json"));
    }
    if with_market || with_registration {
        served = served.layer(map_response_with_state(Arc::clone(&shared), dated));
    }
    let served = served.layer(DefaultBodyLimit::max(LARGEST)).with_state(shared);
    // This one path before all others below `/docs`, which are Swagger UI's.
    let style = get(|| async { respond(Message::text(200, "text/css", STYLE.to_owned())) });
    Ok(served.merge(page(contracts)).route("/docs/index.css", style))
}

/// The reply, sent at the time that it is on the servers' own clock: clients of these two go by it.
async fn dated(Shelf(shared): Shelf<Shared>, mut response: Response) -> Response {
    let date = shared.now().ok().and_then(|now| HeaderValue::try_from(clock::http_date(now)).ok());
    if let Some(date) = date {
        response.headers_mut().insert(header::DATE, date);
    }
    response
}

/// The page at `/docs`. Whoever opens it wants to try the calls: the fields can be edited at once, a key and a secret are
/// filled in, and the schemas stay folded.
fn page(contracts: Vec<Url<'static>>) -> SwaggerUi {
    let anyone = oauth::Config::new().client_id("any-key").client_secret("any-secret");
    let config = Config::new(contracts).try_it_out_enabled(true).default_models_expand_depth(0);
    SwaggerUi::new("/docs").config(config).oauth(anyone)
}
