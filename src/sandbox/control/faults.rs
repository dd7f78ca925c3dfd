//! Faults that wait for their call, whichever server it is for.

use super::read::{Body, Refused, refuse, whole};
use crate::sandbox::shared::Shared;
use crate::sandbox::state::State;
use crate::sandbox::{market, px};
use axum::extract::State as Shelf;
use axum::response::Response;
use serde::Deserialize;
use serde_json::{Value, json};

/// A fault for one of the servers.
enum Pending {
    Px(px::fault::Pending),
    Market(market::fault::Pending),
}

/// A request that names a call of the marketplace.
#[derive(Deserialize)]
struct OfMarket {
    #[serde(rename = "call")]
    _call: market::call::Call,
}

/// One more fault that waits for its call.
pub async fn add(Shelf(shared): Shelf<Shared>, body: Body) -> Response {
    let pending = match read_fault(body, shared.options.market) {
        Ok(pending) => pending,
        Err((status, why)) => return refuse(status, &why),
    };
    shared.change(|state| {
        match pending {
            Pending::Px(pending) => state.px.faults.push_back(pending),
            Pending::Market(pending) => state.market.faults.push_back(pending),
        }
        (200, waiting(state))
    })
}

/// The faults that wait.
pub async fn list(Shelf(shared): Shelf<Shared>) -> Response {
    shared.look(|state| (200, waiting(state)))
}

/// Drops them all.
pub async fn clear(Shelf(shared): Shelf<Shared>) -> Response {
    shared.change(|state| {
        state.px.faults.clear();
        state.market.faults.clear();
        (200, waiting(state))
    })
}

/// Those of Px first.
fn waiting(state: &State) -> Value {
    let px = state.px.faults.iter().map(|pending| json!(pending));
    let market = state.market.faults.iter().map(|pending| json!(pending));
    json!({ "pending": px.chain(market).collect::<Vec<_>>() })
}

fn read_fault(body: Body, with_market: bool) -> Result<Pending, Refused> {
    let body = whole(body)?;
    if with_market && serde_json::from_slice::<OfMarket>(&body).is_ok() {
        let read = market::fault::Pending::read(&body).map(Pending::Market);
        return read.map_err(|why| (400, format!("{why}; send {}", market::fault::SHAPES)));
    }
    let read = px::fault::Pending::read(&body).map(Pending::Px);
    let also = if with_market { format!(" or {}", market::fault::SHAPES) } else { String::new() };
    read.map_err(|why| (400, format!("{why}; send {}{also}", px::fault::SHAPES)))
}
