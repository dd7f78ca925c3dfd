//! The trainer's side of the registration: what it knows, what somebody else changes, and which ways it takes.

mod change;
mod looks;
mod settings;

use crate::sandbox::shared::Shared;
use axum::Router;
use axum::routing::{get, post};

/// The routes below `/_sandbox`.
pub fn routes() -> Router<Shared> {
    Router::new()
        .route("/registration/contracts/{contract}", get(looks::contract))
        .route("/registration/ledger", get(looks::ledger))
        .route("/registration/change", post(change::change))
        .route("/registration/fill", post(change::fill))
        .route("/registration/settings", post(settings::set).get(settings::read_settings))
}
