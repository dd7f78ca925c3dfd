//! What the registration knows: the world of a contract, and what arrived.

use crate::sandbox::control::read::refuse;
use crate::sandbox::error::Error;
use crate::sandbox::message::{Message, respond};
use crate::sandbox::registration::contract::{Contract, Side, is_contract};
use crate::sandbox::registration::register::Named;
use crate::sandbox::shared::{Shared, broken};
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State as Shelf};
use axum::response::Response;
use serde::Serialize;

/// The world of one contract, as it is now.
pub async fn contract(Shelf(shared): Shelf<Shared>, id: Result<Path<String>, PathRejection>) -> Response {
    let id = match id {
        Ok(Path(id)) if is_contract(&id) => id,
        Ok(_) | Err(_) => return refuse(400, "name a contract, as A-1234"),
    };
    let worked = shared.work(|state, now| {
        state.registration.catch_up(shared.options.scenario.registration, now);
        shown(&id, state.registration.contract(&id))
    });
    match worked {
        Ok(Ok(world)) => respond(Message::text(200, "application/json", world)),
        Ok(Err(error)) => broken(&Error(format!("the world of {id} cannot be written: {error}"))),
        Err(error) => broken(&error),
    }
}

/// Arrivals, and what was applied.
pub async fn ledger(Shelf(shared): Shelf<Shared>) -> Response {
    let worked = shared.work(|state, now| {
        state.registration.catch_up(shared.options.scenario.registration, now);
        state.registration.ledger.shown()
    });
    worked.map_or_else(|error| broken(&error), |ledger| respond(Message::json(200, &ledger)))
}

/// A world as it is shown.
#[derive(Serialize)]
struct World<'a> {
    contract: &'a str,
    applications: Vec<One<'a>>,
    customers: Vec<One<'a>>,
    pairs: Vec<Pair<'a>>,
}

/// An application or a customer.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct One<'a> {
    surrogate_id: u64,
    id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
}

/// A pair, with the provider ids of its two beside the surrogate ids.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Pair<'a> {
    surrogate_id: u64,
    application_surrogate_id: u64,
    customer_surrogate_id: u64,
    application: Option<&'a str>,
    customer: Option<&'a str>,
}

fn shown(id: &str, contract: &Contract) -> serde_json::Result<String> {
    let provider_id = |side, id| contract.side(side).get(id).map(|one| one.provider_id.as_str());
    let pairs = contract.pairs.iter().map(|(id, ends)| Pair {
        surrogate_id: id,
        application_surrogate_id: ends.application,
        customer_surrogate_id: ends.customer,
        application: provider_id(Side::Applications, ends.application),
        customer: provider_id(Side::Customers, ends.customer),
    });
    serde_json::to_string(&World {
        contract: id,
        applications: side(contract, Side::Applications),
        customers: side(contract, Side::Customers),
        pairs: pairs.collect(),
    })
}

fn side(contract: &Contract, side: Side) -> Vec<One<'_>> {
    let all = contract.side(side).iter();
    all.map(|(surrogate_id, Named { provider_id: id, name })| One { surrogate_id, id, name: name.as_deref() })
        .collect()
}
