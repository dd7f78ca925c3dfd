//! The clock that the servers share.

use super::read::{Body, read, refuse};
use crate::sandbox::clock;
use crate::sandbox::shared::Shared;
use crate::sandbox::state::State;
use axum::extract::State as Shelf;
use axum::response::Response;
use serde::Deserialize;
use serde_json::{Value, json};

/// A clock is moved forward by a month at most, at once.
const FARTHEST: i64 = 31 * 24 * 3600;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Advance {
    advance_seconds: i64,
}

/// Moves the clock forward.
pub async fn advance(Shelf(shared): Shelf<Shared>, body: Body) -> Response {
    let by = match read(body, r#"{"advanceSeconds":N}"#) {
        Ok(Advance { advance_seconds }) if (0..=FARTHEST).contains(&advance_seconds) => advance_seconds,
        Ok(_) => return refuse(400, "advanceSeconds is between 0 and a month: a clock goes forward"),
        Err((status, why)) => return refuse(status, &why),
    };
    shared.change(|state| {
        state.advanced_seconds += by;
        (200, time(state))
    })
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Hold {
    held_millis: i64,
}

/// Takes off the time of a pause that is over: as if the clock had stood still in it.
pub async fn hold(Shelf(shared): Shelf<Shared>, body: Body) -> Response {
    let by = match read(body, r#"{"heldMillis":N}"#) {
        Ok(Hold { held_millis }) if (0..=FARTHEST * 1000).contains(&held_millis) => held_millis,
        Ok(_) => return refuse(400, "heldMillis is between 0 and a month"),
        Err((status, why)) => return refuse(status, &why),
    };
    shared.change(|state| {
        state.held_millis = state.held_millis.saturating_add(by);
        (200, time(state))
    })
}

/// What time it is.
pub async fn read_clock(Shelf(shared): Shelf<Shared>) -> Response {
    shared.look(|state| (200, time(state)))
}

/// The servers' clock.
fn time(state: &State) -> Value {
    json!({ "now": clock::time(state.now(clock::now())), "advancedSeconds": state.advanced_seconds })
}
