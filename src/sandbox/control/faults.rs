//! Faults that wait for their call, whichever server it is for.

use super::read::{Body, Refused, refuse, whole};
use crate::sandbox::clock;
use crate::sandbox::options::Options;
use crate::sandbox::shared::Shared;
use crate::sandbox::state::State;
use crate::sandbox::{market, px, registration};
use axum::extract::State as Shelf;
use axum::response::Response;
use serde::Deserialize;
use serde_json::{Value, json};

/// A fault for one of the servers.
enum Pending {
    Px(px::fault::Pending),
    Market(market::fault::Pending),
    Registration(registration::fault::Pending),
}

/// A request that names a call of the marketplace.
#[derive(Deserialize)]
struct OfMarket {
    #[serde(rename = "call")]
    _call: market::call::Call,
}

/// A request that names a call of the registration.
#[derive(Deserialize)]
struct OfRegistration {
    #[serde(rename = "call")]
    _call: registration::call::Scope,
}

/// One more fault that waits for its call.
pub async fn add(Shelf(shared): Shelf<Shared>, body: Body) -> Response {
    let pending = match read_fault(body, &shared.options) {
        Ok(pending) => pending,
        Err((status, why)) => return refuse(status, &why),
    };
    shared.change(|state| {
        match pending {
            Pending::Px(mut pending) => {
                let now = state.now(clock::now());
                pending.until = pending.for_seconds.map(|seconds| now + seconds * 1000);
                state.px.faults.push_back(pending);
            }
            Pending::Market(pending) => state.market.faults.push_back(pending),
            Pending::Registration(pending) => state.registration.faults.push_back(pending),
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
        state.registration.faults.clear();
        (200, waiting(state))
    })
}

/// Those of Px first.
fn waiting(state: &State) -> Value {
    let px = state.px.faults.iter().map(|pending| json!(pending));
    let market = state.market.faults.iter().map(|pending| json!(pending));
    let registration = state.registration.faults.iter().map(|pending| json!(pending));
    json!({ "pending": px.chain(market).chain(registration).collect::<Vec<_>>() })
}

fn read_fault(body: Body, options: &Options) -> Result<Pending, Refused> {
    let body = whole(body)?;
    let refuse = |why: String, shapes: &str| (400, format!("{why}; send {shapes}"));
    if options.market && serde_json::from_slice::<OfMarket>(&body).is_ok() {
        let read = market::fault::Pending::read(&body).map(Pending::Market);
        return read.map_err(|why| refuse(why, market::fault::SHAPES));
    }
    if options.registration && serde_json::from_slice::<OfRegistration>(&body).is_ok() {
        let read = registration::fault::Pending::read(&body).map(Pending::Registration);
        return read.map_err(|why| refuse(why, registration::fault::SHAPES));
    }
    let mut shapes = vec![px::fault::SHAPES];
    shapes.extend(options.market.then_some(market::fault::SHAPES));
    shapes.extend(options.registration.then_some(registration::fault::SHAPES));
    let read = px::fault::Pending::read(&body).map(Pending::Px);
    read.map_err(|why| refuse(why, &shapes.join(" or ")))
}
