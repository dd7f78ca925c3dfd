//! A journal in a file tells nobody of its changes: it is looked at when the system says that something was written there,
//! while the desk shows what other processes may write any moment.

use super::changes::Changes;
use super::loaded::load;
use super::tell::tell;
use super::trust::Trust;
use crate::desk::{Model, Msg, awaited, watches_journal};
use crate::engine::Engine;
use crate::journal::real;
use crate::order::OrderId;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;
use tokio::sync::mpsc::UnboundedSender;
use tokio::sync::watch;
use tokio::time::sleep;

/// How long to leave the journal alone between two looks, where the system does not tell that it was written to.
const AGAIN: Duration = Duration::from_millis(1_500);

/// How long after something was written it is looked at: one append is several writes.
const SETTLED: Duration = Duration::from_millis(200);

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

    /// Looks again and again for as long as something is watched. Ends with the desk. `file`: the journal's.
    pub async fn keep_looking(self: Arc<Self>, file: PathBuf, mut watched: watch::Receiver<Watched>) {
        let changes = Changes::beside(&real(&file));
        loop {
            let now = match watched.wait_for(|watched| *watched != Watched::Nothing).await {
                Ok(now) => now.clone(),
                Err(_) => return,
            };
            // That a process has died is written nowhere.
            let by_clock = changes.is_none() || now.call().is_some();
            tokio::select! {
                () = next(changes.as_ref()) => sleep(SETTLED).await,
                () = sleep(AGAIN), if by_clock => {}
                other = watched.changed() => match other {
                    Ok(()) => continue,
                    Err(_) => return,
                },
            }
            self.look(now.call()).await;
        }
    }
}

async fn next(changes: Option<&Changes>) {
    match changes {
        Some(changes) => changes.next().await,
        None => std::future::pending().await,
    }
}
