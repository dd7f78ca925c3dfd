//! From a body to an answer: recorded, decided, recorded, answered.

use super::clerk::Clerk;
use super::decide;
use super::options::{Deciding, Options};
use super::standing::Standing;
use super::strangers::Strangers;
use crate::engine::{Engine, MarketError, Received};
use crate::kind::{ShortId, Timestamp};
use crate::subscription::{Answer, By, Deploy, Subscription, Unreadable, read_deploy, read_first_version};
use axum::http::{HeaderMap, StatusCode};
use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::Instant;

/// How much longer another request waits for the answer than whoever decides may take: until it is recorded.
pub const LONGER: Duration = Duration::from_secs(1);

/// A receiver that stands ready.
pub struct Receiver {
    pub engine: Engine,
    pub options: Options,
    pub clerk: Clerk,
    /// The deploys that are being decided in this process.
    deciding: Mutex<HashSet<ShortId>>,
    strangers: Mutex<Strangers>,
    standing: Standing,
    /// Answers that the journal did not take, and is offered.
    pub(super) offers: Mutex<JoinSet<()>>,
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

    /// The recorded answer; `refusal` where it refuses in words that were erased.
    fn of(subscription: Subscription, refusal: &Answer) -> Self {
        let Some(answered) = &subscription.answer else { return unavailable() };
        let answer = answered.answer.clone().or_worded(refusal);
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
        let strangers = Mutex::new(Strangers::new(engine.clock().now()));
        let standing = Standing::new(options.tell);
        let (deciding, offers) = Default::default();
        Self { engine, options, clerk, deciding, strangers, standing, offers }
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

    /// Records the strangers that were not told of, and what is still offered to the journal, before the receiver ends.
    pub async fn settle(&self) {
        self.settle_offers().await;
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
            Ok(deploy) if first_version => match self.engine.of_first_version(deploy).await {
                Ok(deploy) => self.take(deploy, first_version).await,
                Err(error) => self.refuses(&error, "a deploy of version 1 could not be looked for"),
            },
            Ok(deploy) => self.take(deploy, first_version).await,
            Err(Unreadable(why)) => self.keep(StatusCode::BAD_REQUEST, &why, body).await,
        }
    }

    /// Keeps what a proved sender sent and is no deploy, and refuses it.
    pub async fn keep(&self, status: StatusCode, why: &str, body: &[u8]) -> Reply {
        match self.engine.keep_unreadable(why, body).await {
            // What is wrong with its members is nothing that a buyer could act on; `market requests` tells the partner.
            Ok(_) => {
                self.standing.takes();
                Reply::plain(status, self.options.refusal.body())
            }
            Err(error) => self.refuses(&error, "what could not be read could not be kept"),
        }
    }

    /// Nothing can be promised: said in the log each time, and to whoever started the receiver when it begins.
    fn refuses(&self, error: &MarketError, what: &str) -> Reply {
        tracing::error!(%error, "{what}");
        self.standing.refuses(error);
        unavailable()
    }

    async fn take(&self, deploy: Deploy, first_version: bool) -> Reply {
        let now = self.engine.clock().now();
        let assigned = match &self.options.deciding {
            Deciding::Assign => match self.clerk.assigned(&deploy.provisioning_id).await {
                Ok(assigned) => assigned.ok(),
                Err(error) => return self.refuses(&error, "no id could be made for a customer"),
            },
            Deciding::Program(_) | Deciding::Forward(..) | Deciding::Ask => None,
        };
        let answer = assigned.as_ref().map(|assigned| (assigned.answer.clone(), By::Pattern));
        let new = self.options.plans.new_deploy(deploy, first_version, answer, now);
        let recorded = self.clerk.record(new).await;
        if let (Some(assigned), Ok(Received::Again(_) | Received::Conflict(_))) = (assigned, &recorded) {
            self.clerk.give_back(assigned.number);
        }
        if recorded.is_ok() {
            self.standing.takes();
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
            Err(error) => self.refuses(&error, "a deploy could not be recorded"),
        }
    }

    /// The recorded answer; one that is not decided yet is decided, or waited for where that is under way.
    async fn answer(&self, subscription: Subscription) -> Reply {
        if subscription.answer.is_some() {
            return Reply::of(subscription, &self.options.refusal);
        }
        let id = subscription.id.clone();
        let deadline = Instant::now() + self.options.within;
        let decided = match UnderDecision::begin(&self.deciding, &id) {
            Some(_ours) if subscription.handed_over.is_some() => self.asked_before(&id, deadline).await,
            Some(_ours) => self.decide(subscription, deadline).await,
            None => decide::answered(&self.engine, &id, deadline + LONGER).await,
        };
        match decided {
            Ok(Some(subscription)) => Reply::of(subscription, &self.options.refusal),
            Ok(None) => unavailable(),
            Err(error) if error.is_for_all() => self.refuses(&error, "a deploy could not be answered"),
            Err(error) => {
                tracing::error!(%error, %id, "a deploy could not be answered");
                (self.options.tell)(&format!("{id}: it could not be answered: {error}"));
                unavailable()
            }
        }
    }
}
