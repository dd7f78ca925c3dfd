//! What happens to a run.

use crate::kind::{Digest, Uptime};
use crate::order::Environment;
use crate::registry::{Change, ContractId, Failure, Outcome, Problem, SurrogateId};
use serde::{Deserialize, Serialize};

/// What happens to a run, in the past tense.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum RunEvent {
    /// Always the first event: what was planned, from which listing, and why.
    RunOpened {
        environment: Environment,
        contract: ContractId,
        /// The hash of the listing.
        listing: Digest,
        /// How many calls the plan makes.
        changes: u32,
        /// How many of them remove something.
        removals: u32,
        /// How many pairs go along with those.
        goes_along: u32,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
        /// The process that applies it.
        owner: String,
    },
    /// About to be sent, all of them: written before a byte leaves.
    ChangesStarted { begun: Vec<Begun>, uptime: Option<Uptime> },
    /// What became of changes that were begun.
    ChangesEnded { ended: Vec<Ended> },
    /// Its process is gone; this one finishes it.
    RunTakenOver { owner: String },
    /// Always the last event.
    RunClosed {
        #[serde(flatten)]
        how: Closed,
    },
}

impl RunEvent {
    /// A run is left to whoever comes next: no process has this name.
    pub fn let_go() -> Self {
        Self::RunTakenOver { owner: "nobody".to_owned() }
    }
}

/// A change that is about to be sent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Begun {
    /// Its number in the plan, from 0.
    pub n: u32,
    #[serde(flatten)]
    pub change: Change,
}

/// What became of a change.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ended {
    /// Its number in the plan.
    pub n: u32,
    #[serde(flatten)]
    pub how: How,
}

/// What is known of a change that was begun, and from where.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "how", rename_all = "snake_case")]
pub enum How {
    /// The server said that it is done, or that it has taken it. Status 404: a removal was not sent, as the server, asked for
    /// the object before, said that it is not there any more.
    Answered {
        status: u16,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        surrogate: Option<SurrogateId>,
    },
    /// A removal was not sent: the server, asked for the object before, had something else under its number by now.
    Replaced,
    /// A listing shows that it is done; what was created, as this object.
    Listed {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        surrogate: Option<SurrogateId>,
    },
    /// A listing shows that it is not done, when it cannot be on its way any more.
    NotThere,
    /// No byte of it left.
    NotSent { why: String },
    /// The server said that it was not done.
    Refused { problem: Problem },
    /// Nobody knows; a listing will say.
    Unknown { why: String },
    /// It was not done after several attempts, or it cannot be done.
    GivenUp { why: String },
}

impl From<&Outcome> for How {
    fn from(outcome: &Outcome) -> Self {
        match outcome {
            Outcome::Done { status, surrogate } => {
                Self::Answered { status: *status, surrogate: surrogate.clone() }
            }
            Outcome::Refused { problem } if problem.leaves_open() => {
                Self::Unknown { why: format!("the server refused: {problem}") }
            }
            Outcome::Refused { problem } => Self::Refused { problem: problem.clone() },
            Outcome::Failed { failure: Failure::NotSent { why } } => Self::NotSent { why: why.clone() },
            Outcome::Failed { failure: Failure::Unknown { why } } => Self::Unknown { why: why.clone() },
        }
    }
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "closed", rename_all = "snake_case")]
pub enum Closed {
    /// All is done, and the last listing shows it.
    Applied,
    /// All that could be done is; the server refused the rest.
    Refused { changes: u32 },
    /// Somebody else changed the contract: what was planned is not what would happen.
    Moved { what: String },
    /// A person stopped it, or the server could not be reached.
    Stopped { why: String },
    /// Its process died; what it had begun was looked for in a listing.
    CutOff,
}

impl Closed {
    /// In one word.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Applied => "applied",
            Self::Refused { .. } => "refused",
            Self::Moved { .. } => "moved",
            Self::Stopped { .. } => "stopped",
            Self::CutOff => "cut_off",
        }
    }
}
