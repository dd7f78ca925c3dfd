//! Which ways the registration takes, for this run.

use crate::sandbox::control::read::{Body, Refused, read, refuse};
use crate::sandbox::registration::contract::is_contract;
use crate::sandbox::registration::settings::{Duplicates, Ids, Settings, Shapes};
use crate::sandbox::registration::state::State;
use crate::sandbox::shared::Shared;
use axum::extract::State as Shelf;
use axum::response::Response;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeSet;

const SHAPE: &str = r#"{"duplicates":"allowed|conflict","ids":"reference|numbers|strings|mixed","shapes":"mixed|nested|flat","withoutRights":["A-1234"]}, as many of them as are to change"#;

/// What is to change.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Changes {
    duplicates: Option<Duplicates>,
    ids: Option<Ids>,
    shapes: Option<Shapes>,
    without_rights: Option<BTreeSet<String>>,
}

/// Sets what is named; the rest stays.
pub async fn set(Shelf(shared): Shelf<Shared>, body: Body) -> Response {
    let wanted = match read(body, SHAPE).and_then(check) {
        Ok(wanted) => wanted,
        Err((status, why)) => return refuse(status, &why),
    };
    shared.change(|state| {
        let state = &mut state.registration;
        let was = state.overrides;
        state.overrides.duplicates = wanted.duplicates.or(was.duplicates);
        state.overrides.ids = wanted.ids.or(was.ids);
        state.overrides.shapes = wanted.shapes.or(was.shapes);
        if let Some(contracts) = wanted.without_rights {
            state.without_rights = contracts;
        }
        (200, shown(state, shared.options.scenario.registration))
    })
}

/// What holds now.
pub async fn read_settings(Shelf(shared): Shelf<Shared>) -> Response {
    shared.look(|state| (200, shown(&state.registration, shared.options.scenario.registration)))
}

fn check(wanted: Changes) -> Result<Changes, Refused> {
    match wanted.without_rights.iter().flatten().find(|id| !is_contract(id)) {
        Some(_) => Err((400, format!("withoutRights has a contract that is not as A-1234; send {SHAPE}"))),
        None => Ok(wanted),
    }
}

fn shown(state: &State, scenario: Settings) -> Value {
    let mut shown = json!(state.overrides.over(scenario));
    shown["withoutRights"] = json!(state.without_rights);
    shown
}
