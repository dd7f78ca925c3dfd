//! An order as its events make it.

use super::event::{Contact, DespiteDoubt, Event};
use super::reading::{HowRead, Reading};
use super::state::{State, at};
use super::worker::{Note, Worker};
use super::{
    Call, CallError, Customer, Digest, Environment, Failure, Identity, Meaning, Method, OrderId, Rcc,
    Recorded, Reopens, Secret, Timestamp, Uptime, Window,
};
use crate::kind::Reached;

/// The text that counts now.
#[derive(Clone, Debug, PartialEq)]
pub struct Retrieval {
    /// What it was retrieved with: the sales code, the partner and the address may be amended later.
    pub of: Identity,
    pub sha256: Digest,
    pub sections: usize,
    pub words: usize,
    pub at: Timestamp,
    pub tx_id: Option<String>,
    /// The text; gone after an erasure.
    pub text: Option<Rcc>,
}

/// One sending of the text.
#[derive(Clone, Debug, PartialEq)]
pub struct Delivery {
    pub method: Method,
    pub sha256: Digest,
    /// Where to; gone after an erasure.
    pub to: Option<Contact>,
    /// By Px's clock.
    pub sent_at: Option<Timestamp>,
    /// By ours.
    pub at: Timestamp,
    pub tx_id: Option<String>,
    /// False once the text was replaced, or the customer declined.
    pub counts: bool,
}

/// A yes of the customer.
#[derive(Clone, Debug, PartialEq)]
pub struct Acceptance {
    pub method: Method,
    /// The text that it is a yes to.
    pub sha256: Digest,
    /// True when Px says so; false when it was spoken to an agent.
    pub by_px: bool,
    /// By Px's clock when it says so, by ours when spoken.
    pub accepted_at: Timestamp,
    /// Where it stands: the journal's event, and Px's `TxID` if there is one.
    pub evidence: String,
    /// How the text was read, when it was; unknown of what older versions wrote.
    pub read: Option<HowRead>,
    /// Who said yes, when spoken; gone after an erasure.
    pub name: Option<super::Personal>,
}

/// One request that changes something at Px, or retrieves, and what came of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Attempt {
    /// From 1.
    pub number: u32,
    pub call: Call,
    pub method: Option<Method>,
    pub at: Timestamp,
    pub by: String,
    /// The process that sent it.
    pub owner: String,
    /// True for a Complete that a person sent again to learn what became of the one before.
    pub probe: bool,
    /// The hash of the request's body; gone after an erasure.
    pub request: Option<Digest>,
    pub to: Option<Contact>,
    pub ended_at: Option<Timestamp>,
    /// How long the machine had been up when it ended without an answer.
    pub uptime: Option<Uptime>,
    /// `None` while it is under way.
    pub outcome: Option<AttemptOutcome>,
}

/// What came of an attempt.
#[derive(Clone, Debug, PartialEq)]
pub enum AttemptOutcome {
    Answered,
    Refused(CallError),
    Failed(Failure),
    /// Its process died before an outcome was on disk.
    CutOff,
    /// It never left: it stands for one before it that the journal had lost, and of which nothing is known.
    HeldBack,
}

impl AttemptOutcome {
    /// What it says of the call.
    pub fn reached(&self) -> Reached {
        match self {
            Self::Answered | Self::Refused(_) => Reached::Answered,
            Self::Failed(failure) => failure.reached(),
            Self::CutOff | Self::HeldBack => Reached::Unknown,
        }
    }
}

impl Attempt {
    /// True when this may have been carried out, must not be done twice, and nobody knows.
    pub fn in_doubt(&self) -> bool {
        self.outcome.as_ref().is_some_and(|outcome| self.call.repeat().in_doubt(outcome.reached()))
    }
}

/// How it is known that the order was placed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Basis {
    /// Px confirmed it.
    Confirmed,
    /// Px answered 2130 to `probe`, and an earlier attempt of ours had an unknown outcome.
    Inferred { probe: u32 },
    /// A person said so.
    Verdict { reference: String, name: String },
}

impl Basis {
    /// The name in JSON.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Confirmed => "confirmed",
            Self::Inferred { .. } => "inferred",
            Self::Verdict { .. } => "verdict",
        }
    }
}

/// What a person said of a Complete in doubt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    pub placed: bool,
    pub reference: String,
    pub name: String,
    pub at: Timestamp,
    /// The agent at the desk.
    pub by: String,
    /// The last attempt that it is about.
    pub attempt: u32,
}

/// The order is placed.
#[derive(Clone, Debug, PartialEq)]
pub struct Completion {
    pub basis: Basis,
    /// As Px gave it; not known unless Px confirmed.
    pub order_number: Option<String>,
    pub order_status: Option<String>,
    pub tx_id: Option<String>,
    pub at: Timestamp,
    pub attempt: u32,
    /// Whatever details Px sent; gone after an erasure.
    pub details: Option<super::Details>,
}

/// What last went wrong and has not gone right since.
#[derive(Clone, Debug, PartialEq)]
pub enum Trouble {
    Refused(CallError),
    Failed {
        call: Call,
        failure: Failure,
    },
    CutOff {
        call: Call,
    },
    /// Px confirmed a second order under these ids: see [`Order::other_numbers`].
    PlacedAgain,
}

impl Trouble {
    /// The call it happened in.
    pub fn call(&self) -> Call {
        match self {
            Self::Refused(error) => error.api,
            Self::Failed { call, .. } | Self::CutOff { call } => *call,
            Self::PlacedAgain => Call::CompleteOrder,
        }
    }
}

/// An order.
#[derive(Clone, Debug, PartialEq)]
pub struct Order {
    pub id: OrderId,
    pub environment: Environment,
    pub identity: Identity,
    pub prepared_at: Option<Timestamp>,
    pub language: Option<String>,
    pub opened_at: Timestamp,
    /// Why it was let in although it may have been placed before.
    pub despite_doubt: Option<Box<DespiteDoubt>>,
    /// Who took it in.
    pub agent: String,
    /// Whom it is assigned to: who added it, until it was assigned or taken over.
    pub holder: String,
    /// Who works on it; none until somebody does.
    pub worker: Option<Worker>,
    /// Who did the last thing with it, whoever works on it: a batch takes nothing over.
    pub last_worker: Option<Worker>,
    /// True from when it was assigned until somebody works on it: whoever it is assigned to may not know of it yet.
    pub waits_for_holder: bool,
    /// What people wrote down about it.
    pub notes: Vec<Note>,
    /// The sequence number of the last event: what an append must name.
    pub seq: u64,
    pub updated_at: Timestamp,
    pub customer: Customer,
    pub payment_token: Option<Secret>,
    pub gift_cards: Vec<Secret>,
    pub retrieval: Option<Retrieval>,
    /// The text before the present one, when the two differ and the present one was not accepted yet.
    pub replaced: Option<Rcc>,
    /// The last retrieve brought no text (4050).
    pub rcc_blocked: bool,
    pub method: Option<Method>,
    pub reading: Option<Reading>,
    pub deliveries: Vec<Delivery>,
    /// How often Px was asked for an acceptance in vain, the last time.
    pub checks: u32,
    pub acceptance: Option<Acceptance>,
    pub attempts: Vec<Attempt>,
    /// The number of the last attempt before the last correction; 0 before any.
    pub corrected_after: u32,
    pub trouble: Option<Trouble>,
    pub completion: Option<Completion>,
    /// The numbers of further orders that Px placed under these ids. There should be none.
    pub other_numbers: Vec<String>,
    /// What people said while it was in doubt.
    pub verdicts: Vec<Verdict>,
    /// What one person said, where two must say the same; see [`Order::proposal`].
    pub proposed: Option<Verdict>,
    pub declined_at: Option<Timestamp>,
    pub abandoned: Option<String>,
    pub abandoned_at: Option<Timestamp>,
    pub erased: bool,
}

impl Order {
    /// The window for Complete.
    pub fn window(&self) -> Window {
        Window { prepared_at: self.prepared_at }
    }

    /// The attempt under way, if any.
    pub fn under_way(&self) -> Option<&Attempt> {
        self.attempts.iter().find(|a| a.outcome.is_none())
    }

    /// The Complete whose outcome nobody knows, if any.
    pub fn doubt(&self) -> Option<&Attempt> {
        self.doubts().next()
    }

    /// All of them: a probe may be in doubt itself.
    pub fn doubts(&self) -> impl Iterator<Item = &Attempt> {
        let settled = self.verdicts.last().map_or(0, |verdict| verdict.attempt);
        let open = self.completion.is_none();
        self.attempts.iter().filter(move |a| open && a.number > settled && a.in_doubt())
    }

    /// The last sending whose text is the present one.
    pub fn delivery(&self) -> Option<&Delivery> {
        self.deliveries.iter().rev().find(|d| d.counts)
    }

    /// Px's last refusal, when nothing has gone right since.
    pub fn refusal(&self) -> Option<&CallError> {
        match &self.trouble {
            Some(Trouble::Refused(error)) => Some(error),
            Some(Trouble::Failed { .. } | Trouble::CutOff { .. } | Trouble::PlacedAgain) | None => None,
        }
    }

    /// True while nobody has said what becomes of a second order that was placed under these ids.
    pub fn is_placed_again(&self) -> bool {
        self.trouble == Some(Trouble::PlacedAgain)
    }

    /// The state, ignoring the clock.
    pub fn standing(&self) -> State {
        // A late answer may say of an order that was abandoned meanwhile that it was placed.
        if self.completion.is_some() {
            return State::Completed;
        }
        if self.abandoned.is_some() {
            return State::Abandoned;
        }
        if self.doubt().is_some() {
            return State::InDoubt;
        }
        if self.under_way().is_some_and(|a| a.call == Call::CompleteOrder) {
            return State::Completing;
        }
        if let Some(error) = self.refusal() {
            if error.meaning() == Some(Meaning::WindowOver) {
                return State::Expired;
            }
            if self.rcc_blocked {
                return State::RccBlocked;
            }
            if error.remedy().reopens != Reopens::Anytime {
                return State::Refused;
            }
        }
        self.progress()
    }

    /// How far the four steps have come, ignoring troubles.
    pub fn progress(&self) -> State {
        if self.rcc_blocked {
            State::RccBlocked
        } else if self.acceptance.is_some() {
            State::Accepted
        } else if self.method == Some(Method::Verbal) && self.reading.is_some() {
            State::Reading
        } else if self.delivery().is_some() {
            State::Sent
        } else if self.retrieval.is_some() {
            State::RccRetrieved
        } else {
            State::Opened
        }
    }

    /// The state at `now`: an order whose window is over is expired, unless it ended or its end is in doubt.
    pub fn state(&self, now: Timestamp) -> State {
        at(self.standing(), self.window(), now)
    }

    /// Every value that must not be shown whole: for masking it in what a server says.
    pub fn personal_values(&self) -> Vec<&str> {
        let customer = &self.customer;
        let sent = self
            .deliveries
            .iter()
            .filter_map(|d| d.to.as_ref())
            .chain(self.attempts.iter().filter_map(|a| a.to.as_ref()));
        let sent = sent.map(|to| match to {
            Contact::Sms(phone) => phone.expose(),
            Contact::Email(email) => email.expose(),
        });
        let cards = self.gift_cards.iter().chain(&self.payment_token).map(Secret::expose);
        customer.values().chain(sent).chain(cards).filter(|v| !v.is_empty()).collect()
    }
}

/// Why a history does not make an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FoldError {
    /// There are no events.
    Empty,
    /// The first event is not an opening, or a later one is.
    Opening { seq: u64 },
    /// A sequence number is missing, or stands twice; carries the one that was due.
    Gap { due: u64, found: u64 },
}

impl std::fmt::Display for FoldError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Empty => f.write_str("no events"),
            Self::Opening { seq } => {
                write!(f, "event {seq} is out of place: an order is opened once, by its first event")
            }
            Self::Gap { due, found } => write!(f, "event {due} is missing; {found} stands in its place"),
        }
    }
}

impl Order {
    /// Folds a whole history.
    pub fn fold<'a>(
        id: &OrderId,
        history: impl IntoIterator<Item = &'a Recorded>,
    ) -> Result<Self, FoldError> {
        let mut history = history.into_iter();
        let first = history.next().ok_or(FoldError::Empty)?;
        let mut order = Self::opened(id, first).ok_or(FoldError::Opening { seq: first.seq })?;
        for recorded in history {
            if recorded.seq != order.seq + 1 {
                return Err(FoldError::Gap { due: order.seq + 1, found: recorded.seq });
            }
            if matches!(recorded.event, Event::Opened { .. }) {
                return Err(FoldError::Opening { seq: recorded.seq });
            }
            order.apply(recorded);
        }
        Ok(order)
    }
}
