//! Requests whose sender did not prove who they are: counted, and recorded so that they do not fill the journal.

use crate::kind::Timestamp;

/// Requests whose sender did not prove who they are.
pub struct Strangers {
    /// Those that are not recorded yet, and since when.
    count: u64,
    since: Timestamp,
    /// When some were recorded last.
    told_at: Option<Timestamp>,
}

/// The first of an hour is recorded, and then so many at once: whoever knows nothing of us does not fill the journal.
const MANY: u64 = 10;
const TOLD_AGAIN: jiff::SignedDuration = jiff::SignedDuration::from_hours(1);

impl Strangers {
    /// None yet, at `now`.
    pub fn new(now: Timestamp) -> Self {
        Self { count: 0, since: now, told_at: None }
    }

    /// One more at `now`; how many are to be recorded, if any are, and since when.
    pub fn add(&mut self, now: Timestamp) -> Option<(u64, Timestamp)> {
        if self.count == 0 {
            self.since = now;
        }
        self.count += 1;
        let quiet = self.told_at.is_none_or(|told| now.duration_since(told) > TOLD_AGAIN);
        if quiet || self.count >= MANY { self.take(now) } else { None }
    }

    /// All that are not recorded, which are from now on.
    pub fn take(&mut self, now: Timestamp) -> Option<(u64, Timestamp)> {
        let due = (self.count > 0).then_some((self.count, self.since));
        if due.is_some() {
            (self.count, self.told_at) = (0, Some(now));
        }
        due
    }
}
