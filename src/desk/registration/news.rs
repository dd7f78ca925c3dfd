//! What happens to the registration's desk, in the past tense.

use crate::kind::{ShortId, Timestamp};
use crate::registry::Listing;

/// A plan that somebody began to apply.
#[derive(Clone, Debug)]
pub struct Unfinished {
    pub by: String,
    pub since: Timestamp,
    /// True while its process is at work.
    pub at_work: bool,
}

/// One thing that happened.
#[derive(Clone, Debug)]
pub enum News {
    /// The contract was listed. `unfinished`: a plan that somebody began to apply.
    Loaded { listing: Box<Listing>, unfinished: Option<Unfinished> },
    /// It could not be listed.
    NotLoaded { what: String, next: String },
    /// So many changes are done.
    Progress { done: usize },
    /// Until then at the latest nothing is sent, for that reason.
    Waiting { until: Timestamp, why: String },
    /// The run that a dead process left behind is finished.
    Finished { run: ShortId },
    /// The run is over. This ends a task.
    Ran(Ran),
}

impl News {
    /// True for what ends a task.
    pub fn ends_task(&self) -> bool {
        match self {
            Self::Ran(_) => true,
            Self::Loaded { .. }
            | Self::NotLoaded { .. }
            | Self::Progress { .. }
            | Self::Waiting { .. }
            | Self::Finished { .. } => false,
        }
    }
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq)]
pub struct Ran {
    /// How many changes are done; none where that is not known better than from the last progress.
    pub done: Option<usize>,
    /// What was refused, or given up.
    pub failed: Vec<NotDone>,
    /// What was sent, and of which nobody knows whether it was done.
    pub unknown: Vec<NotDone>,
    /// Why it ended early, and what to do next; none when it did not.
    pub halt: Option<(String, String)>,
    /// What is there now; none where it has to be listed anew.
    pub listing: Option<Box<Listing>>,
}

/// A change that was not done, or may not have been.
#[derive(Clone, Debug, PartialEq)]
pub struct NotDone {
    pub change: String,
    pub why: String,
    pub next: String,
}
