//! The lock: after some minutes without a key, all that is on the screen is hidden until the agent is back.
//!
//! It changes what is shown and what keys do, and nothing else: calls under way go on, and their ends are recorded. The time
//! that it goes by is one that no trainer and no scenario moves: nobody is away because a clock was set.

use crate::order::Timestamp;
use jiff::SignedDuration;

/// Whether the desk is locked, and when it will be.
#[derive(Clone, Copy, Debug)]
pub struct Lock {
    pub locked: bool,
    /// When the person last did something.
    touched: Timestamp,
}

/// What a message means to the lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Touch {
    /// A key or a paste: it unlocks, and is not passed on.
    Key,
    /// The mouse: it shows that somebody is there, but does not unlock.
    Mouse,
    /// Nothing that a person did at this desk.
    None,
}

impl Lock {
    /// Not locked, touched just now.
    pub fn new(now: Timestamp) -> Self {
        Self { locked: false, touched: now }
    }

    /// How long until the desk locks itself; never, when that is turned off or it is locked.
    pub fn left(&self, after: Option<SignedDuration>, now: Timestamp) -> Option<SignedDuration> {
        let after = after.filter(|_| !self.locked)?;
        Some(after.saturating_sub(now.duration_since(self.touched)))
    }

    /// Locks when it is time to. True when it takes the message, which then does nothing else than unlock at the most.
    pub fn takes(&mut self, touch: Touch, after: Option<SignedDuration>, now: Timestamp) -> bool {
        // A clock that was set back must not put the lock off.
        self.touched = self.touched.min(now);
        if self.left(after, now).is_some_and(|left| !left.is_positive()) {
            self.locked = true;
        }
        match (touch, self.locked) {
            (Touch::Key, locked) => {
                self.touched = now;
                self.locked = false;
                locked
            }
            (Touch::Mouse, true) => true,
            (Touch::Mouse, false) => {
                self.touched = now;
                false
            }
            (Touch::None, _) => false,
        }
    }
}
