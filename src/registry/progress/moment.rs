//! How much time has passed, whatever happens to a clock.

use crate::kind::{Timestamp, Uptime};
use jiff::SignedDuration;

/// The time, by every clock there is.
#[derive(Clone, Debug, PartialEq)]
pub struct Moment {
    pub now: Timestamp,
    /// Unknown where the system does not say.
    pub uptime: Option<Uptime>,
}

impl Moment {
    /// How much time has passed since `earlier` at least. A clock that jumps does not lengthen it where the system says how
    /// long it has been up.
    pub fn since(&self, earlier: &Self) -> SignedDuration {
        let by_clock = self.now.duration_since(earlier.now);
        let uptimes = self.uptime.as_ref().zip(earlier.uptime.as_ref());
        uptimes.map_or(by_clock, |(now, then)| {
            now.since_exactly(then).unwrap_or_else(|| now.since(then, by_clock))
        })
    }

    /// What is left of `length` since `earlier`.
    pub fn left(&self, earlier: &Self, length: SignedDuration) -> SignedDuration {
        (length - self.since(earlier)).clamp(SignedDuration::ZERO, length)
    }
}
