//! A run: one plan, applied to a contract. What is sent is recorded before, and what became of it after.
//!
//! Of each contract at most one run is unfinished, by an index of the journal. A run whose process died is taken over and
//! finished by whoever comes next: a listing says what became of the changes that it had begun.

mod account;
mod event;
mod kind;
mod made;

pub use account::{Account, RunStep};
pub use event::{Begun, Closed, Ended, How, RunEvent};
pub use kind::RunRow;
pub use made::{SAID_NOT_THERE, kept_otherwise_before, made_before, renamed_before};

use super::{Change, ContractId, SurrogateId, Verb};
use crate::kind::{Digest, Recorded, ShortId, Timestamp, Uptime};
use crate::order::Environment;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A run as its events make it.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    pub id: ShortId,
    pub environment: Environment,
    pub contract: ContractId,
    /// The hash of the listing that the plan was made from.
    pub listing: Digest,
    /// How many changes the plan has.
    pub changes: u32,
    /// The process that applies it.
    pub owner: String,
    pub opened_at: Timestamp,
    pub opened_by: String,
    /// Who took it over last, and when.
    pub taken_over: Option<(String, Timestamp)>,
    /// The changes that were begun, and of which no listing has shown yet what became of them, by their number in the plan.
    /// A run is copied with every append, and there may be many thousands.
    pub open: BTreeMap<u32, Arc<Open>>,
    /// The renames that were answered: done, unless the server turns out to keep another name.
    renamed: BTreeSet<u32>,
    /// How many changes are done.
    pub done: u32,
    /// How many were refused, or given up.
    pub failed: u32,
    /// How it ended, if it did.
    pub closed: Option<Closed>,
    pub seq: u64,
}

/// A change that was begun.
#[derive(Clone, Debug, PartialEq)]
pub struct Open {
    pub change: Change,
    pub at: Timestamp,
    pub uptime: Option<Uptime>,
    /// What the server said, where it said that it is done.
    pub answered: Option<Answered>,
}

/// The server's word that a change is done, which a listing is still to show: lists may lag behind.
#[derive(Clone, Debug, PartialEq)]
pub struct Answered {
    /// A new object's id, where the server told it.
    pub surrogate: Option<SurrogateId>,
}

impl Open {
    /// The object to ask for, where its number is known.
    pub fn surrogate(&self) -> Option<&SurrogateId> {
        self.change.surrogate().or_else(|| self.answered.as_ref()?.surrogate.as_ref())
    }
}

impl Run {
    /// In one word.
    pub fn state(&self) -> &'static str {
        self.closed.as_ref().map_or("applying", Closed::name)
    }

    fn opened(id: &ShortId, first: &Recorded<RunEvent>) -> Option<Self> {
        let RunEvent::RunOpened { environment, contract, listing, changes, owner, .. } = &first.event else {
            return None;
        };
        Some(Self {
            id: id.clone(),
            environment: *environment,
            contract: contract.clone(),
            listing: *listing,
            changes: *changes,
            owner: owner.clone(),
            opened_at: first.at,
            opened_by: first.by.clone(),
            open: BTreeMap::new(),
            renamed: BTreeSet::new(),
            done: 0,
            failed: 0,
            taken_over: None,
            closed: None,
            seq: first.seq,
        })
    }

    fn take(&mut self, recorded: &Recorded<RunEvent>) -> bool {
        if self.closed.is_some() {
            return false;
        }
        match &recorded.event {
            RunEvent::RunOpened { .. } => return false,
            RunEvent::ChangesStarted { begun, uptime } => {
                for Begun { n, change } in begun {
                    let (change, uptime) = (change.clone(), uptime.clone());
                    let open = Open { change, at: recorded.at, uptime, answered: None };
                    self.open.insert(*n, Arc::new(open));
                }
            }
            RunEvent::ChangesEnded { ended } => {
                for Ended { n, how } in ended {
                    self.end(*n, how);
                }
            }
            RunEvent::RunTakenOver { owner } => {
                self.owner.clone_from(owner);
                self.taken_over = Some((recorded.by.clone(), recorded.at));
            }
            RunEvent::RunClosed { how } => self.closed = Some(how.clone()),
        }
        self.seq = recorded.seq;
        true
    }

    fn end(&mut self, n: u32, how: &How) {
        let was_answered = self.open.get(&n).is_some_and(|open| open.answered.is_some());
        match how {
            How::Answered { surrogate, .. } => return self.answered(n, surrogate.as_ref()),
            How::Replaced => return self.answered(n, None),
            How::Listed { .. } => self.done += u32::from(!was_answered),
            How::Refused { .. } | How::GivenUp { .. } => {
                self.failed += 1;
                let was_done = was_answered || self.renamed.remove(&n);
                self.done = self.done.saturating_sub(was_done.into());
            }
            How::NotThere => self.done = self.done.saturating_sub(was_answered.into()),
            How::NotSent { .. } => {}
            // Only a listing says what became of it.
            How::Unknown { .. } => return,
        }
        self.open.remove(&n);
    }

    /// The server's word that change `n` is done. What a listing is still to show stays open.
    fn answered(&mut self, n: u32, surrogate: Option<&SurrogateId>) {
        self.done += 1;
        if let Some(open) = self.open.get_mut(&n).filter(|open| is_to_be_listed(&open.change)) {
            Arc::make_mut(open).answered = Some(Answered { surrogate: surrogate.cloned() });
        } else {
            self.renamed.insert(n);
            self.open.remove(&n);
        }
    }
}

/// True for what must not be done twice: a second create makes a second object, and a second removal may meet whoever has
/// the number by then. Such a change is not over before a listing shows it, whatever the server says.
fn is_to_be_listed(change: &Change) -> bool {
    match change.call().verb {
        Verb::Create | Verb::Remove => true,
        Verb::Modify | Verb::List | Verb::Get => false,
    }
}

#[cfg(test)]
mod tests;
