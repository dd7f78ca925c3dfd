//! What happens to a report, in the past tense. Nothing in it is personal.

use super::{Because, Slot};
use crate::kind::ShortId;
use crate::order::Environment;
use crate::subscription::{Amount, CallEvent, CustomerId, Month};
use serde::{Deserialize, Serialize};

/// One event. `kind` in JSON is the variant's name in snake case.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ReportEvent {
    /// There is a report for this slot. Always the first event.
    ReportOpened {
        environment: Environment,
        subscription: ShortId,
        #[serde(flatten)]
        slot: Slot,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        because: Option<Because>,
        /// The first lines of it.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        lines: Vec<Line>,
    },
    /// Lines were taken in.
    UsageAdded { lines: Vec<Line> },
    /// The amount is frozen: the request is made of this event alone.
    ReportPrepared {
        #[serde(flatten)]
        prepared: Prepared,
    },
    /// More of the month goes into a supplement from now on: recorded before that is opened.
    ReportContinued,
    /// A person said what became of the attempt in doubt.
    ReportResolved {
        attempt: u32,
        reported: bool,
        reference: String,
        name: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        bill: Option<Month>,
    },
    /// What happened to the call.
    #[serde(untagged)]
    Call(CallEvent),
}

/// One line of usage. The same key never counts twice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    pub key: String,
    pub count: Amount,
}

/// What will be sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prepared {
    pub amount: Amount,
    pub customer_id: CustomerId,
    pub product_id: i64,
    /// How many lines are in it.
    pub lines: usize,
    /// The number of the last attempt before.
    pub after: u32,
    /// Why so much is right, or why what was refused goes again as it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl ReportEvent {
    /// The variant's name as it stands in JSON and in the journal.
    pub fn name(&self) -> &'static str {
        match self {
            Self::ReportOpened { .. } => "report_opened",
            Self::UsageAdded { .. } => "usage_added",
            Self::ReportPrepared { .. } => "report_prepared",
            Self::ReportContinued => "report_continued",
            Self::ReportResolved { .. } => "report_resolved",
            Self::Call(event) => event.name(),
        }
    }
}
