//! Asking Px for the acceptance: now, then with growing pauses, never for ever, always stoppable.

use super::Timestamp;
use jiff::SignedDuration;

/// How long to wait between checks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pauses {
    pub first: SignedDuration,
    pub longest: SignedDuration,
    pub give_up_after: SignedDuration,
}

/// A run of checks for one order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Polling {
    pub pauses: Pauses,
    /// By the same clock as [`Polling::pause`] is asked with: one that nobody sets, where there is one.
    pub started_at: Timestamp,
    /// Checks that came back without an acceptance.
    pub checks: u32,
    /// When the next check is due; `None` while one is under way.
    pub next_at: Option<Timestamp>,
    /// The id of the timer that is awaited.
    pub timer: u64,
}

impl Polling {
    /// The pause after the check that just ended, growing by half each time; `None` when it is time to give up. What
    /// the server asks for (`Retry-After`) is respected when it is longer.
    pub fn pause(&self, now: Timestamp, retry_after: Option<SignedDuration>) -> Option<SignedDuration> {
        let mut pause = self.pauses.first.min(self.pauses.longest);
        for _ in 1..self.checks.max(1) {
            pause = (pause + pause / 2).min(self.pauses.longest);
        }
        let pause = pause.max(retry_after.unwrap_or_default());
        let ends = now.duration_since(self.started_at) + pause;
        (ends <= self.pauses.give_up_after).then_some(pause)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_the_longest_and_end() {
        let secs = SignedDuration::from_secs;
        let pauses = Pauses { first: secs(2), longest: secs(30), give_up_after: secs(60) };
        let start: Timestamp = "2026-11-20T15:00:00Z".parse().unwrap();
        let mut polling = Polling { pauses, started_at: start, checks: 0, next_at: None, timer: 1 };
        let mut now = start;
        let mut seen = Vec::new();
        polling.checks = 1;
        while let Some(pause) = polling.pause(now, None) {
            seen.push(pause.as_millis());
            now += pause;
            polling.checks += 1;
        }
        assert_eq!(seen, [2_000, 3_000, 4_500, 6_750, 10_125, 15_187]);
        assert_eq!(polling.pause(start, Some(secs(50))), Some(secs(50)), "Retry-After is respected");
    }
}
