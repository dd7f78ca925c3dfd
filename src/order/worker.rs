//! Who works on an order, and what people wrote down about it.

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
    /// Whether they did something with it so lately that they may be in the middle of it.
    pub fn is_at_it(&self, now: Timestamp) -> bool {
        now.duration_since(self.at) <= RESTING
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
