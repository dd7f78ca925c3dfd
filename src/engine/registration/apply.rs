//! A plan is applied: each change is recorded, sent, and looked for in a listing.

mod names;
mod pulse;
mod send;

use super::ask::Asked;
use super::{RegistrationError, Result};
use crate::engine::Engine;
use crate::kind::{ShortId, Timestamp};
use crate::registry::{
    Change, Closed, Ended, Failed, How, Listing, Open, Plan, Progress, Run, RunEvent, Seen, Step, doubles,
};
use jiff::SignedDuration;
use pulse::Pulse;
use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// How often it is looked whether a wait is over: a trainer may move the clock.
const TICK: Duration = Duration::from_millis(200);

/// What is to be applied, and why.
pub struct Apply<'a> {
    pub plan: &'a Plan,
    /// The listing that it was made from.
    pub listing: &'a Listing,
    pub reason: Option<String>,
    /// A person says that what an earlier run created, and nothing shows, is not there.
    pub create_again: bool,
    /// True once a person wants it to stop.
    pub stop: watch::Receiver<bool>,
}

/// What happens meanwhile.
#[derive(Clone, Debug, PartialEq)]
pub enum ApplyNews {
    /// So many changes are done, of so many.
    Progress { done: usize, changes: usize },
    /// For so long at most, until then, nothing is sent, for that reason.
    Waiting { left: SignedDuration, until: Timestamp, why: String },
    /// The run that a dead process left behind is finished.
    Finished { run: ShortId },
}

/// What was applied.
#[derive(Debug)]
pub struct Applied {
    pub run: ShortId,
    pub done: usize,
    /// What was not done, and why.
    pub failed: Vec<(Change, Failed)>,
    /// What was sent, and of which nobody knows whether it was done; and why. The next run looks for it first.
    pub unknown: Vec<(Change, String)>,
    /// The renames that were answered, and what the server keeps instead, in words.
    pub kept: Vec<(Change, String)>,
    /// What was there when it was listed last.
    pub listing: Listing,
    /// Why it ended early, if it did.
    pub halt: Option<RegistrationError>,
}

/// Waits, and says so.
pub struct Waiting<'a> {
    pub tell: &'a mut (dyn FnMut(ApplyNews) + Send),
    pub stop: watch::Receiver<bool>,
}

impl Waiting<'_> {
    /// Waits so long by the engine's clock; false when a person wants it to stop.
    pub async fn pause(&mut self, engine: &Engine, left: SignedDuration, why: String) -> bool {
        let begun = engine.instant();
        let until = begun.now.checked_add(left).unwrap_or(begun.now);
        (self.tell)(ApplyNews::Waiting { left, until, why });
        while !engine.instant().left(&begun, left).is_zero() {
            if self.is_stopped() {
                return false;
            }
            tokio::time::sleep(TICK).await;
        }
        true
    }

    pub fn is_stopped(&self) -> bool {
        *self.stop.borrow()
    }
}

impl Engine {
    /// Finishes the run that was left unfinished, if there is one, so that a listing says all there is to know. With
    /// `create_again` a person says that what it created, and nothing shows, is not there.
    ///
    /// # Errors
    /// When that process is not dead, and why it cannot be finished.
    pub async fn finish_run(
        &self,
        tell: &mut (dyn FnMut(ApplyNews) + Send),
        stop: &watch::Receiver<bool>,
        create_again: bool,
    ) -> Result<()> {
        let _busy = self.0.busy().await;
        self.finish_unfinished(&mut Waiting { tell, stop: stop.clone() }, create_again).await
    }

    /// Applies a plan, and nothing else. It may be called again after whatever ended it: what is done is found by listing.
    ///
    /// # Errors
    /// Why nothing of it was begun. Why it ended early, and what the server refused for single changes, is in what is
    /// returned.
    pub async fn apply(
        &self,
        apply: &Apply<'_>,
        tell: &mut (dyn FnMut(ApplyNews) + Send),
    ) -> Result<Applied> {
        let _busy = self.0.busy().await;
        self.journal().trust()?;
        let mut waiting = Waiting { tell, stop: apply.stop.clone() };
        let run = self.open_run(apply, &mut waiting).await?;
        // Listed once the run is open: from then on no other desk changes it.
        let listing = match self.as_planned(apply).await {
            Ok(listing) => listing,
            Err(error) => {
                let closed = match &error {
                    RegistrationError::Moved(what) => Closed::Moved { what: what.join("; ") },
                    other => Closed::Stopped { why: other.to_string() },
                };
                self.close(&run, closed).await?;
                return Err(error);
            }
        };
        let registration = self.registration()?;
        let progress = Progress::new(apply.plan, &listing, registration.quiet);
        let pulse = Pulse::new(usize::from(registration.concurrency));
        let mut applying = Applying { engine: self, apply, run, progress, listing, ended: Vec::new(), pulse };
        let outcome = applying.all(&mut waiting).await;
        Ok(applying.end(outcome).await)
    }

    /// The contract, as what is left of the plan needs it.
    async fn list_for(&self, plan: &Plan) -> Result<Listing> {
        let takes_along = plan.changes.iter().any(|change| change.phase().takes_pairs_along());
        if takes_along { self.list_with_pairs_last().await } else { self.list_contract().await }
    }

    /// The listing, if it is still the one that the plan was made from.
    async fn as_planned(&self, apply: &Apply<'_>) -> Result<Listing> {
        let listing = self.list_for(apply.plan).await?;
        if listing.digest() == apply.plan.listing {
            self.is_not_behind(apply.plan, &listing, apply.create_again).await?;
            return Ok(listing);
        }
        Err(self.what_moved(apply.listing, &listing).await?)
    }
}

/// A run that is under way.
struct Applying<'a> {
    engine: &'a Engine,
    apply: &'a Apply<'a>,
    run: Run,
    progress: Progress<'a>,
    listing: Listing,
    /// What is known and not recorded yet.
    ended: Vec<Ended>,
    pulse: Pulse,
}

impl Applying<'_> {
    async fn all(&mut self, waiting: &mut Waiting<'_>) -> Result<()> {
        let batch = self.engine.registration()?.batch();
        loop {
            let step = self.progress.next(batch, &self.engine.instant());
            // What is answered is still looked at: a list changes nothing.
            let is_over = step == Step::Done || step == Step::Look && self.progress.is_answered();
            if waiting.is_stopped() && !is_over {
                return Err(self.last_look(self.stopped()).await);
            }
            match step {
                Step::Send(changes) => {
                    self.send(&changes, waiting).await?;
                    (waiting.tell)(self.news());
                    self.refused_for_all().await?;
                }
                Step::Look => self.look().await?,
                Step::Wait(left) => {
                    let why = if self.progress.waits_for_listing() {
                        "what the server says it has done is not listed yet"
                    } else {
                        "a request without an answer may still be on its way"
                    };
                    if !waiting.pause(self.engine, left, why.to_owned()).await {
                        return Err(self.stopped());
                    }
                    self.look().await?;
                }
                Step::Done => return Ok(()),
            }
        }
    }

    fn news(&self) -> ApplyNews {
        ApplyNews::Progress { done: self.progress.done(), changes: self.apply.plan.changes.len() }
    }

    fn stopped(&self) -> RegistrationError {
        RegistrationError::Stopped { done: self.progress.done(), changes: self.apply.plan.changes.len() }
    }

    /// Ends it where the server refused something for a reason that holds for all; unless a listing shows that it was done.
    async fn refused_for_all(&mut self) -> Result<()> {
        let Some(problem) = self.progress.refused_for_all().cloned() else { return Ok(()) };
        let refused = Err(RegistrationError::Refused(problem));
        if !self.progress.is_to_be_looked_for() {
            return refused;
        }
        match self.look().await {
            Err(journal @ RegistrationError::Journal(_)) => Err(journal),
            Ok(()) if self.progress.refused_for_all().is_none() => Ok(()),
            Ok(()) | Err(_) => refused,
        }
    }

    /// Before it ends early: a listing that shows what was answered leaves nothing for the next run to settle. Where there
    /// is none, the next run lists. Returns why it ends.
    async fn last_look(&mut self, why: RegistrationError) -> RegistrationError {
        if !self.progress.is_to_be_looked_for() {
            return why;
        }
        match self.look().await {
            Err(journal @ RegistrationError::Journal(_)) => journal,
            Ok(()) | Err(_) => why,
        }
    }

    /// Lists, and looks what became of what was sent. Nothing goes on with a listing that shows something twice: which of the
    /// two is meant is not for us to choose.
    async fn look(&mut self) -> Result<()> {
        // What is known must be on disk even if the listing does not come.
        self.record(Vec::new()).await?;
        let moment = self.engine.instant();
        self.listing = self.engine.list_for(self.apply.plan).await?;
        let doubles = doubles(self.apply.listing, &self.listing);
        let looked = loop {
            let looked = self.progress.look(&self.listing, &moment).map(|seen| self.saw(seen));
            // What cannot be done without it is known by another look.
            if looked.is_err() || !self.keeps_otherwise().await {
                break looked;
            }
        };
        if doubles.is_empty() {
            looked.map_err(|what| RegistrationError::Moved(vec![what]))
        } else {
            Err(RegistrationError::Findings(doubles))
        }
    }

    /// Takes in what a listing says of changes.
    fn saw(&mut self, seen: Vec<(usize, Seen)>) {
        self.ended.extend(seen.into_iter().map(|(n, seen)| Ended {
            n: number(n),
            how: match seen {
                Seen::Done => How::Listed { surrogate: self.progress.made(n) },
                Seen::NotThere => How::NotThere,
                Seen::GivenUp(why) => How::GivenUp { why },
                Seen::Refused(problem) => How::Refused { problem },
            },
        }));
    }

    /// Asks for what the server has taken and the listing shows under another id; whether the server does keep it so.
    async fn keeps_otherwise(&mut self) -> bool {
        let mut does = false;
        for (n, surrogate) in self.progress.listed_otherwise() {
            let change = &self.apply.plan.changes[n];
            if let Ok(Asked::Other(id)) = self.engine.ask(change, &surrogate, &self.listing).await {
                let why = self.progress.kept_otherwise(n, surrogate, id);
                self.ended.push(Ended { n: number(n), how: How::GivenUp { why } });
                does = true;
            }
        }
        does
    }

    /// Another machine may have thought this process gone, and taken the run over.
    async fn is_still_ours(&self) -> Result<()> {
        let journal = self.engine.journal();
        journal.holds()?;
        journal.key_stays()?;
        if !journal.is_shared() {
            return Ok(());
        }
        let now: Run = journal.load(&self.run.id).await?;
        if now.seq == self.run.seq {
            return Ok(());
        }
        let (by, since) = now.taken_over.unwrap_or((now.opened_by, now.opened_at));
        Err(RegistrationError::TakenOver { by, since })
    }

    /// Records what is known, with these events after it, in one transaction.
    async fn record(&mut self, then: Vec<RunEvent>) -> Result<()> {
        let ended = std::mem::take(&mut self.ended);
        let known = (!ended.is_empty()).then_some(RunEvent::ChangesEnded { ended });
        let events: Vec<_> = known.into_iter().chain(then).collect();
        if !events.is_empty() {
            self.run = self.engine.add(&self.run, events).await?;
        }
        Ok(())
    }

    /// Records how it ended. Where the journal does not take that, what was done is told all the same: the next run finds
    /// it by listing.
    async fn end(mut self, outcome: Result<()>) -> Applied {
        let outcome = outcome_of(outcome, self.record(Vec::new()).await);
        self.progress.gives_up_refused();
        // What was halted may have been listed before that.
        let kept = if outcome.is_ok() { self.kept_otherwise().await } else { Vec::new() };
        let outcome = outcome_of(outcome, self.record(Vec::new()).await);
        // The last listing may have shown more than was known when it was stopped.
        let outcome = match outcome {
            Err(RegistrationError::Stopped { .. }) => Err(self.stopped()),
            other => other,
        };
        let unknown = self.progress.unknown().map(|(change, why)| (change.clone(), why)).collect();
        let failed: Vec<_> =
            self.progress.failed().map(|(change, failed)| (change.clone(), failed.clone())).collect();
        let how = match &outcome {
            Ok(()) if failed.is_empty() => Closed::Applied,
            Ok(()) => Closed::Refused { changes: number(failed.len()) },
            Err(RegistrationError::Moved(what)) => Closed::Moved { what: what.join("; ") },
            Err(error) => Closed::Stopped { why: error.to_string() },
        };
        // Who has taken it over closes it.
        let closed = match &outcome {
            Err(RegistrationError::TakenOver { .. }) => Ok(()),
            _ => self.close_or_leave(how).await,
        };
        let outcome = outcome_of(outcome, closed);
        let (done, halt) = (self.progress.done().saturating_sub(kept.len()), outcome.err());
        Applied { run: self.run.id, done, failed, unknown, kept, listing: self.listing, halt }
    }

    /// Closes the run, unless it has changes of which only a listing will say what became: whoever comes next looks for
    /// them, and does none of them again before that.
    async fn close_or_leave(&mut self, how: Closed) -> Result<()> {
        let unseen: HashSet<_> = self.progress.unseen().map(number).collect();
        let is_seen = |(n, open): &(&u32, &Arc<Open>)| open.answered.is_some() && !unseen.contains(n);
        let seen: Vec<_> = self.run.open.iter().filter(is_seen).map(|(n, _)| *n).collect();
        if seen.len() == self.run.open.len() {
            self.run = self.engine.add(&self.run, vec![RunEvent::RunClosed { how }]).await?;
        } else {
            // Where its number was not answered, that was recorded when it was seen.
            let how = How::Listed { surrogate: None };
            self.ended.extend(seen.into_iter().map(|n| Ended { n, how: how.clone() }));
            // This process may go on for long, and does nothing more with it.
            self.record(vec![RunEvent::let_go()]).await?;
        }
        Ok(())
    }
}

/// Why it ended early comes before what could not be recorded of that.
fn outcome_of(outcome: Result<()>, recorded: Result<()>) -> Result<()> {
    outcome.and(recorded)
}

/// The number of a change in its plan, as it is recorded.
fn number(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}
