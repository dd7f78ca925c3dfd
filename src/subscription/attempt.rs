//! The calls that were begun for a thing, whichever kind it is of.

use super::{Call, Failure, Outcome, Refusal, Sku};
use crate::kind::{Digest, Pending, Reached, Signature, Timestamp, Uptime, Weight};
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

/// What happens to a call: the same events for every kind. `kind` in JSON is the variant's name in snake case.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum CallEvent {
    /// About to be sent: written before a byte leaves.
    CallStarted {
        attempt: u32,
        call: Call,
        /// The SKUs that it is about, where it is about several.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        skus: Vec<Sku>,
        /// The process that sends it.
        owner: String,
        /// The hash of the body without the provider key.
        request: Digest,
        uptime: Option<Uptime>,
        /// Why a person has it sent again.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    /// The marketplace carried it out.
    CallDone { attempt: u32, status: u16 },
    /// The marketplace refused it.
    CallRefused { attempt: u32, status: u16, message: Option<String> },
    /// No answer that can be relied on.
    CallFailed { attempt: u32, failure: Failure, uptime: Option<Uptime> },
    /// The process that sent it is gone and left no outcome.
    CallCutOff {
        attempt: u32,
        /// It was not sent: this machine had begun the same call before, and the journal had lost that.
        #[serde(default, skip_serializing_if = "is_false")]
        held_back: bool,
        uptime: Option<Uptime>,
    },
}

/// What is said of an attempt that was held back.
pub const HELD_BACK: &str = "held back, not sent: it had begun before, and the journal had lost that";

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde wants a reference")]
fn is_false(value: &bool) -> bool {
    !value
}

/// Who sends a request, and which.
#[derive(Clone, Debug, PartialEq)]
pub struct Signed {
    pub by: Signature,
    pub request: Digest,
}

/// A call that was begun.
#[derive(Clone, Debug, PartialEq)]
pub struct Attempt {
    /// From 1.
    pub number: u32,
    pub call: Call,
    pub skus: Vec<Sku>,
    pub owner: String,
    pub request: Digest,
    pub at: Timestamp,
    pub by: String,
    pub reason: Option<String>,
    pub ended: Option<Ended>,
}

impl Attempt {
    /// False when it is known that no byte of it left.
    pub fn may_have_left(&self) -> bool {
        self.ended.as_ref().is_none_or(|ended| ended.reached() != Reached::No)
    }

    /// True where it was not sent, and stands for one that the journal had lost.
    pub fn is_held_back(&self) -> bool {
        self.ended.as_ref().is_some_and(|ended| ended.held_back)
    }

    /// What came of it, in words; none while it is under way.
    pub fn words(&self) -> Option<String> {
        let ended = self.ended.as_ref()?;
        Some(match &ended.outcome {
            Some(outcome) => outcome.words(),
            None if ended.held_back => HELD_BACK.to_owned(),
            None => "unknown".to_owned(),
        })
    }

    /// Whether the call was carried out, where a person `said` of it what the portal shows. What the marketplace answers
    /// counts for more than that; only where both speak against each other nobody knows.
    pub fn arrived(&self, said: Option<bool>) -> Arrived {
        let Some(ended) = &self.ended else { return Arrived::UnderWay };
        match (&ended.outcome, ended.reached(), said) {
            (Some(Outcome::Done { .. }), ..) | (_, Reached::Unknown, Some(true)) => Arrived::Yes,
            (_, Reached::Answered | Reached::No, Some(true)) => Arrived::Denied,
            (_, Reached::Answered | Reached::No, _) | (_, Reached::Unknown, Some(false)) => Arrived::No,
            (_, Reached::Unknown, None) => Arrived::Maybe,
        }
    }
}

/// Whether a call was carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrived {
    UnderWay,
    Yes,
    No,
    /// Nobody knows.
    Maybe,
    /// A person said that it was, and the answer that came later says that it was not.
    Denied,
}

/// How a call ended.
#[derive(Clone, Debug, PartialEq)]
pub struct Ended {
    pub at: Timestamp,
    pub uptime: Option<Uptime>,
    /// None when its process is gone.
    pub outcome: Option<Outcome>,
    /// It was not sent, and stands for one that the journal had lost.
    pub held_back: bool,
}

impl Ended {
    fn with(at: Timestamp, uptime: Option<Uptime>, outcome: Outcome) -> Self {
        Self { at, uptime, outcome: Some(outcome), held_back: false }
    }

    /// What is known of the call.
    pub fn reached(&self) -> Reached {
        self.outcome.as_ref().map_or(Reached::Unknown, Outcome::reached)
    }
}

/// Who makes a call that is under way, and since when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnderWay {
    pub by: String,
    pub since: Timestamp,
}

/// The calls of a thing, in the order in which they were begun.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Attempts(pub Vec<Attempt>);

impl Attempts {
    /// The call under way.
    pub fn pending(&self) -> Option<Pending<'_>> {
        let open = self.0.iter().find(|attempt| attempt.ended.is_none())?;
        Some(Pending { attempt: open.number, owner: &open.owner })
    }

    /// Why nothing else is begun while this call is under way.
    pub fn busy(&self, number: u32) -> Refusal {
        let under_way =
            self.get(number).map(|attempt| UnderWay { by: attempt.by.clone(), since: attempt.at });
        Refusal::Busy(under_way)
    }

    /// The last call.
    pub fn last(&self) -> Option<&Attempt> {
        self.0.last()
    }

    /// True when `owner` made the attempt of this number.
    pub fn knows(&self, number: u32, owner: &str) -> bool {
        self.get(number).is_some_and(|attempt| attempt.owner == owner)
    }

    /// True while an outcome of this attempt can be recorded.
    pub fn awaits(&self, number: u32) -> bool {
        let cut_off = |ended: &Ended| ended.outcome.is_none();
        self.get(number).is_some_and(|attempt| attempt.ended.as_ref().is_none_or(cut_off))
    }

    /// How often `call` was begun.
    pub fn times(&self, call: Call) -> usize {
        self.0.iter().filter(|attempt| attempt.call == call).count()
    }

    /// The attempt of this number.
    pub fn get(&self, number: u32) -> Option<&Attempt> {
        self.0.iter().find(|attempt| attempt.number == number)
    }

    /// The last `call` about `sku` of which nobody knows whether it was carried out.
    pub fn lost(&self, call: Call, sku: &Sku) -> Option<&Attempt> {
        let about = |attempt: &&Attempt| attempt.call == call && attempt.skus.contains(sku);
        let is_lost = |attempt: &&Attempt| {
            attempt.ended.as_ref().is_some_and(|ended| ended.reached() == Reached::Unknown)
        };
        self.0.iter().rev().filter(about).find(is_lost)
    }

    /// The event that begins a call.
    pub fn start(&self, call: Call, skus: Vec<Sku>, signed: Signed, reason: Option<String>) -> CallEvent {
        let attempt = self.last().map_or(0, |attempt| attempt.number) + 1;
        let Signed { by: Signature { owner, uptime }, request } = signed;
        CallEvent::CallStarted { attempt, call, skus, owner, request, uptime, reason }
    }

    /// Folds an event in; false when it does not follow.
    pub fn follow(&mut self, event: &CallEvent, at: Timestamp, by: &str) -> bool {
        match event {
            CallEvent::CallStarted { attempt, call, skus, owner, request, reason, .. } => {
                let (skus, owner, reason) = (skus.clone(), owner.clone(), reason.clone());
                let (number, call, request, by) = (*attempt, *call, *request, by.to_owned());
                self.0.push(Attempt { number, call, skus, owner, request, at, by, reason, ended: None });
                true
            }
            CallEvent::CallDone { attempt, status } => {
                self.end(*attempt, Ended::with(at, None, Outcome::Done { status: *status }))
            }
            CallEvent::CallRefused { attempt, status, message } => {
                let refused = Outcome::Refused { status: *status, message: message.clone() };
                self.end(*attempt, Ended::with(at, None, refused))
            }
            CallEvent::CallFailed { attempt, failure, uptime } => {
                let failed = Outcome::Failed { failure: failure.clone() };
                self.end(*attempt, Ended::with(at, uptime.clone(), failed))
            }
            CallEvent::CallCutOff { attempt, held_back, uptime } => {
                let (held_back, uptime) = (*held_back, uptime.clone());
                self.end(*attempt, Ended { at, uptime, outcome: None, held_back })
            }
        }
    }

    fn end(&mut self, number: u32, ended: Ended) -> bool {
        let attempt = self.0.iter_mut().find(|attempt| attempt.number == number);
        attempt.map(|attempt| attempt.ended = Some(ended)).is_some()
    }
}

impl CallEvent {
    /// The event that ends `attempt` with `outcome`.
    pub fn ending(attempt: u32, outcome: Outcome, uptime: Option<Uptime>) -> Self {
        match outcome {
            Outcome::Done { status } => Self::CallDone { attempt, status },
            Outcome::Refused { status, message } => Self::CallRefused { attempt, status, message },
            Outcome::Failed { failure } => Self::CallFailed { attempt, failure, uptime },
        }
    }

    /// The variant's name as it stands in JSON and in the journal.
    pub fn name(&self) -> &'static str {
        match self {
            Self::CallStarted { .. } => "call_started",
            Self::CallDone { .. } => "call_done",
            Self::CallRefused { .. } => "call_refused",
            Self::CallFailed { .. } => "call_failed",
            Self::CallCutOff { .. } => "call_cut_off",
        }
    }

    /// How much it matters in a log.
    pub fn weight(&self) -> Weight {
        match self {
            Self::CallStarted { .. } => Weight::Detail,
            Self::CallDone { .. } | Self::CallRefused { .. } => Weight::Normal,
            Self::CallFailed { failure, .. } => match failure.reached() {
                Reached::Unknown => Weight::Warning,
                Reached::No | Reached::Answered => Weight::Normal,
            },
            Self::CallCutOff { .. } => Weight::Warning,
        }
    }
}

/// How long ago a call ended, by the clock that nobody sets where that is possible.
pub(super) fn since(ended: &Ended, now: Timestamp, uptime: Option<&Uptime>) -> SignedDuration {
    let by_clock = now.duration_since(ended.at).max(SignedDuration::ZERO);
    match (uptime, &ended.uptime) {
        (Some(uptime), Some(then)) => uptime.since(then, by_clock),
        (Some(_) | None, _) => by_clock,
    }
}
