//! The trainer's side of the marketplace: buyers who buy, and what the marketplace knows.

mod buy;
mod looks;
mod provisionings;

use crate::sandbox::shared::Shared;
use axum::Router;
use axum::routing::{get, post};

/// The routes below `/_sandbox`.
pub fn routes() -> Router<Shared> {
    Router::new()
        .route("/market/buy", post(buy::buy))
        .route("/market/provisionings", post(provisionings::register).get(provisionings::list))
        .route("/market/bill", get(looks::bill))
        .route("/market/report.csv", get(looks::report))
        .route("/market/ledger", get(looks::ledger))
        .route("/market/sales", get(looks::sales))
        .route("/market/updates", get(looks::updates))
}
