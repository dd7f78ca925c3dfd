//! A batch of changes is sent: recorded before, some at a time, and no more of it once nothing else is to leave.

use super::{ApplyNews, Applying, Waiting, number};
use crate::engine::Engine;
use crate::engine::registration::{RegistrationError, Result};
use crate::registration::Request;
use crate::registry::{Begun, Change, Collection, Ended, Failure, How, Moment, Outcome, RunEvent};
use futures_util::StreamExt as _;
use std::sync::OnceLock;
use std::time::Duration;
use tokio::sync::watch;

/// After so many batches of which nothing was answered, one after the other, the server is not asked for more.
const BARREN: u32 = 3;

/// What became of one change of a batch.
enum Came {
    /// Nothing of it left, as was decided here; and why.
    Held(String),
    Ended(Outcome),
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

    /// Looks whether that answer is one for the others, too.
    fn sees(&self, outcome: &Outcome) {
        if matches!(outcome, Outcome::Refused { problem } if problem.is_for_all()) {
            self.shut.get_or_init(|| "the server refused another change, for a reason that holds for all");
        }
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
        for n in changes {
            self.progress.sends(*n, moment.clone());
        }
        self.is_still_ours().await?;
        let requests: Vec<_> = changes.iter().map(|n| (*n, self.request(*n))).collect();
        let limit = usize::from(self.engine.registration()?.concurrency);
        let (engine, moment, gate) = (self.engine, &moment, &Gate::new(waiting));
        let calls = requests.into_iter().map(|(n, request)| async move {
            (n, engine.send_change(request, moment, gate).await, engine.instant())
        });
        let mut answers = futures_util::stream::iter(calls).buffer_unordered(limit);
        let (mut why, mut answered) = (None, 0_usize);
        let (mut done, changes) = (self.progress.done(), self.apply.plan.changes.len());
        while let Some((n, came, at)) = answers.next().await {
            match came {
                Came::Held(why) => {
                    self.ended.push(Ended { n: number(n), how: How::NotSent { why } });
                    self.progress.held(n);
                }
                Came::Ended(outcome) => {
                    match &outcome {
                        Outcome::Failed { failure } => why = Some(failure.why().to_owned()),
                        Outcome::Done { .. } | Outcome::Refused { .. } => answered += 1,
                    }
                    if matches!(outcome, Outcome::Done { .. }) {
                        done += 1;
                        (waiting.tell)(ApplyNews::Progress { done, changes });
                    }
                    self.ended.push(Ended { n: number(n), how: How::from(&outcome) });
                    self.progress.ended(n, outcome, at);
                }
            }
        }
        self.barren = if answered == 0 { self.barren + 1 } else { 0 };
        match why {
            Some(why) if self.barren >= BARREN => Err(RegistrationError::Unreachable(why)),
            Some(_) | None => Ok(()),
        }
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
        })
    }
}

impl Engine {
    async fn send_change(&self, request: Option<Request>, begun: &Moment, gate: &Gate) -> Came {
        let not_sent = |why: String| Came::Ended(Outcome::Failed { failure: Failure::NotSent { why } });
        let (Some(request), Ok(registration)) = (request, self.registration()) else {
            return not_sent("what it needs is not there".to_owned());
        };
        if let Some(why) = gate.holds() {
            return Came::Held(why.to_owned());
        }
        let now = self.instant();
        let waited = now.since(begun);
        if waited > registration.leaves_within() {
            return not_sent(format!("it was decided {} s ago", waited.as_secs()));
        }
        let answer = registration.client.send(&request, now.now).await;
        gate.sees(&answer.outcome);
        if let Some(pause) = answer.retry_after {
            // The server asked for it; what else is under way goes on.
            tokio::time::sleep(pause.min(Duration::from_secs(30))).await;
        }
        Came::Ended(answer.outcome)
    }
}
