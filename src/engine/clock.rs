//! The clock that decisions are made by: the system's, moved along with the embedded Px's when a trainer moves that.

use crate::order::Timestamp;
use jiff::SignedDuration;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// A clock; clones show the same time.
#[derive(Clone, Debug, Default)]
pub struct Clock(Arc<AtomicI64>);

impl Clock {
    /// The time now.
    pub fn now(&self) -> Timestamp {
        let now = Timestamp::now();
        now.checked_add(self.offset()).unwrap_or(now)
    }

    /// How far ahead of the system's clock it is: zero but on the embedded Px.
    pub fn offset(&self) -> SignedDuration {
        SignedDuration::from_secs(self.0.load(Ordering::Relaxed))
    }

    /// Sets how far ahead it is.
    pub fn set_offset(&self, offset: SignedDuration) {
        self.0.store(offset.as_secs(), Ordering::Relaxed);
    }
}
