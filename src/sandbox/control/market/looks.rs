//! What the marketplace knows: the bills, the portal's monthly file, what arrived.

use crate::sandbox::control::read::{Refused, refuse};
use crate::sandbox::market::month::is_month;
use crate::sandbox::message::Message;
use crate::sandbox::shared::Shared;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State as Shelf};
use axum::response::Response;
use serde::Deserialize;
use serde_json::json;

/// Which bill is wanted; all of them when none is named.
#[derive(Deserialize)]
pub struct Which {
    month: Option<String>,
}

/// The query of a request, or why it could not be read.
type Asked = Result<Query<Which>, QueryRejection>;

/// What would be billed.
pub async fn bill(Shelf(shared): Shelf<Shared>, asked: Asked) -> Response {
    match month(asked) {
        Ok(month) => shared.look(|state| (200, json!(state.market.bills.lines(month.as_deref())))),
        Err((status, why)) => refuse(status, &why),
    }
}

/// The portal's file.
pub async fn report(Shelf(shared): Shelf<Shared>, asked: Asked) -> Response {
    let month = match month(asked) {
        Ok(month) => month,
        Err((status, why)) => return refuse(status, &why),
    };
    shared.say(|state| Message::text(200, "text/csv", state.market.bills.csv(month.as_deref())))
}

/// Arrivals, in order.
pub async fn ledger(Shelf(shared): Shelf<Shared>) -> Response {
    shared.look(|state| (200, json!(state.market.ledger)))
}

/// Sales on partners' own sites.
pub async fn sales(Shelf(shared): Shelf<Shared>) -> Response {
    shared.look(|state| (200, json!(state.market.sales)))
}

/// What v1 said of subscriptions.
pub async fn updates(Shelf(shared): Shelf<Shared>) -> Response {
    shared.look(|state| (200, json!(state.market.updates)))
}

fn month(asked: Asked) -> Result<Option<String>, Refused> {
    match asked {
        Ok(Query(Which { month })) if month.as_deref().is_none_or(is_month) => Ok(month),
        Ok(_) | Err(_) => Err((400, "name one month, as ?month=2026-11, or none for all".to_owned())),
    }
}
