//! Our own limit on calls, so that a busy desk stays below the gateway's. A call beyond it waits; none is dropped.

use std::collections::VecDeque;
use std::num::NonZeroU32;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// Lets so many calls through in any one second.
pub struct Pace(Option<Mutex<Places>>);

/// When the last calls were, or will be, made: as many as fit into a second.
struct Places {
    per_second: usize,
    taken: VecDeque<Instant>,
}

impl Pace {
    /// No limit where there is none.
    pub fn new(per_second: Option<NonZeroU32>) -> Self {
        Self(per_second.map(|rate| Mutex::new(Places::new(rate))))
    }

    /// Returns when the next call may be made. First come, first served.
    pub async fn turn(&self) {
        let Some(places) = &self.0 else { return };
        let wait = places.lock().unwrap_or_else(PoisonError::into_inner).take(Instant::now());
        if !wait.is_zero() {
            tracing::debug!(millis = wait.as_millis(), "a call waits for its turn");
            sleep(wait).await;
        }
    }
}

impl Places {
    fn new(rate: NonZeroU32) -> Self {
        Self { per_second: usize::try_from(rate.get()).unwrap_or(usize::MAX), taken: VecDeque::new() }
    }

    /// Takes the next place; how long it is until then.
    fn take(&mut self, now: Instant) -> Duration {
        let full = self.taken.len() >= self.per_second;
        let oldest = if full { self.taken.pop_front() } else { None };
        let due = oldest.map_or(now, |oldest| now.max(oldest + Duration::from_secs(1)));
        self.taken.push_back(due);
        due.duration_since(now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_second_has_more_than_its_share_and_nobody_is_turned_away() {
        let start = Instant::now();
        let mut places = Places::new(NonZeroU32::new(3).unwrap());
        // When calls are made that are asked for at these times, in milliseconds.
        let made = [0, 0, 10, 20, 20, 500, 2500, 9000].map(|at| {
            let wait = places.take(start + Duration::from_millis(at));
            at + u64::try_from(wait.as_millis()).unwrap()
        });
        assert_eq!(made, [0, 0, 10, 1000, 1000, 1010, 2500, 9000]);
    }
}
