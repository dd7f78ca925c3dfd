//! How long the machine has been up: a clock that nobody sets.

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

/// How long this machine has been up: quiet periods and readings are measured by it where that is possible.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Uptime {
    /// Tells one start of the machine from another.
    pub boot: String,
    /// Whole seconds since then, sleep included.
    pub seconds: i64,
    /// What is above a whole second. Not known of what older versions wrote.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub millis: u16,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(millis: &u16) -> bool {
    *millis == 0
}

impl Uptime {
    /// The uptime after `length` of the start called `boot`.
    pub fn of(boot: String, length: SignedDuration) -> Self {
        let millis = u16::try_from(length.subsec_millis()).unwrap_or_default();
        Self { boot, seconds: length.as_secs(), millis }
    }

    /// The time since the machine's start.
    pub fn length(&self) -> SignedDuration {
        let seconds = SignedDuration::from_secs(self.seconds);
        seconds.saturating_add(SignedDuration::from_millis(i64::from(self.millis)))
    }

    /// How long ago `earlier` was; none when the machine was started anew in between, or is another one.
    pub fn since_exactly(&self, earlier: &Self) -> Option<SignedDuration> {
        (self.boot == earlier.boot).then(|| self.length().saturating_sub(earlier.length()))
    }

    /// How long ago `earlier` was at least, should both be whole seconds. `by_clock` is what the wall clock says: after
    /// a restart it counts for no more than the machine has been up since.
    pub fn since(&self, earlier: &Self, by_clock: SignedDuration) -> SignedDuration {
        if self.boot == earlier.boot {
            let seconds = self.seconds.saturating_sub(earlier.seconds).saturating_sub(1);
            SignedDuration::from_secs(seconds)
        } else {
            by_clock.min(SignedDuration::from_secs(self.seconds))
        }
    }
}
