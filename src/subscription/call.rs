//! The calls of the marketplace, and what came of one.

use crate::kind::{Reached, Repeat, Told};
use serde::{Deserialize, Serialize};
use std::fmt;

/// A call to the marketplace. None has a key, a status or a list to look things up in (D).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Call {
    /// Billing of some SKUs starts with it.
    StartBilling,
    /// What a SKU used is added to the customer's bill.
    ReportUsage,
    /// The customer has ended some SKUs; their billing stops.
    EndUsage,
    /// A sale that began on the marketplace was made elsewhere.
    Track,
    /// Version 1, without a count.
    UpdateSubscription,
    /// Version 1, with a count. Whether a second one adds is not said, so it is taken to add (R).
    UpdateCount,
}

impl Call {
    pub const ALL: [Self; 6] = [
        Self::StartBilling,
        Self::ReportUsage,
        Self::EndUsage,
        Self::Track,
        Self::UpdateSubscription,
        Self::UpdateCount,
    ];

    /// The name in logs and events.
    pub fn name(self) -> &'static str {
        match self {
            Self::StartBilling => "start_billing",
            Self::ReportUsage => "report_usage",
            Self::EndUsage => "end_usage",
            Self::Track => "track",
            Self::UpdateSubscription => "update_subscription",
            Self::UpdateCount => "update_count",
        }
    }

    /// How it may be sent once more.
    pub fn repeat(self) -> Repeat {
        match self {
            // Every report is added (D), and nothing tells what became of one.
            Self::ReportUsage | Self::UpdateCount => Repeat::ByVerdictOnly,
            // They name a state. What a repetition does is not documented, so a person must ask for it.
            Self::StartBilling | Self::EndUsage | Self::Track | Self::UpdateSubscription => Repeat::WhenAsked,
        }
    }

    /// Whether an answer with this status, below 300, means that it was carried out.
    pub fn succeeds_with(self, status: u16) -> bool {
        match self {
            Self::StartBilling | Self::ReportUsage | Self::EndUsage => status == 200,
            Self::UpdateSubscription | Self::UpdateCount => status == 201,
            // Not documented (A).
            Self::Track => (200..300).contains(&status),
        }
    }
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::StartBilling => "Start billing",
            Self::ReportUsage => "Report usage",
            Self::EndUsage => "End",
            Self::Track => "Track a sale",
            Self::UpdateSubscription | Self::UpdateCount => "Update subscription",
        })
    }
}

/// What came of a call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome {
    /// Carried out.
    Done { status: u16 },
    /// A documented 40x: not carried out.
    Refused {
        status: u16,
        /// What the marketplace said, where it said something in words.
        message: Option<String>,
    },
    /// No answer that can be relied on.
    Failed { failure: Failure },
}

/// Why there is no answer that can be relied on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "failure", rename_all = "snake_case")]
pub enum Failure {
    /// No byte of the request left.
    NotSent { why: String },
    /// Some of the request's bytes left, and not all: a count stands at the end of the body, so it never left whole.
    Partly { why: String },
    /// It may have been carried out.
    Unknown { why: String },
}

impl Failure {
    /// What is known of a call that failed so.
    pub fn reached(&self) -> Reached {
        match self {
            Self::NotSent { .. } => Reached::No,
            Self::Partly { .. } | Self::Unknown { .. } => Reached::Unknown,
        }
    }

    /// What was seen.
    pub fn why(&self) -> &str {
        match self {
            Self::NotSent { why } | Self::Partly { why } | Self::Unknown { why } => why,
        }
    }
}

impl Outcome {
    /// What is known of the call.
    pub fn reached(&self) -> Reached {
        match self {
            Self::Done { .. } | Self::Refused { .. } => Reached::Answered,
            Self::Failed { failure } => failure.reached(),
        }
    }

    /// True when the next call would end the same way, whatever it was about: the key, or the address, is wrong.
    pub fn concerns_all(&self) -> bool {
        matches!(self, Self::Refused { status: 401 | 403 | 404, .. })
    }

    /// What a log may say of it.
    pub fn told(&self) -> Told<'static> {
        let name = match self {
            Self::Done { .. } => "done",
            Self::Refused { .. } => "refused",
            Self::Failed { failure: Failure::NotSent { .. } } => "not_sent",
            Self::Failed { failure: Failure::Partly { .. } } => "partly_sent",
            Self::Failed { failure: Failure::Unknown { .. } } => "unknown",
        };
        Told { name, code: None, tx_id: None }
    }

    /// In one line, for people.
    pub fn words(&self) -> String {
        match self {
            Self::Done { status } => format!("carried out (HTTP {status})"),
            Self::Refused { status, message: None } => format!("refused with HTTP {status}"),
            Self::Refused { status, message: Some(message) } => {
                format!("refused with HTTP {status}: {}", crate::text::quote(message))
            }
            Self::Failed { failure: Failure::NotSent { why } } => {
                format!("not sent: {}", crate::text::quote(why))
            }
            Self::Failed { failure: Failure::Partly { why } } => {
                format!("unknown; the request did not leave whole: {}", crate::text::quote(why))
            }
            Self::Failed { failure: Failure::Unknown { why } } => {
                format!("unknown: {}", crate::text::quote(why))
            }
        }
    }
}
