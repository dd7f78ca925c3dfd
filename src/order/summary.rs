//! One line of the queue: what is needed to list ten thousand orders without folding them all.

use super::model::{Order, Trouble};
use super::state::{State, at};
use super::worker::{RESTING, Worker};
use super::{Call, Environment, Failure, Meaning, Method, OrderId, Retry, Timestamp, Window, remedy};
use crate::kind::Reached;
use jiff::SignedDuration;

/// How exact [`Summary::touched`] is.
const TOUCHED: SignedDuration = SignedDuration::from_mins(5);

/// An order as the queue shows it.
#[derive(Clone, Debug, PartialEq)]
pub struct Summary {
    pub id: OrderId,
    pub environment: Environment,
    pub transaction_id: Box<str>,
    pub partner_order_id: Box<str>,
    /// Ignoring the clock; see [`Summary::state`].
    pub standing: State,
    pub method: Option<Method>,
    /// Whom it is assigned to: who added it, until it was assigned or taken over.
    pub agent: Box<str>,
    pub prepared_at: Option<Timestamp>,
    pub opened_at: Timestamp,
    pub updated_at: Timestamp,
    /// When it was completed or abandoned.
    pub ended_at: Option<Timestamp>,
    pub seq: u64,
    pub trouble: Option<Brief>,
    /// The process with a call under way, if any.
    pub owner: Option<Box<str>>,
    /// Who worked on it last.
    pub worker: Option<Worker>,
    /// How many calls were sent for it.
    pub attempts: usize,
}

/// The last trouble, in brief.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Brief {
    pub call: Call,
    pub class: Class,
    /// The code, when Px refused.
    pub code: Option<Box<str>>,
    /// The documented row, when it is one.
    pub row: Option<Box<str>>,
}

/// What kind of trouble.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    Refused,
    NotSent,
    Credentials,
    Unknown,
    CutOff,
    PlacedAgain,
}

impl Class {
    pub const ALL: [Self; 6] =
        [Self::Refused, Self::NotSent, Self::Credentials, Self::Unknown, Self::CutOff, Self::PlacedAgain];

    /// The name in the journal.
    pub fn name(self) -> &'static str {
        match self {
            Self::Refused => "refused",
            Self::NotSent => "not_sent",
            Self::Credentials => "credentials",
            Self::Unknown => "unknown",
            Self::CutOff => "cut_off",
            Self::PlacedAgain => "placed_again",
        }
    }

    /// The class of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|c| c.name() == name)
    }
}

/// How soon a person should look; the first is the most urgent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Attention {
    /// In doubt, or submitted by someone else.
    Alarm,
    /// Something is wrong that a person can fix.
    Fix,
    /// The customer said yes: one key from done.
    Ready,
    /// On the way.
    Open,
    /// A call is under way.
    Busy,
    /// Nothing can be done under these ids any more.
    Over,
    /// Completed or abandoned.
    Done,
}

/// Why an order will not move by itself, and whether sending again is of use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stall {
    pub cause: String,
    pub retry: Retry,
    /// What to do next.
    pub next: String,
    /// The call that a retry would send.
    pub call: Option<Call>,
}

impl Summary {
    /// The summary of an order.
    pub fn of(order: &Order) -> Self {
        Self {
            id: order.id.clone(),
            environment: order.environment,
            transaction_id: order.identity.transaction_id.as_str().into(),
            partner_order_id: order.identity.partner_order_id.as_str().into(),
            standing: order.standing(),
            method: order.method,
            agent: order.holder.as_str().into(),
            prepared_at: order.prepared_at,
            opened_at: order.opened_at,
            updated_at: order.updated_at,
            ended_at: order.completion.as_ref().map(|completion| completion.at).or(order.abandoned_at),
            seq: order.seq,
            trouble: order.trouble.as_ref().map(Brief::of),
            owner: order.under_way().map(|a| a.owner.as_str().into()),
            worker: order.worker.clone(),
            attempts: order.attempts.len(),
        }
    }

    /// The window for Complete.
    pub fn window(&self) -> Window {
        Window { prepared_at: self.prepared_at }
    }

    /// The state at `now`.
    pub fn state(&self, now: Timestamp) -> State {
        at(self.standing, self.window(), now)
    }

    /// How soon a person should look, ignoring the clock: what the journal sorts by.
    pub fn attention(&self) -> Attention {
        self.attention_in(self.standing)
    }

    /// How soon a person should look at `now`.
    pub fn attention_at(&self, now: Timestamp) -> Attention {
        self.attention_in(self.state(now))
    }

    fn attention_in(&self, state: State) -> Attention {
        let meaning = self.trouble.as_ref().and_then(|trouble| Meaning::of(trouble.row.as_deref()?));
        let foreign = meaning == Some(Meaning::AlreadySubmitted);
        match state {
            State::InDoubt => Attention::Alarm,
            State::Completed if self.is_placed_again() => Attention::Alarm,
            // That somebody else submitted it is no less alarming when it has expired.
            State::Refused | State::Expired if foreign => Attention::Alarm,
            State::Refused | State::RccBlocked => Attention::Fix,
            State::Accepted => Attention::Ready,
            State::Opened | State::RccRetrieved | State::Reading | State::Sent if self.trouble.is_some() => {
                Attention::Fix
            }
            State::Opened | State::RccRetrieved | State::Reading | State::Sent => Attention::Open,
            State::Completing => Attention::Busy,
            State::Expired => Attention::Over,
            State::Completed | State::Abandoned => Attention::Done,
        }
    }

    /// True while nobody has said what becomes of a second order that was placed under these ids.
    fn is_placed_again(&self) -> bool {
        self.trouble.as_ref().is_some_and(|trouble| trouble.class == Class::PlacedAgain)
    }

    /// What the queue sorts by after the attention, in microseconds: the prepare time, so that the least time left comes
    /// first and an unknown one last. Of what has ended, the latest comes first.
    pub fn due(&self) -> i64 {
        match self.ended_at {
            Some(ended) => i64::MAX.saturating_sub(ended.as_microsecond()),
            None => self.prepared_at.map_or(i64::MAX, Timestamp::as_microsecond),
        }
    }

    /// When something last happened to it, in microseconds, to five minutes: as exact as a list of those that rest need be,
    /// and an index by it stays as it is for most of what happens to an order.
    pub fn touched(&self) -> i64 {
        let at = self.updated_at.as_microsecond();
        at - at.rem_euclid(TOUCHED.as_micros().try_into().unwrap_or(1))
    }

    /// Since when it has stood still at `now`, as far as its row tells: since something last happened to it, and however
    /// often it has been assigned to others since, not after it expired. Nor did it stand still before it was added, even where
    /// it had expired by then.
    pub fn still_since(&self, now: Timestamp) -> Timestamp {
        let over = self.window().expires_at().filter(|_| self.state(now) == State::Expired);
        over.map_or(self.updated_at, |over| over.max(self.opened_at).min(self.updated_at))
    }

    /// The key by which the queue is sorted: most urgent first, then by [`Summary::due`], then the oldest.
    pub fn sort_key(&self, now: Timestamp) -> (Attention, i64, Timestamp, OrderId) {
        (self.attention_at(now), self.due(), self.opened_at, self.id.clone())
    }

    /// Why the order will not move by itself, if so.
    pub fn stall(&self, now: Timestamp) -> Option<Stall> {
        let stall = |cause: &str, retry, next: &str, call| {
            Some(Stall { cause: cause.to_owned(), retry, next: next.to_owned(), call })
        };
        match self.state(now) {
            State::Completed if self.is_placed_again() => self.trouble.as_ref().map(Brief::stall),
            State::Completed | State::Abandoned => None,
            State::Completing if self.owner.is_some() => None,
            State::InDoubt | State::Completing => stall(
                "Complete was sent and its outcome is not known",
                Retry::Dangerous,
                "Open it to see when it can be probed, or settled with the carrier's answer. It is never sent again by itself.",
                None,
            ),
            State::Expired => stall(
                "The 120 minutes have expired",
                Retry::Futile,
                "Abandon it, prepare it again in the order system, and add it under its new ids.",
                None,
            ),
            State::Opened
            | State::RccRetrieved
            | State::RccBlocked
            | State::Reading
            | State::Sent
            | State::Accepted
            | State::Refused => match &self.trouble {
                Some(trouble) => Some(trouble.stall()),
                None if self.standing == State::RccBlocked && self.owner.is_none() => stall(
                    "Corrected, and the text not retrieved since",
                    Retry::Futile,
                    "Open it and retrieve the text.",
                    None,
                ),
                None if self.owner.is_none() && now.duration_since(self.updated_at) > RESTING => stall(
                    "Left unfinished",
                    Retry::Futile,
                    "Open it and continue with the customer, or abandon it.",
                    None,
                ),
                None => None,
            },
        }
    }
}

impl Brief {
    /// The brief of a trouble.
    pub fn of(trouble: &Trouble) -> Self {
        let (class, code, row) = match trouble {
            Trouble::Refused(error) => (Class::Refused, Some(error.code()), error.row.clone()),
            Trouble::Failed { failure: Failure::NotSent(_), .. } => (Class::NotSent, None, None),
            Trouble::Failed { failure: Failure::Credentials(_), .. } => (Class::Credentials, None, None),
            Trouble::Failed { failure: Failure::Unknown(_), .. } => (Class::Unknown, None, None),
            Trouble::CutOff { .. } => (Class::CutOff, None, None),
            Trouble::PlacedAgain => (Class::PlacedAgain, None, None),
        };
        Self { call: trouble.call(), class, code: code.map(Into::into), row: row.map(Into::into) }
    }

    /// The code that Px gave, when it gave one: a documented row may have none.
    pub fn internal_code(&self) -> Option<&str> {
        self.code.as_deref().filter(|code| !code.starts_with("HTTP "))
    }

    /// A few words for a row of the queue.
    pub fn label(&self) -> String {
        match self.class {
            Class::Refused => self.code.as_deref().unwrap_or("refused").to_owned(),
            Class::NotSent => "not sent".to_owned(),
            Class::Credentials => "credentials".to_owned(),
            Class::Unknown => "unclear".to_owned(),
            Class::CutOff => "cut off".to_owned(),
            Class::PlacedAgain => "placed twice".to_owned(),
        }
    }

    /// Why an order with this trouble will not move by itself.
    pub fn stall(&self) -> Stall {
        let call = Some(self.call);
        let repeat = self.call.repeat();
        let (cause, retry, next) = match self.class {
            Class::Refused => {
                let remedy = self
                    .row
                    .as_deref()
                    .and_then(remedy::by_id)
                    .unwrap_or_else(|| remedy::undocumented(self.call));
                (remedy.cause.clone(), remedy.retry, remedy.next.clone())
            }
            Class::PlacedAgain => (
                "More than one order was placed under these ids".to_owned(),
                Retry::Dangerous,
                "Give the carrier all order numbers and have the extra order cancelled; then release it with the reason."
                    .to_owned(),
            ),
            Class::NotSent => (
                format!("Px could not be reached for {}; nothing was sent", self.call),
                Retry::Useful,
                "If the reason names something to put right, have that done first. Then try again: the same request, the same ids.".to_owned(),
            ),
            Class::Credentials => (
                "There was no token for it: key and secret could not be had, or were not taken; Px did not see the request".to_owned(),
                Retry::Useful,
                "`pxdesk doctor` says what is missing, and where. Have that put right, then try again.".to_owned(),
            ),
            Class::Unknown | Class::CutOff if repeat.in_doubt(Reached::Unknown) => (
                "Complete was sent and its outcome is not known".to_owned(),
                Retry::Dangerous,
                "Ask the carrier whether the order was placed.".to_owned(),
            ),
            Class::Unknown | Class::CutOff if !repeat.by_itself(Reached::Unknown) => (
                "Whether the RCC was sent is not known".to_owned(),
                Retry::Futile,
                "Ask the customer whether it came; if not, send it again.".to_owned(),
            ),
            Class::Unknown => (
                format!("{} had no answer that could be used", self.call),
                Retry::Useful,
                "If the reason names something to put right, have that done first. Then try again: asking changes nothing at Px.".to_owned(),
            ),
            Class::CutOff => (
                format!("The desk could no longer be seen during {}", self.call),
                Retry::Useful,
                "Try again: asking changes nothing at Px.".to_owned(),
            ),
        };
        Stall { cause, retry, next, call }
    }
}
