//! A batch of changes is sent: recorded before, some at a time, and no more of it once nothing else is to leave.

use super::pulse::{Heard, Next};
use super::{ApplyNews, Applying, Waiting, number};
use crate::engine::Engine;
use crate::engine::registration::ask::Asked;
use crate::engine::registration::list::not_before;
use crate::engine::registration::{RegistrationError, Result};
use crate::registration::{Answer, Request};
use crate::registry::{
    Begun, Change, Collection, Ended, Failure, How, Listing, Moment, Outcome, Problem, RunEvent,
};
use futures_util::StreamExt as _;
use jiff::SignedDuration;
use std::sync::OnceLock;
use std::time::Duration;
use tokio::sync::watch;

/// What the server answers when it is asked for what is not there (D).
const GONE: u16 = 404;

/// What became of one change of a batch.
enum Came {
    /// Nothing of it left, as was decided here; and why.
    Held(String),
    /// Nothing of it left: what it is about is not what was planned, and how.
    Moved(String),
    /// Nothing of it left: the server, asked for its object before, refused.
    RefusedUnsent(Problem),
    /// Nothing of a removal left: something else has the number of its object by now.
    Replaced,
    /// Busy where the server has too much to do, with how long it asked to be left alone, or zero.
    Ended { outcome: Outcome, busy: Option<Duration> },
}

/// What the changes of a batch pass, each just before it is sent.
struct Gate {
    stop: watch::Receiver<bool>,
    /// Why nothing else leaves.
    shut: OnceLock<&'static str>,
}

impl Gate {
    fn new(waiting: &Waiting<'_>) -> Self {
        Self { stop: waiting.stop.clone(), shut: OnceLock::new() }
    }

    /// Why the next change is not to leave.
    fn holds(&self) -> Option<&'static str> {
        let stopped = || self.stop.borrow().then_some("a person stopped it");
        self.shut.get().copied().or_else(stopped)
    }

    /// Looks whether that answer is one for the others, too. How long the server is to be left alone, if it is.
    fn sees(&self, answer: &Answer) -> Option<Duration> {
        if matches!(&answer.outcome, Outcome::Refused { problem } if problem.is_for_all()) {
            self.shut.get_or_init(|| "the server refused another change, for a reason that holds for all");
        }
        let is_busy = matches!(answer.status, Some(429 | 503)) || answer.retry_after.is_some();
        let busy = is_busy.then(|| answer.retry_after.unwrap_or_default());
        if busy.is_some() {
            self.shut.get_or_init(|| "the server had too much to do");
        }
        busy
    }
}

impl Applying<'_> {
    /// Records these changes, and what is known of earlier ones; then sends them, some at a time.
    pub(super) async fn send(&mut self, changes: &[usize], waiting: &mut Waiting<'_>) -> Result<()> {
        let begun = changes
            .iter()
            .map(|n| Begun { n: number(*n), change: self.apply.plan.changes[*n].clone() })
            .collect();
        let moment = self.engine.instant();
        self.record(vec![RunEvent::ChangesStarted { begun, uptime: moment.uptime.clone() }]).await?;
        let mut sendings = Vec::with_capacity(changes.len());
        for n in changes {
            self.progress.sends(*n, moment.clone());
            sendings.push((*n, self.request(*n)));
        }
        if let Err(error) = self.is_still_ours().await {
            for n in changes {
                self.held(*n, "it was not this desk's to send any more".to_owned());
            }
            return Err(error);
        }
        let (engine, plan, listing) = (self.engine, &self.apply.plan.changes, self.apply.listing);
        let (moment, gate) = (&moment, &Gate::new(waiting));
        let calls = sendings.into_iter().map(|(n, request)| async move {
            let came = engine.send_change((&plan[n], request), listing, moment, gate).await;
            (n, came, engine.instant())
        });
        let mut answers = futures_util::stream::iter(calls).buffer_unordered(self.pulse.width());
        let (mut heard, mut moved) = (Heard::default(), None);
        let (mut done, changes) = (self.progress.done(), self.apply.plan.changes.len());
        while let Some((n, came, at)) = answers.next().await {
            if matches!(came, Came::Replaced | Came::Ended { outcome: Outcome::Done { .. }, .. }) {
                done += 1;
                (waiting.tell)(ApplyNews::Progress { done, changes });
            }
            moved = self.came(n, came, at, &mut heard).or(moved);
        }
        if let Some(moved) = moved {
            return Err(RegistrationError::Moved(vec![moved]));
        }
        match self.pulse.hears(heard) {
            Next::GoOn => Ok(()),
            Next::LeaveAlone(asked) => Err(RegistrationError::Unreachable(format!(
                "the server has too much to do{}",
                not_before(Some(asked), self.engine.now())
            ))),
            Next::GiveUp(why) => Err(RegistrationError::Unreachable(why)),
            Next::Pause(pause) => {
                let pause = SignedDuration::try_from(pause).unwrap_or_default();
                let why = "the server has too much to do at this moment".to_owned();
                // Whoever stops it is heard by the caller.
                waiting.pause(self.engine, pause, why).await;
                Ok(())
            }
        }
    }

    /// Takes in what became of change `n`; what has moved, where that is why it was not sent.
    fn came(&mut self, n: usize, came: Came, at: Moment, heard: &mut Heard) -> Option<String> {
        let (outcome, how, busy) = match came {
            Came::Ended { outcome, busy } => {
                let how = How::from(&outcome);
                (outcome, how, busy)
            }
            Came::Replaced => (Outcome::Done { status: GONE, surrogate: None }, How::Replaced, None),
            Came::Held(why) => {
                self.held(n, why);
                return None;
            }
            Came::RefusedUnsent(problem) => {
                heard.answered += 1;
                self.ended.push(Ended { n: number(n), how: How::Refused { problem: problem.clone() } });
                self.progress.refused_unsent(n, problem);
                return None;
            }
            Came::Moved(what) => {
                self.held(n, what.clone());
                return Some(what);
            }
        };
        heard.busy = heard.busy.max(busy);
        self.ended.push(Ended { n: number(n), how });
        match &outcome {
            Outcome::Done { .. } | Outcome::Refused { .. } => heard.answered += 1,
            Outcome::Failed { failure } => heard.failed = Some(failure.why().to_owned()),
        }
        let is_spared = busy.is_some() && matches!(outcome, Outcome::Failed { .. });
        self.progress.ended(n, outcome, at);
        if is_spared {
            self.progress.spare(n);
        }
        None
    }

    /// Nothing of change `n` left.
    fn held(&mut self, n: usize, why: String) {
        self.ended.push(Ended { n: number(n), how: How::NotSent { why } });
        self.progress.held(n);
    }

    /// The request of a change; none when what it needs is not there.
    fn request(&self, n: usize) -> Option<Request> {
        Some(match &self.apply.plan.changes[n] {
            Change::Create { collection: Collection::Customers, id, name } => {
                Request::create_customer(id, name.as_ref())
            }
            Change::Create { id, name, .. } => Request::create_application(id, name.as_ref()),
            Change::CreatePair { pair } => {
                let (customer, application) = self.progress.ends(pair)?;
                Request::create_pair(&application, &customer)
            }
            Change::Rename { collection: Collection::Customers, id, surrogate, to, .. } => {
                Request::modify_customer(surrogate, id, to)
            }
            Change::Rename { id, surrogate, to, .. } => Request::modify_application(surrogate, id, to),
            Change::Remove { collection, surrogate, .. } => Request::remove(*collection, surrogate),
            Change::RemovePair { surrogate, .. } => Request::remove(Collection::Pairs, surrogate),
            Change::RemoveOrphan { pair } => Request::remove(Collection::Pairs, &pair.surrogate),
        })
    }
}

impl Engine {
    /// Sends one change, which was recorded at `begun` and planned from `listing`. It has no request when what it needs is not
    /// there.
    async fn send_change(
        &self,
        (change, request): (&Change, Option<Request>),
        listing: &Listing,
        begun: &Moment,
        gate: &Gate,
    ) -> Came {
        let (Some(request), Ok(registration)) = (request, self.registration()) else {
            return not_sent("what it needs is not there".to_owned());
        };
        if let Some(why) = gate.holds() {
            return Came::Held(why.to_owned());
        }
        if let Err(came) = self.may_be_sent(change, listing).await {
            return came;
        }
        // It took a while to ask.
        if let Some(why) = gate.holds() {
            return Came::Held(why.to_owned());
        }
        let now = self.instant();
        let waited = now.since(begun);
        if waited > registration.leaves_within() {
            return Came::Held(format!("it was decided {} s ago", waited.as_secs()));
        }
        let answer = registration.client.send(&request, now.now).await;
        let busy = gate.sees(&answer);
        Came::Ended { outcome: answer.outcome, busy }
    }

    /// Asks the server whether the object of `change` is still the one that was planned with: a list may be behind, and
    /// numbers are given out anew. What is still to come has no number to ask for.
    ///
    /// # Errors
    /// What comes of the change without sending it.
    async fn may_be_sent(&self, change: &Change, listing: &Listing) -> std::result::Result<(), Came> {
        let Some(surrogate) = change.surrogate() else { return Ok(()) };
        match (self.ask(change, surrogate, listing).await, change) {
            (Ok(Asked::There), Change::RemoveOrphan { pair }) => match self.is_orphan(pair).await {
                Ok(true) => Ok(()),
                Ok(false) => Err(Came::Moved(format!("{change}: both are there, so nothing is left over"))),
                Err(error) => Err(not_asked(change, error)),
            },
            (Ok(Asked::There), _) => Ok(()),
            (Ok(Asked::Renamed(what)), _) => Err(Came::Moved(what)),
            // Then somebody has removed it, perhaps this very run. A listing is still to show that.
            (Ok(Asked::Replaced | Asked::Other(_)), _) if change.is_removal() => Err(Came::Replaced),
            (Ok(Asked::Gone), _) if change.is_removal() => {
                Err(Came::Ended { outcome: Outcome::Done { status: GONE, surrogate: None }, busy: None })
            }
            (Ok(Asked::Gone | Asked::Replaced | Asked::Other(_)), _) => {
                Err(Came::Moved(format!("{change}: it is not there any more")))
            }
            (Err(error), _) => Err(not_asked(change, error)),
        }
    }
}

/// What comes of a change whose object cannot be asked for.
fn not_asked(change: &Change, error: RegistrationError) -> Came {
    match error {
        RegistrationError::Refused(problem) => Came::RefusedUnsent(problem),
        error => not_sent(format!("{change}: {error}")),
    }
}

fn not_sent(why: String) -> Came {
    let outcome = Outcome::Failed { failure: Failure::NotSent { why } };
    Came::Ended { outcome, busy: None }
}
