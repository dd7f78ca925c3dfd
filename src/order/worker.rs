//! Who works on an order, and what people wrote down about it.

use super::intake::CLOCK_TOLERANCE;
use super::{Personal, Timestamp};
use jiff::SignedDuration;

/// How long an order may rest before it counts as stalled: long enough to read any RCC text aloud.
pub const RESTING: SignedDuration = SignedDuration::from_mins(15);

/// Who works on an order, and when they last did something with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Worker {
    pub name: String,
    pub at: Timestamp,
}

impl Worker {
    /// Whether they did something with it so lately that they may be in the middle of it. Not where it is of a time still to
    /// come, as a clock that was set back leaves it: nobody knows when that was.
    pub fn is_at_it(&self, now: Timestamp) -> bool {
        !self.is_ahead(now) && now.duration_since(self.at) <= RESTING
    }

    /// True where what they did last is of a time that is still to come at `now`: by a clock that was wrong then, or is now.
    pub fn is_ahead(&self, now: Timestamp) -> bool {
        self.at.duration_since(now) > CLOCK_TOLERANCE
    }

    /// For how long they have done nothing with it at `now`; a clock that was set back makes it no less than nothing.
    pub fn since(&self, now: Timestamp) -> SignedDuration {
        now.duration_since(self.at).max(SignedDuration::ZERO)
    }
}

/// Something that a person wrote down about an order.
#[derive(Clone, Debug, PartialEq)]
pub struct Note {
    pub at: Timestamp,
    pub by: String,
    /// Gone after an erasure.
    pub text: Option<Personal>,
}
