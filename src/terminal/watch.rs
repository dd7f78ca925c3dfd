//! A journal in a file tells nobody of its changes: it is looked at now and then, and by itself while the desk shows what
//! other processes may write any moment.

use super::loaded::load;
use super::tell::tell;
use super::trust::Trust;
use crate::desk::{Model, Msg, awaited, watches_journal};
use crate::engine::Engine;
use crate::order::OrderId;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;
use tokio::sync::mpsc::UnboundedSender;
use tokio::sync::watch;

/// How long to leave the journal alone between two looks of its own. Where nothing was written, a look is one question to
/// SQLite on the engine's thread, and wakes no other.
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

    /// Looks again and again for as long as something is `wanted`. Ends with the desk.
    pub async fn keep_looking(self: Arc<Self>, mut wanted: watch::Receiver<Watched>) {
        while wanted.wait_for(|watched| *watched != Watched::Nothing).await.is_ok() {
            tokio::time::sleep(AGAIN).await;
            if wanted.has_changed().is_err() {
                return;
            }
            let watched = wanted.borrow().clone();
            if watched != Watched::Nothing {
                self.look(watched.call()).await;
            }
        }
    }
}
