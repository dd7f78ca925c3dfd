//! The order, pure: what it is, what may be done with it, and what became of it.
//!
//! [`decide`] says whether a command may happen and which events say that it did; [`Order::apply`] folds
//! events into the order. Neither reads a clock, draws a random number or touches a file: `now` is an argument.
//! May touch: std, serde, and value libraries (jiff's instants, sha2). Never: tokio, files, ratatui, reqwest.

mod again;
mod aloud;
mod apply;
mod call;
mod command;
mod contact;
mod customer;
mod dots;
pub mod doubt;
mod driven;
pub mod errand;
pub mod errands;
mod event;
mod guard;
mod hands;
mod ids;
mod intake;
mod lifecycle;
mod list;
mod lost;
mod mask;
mod masked;
mod meaning;
mod model;
mod next;
mod pace;
mod polling;
mod rcc;
mod reading;
mod refusal;
pub mod remedy;
mod role;
mod shown;
pub mod stalled;
mod state;
mod steps;
mod summary;
mod verdict;
mod window;
mod worker;

pub use crate::text::{is_invisible, one_line};
pub use again::{Again, retryable};
pub use aloud::{SectionTime, section_time};
pub use call::{Call, CallError, Failure, Method};
pub use command::{Amendment, Command, Sender, Statement};
pub use customer::{Customer, Email, Personal, Phone, Secret, mask_email, mask_phone};
pub use event::{
    AmendedPersonal, Contact, DespiteDoubt, Details, DetailsPersonal, Event, NamePersonal, NotePersonal,
    OpenedPersonal, Outcome, RccPersonal, StartedPersonal,
};
pub use guard::busy;
pub use hands::{Claim, LONGEST_NOTE, agent_name, note_text};
pub use ids::{
    AddressDetailId, IdError, Identity, MAX_ID_CHARS, OrderId, PartnerId, PartnerOrderId, SalesCode,
    TransactionId, check_id,
};
pub use intake::{
    FIELDS as INTAKE_FIELDS, FieldError, Given, Line, NewOrder, check_text, parse_intake, parse_line,
    parse_order,
};
pub use lifecycle::{can_go_on, decide, decide_timed};
pub use mask::without_customer;
pub use masked::masked;
pub use meaning::Meaning;
pub use model::{
    Acceptance, Attempt, AttemptOutcome, Basis, Completion, Delivery, FoldError, Order, Retrieval, Trouble,
    Verdict,
};
pub use next::{Next, is_to_be_retrieved, next_steps, next_steps_within};
pub use pace::{Pace, words_a_minute};
pub use polling::{Pauses, Polling};
pub use rcc::{Rcc, ReadSection, Section, reading_seconds};
pub use reading::{HowRead, Lit, Reading, Timing, Unread, whole_seconds};
pub use refusal::{Refusal, seconds_left};
pub use remedy::{Remedy, Reopens, Retry, Who};
pub use role::{Forbidden, Right, Role, right_for};
pub use shown::Shown;
pub use state::State;
pub use steps::{Step, Steps};
pub use summary::{Attention, Brief, Class, Stall, Summary};
pub use verdict::{contradicted, is_same_name};
pub use window::{LENGTH as WINDOW_LENGTH, Window, WindowState};
pub use worker::{Note, RESTING, Worker};

pub use crate::kind::{Digest, Timestamp, Uptime, span};

/// An event of an order with its place in the history.
pub type Recorded = crate::kind::Recorded<Event>;

/// Where orders go: an environment's name. It is part of an order's identity and never changes.
///
/// `embedded` is the Px inside this program, `sandbox` and `production` are Lumen's (D).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Environment {
    /// The Px inside this program: practice, nothing leaves the machine.
    Embedded,
    /// Lumen's sandbox.
    Sandbox,
    /// Lumen's production: every transaction is live.
    Production,
}

impl Environment {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 3] = [Self::Embedded, Self::Sandbox, Self::Production];

    /// The name used in configuration, flags and JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Embedded => "embedded",
            Self::Sandbox => "sandbox",
            Self::Production => "production",
        }
    }

    /// The environment of that name, if there is one.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|e| e.name() == name)
    }
}

impl std::fmt::Display for Environment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests;
