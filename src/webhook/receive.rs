//! From a body to an answer: recorded, decided, recorded, answered.

use super::clerk::{Clerk, NoId};
use super::decide;
use super::options::{Deciding, Options, Otherwise};
use crate::engine::{Engine, Error, MarketError, Received};
use crate::kind::{ShortId, Timestamp};
use crate::subscription::{
    Answer, Answered, By, Deploy, Refusal, Subscription, Unreadable, read_deploy, read_first_version,
};
use axum::http::{HeaderMap, StatusCode};
use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};
use tokio::time::{Instant, timeout};

/// A receiver that stands ready.
pub struct Receiver {
    pub engine: Engine,
    pub options: Options,
    pub clerk: Clerk,
    /// The deploys that are being decided in this process.
    deciding: Mutex<HashSet<ShortId>>,
    strangers: Mutex<Strangers>,
}

/// Requests whose sender did not prove who they are.
struct Strangers {
    /// Those that are not recorded yet, and since when.
    count: u64,
    since: Timestamp,
    /// When some were recorded last.
    told_at: Option<Timestamp>,
}

/// The first of an hour is recorded, and then so many at once: whoever knows nothing of us does not fill the journal.
const MANY: u64 = 10;
const TOLD_AGAIN: jiff::SignedDuration = jiff::SignedDuration::from_hours(1);

impl Strangers {
    /// One more at `now`; how many are to be recorded, if any are, and since when.
    fn add(&mut self, now: Timestamp) -> Option<(u64, Timestamp)> {
        if self.count == 0 {
            self.since = now;
        }
        self.count += 1;
        let quiet = self.told_at.is_none_or(|told| now.duration_since(told) > TOLD_AGAIN);
        if quiet || self.count >= MANY { self.take(now) } else { None }
    }

    /// All that are not recorded, which are from now on.
    fn take(&mut self, now: Timestamp) -> Option<(u64, Timestamp)> {
        let due = (self.count > 0).then_some((self.count, self.since));
        if due.is_some() {
            (self.count, self.told_at) = (0, Some(now));
        }
        due
    }
}

/// What goes back.
pub struct Reply {
    pub status: StatusCode,
    pub content_type: &'static str,
    pub body: String,
    /// The subscription whose answer this is: whether it is taken is to be recorded.
    pub of: Option<Subscription>,
}

impl Reply {
    /// One sentence.
    pub fn plain(status: StatusCode, body: impl Into<String>) -> Self {
        Self { status, content_type: "text/plain; charset=utf-8", body: body.into(), of: None }
    }

    fn of(subscription: Subscription) -> Self {
        let Some(answered) = &subscription.answer else { return unavailable() };
        let answer = &answered.answer;
        let (status, body) = if subscription.first_version {
            answer.first_version()
        } else {
            (answer.status(), answer.body())
        };
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
        Self { status, content_type: answer.content_type(), body, of: Some(subscription) }
    }
}

/// A deploy is being decided by this process, until this is dropped: whatever ends it, the next one decides anew.
struct UnderDecision<'a> {
    all: &'a Mutex<HashSet<ShortId>>,
    id: ShortId,
}

impl<'a> UnderDecision<'a> {
    /// None when another request does so already.
    fn begin(all: &'a Mutex<HashSet<ShortId>>, id: &ShortId) -> Option<Self> {
        let begun = all.lock().unwrap_or_else(PoisonError::into_inner).insert(id.clone());
        begun.then(|| Self { all, id: id.clone() })
    }
}

impl Drop for UnderDecision<'_> {
    fn drop(&mut self) {
        self.all.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.id);
    }
}

/// What goes back when nothing can be promised.
pub fn unavailable() -> Reply {
    Reply::plain(StatusCode::SERVICE_UNAVAILABLE, "This cannot be set up just now.")
}

impl Receiver {
    pub fn new(engine: Engine, options: Options, clerk: Clerk) -> Self {
        let strangers = Mutex::new(Strangers { count: 0, since: engine.clock().now(), told_at: None });
        Self { engine, options, clerk, deciding: Mutex::default(), strangers }
    }

    /// Nothing, when the sender is the marketplace; what goes back otherwise. Nothing of the request is kept then.
    pub async fn prove(&self, headers: &HeaderMap) -> Result<(), Reply> {
        if self.options.proof.holds(headers) {
            return Ok(());
        }
        self.stranger().await;
        Err(Reply::plain(StatusCode::UNAUTHORIZED, "The sender is not known here."))
    }

    /// Counts a stranger, and records those that are to be told of.
    async fn stranger(&self) {
        let due =
            self.strangers.lock().unwrap_or_else(PoisonError::into_inner).add(self.engine.clock().now());
        self.record_strangers(due).await;
    }

    /// Records the strangers that were not told of, before the receiver ends.
    pub async fn settle(&self) {
        let due =
            self.strangers.lock().unwrap_or_else(PoisonError::into_inner).take(self.engine.clock().now());
        self.record_strangers(due).await;
    }

    async fn record_strangers(&self, due: Option<(u64, Timestamp)>) {
        if let Some((count, since)) = due
            && let Err(error) = self.engine.count_strangers(count, since).await
        {
            tracing::error!(%error, count, "requests of strangers could not be recorded");
        }
    }

    /// Records and answers a deploy.
    pub async fn deploy(&self, body: &[u8], first_version: bool) -> Reply {
        let read = if first_version { read_first_version(body) } else { read_deploy(body) };
        match read {
            Ok(deploy) => self.take(deploy, first_version).await,
            Err(Unreadable(why)) => self.keep(StatusCode::BAD_REQUEST, &why, body).await,
        }
    }

    /// Keeps what a proved sender sent and is no deploy, and refuses it.
    pub async fn keep(&self, status: StatusCode, why: &str, body: &[u8]) -> Reply {
        match self.engine.keep_unreadable(why, body).await {
            // What is wrong with its members is nothing that a buyer could act on; `market requests` tells the partner.
            Ok(_) => Reply::plain(status, self.options.refusal.body()),
            Err(error) => {
                tracing::error!(%error, "what could not be read could not be kept");
                unavailable()
            }
        }
    }

    async fn take(&self, deploy: Deploy, first_version: bool) -> Reply {
        let now = self.engine.clock().now();
        let assigned = match &self.options.deciding {
            Deciding::Assign => match self.clerk.assigned(&deploy.provisioning_id).await {
                Ok(assigned) => assigned.ok(),
                Err(error) => {
                    tracing::error!(%error, "no id could be made for a customer");
                    return unavailable();
                }
            },
            Deciding::Program(_) | Deciding::Forward(..) | Deciding::Ask => None,
        };
        let answer = assigned.as_ref().map(|assigned| (assigned.answer.clone(), By::Pattern));
        let new = self.options.plans.new_deploy(deploy, first_version, answer, now);
        let recorded = self.clerk.record(new).await;
        if let (Some(assigned), Ok(Received::Again(_) | Received::Conflict(_))) = (assigned, &recorded) {
            self.clerk.give_back(assigned.number);
        }
        match recorded {
            Ok(Received::New(subscription) | Received::Again(subscription)) => {
                self.answer(subscription).await
            }
            Ok(Received::Conflict(_)) => Reply::plain(
                StatusCode::CONFLICT,
                "This provisioning id was used before with other content. Please contact the seller.",
            ),
            Ok(Received::IdTaken(_)) => unavailable(),
            Err(error) => {
                tracing::error!(%error, "a deploy could not be recorded");
                unavailable()
            }
        }
    }

    /// The recorded answer; one that is not decided yet is decided, or waited for where that is under way.
    async fn answer(&self, subscription: Subscription) -> Reply {
        if subscription.answer.is_some() {
            return Reply::of(subscription);
        }
        let id = subscription.id.clone();
        let deadline = Instant::now() + self.options.within;
        let decided = if let Some(_ours) = UnderDecision::begin(&self.deciding, &id) {
            self.decide(subscription, deadline).await
        } else {
            let longer = deadline + std::time::Duration::from_secs(1);
            decide::answered(&self.engine, &id, longer).await
        };
        match decided {
            Ok(Some(subscription)) => Reply::of(subscription),
            Ok(None) => unavailable(),
            Err(error) => {
                tracing::error!(%error, "a deploy could not be answered");
                unavailable()
            }
        }
    }

    async fn decide(
        &self,
        subscription: Subscription,
        deadline: Instant,
    ) -> Result<Option<Subscription>, MarketError> {
        let within = deadline.saturating_duration_since(Instant::now());
        let late = |_| Err("nobody answered in time".to_owned());
        let (answer, by) = match &self.options.deciding {
            Deciding::Assign => {
                let next = self.next_answer(&subscription).await?;
                (next.map_err(|why| why.to_string()), By::Pattern)
            }
            Deciding::Program(words) => {
                let said =
                    timeout(within, decide::program(words, &subscription, &self.options.refusal)).await;
                (said.unwrap_or_else(late), By::Program)
            }
            Deciding::Forward(to) => {
                let said = decide::forward(to, &subscription, within, &self.options.refusal).await;
                (said, By::Forward)
            }
            Deciding::Ask => match decide::answered(&self.engine, &subscription.id, deadline).await? {
                Some(answered) => return Ok(Some(answered)),
                None => (Err("nobody answered at the desk in time".to_owned()), By::Pattern),
            },
        };
        let answer = match (answer, &by) {
            (Ok(answer), By::Program | By::Forward) => self.is_free(&subscription, answer).await?,
            (answer, _) => answer,
        };
        match answer {
            Ok(answer) => self.record(&subscription, answer, by).await,
            Err(why) => self.otherwise(&subscription, why).await,
        }
    }

    /// The answer, unless it is the customer id of another company: what is used would be on that one's bill.
    async fn is_free(
        &self,
        subscription: &Subscription,
        answer: Answer,
    ) -> Result<Result<Answer, String>, MarketError> {
        let Answer::Provisioned { customer_id } = &answer else { return Ok(Ok(answer)) };
        let others = self.engine.others_customer(&subscription.id, customer_id).await?;
        Ok(others.map_or(Ok(answer), |refusal| Err(refusal.to_string())))
    }

    async fn otherwise(
        &self,
        subscription: &Subscription,
        why: String,
    ) -> Result<Option<Subscription>, MarketError> {
        tracing::warn!(why, id = %subscription.id, "whoever decides on deploys did not");
        let answer = match &self.options.otherwise {
            Otherwise::Refuse(answer) => Ok(answer.clone()),
            Otherwise::Assign => self.next_answer(subscription).await?,
        };
        match answer {
            Ok(answer) => self.record(subscription, answer, By::Otherwise { why }).await,
            Err(why) => Ok(self.waits(subscription, why)),
        }
    }

    /// It is left to a person, who finds it among the requests.
    fn waits(&self, subscription: &Subscription, why: NoId) -> Option<Subscription> {
        let waits = "the deploy waits for `market provision` or `market reject`";
        tracing::error!(id = %subscription.id, "{why}; {waits}");
        (self.options.tell)(&format!("{}: {why}; {waits}", subscription.id));
        None
    }

    /// A purchase that was answered for want of anybody who decides is said aloud: somebody is to look at it.
    fn tell_otherwise(&self, answered: &Subscription) {
        let Some(Answered { answer, by: By::Otherwise { why }, .. }) = &answered.answer else { return };
        let done = match answer {
            Answer::Provisioned { customer_id } => format!("was given the id {customer_id}"),
            Answer::Refused { .. } => "was refused".to_owned(),
        };
        (self.options.tell)(&format!("{}: {why}; it {done}, as `otherwise` says", answered.id));
    }

    async fn next_answer(&self, subscription: &Subscription) -> Result<Result<Answer, NoId>, MarketError> {
        Ok(self.clerk.assigned(&subscription.provisioning_id).await?.map(|assigned| assigned.answer))
    }

    /// Records the answer, unless somebody was faster: then theirs is the one. An id that is taken is tried with the next;
    /// where the pattern has no other, the configured refusal is the answer, or else a person's.
    async fn record(
        &self,
        subscription: &Subscription,
        answer: Answer,
        by: By,
    ) -> Result<Option<Subscription>, MarketError> {
        let (mut answer, mut by) = (answer, by);
        loop {
            match self.engine.answer(&subscription.id, answer, by.clone()).await {
                Ok(answered) => {
                    self.tell_otherwise(&answered);
                    return Ok(Some(answered));
                }
                Err(Error::Refusal(Refusal::Answered)) => {
                    return self.engine.of::<Subscription>().load(&subscription.id).await.map(Some);
                }
                Err(Error::Refusal(Refusal::Taken { .. })) => {
                    answer = match (self.next_answer(subscription).await?, &self.options.otherwise) {
                        (Ok(next), _) => next,
                        (Err(why), Otherwise::Refuse(refusal)) => {
                            by = By::Otherwise { why: why.to_string() };
                            refusal.clone()
                        }
                        (Err(why), Otherwise::Assign) => return Ok(self.waits(subscription, why)),
                    };
                }
                Err(other) => return Err(other),
            }
        }
    }
}
