//! What is heard of other desks' changes: a number that changes, and a way to wait for that.

use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicBool, AtomicI32, AtomicI64, Ordering};
use tokio::sync::Notify;

/// The channel that desks tell each other on. What is said on it is for waking up only: each reads what has changed.
pub const CHANNEL: &str = "pxdesk";

/// What was heard.
#[derive(Default)]
pub struct Heard {
    /// Counts what was heard.
    number: AtomicI64,
    /// The server's process that our own words come from.
    own: AtomicI32,
    /// What the server said of its transactions when it was last asked.
    snapshot: Mutex<String>,
    wake: Notify,
    /// True once the connection was lost that would tell.
    lost: AtomicBool,
}

impl Heard {
    /// Which of the server's processes says what we say.
    pub fn own(&self, pid: i32) {
        self.own.store(pid, Ordering::Relaxed);
    }

    /// Another desk has said something, or we have.
    pub fn told(&self, pid: i32) {
        if pid != self.own.load(Ordering::Relaxed) {
            self.changed();
        }
    }

    /// The connection is gone: whoever waits looks for himself.
    pub fn lost(&self) {
        self.lost.store(true, Ordering::Relaxed);
        self.changed();
    }

    /// True when the connection was lost since this was last asked.
    pub fn was_lost(&self) -> bool {
        self.lost.swap(false, Ordering::Relaxed)
    }

    /// Takes in what the server says of its transactions; true when that is news.
    pub fn looked(&self, snapshot: &str) -> bool {
        let mut last = self.snapshot.lock().unwrap_or_else(PoisonError::into_inner);
        let is_news = *last != snapshot && !last.is_empty();
        snapshot.clone_into(&mut last);
        if is_news {
            self.changed();
        }
        is_news
    }

    fn changed(&self) {
        self.number.fetch_add(1, Ordering::Relaxed);
        self.wake.notify_waiters();
    }

    /// The number as it is.
    pub fn number(&self) -> i64 {
        // Never zero, which means that nobody has looked yet.
        self.number.load(Ordering::Relaxed) + 1
    }

    /// Waits for the next change.
    pub async fn next(&self) {
        self.wake.notified().await;
    }
}
