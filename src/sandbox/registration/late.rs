//! Requests that are carried out after they had arrived, by a fault: a client that does not wait makes a double.

use super::call::Call;
use super::ledger::Arrival;
use super::request::Request;
use super::rules;
use super::settings::Settings;
use super::state::State;
use crate::sandbox::clock::{Millis, time};
use serde::{Deserialize, Serialize};

/// One that waits.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Late {
    /// When it is carried out.
    pub due: Millis,
    pub call: Call,
    pub contract: String,
    pub request: Request,
}

/// Carries out what is due, in that order. What it finds has changed may refuse it; nobody is told.
pub fn catch_up(state: &mut State, scenario: Settings, now: Millis) {
    if state.late.iter().all(|late| late.due > now) {
        return;
    }
    let (mut due, waiting): (Vec<Late>, Vec<Late>) =
        std::mem::take(&mut state.late).into_iter().partition(|late| late.due <= now);
    state.late = waiting;
    due.sort_by_key(|late| late.due);
    let settings = state.overrides.over(scenario);
    for Late { due, call, contract, request } in due {
        let worked = rules::work(state.contract(&contract), &request, settings);
        let refused = worked.as_ref().err().map(|refused| refused.detail.clone());
        let arrival = Arrival {
            at: time(due),
            call,
            status: None,
            applied: false,
            surrogate_id: None,
            refused,
            late: true,
        };
        state.ledger.enter(&contract, arrival, worked.as_ref().ok());
    }
}
