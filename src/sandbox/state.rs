//! All that the embedded servers remember: the clock that they share, and what each one knows.

use super::clock::Millis;
use super::{market, px, registration};
use serde::{Deserialize, Serialize};

/// Everything.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct State {
    /// How far the clock was moved forward.
    pub advanced_seconds: i64,
    /// For how long it was held, in milliseconds: it did not go on meanwhile.
    pub held_millis: i64,
    #[serde(flatten)]
    pub px: px::state::State,
    pub market: market::state::State,
    pub registration: registration::state::State,
}

impl State {
    /// What time it is for the servers when the system's clock says `system`.
    pub fn now(&self, system: Millis) -> Millis {
        let forward = self.advanced_seconds.saturating_mul(1000);
        system.saturating_add(forward).saturating_sub(self.held_millis)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_of_before_the_marketplace_and_the_registration_is_read() {
        let before = r#"{"advanced_seconds":3,"transactions":{"T":{"retrieved":true}},"counter":2,"faults":[
            {"call":"token","times":1,"fault":{"gateway":"quota"}},
            {"call":"complete_order","times":2,"fault":{"cut":"after","latencySeconds":1}}]}"#;
        let state: State = serde_json::from_str(before).unwrap();
        assert_eq!((state.advanced_seconds, state.px.counter, state.px.faults.len()), (3, 2, 2));
        assert_eq!(state.now(10_000), 13_000);
        assert!(state.px.transactions["T"].retrieved && state.market.ledger.is_empty());
        let again: State = serde_json::from_str(&serde_json::to_string(&state).unwrap()).unwrap();
        assert!(again.registration.faults.is_empty() && again.registration.counter == 0);
        assert_eq!(again.px.faults[1].fault.transport.latency_seconds, Some(1.0));
    }
}
