//! Somebody else changes the world of a contract; or it is filled.

use crate::sandbox::control::read::{Body, Refused, read, refuse};
use crate::sandbox::message::{Message, respond};
use crate::sandbox::registration::contract::is_contract;
use crate::sandbox::registration::made::{self, Change, Creations, Many, Removals, Renaming};
use crate::sandbox::registration::state::State;
use crate::sandbox::shared::{Shared, broken};
use axum::extract::State as Shelf;
use axum::response::Response;
use serde::Deserialize;
use serde_json::{Value, json};

/// So many objects may be there after filling, under all contracts.
const MOST: usize = 200_000;

const CHANGE: &str = r#"{"contract":"A-PRACTICE","create":{"applications":[{"id":"a","name":"A"}],"customers":[{"id":"c"}],"pairs":[{"application":"a","customer":"c"}]},"rename":[{"collection":"applications|customers","id":"a","name":"B","newId":"b"}],"remove":{"applications":["a"],"customers":["c"],"pairs":[{"application":"a","customer":"c"}]}}, of which only contract is required"#;
const FILL: &str = r#"{"contract":"A-PRACTICE","applications":2,"customers":1000,"pairs":1500}, of which only contract is required"#;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Changing {
    contract: String,
    #[serde(default)]
    create: Creations,
    #[serde(default)]
    rename: Vec<Renaming>,
    #[serde(default)]
    remove: Removals,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Filling {
    contract: String,
    #[serde(default)]
    applications: usize,
    #[serde(default)]
    customers: usize,
    #[serde(default)]
    pairs: usize,
}

/// Changes it, whole or not at all.
pub async fn change(Shelf(shared): Shelf<Shared>, body: Body) -> Response {
    let Changing { contract, create, rename, remove } = match read(body, CHANGE) {
        Ok(changing) => changing,
        Err((status, why)) => return refuse(status, &why),
    };
    let change = Change { create, rename, remove };
    on_contract(&shared, &contract, CHANGE, |state| {
        let mut changed = state.contract(&contract).clone();
        let counts = change.apply(&mut changed).map_err(|why| (409, why))?;
        *state.contract(&contract) = changed;
        Ok(json!(counts))
    })
}

/// Fills it with objects that are made up.
pub async fn fill(Shelf(shared): Shelf<Shared>, body: Body) -> Response {
    let Filling { contract, applications, customers, pairs } = match read(body, FILL) {
        Ok(filling) => filling,
        Err((status, why)) => return refuse(status, &why),
    };
    let counts = [applications, customers, pairs];
    let more = counts.into_iter().fold(0, usize::saturating_add);
    on_contract(&shared, &contract, FILL, |state| {
        let there = state.contract(&contract).len();
        if state.objects().saturating_add(more) > MOST {
            return Err((409, format!("no more than {MOST} objects can be there")));
        }
        let world = state.contract(&contract);
        made::fill(world, Many { applications, customers, pairs }).map_err(|why| (409, why))?;
        Ok(json!({ "before": there, "now": world.len() }))
    })
}

/// Works on a contract, what is late first.
fn on_contract(
    shared: &Shared,
    contract: &str,
    shape: &str,
    work: impl FnOnce(&mut State) -> Result<Value, Refused>,
) -> Response {
    if !is_contract(contract) {
        return refuse(400, &format!("contract is not as A-1234; send {shape}"));
    }
    let worked = shared.work(|state, now| {
        state.registration.catch_up(shared.options.scenario.registration, now);
        work(&mut state.registration)
    });
    match worked {
        Ok(Ok(said)) => respond(Message::json(200, &said)),
        Ok(Err((status, why))) => refuse(status, &why),
        Err(error) => broken(&error),
    }
}
