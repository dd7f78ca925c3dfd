//! What a worker's appends bear, so that one that has lost its lease records nothing.

use std::time::Duration;
use tokio_postgres::types::ToSql;

/// What a worker's appends bear.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fence {
    pub number: i64,
    pub holder: String,
    /// Until when the lease is held for certain, by this machine's own clock.
    pub(super) until: Duration,
}

impl Fence {
    /// What a fenced statement begins with.
    pub fn values(&self) -> [&(dyn ToSql + Sync); 2] {
        [&self.number, &self.holder]
    }
}
