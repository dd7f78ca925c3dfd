//! A panic, on whatever thread or task: the terminal is given back at once, and the desk ends, though not before the
//! calls that are under way have ended and what they brought is in the journal.

use std::io::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Once;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;
use tokio::sync::Notify;

static PANICS: Panics = Panics::new();
static HOOK: Once = Once::new();

/// Whether there was one, and who waits for it.
struct Panics {
    met: AtomicBool,
    told: Notify,
}

impl Panics {
    const fn new() -> Self {
        Self { met: AtomicBool::new(false), told: Notify::const_new() }
    }

    /// Notes one; true for the first.
    fn note(&self) -> bool {
        let first = !self.met.swap(true, Ordering::AcqRel);
        // Kept for a loop that is not waiting at this moment.
        self.told.notify_one();
        first
    }
}

/// True once any thread has panicked: the screen was given back then, and must not be drawn on again.
pub fn met() -> bool {
    PANICS.met.load(Ordering::Acquire)
}

/// Waits for the first one.
pub async fn next() {
    PANICS.told.notified().await;
}

/// From here on a panic gives the terminal back first, and says where it was, but not what its message held: that could
/// be a customer's data.
pub fn watch(give_back: fn()) {
    HOOK.call_once(|| {
        std::panic::set_hook(Box::new(move |info| {
            if PANICS.note() {
                give_back();
            }
            let place = info.location().map_or_else(String::new, |l| format!(" at {}:{}", l.file(), l.line()));
            let mut err = std::io::stderr().lock();
            let _ = writeln!(
                err,
                "pxdesk met an error of its own{place} and stops. Nothing is lost: every order is in the journal."
            );
            let _ = writeln!(err, "Start pxdesk again; an order that was being completed is shown as it stands.");
        }));
    });
}

/// Runs `work`; none when it panicked, so that what else is under way need not end with it.
pub async fn caught<T>(work: impl Future<Output = T>) -> Option<T> {
    let mut work = pin!(work);
    std::future::poll_fn(move |context| {
        // Nothing of `work` is looked at again after a panic.
        match catch_unwind(AssertUnwindSafe(|| work.as_mut().poll(context))) {
            Ok(poll) => poll.map(Some),
            Err(_) => Poll::Ready(None),
        }
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_first_panic_is_told_apart_and_wakes_who_waits() {
        let panics = Panics::new();
        assert!(panics.note() && !panics.note());
        panics.told.notified().await;
    }

    #[tokio::test]
    async fn what_panics_ends_and_nothing_else_does() {
        let other = tokio::spawn(async { 7 });
        assert_eq!(caught(async { panic!("in the loop") }).await, None::<()>);
        assert_eq!(caught(other).await.unwrap().unwrap(), 7);
    }
}
