//! The whole server: Px, the marketplace and the registration where they are wanted, the control side, and a page to try them on.

use super::error::Error;
use super::options::Options;
use super::shared::Inner;
use super::{control, market, px, registration};
use axum::Router;
use axum::extract::DefaultBodyLimit;
use std::sync::Arc;
use tokio::sync::watch;
use utoipa_swagger_ui::{Config, SwaggerUi, Url};

/// Larger requests are refused with 413.
const LARGEST: usize = 1024 * 1024;

/// Whoever hangs, or waits before a reply, is let go when the sender of `ending` is dropped.
pub fn router(options: Options, ending: watch::Receiver<()>) -> Result<Router, Error> {
    let (with_market, with_registration) = (options.market, options.registration);
    let shared = Arc::new(Inner::new(options, ending)?);
    let mut served = px::routes::routes().nest("/_sandbox", control::routes(with_market, with_registration));
    let mut contracts =
        vec![Url::new("Px SubmitOrder", "/openapi.json"), Url::new("Control side", "/_sandbox/openapi.json")];
    if with_market {
        served = served.merge(market::routes::routes());
        contracts.push(Url::new("Cloud Marketplace", "/market/openapi.json"));
    }
    if with_registration {
        served = served.merge(registration::routes::routes());
        contracts.push(Url::new("SaaS registration", "/registration/openapi.json"));
    }
    let served = served.layer(DefaultBodyLimit::max(LARGEST)).with_state(shared);
    let page = SwaggerUi::new("/docs").config(Config::new(contracts).try_it_out_enabled(true));
    Ok(served.merge(page))
}
