//! The clock that decisions are made by: the system's, moved along with the embedded Px's when a trainer moves that.

use crate::order::{Timestamp, Uptime};
use jiff::SignedDuration;
use std::sync::Arc;
#[cfg(target_os = "linux")]
use std::sync::LazyLock;
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

    /// How long this machine has been up, moved along as the clock is; unknown where the system does not say.
    pub fn uptime(&self) -> Option<Uptime> {
        let Uptime { boot, seconds } = uptime()?;
        Some(Uptime { boot, seconds: seconds + self.offset().as_secs() })
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

/// Linux tells one start of the machine from another, and counts the seconds since then on a clock that nobody can set.
#[cfg(target_os = "linux")]
fn uptime() -> Option<Uptime> {
    static BOOT: LazyLock<Option<String>> = LazyLock::new(|| {
        Some(std::fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?.trim().to_owned())
    });
    let boot = BOOT.clone()?;
    let seconds = rustix::time::clock_gettime(rustix::time::ClockId::Boottime).tv_sec;
    Some(Uptime { boot, seconds })
}

#[cfg(not(target_os = "linux"))]
fn uptime() -> Option<Uptime> {
    None
}
