//! How far the server's clock is ahead of this machine's.

use jiff::SignedDuration;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// How far the server's clock is ahead of this machine's, as it was last asked. Clones show the same.
#[derive(Clone, Debug)]
pub struct ClockAhead(Arc<AtomicI64>);

impl ClockAhead {
    /// By that many microseconds.
    pub fn by(microseconds: i64) -> Self {
        Self(Arc::new(AtomicI64::new(microseconds)))
    }

    /// From now on by that many microseconds.
    pub fn set(&self, microseconds: i64) {
        self.0.store(microseconds, Ordering::Relaxed);
    }

    /// By how much it is now.
    pub fn now(&self) -> SignedDuration {
        SignedDuration::from_micros(self.0.load(Ordering::Relaxed))
    }
}
