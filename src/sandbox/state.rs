//! All that the embedded servers remember: the clock that they share, and what each one knows.

use super::clock::Millis;
use super::{market, px};
use serde::{Deserialize, Serialize};

/// Everything.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct State {
    /// How far the clock was moved forward.
    pub advanced_seconds: i64,
    #[serde(flatten)]
    pub px: px::state::State,
    pub market: market::state::State,
}

impl State {
    /// What time it is for the servers when the system's clock says `system`.
    pub fn now(&self, system: Millis) -> Millis {
        self.advanced_seconds.saturating_mul(1000).saturating_add(system)
    }
}
