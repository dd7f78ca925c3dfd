//! A journal in a file tells nobody of its changes: it is looked at now and then, and by itself while the desk shows what
//! other processes may write any moment.

use super::loaded::load;
use super::tell::tell;
use super::trust::Trust;
use crate::desk::{Model, Msg, awaited, watches_journal};
use crate::engine::Engine;
use crate::order::OrderId;
use std::cell::OnceCell;
use std::pin::pin;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Waker};
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::sync::mpsc::UnboundedSender;

/// How long to leave the journal alone between two looks. Where nothing was written, a look is one question to SQLite and wakes
/// no other thread.
const AGAIN: Duration = Duration::from_millis(1_500);

/// What the desk shows that others may change any moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Watched {
    #[default]
    Nothing,
    Journal,
    /// This order's call, too, which another process makes.
    Call(OrderId),
}

impl Watched {
    /// What `model` shows of it.
    pub fn of(model: &Model) -> Self {
        match awaited(model) {
            _ if !watches_journal(model) => Self::Nothing,
            Some(id) => Self::Call(id.clone()),
            None => Self::Journal,
        }
    }

    fn call(&self) -> Option<&OrderId> {
        match self {
            Self::Call(id) => Some(id),
            Self::Nothing | Self::Journal => None,
        }
    }
}

/// Looks at the journal.
pub struct Watch {
    engine: Engine,
    sender: UnboundedSender<Msg>,
    /// The journal's version when it was last looked at.
    version: AtomicI64,
    trust: Trust,
}

impl Watch {
    /// Of the journal of `engine`.
    pub fn new(engine: Engine, sender: UnboundedSender<Msg>) -> Self {
        let trust = Trust::of(engine.journal());
        Self { engine, sender, version: AtomicI64::default(), trust }
    }

    /// Says `JournalChanged` when another process has written since the last look, whether the journal can still be written to,
    /// and what became of the order that is waited for when its process is gone.
    pub async fn look(&self, awaited: Option<&OrderId>) {
        if let Some(id) = awaited {
            match self.engine.recover().await {
                Ok(gone) if gone.contains(id) => load(&self.engine, &self.sender, id.clone()).await,
                // The next look is soon; what is wrong with the journal is said when something is to be recorded.
                Ok(_) | Err(_) => {}
            }
        }
        let journal = self.engine.journal();
        // It tells of changes by itself.
        if journal.is_shared() {
            return;
        }
        if let Ok(now) = journal.data_version().await {
            let before = self.version.swap(now, Ordering::Relaxed);
            // What was written between the first reading and the first look shows by nothing else.
            if before != now {
                tell(&self.sender, Msg::JournalChanged);
            }
        }
        self.trust.look(journal, &self.sender);
    }

    /// The same where nothing else is awaited, without a runtime: with a journal in a file nothing of it waits for anything. False
    /// when it did all the same, and has to be done where that can be waited for.
    fn look_at_once(&self) -> bool {
        let look = pin!(self.look(None));
        look.poll(&mut Context::from_waker(Waker::noop())).is_ready()
    }
}

/// Looks again and again for as long as something is watched, on a thread of its own: a runtime's clock would wake its thread
/// two or three times for each look. It begins with the first thing that is watched, after the first frame, and ends with this.
pub struct Watching {
    shared: Arc<Shared>,
    watch: Arc<Watch>,
    worker: Handle,
    thread: OnceCell<Option<JoinHandle<()>>>,
}

/// What the thread is told.
#[derive(Default)]
struct Shared {
    /// None once it is to end.
    watched: Mutex<Option<Watched>>,
    changed: Condvar,
}

impl Watching {
    /// Of nothing so far. What has to be waited for is done by `worker`.
    pub fn new(watch: Arc<Watch>, worker: Handle) -> Self {
        let shared = Arc::new(Shared { watched: Mutex::new(Some(Watched::Nothing)), ..Shared::default() });
        Self { shared, watch, worker, thread: OnceCell::new() }
    }

    /// From now on this is watched.
    ///
    /// Where there is no thread to be had, the desk looks when a key is pressed, and now and then.
    pub fn watch(&self, watched: Watched) {
        if watched != Watched::Nothing {
            self.thread.get_or_init(|| self.begin());
        }
        let mut before = self.shared.lock();
        if before.as_ref() != Some(&watched) {
            *before = Some(watched);
            self.shared.changed.notify_one();
        }
    }

    fn begin(&self) -> Option<JoinHandle<()>> {
        let (shared, watch, worker) = (self.shared.clone(), self.watch.clone(), self.worker.clone());
        let run = move || {
            while let Some(watched) = shared.next() {
                match watched {
                    Watched::Nothing => {}
                    Watched::Journal if watch.look_at_once() => {}
                    Watched::Journal | Watched::Call(_) => {
                        let watch = watch.clone();
                        worker.spawn(async move { watch.look(watched.call()).await });
                    }
                }
            }
        };
        std::thread::Builder::new().name("watch".into()).spawn(run).ok()
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        *self.shared.lock() = None;
        self.shared.changed.notify_one();
        if let Some(thread) = self.thread.take().flatten() {
            // A panic on it was told already, as every panic is.
            let _ = thread.join();
        }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Option<Watched>> {
        self.watched.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until there is something to look at, and then for as long as the journal is left alone; what is watched after that.
    /// None at the end.
    fn next(&self) -> Option<Watched> {
        let idle = |watched: &mut Option<Watched>| *watched == Some(Watched::Nothing);
        let watched = self.changed.wait_while(self.lock(), idle).unwrap_or_else(PoisonError::into_inner);
        let (watched, _) = self
            .changed
            .wait_timeout_while(watched, AGAIN, |watched| watched.is_some())
            .unwrap_or_else(PoisonError::into_inner);
        watched.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Instant;

    #[test]
    fn nothing_is_waited_for_without_an_end() {
        let shared = Arc::new(Shared { watched: Mutex::new(Some(Watched::Nothing)), ..Shared::default() });
        let theirs = shared.clone();
        let thread = std::thread::spawn(move || (theirs.next(), theirs.next()));
        let begun = Instant::now();
        *shared.lock() = Some(Watched::Journal);
        shared.changed.notify_one();
        std::thread::sleep(AGAIN * 3 / 2);
        // At the end nobody waits for the pause to be over.
        *shared.lock() = None;
        shared.changed.notify_one();
        assert_eq!(thread.join().unwrap(), (Some(Watched::Journal), None));
        assert!(begun.elapsed() < AGAIN * 2);
    }
}
