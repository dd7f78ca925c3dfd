//! The clock that decisions are made by: the system's, moved along with the embedded Px's when a trainer moves that.

use crate::order::{Timestamp, Uptime};
use jiff::SignedDuration;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, LazyLock};
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
    /// In milliseconds: by how much the system's clock is wrong.
    wrong: AtomicI64,
    /// In milliseconds: how much time a scripted trainee has let pass at once.
    skipped: AtomicI64,
}

impl Clock {
    /// The time now.
    pub fn now(&self) -> Timestamp {
        let now = Timestamp::now();
        let wrong = SignedDuration::from_millis(self.0.wrong.load(Ordering::Relaxed));
        now.checked_add(self.offset() + wrong).unwrap_or(now)
    }

    /// Goes by a clock that several machines share, which is so far ahead of this machine's: of two desks one may be an hour
    /// wrong, and would think that a quiet period is over.
    pub fn go_by(&self, ahead: SignedDuration) {
        let millis = if ahead.abs() < SLIGHT { 0 } else { ahead.as_millis() };
        self.0.wrong.store(i64::try_from(millis).unwrap_or_default(), Ordering::Relaxed);
    }

    /// How long this machine has been up, moved along as the clock is; unknown where the system does not say.
    pub fn uptime(&self) -> Option<Uptime> {
        let up = uptime()?;
        Some(Uptime { seconds: up.seconds.saturating_add(self.offset().as_secs()), ..up })
    }

    /// How long this machine has been up, or this process where the system does not say. No trainer moves it: what took real
    /// time is measured by it. A script that plays a trainee lets time pass at once.
    pub fn steady(&self) -> Uptime {
        let up = uptime().unwrap_or_else(process_uptime);
        match self.0.skipped.load(Ordering::Relaxed) {
            0 => up,
            skipped => {
                let length = up.length().saturating_add(SignedDuration::from_millis(skipped));
                Uptime::of(up.boot, length)
            }
        }
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
