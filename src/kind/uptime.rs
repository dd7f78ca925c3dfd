//! How long the machine has been up: a clock that nobody sets.

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

/// How long this machine has been up, which no one can set: a quiet period is measured by it where that is possible.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Uptime {
    /// Tells one start of the machine from another.
    pub boot: String,
    /// Seconds since then, sleep included.
    pub seconds: i64,
}

impl Uptime {
    /// How long ago `earlier` was at least, for both are whole seconds. `by_clock` is what the wall clock says: after a
    /// restart it counts for no more than the machine has been up since.
    pub fn since(&self, earlier: &Self, by_clock: SignedDuration) -> SignedDuration {
        if self.boot == earlier.boot {
            SignedDuration::from_secs(self.seconds - earlier.seconds - 1)
        } else {
            by_clock.min(SignedDuration::from_secs(self.seconds))
        }
    }
}
