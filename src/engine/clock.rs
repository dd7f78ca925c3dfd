//! The clock that decisions are made by: the system's, moved along with the embedded Px's when a trainer moves that.

use crate::journal::{ClockAhead, Journal};
use crate::order::{Timestamp, Uptime};
use jiff::SignedDuration;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

/// By how much a clock may differ from the journal's server and be left alone.
const SLIGHT: SignedDuration = SignedDuration::from_secs(1);

/// A clock; clones show the same time.
#[derive(Clone, Debug, Default)]
pub struct Clock(Arc<Ahead>);

/// How far it is ahead of the system's.
#[derive(Debug, Default)]
struct Ahead {
    /// In seconds: as a trainer set it.
    set: AtomicI64,
    /// By how much the system's clock is wrong: as the journal's server says, where several machines share one.
    wrong: Mutex<Option<ClockAhead>>,
    /// In milliseconds: how much time a scripted trainee has let pass at once.
    skipped: AtomicI64,
    /// How long it has stood still so far, and since when it does so now.
    still: Mutex<(SignedDuration, Option<SignedDuration>)>,
}

impl Clock {
    /// The clock of those who use this journal.
    pub fn of(journal: &Journal) -> Self {
        let clock = Self::default();
        clock.go_by(journal);
        clock
    }

    /// The time now.
    pub fn now(&self) -> Timestamp {
        self.now_and_offset().0
    }

    /// The time now, and by how much of it a trainer has moved it: read at once, so that the two belong together.
    pub fn now_and_offset(&self) -> (Timestamp, SignedDuration) {
        let (now, offset) = (Timestamp::now(), self.offset());
        let still = self.stood_still();
        let moved = now.checked_add(offset + self.wrong()).and_then(|at| at.checked_sub(still));
        (moved.unwrap_or(now), offset)
    }

    /// Goes by the clock of the journal's server from now on, which several machines share: of two desks one may be an hour
    /// wrong, and would think that a quiet period is over.
    pub fn go_by(&self, journal: &Journal) {
        *self.0.wrong.lock().unwrap_or_else(PoisonError::into_inner) = journal.clock_ahead();
    }

    fn wrong(&self) -> SignedDuration {
        let wrong = self.0.wrong.lock().unwrap_or_else(PoisonError::into_inner);
        let ahead = wrong.as_ref().map_or(SignedDuration::ZERO, ClockAhead::now);
        if ahead.abs() < SLIGHT { SignedDuration::ZERO } else { ahead }
    }

    /// How long this machine has been up, moved along as the clock is; unknown where the system does not say.
    pub fn uptime(&self) -> Option<Uptime> {
        let up = uptime()?;
        let seconds = up.seconds.saturating_add(self.offset().as_secs());
        Some(less(Uptime { seconds, ..up }, self.stood_still()))
    }

    /// How long this machine has been up, or this process where the system does not say. No trainer moves it: what took real
    /// time is measured by it. A script that plays a trainee lets time pass at once.
    pub fn steady(&self) -> Uptime {
        let skipped = SignedDuration::from_millis(self.0.skipped.load(Ordering::Relaxed));
        less(machine_uptime(), self.stood_still().saturating_sub(skipped))
    }

    /// It stands still from now on, and everything that goes by it: a trainer has paused a run.
    pub fn stop(&self) {
        let mut still = self.still();
        still.1.get_or_insert_with(|| machine_uptime().length());
    }

    /// It goes on from where it stopped. Returns how long it stood still; nothing where it did not.
    pub fn go_on(&self) -> SignedDuration {
        let mut still = self.still();
        let since = still.1.take();
        let stood =
            since.map_or(SignedDuration::ZERO, |since| machine_uptime().length().saturating_sub(since));
        still.0 = still.0.saturating_add(stood);
        stood
    }

    /// For how long it has stood still, all in all.
    fn stood_still(&self) -> SignedDuration {
        let (before, since) = *self.still();
        let now = since.map_or(SignedDuration::ZERO, |since| machine_uptime().length().saturating_sub(since));
        before.saturating_add(now)
    }

    fn still(&self) -> MutexGuard<'_, (SignedDuration, Option<SignedDuration>)> {
        self.0.still.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets time pass at once, for a script that plays a trainee.
    pub fn skip(&self, by: SignedDuration) {
        let millis = i64::try_from(by.as_millis()).unwrap_or_default();
        self.0.skipped.fetch_add(millis, Ordering::Relaxed);
    }

    /// How far ahead of the system's clock it is: zero but on the embedded Px.
    pub fn offset(&self) -> SignedDuration {
        SignedDuration::from_secs(self.0.set.load(Ordering::Relaxed))
    }

    /// Sets how far ahead it is.
    pub fn set_offset(&self, offset: SignedDuration) {
        self.0.set.store(offset.as_secs(), Ordering::Relaxed);
    }
}

/// How long this machine has been up, or this process where the system does not say.
fn machine_uptime() -> Uptime {
    uptime().unwrap_or_else(process_uptime)
}

/// The uptime that much earlier.
fn less(up: Uptime, by: SignedDuration) -> Uptime {
    if by.is_zero() { up } else { Uptime::of(up.boot.clone(), up.length().saturating_sub(by)) }
}

/// Linux tells one start of the machine from another, and counts the seconds since then on a clock that nobody can set.
#[cfg(target_os = "linux")]
fn uptime() -> Option<Uptime> {
    static BOOT: LazyLock<Option<String>> = LazyLock::new(|| {
        Some(std::fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?.trim().to_owned())
    });
    let boot = BOOT.clone()?;
    let up = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
    let millis = u16::try_from(up.tv_nsec / 1_000_000).unwrap_or_default();
    Some(Uptime { boot, seconds: up.tv_sec, millis })
}

/// Counted from the first time that anybody asked. The name of this start is of this process alone.
fn process_uptime() -> Uptime {
    static START: LazyLock<(Instant, String)> = LazyLock::new(|| {
        let name = format!("process {} of {}", std::process::id(), Timestamp::now());
        (Instant::now(), name)
    });
    let length = SignedDuration::try_from(START.0.elapsed()).unwrap_or(SignedDuration::MAX);
    Uptime::of(START.1.clone(), length)
}

#[cfg(not(target_os = "linux"))]
fn uptime() -> Option<Uptime> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_trainer_moved_is_told_with_the_time() {
        let clock = Clock::default();
        let hour = SignedDuration::from_hours(1);
        clock.set_offset(hour);
        let (now, offset) = clock.now_and_offset();
        assert_eq!(offset, hour);
        assert!((now - offset).duration_since(Timestamp::now()).abs() < SignedDuration::from_mins(1));
    }

    #[test]
    fn a_clock_that_stands_still_goes_on_from_there() {
        let pause = std::time::Duration::from_millis(300);
        let clock = Clock::default();
        let (now, steady) = (clock.now(), clock.steady());
        clock.stop();
        std::thread::sleep(pause);
        // Who stops it twice stops it once.
        clock.stop();
        let short = SignedDuration::from_millis(200);
        assert!(clock.now().duration_since(now) < short);
        assert!(clock.steady().length().saturating_sub(steady.length()) < short);
        let stood = clock.go_on();
        assert!(stood >= SignedDuration::from_millis(299), "{stood:?}");
        assert!(clock.now().duration_since(now) < short);
        assert_eq!(clock.go_on(), SignedDuration::ZERO);
        std::thread::sleep(pause);
        assert!(clock.now().duration_since(now) >= SignedDuration::from_millis(290), "it goes on");
        assert!(clock.steady().length().saturating_sub(steady.length()) >= short);
    }
}
