//! The whole server: Px, its control side, and a page to try both on.

use super::error::Error;
use super::options::Options;
use super::shared::Inner;
use super::{control, px};
use axum::Router;
use axum::extract::DefaultBodyLimit;
use std::sync::Arc;
use tokio::sync::watch;
use utoipa_swagger_ui::{Config, SwaggerUi, Url};

/// Larger requests are refused with 413.
const LARGEST: usize = 1024 * 1024;

/// Whoever hangs, or waits before a reply, is let go when the sender of `ending` is dropped.
pub fn router(options: Options, ending: watch::Receiver<()>) -> Result<Router, Error> {
    let shared = Arc::new(Inner::new(options, ending)?);
    let served = px::routes::routes()
        .nest("/_sandbox", control::routes())
        .layer(DefaultBodyLimit::max(LARGEST))
        .with_state(shared);
    let contracts =
        [Url::new("Px SubmitOrder", "/openapi.json"), Url::new("Control side", "/_sandbox/openapi.json")];
    let page = SwaggerUi::new("/docs").config(Config::new(contracts).try_it_out_enabled(true));
    Ok(served.merge(page))
}
