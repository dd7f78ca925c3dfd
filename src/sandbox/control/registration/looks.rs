//! What the registration knows: the world of a contract, and what arrived.

use crate::sandbox::control::read::refuse;
use crate::sandbox::message::{Message, respond};
use crate::sandbox::registration::contract::{Contract, Side, is_contract};
use crate::sandbox::registration::register::{Named, Register};
use crate::sandbox::shared::{Shared, broken};
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State as Shelf};
use axum::response::Response;
use serde_json::{Value, json};

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
    worked.map_or_else(|error| broken(&error), |world| respond(Message::json(200, &world)))
}

/// Arrivals, and what was applied.
pub async fn ledger(Shelf(shared): Shelf<Shared>) -> Response {
    let worked = shared.work(|state, now| {
        state.registration.catch_up(shared.options.scenario.registration, now);
        state.registration.ledger.shown()
    });
    worked.map_or_else(|error| broken(&error), |ledger| respond(Message::json(200, &ledger)))
}

/// Pairs have the provider ids of their two beside the surrogate ids.
fn shown(id: &str, contract: &Contract) -> Value {
    let provider_id = |register: &Register, id| register.get(id).map(|one| one.provider_id.clone());
    let pairs = contract.pairs.iter().map(|(id, ends)| {
        json!({
            "surrogateId": id, "applicationSurrogateId": ends.application, "customerSurrogateId": ends.customer,
            "application": provider_id(&contract.applications, ends.application),
            "customer": provider_id(&contract.customers, ends.customer),
        })
    });
    json!({
        "contract": id, "applications": side(contract, Side::Applications),
        "customers": side(contract, Side::Customers), "pairs": pairs.collect::<Vec<_>>(),
    })
}

fn side(contract: &Contract, side: Side) -> Vec<Value> {
    let line = |(id, one): (u64, &Named)| {
        let mut line = json!({ "surrogateId": id, "id": one.provider_id });
        if let Some(name) = &one.name {
            line["name"] = json!(name);
        }
        line
    };
    contract.side(side).iter().map(line).collect()
}
