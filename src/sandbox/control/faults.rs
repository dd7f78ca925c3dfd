//! Faults that wait for their call.

use super::read::{Body, Refused, refuse, whole};
use crate::sandbox::px::fault::{Pending, SHAPES};
use crate::sandbox::shared::Shared;
use axum::extract::State as Shelf;
use axum::response::Response;
use serde_json::json;

/// One more fault that waits for its call.
pub async fn add(Shelf(shared): Shelf<Shared>, body: Body) -> Response {
    match read_fault(body) {
        Ok(pending) => shared.change(|state| {
            state.px.faults.push_back(pending);
            (200, json!({ "pending": state.px.faults }))
        }),
        Err((status, why)) => refuse(status, &why),
    }
}

/// The faults that wait.
pub async fn list(Shelf(shared): Shelf<Shared>) -> Response {
    shared.look(|state| (200, json!({ "pending": state.px.faults })))
}

/// Drops them all.
pub async fn clear(Shelf(shared): Shelf<Shared>) -> Response {
    shared.change(|state| {
        state.px.faults.clear();
        (200, json!({ "pending": [] }))
    })
}

fn read_fault(body: Body) -> Result<Pending, Refused> {
    Pending::read(&whole(body)?).map_err(|why| (400, format!("{why}; send {SHAPES}")))
}
