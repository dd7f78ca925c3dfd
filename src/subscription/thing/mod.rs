//! A subscription: what follows from one deploy.
//!
//! `event` is what can happen to one, `apply` folds that, `decide` says what may be done, `kind` is its place in the
//! journal and in the engine.

mod apply;
mod decide;
mod event;
mod kind;
mod list;

pub use decide::{Command, Repeat};
pub use event::{AnsweredPersonal, Event, Note, RequestedPersonal, TextPersonal};
pub use list::SubscriptionRow;

use super::{
    Answer, Attempts, By, CustomerId, HandedOver, NotUsed, ProvisioningId, Refusal, Report, Sku, SkuLine,
    SkuState,
};
use crate::kind::{Digest, ShortId, Timestamp};
use crate::order::Environment;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// A subscription as its events make it.
#[derive(Clone, PartialEq)]
pub struct Subscription {
    pub id: ShortId,
    pub environment: Environment,
    pub provisioning_id: ProvisioningId,
    /// Missing in the form of 2017 alone.
    pub product_id: Option<i64>,
    pub skus: Vec<SkuLine>,
    /// It came by the interface of version 1.
    pub first_version: bool,
    pub requested_at: Timestamp,
    /// What the buyer filled in, without passwords; empty once it was erased.
    pub fields: Map<String, Value>,
    /// The same as JSON, where a number of it is more than `fields` can hold.
    pub exact: Option<String>,
    /// The hash of all that was sent; none once it was erased.
    pub content: Option<Digest>,
    pub answer: Option<Answered>,
    /// Who else was asked what it is answered, and when.
    pub handed_over: Option<HandedOver>,
    /// What they answered and is not used; so many of these a person has set aside.
    pub not_used: Vec<NotUsed>,
    pub not_used_aside: usize,
    /// Whether the connection took the answer.
    pub delivered: Option<bool>,
    /// When a call with its ids was carried out: the marketplace knows our customer id.
    pub confirmed_at: Option<Timestamp>,
    /// How often the same deploy came again.
    pub repeats: u32,
    /// How often its id came with other content, and when it last did.
    pub conflicts: u32,
    pub conflict_at: Option<Timestamp>,
    /// So many of these a person has set aside.
    pub conflicts_aside: u32,
    pub attempts: Attempts,
    pub notes: Vec<Note>,
    /// Since when usage of these SKUs is left out.
    left_out: BTreeMap<Sku, Timestamp>,
    pub seq: u64,
    pub updated_at: Timestamp,
    pub erased: bool,
}

/// What a deploy was answered with.
#[derive(Clone, Debug, PartialEq)]
pub struct Answered {
    pub answer: Answer,
    pub by: By,
    pub at: Timestamp,
    /// A person has set aside that whoever decides had not answered.
    pub aside: bool,
}

/// What a subscription is; the names are those of the interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// A buyer asked for it; there is no answer yet.
    Requested,
    /// Answered with a customer id.
    Provisioned,
    Rejected,
    /// Billing of one SKU at least has begun, and not all have ended.
    Billing,
    /// All its SKUs have ended.
    Ended,
}

impl State {
    pub const ALL: [Self; 5] =
        [Self::Requested, Self::Provisioned, Self::Rejected, Self::Billing, Self::Ended];

    pub fn name(self) -> &'static str {
        match self {
            Self::Requested => "requested",
            Self::Provisioned => "provisioned",
            Self::Rejected => "rejected",
            Self::Billing => "billing",
            Self::Ended => "ended",
        }
    }

    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }

    /// Nothing, when the deploy was answered with a customer id.
    pub(super) fn has_customer(self) -> Result<(), Refusal> {
        match self {
            Self::Requested => Err(Refusal::NotProvisioned),
            Self::Rejected => Err(Refusal::DeployRefused),
            Self::Provisioned | Self::Billing | Self::Ended => Ok(()),
        }
    }
}

impl Subscription {
    /// What the buyer filled in as JSON, every number as it came.
    pub fn filled_in(&self) -> String {
        self.exact.clone().unwrap_or_else(|| Value::Object(self.fields.clone()).to_string())
    }

    /// The customer's id, once there is one.
    pub fn customer_id(&self) -> Option<&CustomerId> {
        self.answer.as_ref()?.answer.customer_id()
    }

    /// The customer's id, where a pattern made it.
    fn assigned(&self) -> Option<&CustomerId> {
        let by_pattern = |answered: &&Answered| matches!(answered.by, By::Pattern | By::Otherwise { .. });
        self.answer.as_ref().filter(by_pattern).and_then(|_| self.customer_id())
    }

    /// What it is at `now`.
    pub fn state(&self, now: Timestamp) -> State {
        match self.answer.as_ref().map(|answered| &answered.answer) {
            None => State::Requested,
            Some(Answer::Refused { .. }) => State::Rejected,
            Some(Answer::Provisioned { .. }) => {
                let mut skus = self.skus.iter();
                // One of version 1 names none.
                if !self.skus.is_empty() && skus.clone().all(|sku| sku.state(now) == SkuState::Ended) {
                    State::Ended
                } else if skus.any(|sku| sku.was_billed(now)) {
                    State::Billing
                } else {
                    State::Provisioned
                }
            }
        }
    }

    /// True while it is not certain that the marketplace knows our customer id.
    pub fn is_unconfirmed(&self) -> bool {
        self.customer_id().is_some() && self.delivered != Some(true) && self.confirmed_at.is_none()
    }

    /// How many times its id came with other content, and nobody has set that aside.
    pub fn open_conflicts(&self) -> u32 {
        self.conflicts.saturating_sub(self.conflicts_aside)
    }

    /// Why `otherwise` of the configuration answered, where it did.
    pub fn answered_otherwise(&self) -> Option<&str> {
        match &self.answer.as_ref()?.by {
            By::Otherwise { why } => Some(why),
            By::Pattern | By::Program | By::Forward | By::Person { .. } => None,
        }
    }

    /// The same, as long as nobody has set it aside, nor called the marketplace about it.
    pub fn open_otherwise(&self) -> Option<&str> {
        let is_open =
            self.attempts.0.is_empty() && self.answer.as_ref().is_some_and(|answered| !answered.aside);
        self.answered_otherwise().filter(|_| is_open)
    }

    /// Who else was asked, where there is no answer: they may have made a customer, and nobody here knows.
    pub fn open_hand_over(&self) -> Option<&HandedOver> {
        self.handed_over.as_ref().filter(|_| self.answer.is_none())
    }

    /// The answers that are not used, and that nobody has set aside.
    pub fn open_not_used(&self) -> &[NotUsed] {
        self.not_used.get(self.not_used_aside..).unwrap_or_default()
    }

    /// Why this report of it does not go, where it does not: a person had the usage left out that was there then, to end its
    /// SKU. It is left out from that word on, also where the end got no answer; after an end that was not carried out, it
    /// goes. What is added afterwards opens the report again.
    pub fn leaves_out(&self, report: &Report) -> Option<&str> {
        let sku = &report.slot.sku;
        let since = *self.left_out.get(sku)?;
        let reason = self.notes.iter().rev().find_map(|note| match note {
            Note::UsageLeftOut { skus, reason } if skus.contains(sku) => Some(reason.as_str()),
            _ => None,
        });
        reason.filter(|_| report.state().may_go() && report.added_at <= since)
    }

    /// Who may be written to about it, in lower case.
    pub fn contacts(&self) -> Vec<String> {
        super::deploy::contacts(&self.fields)
    }

    /// The company that bought it, where the deploy names one.
    pub fn company(&self) -> Option<&str> {
        super::deploy::company(&self.fields)
    }

    /// True when both are known to be of one company. Of one that names none, nobody can say.
    pub fn is_of_same_company(&self, other: &Self) -> bool {
        let same = |(a, b): (&str, &str)| a.to_lowercase() == b.to_lowercase();
        self.company().zip(other.company()).is_some_and(same)
    }

    /// Its SKU of that name.
    pub fn sku(&self, sku: &Sku) -> Option<&SkuLine> {
        self.skus.iter().find(|line| line.plan.sku == *sku)
    }
}

impl std::fmt::Debug for Subscription {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Subscription").field("id", &self.id).field("seq", &self.seq).finish_non_exhaustive()
    }
}
