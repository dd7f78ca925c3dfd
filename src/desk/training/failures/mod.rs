//! Every way in which the next call can fail, in a trainer's words.

mod market;
mod px;

use crate::order;
use serde_json::Value;
use std::fmt;

/// A call that can be made to fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Called {
    Px(order::Call),
    Market(Sold),
}

/// A call of the marketplace that this desk makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sold {
    StartBilling,
    ReportUsage,
    EndUsage,
}

/// One way in which a call can fail.
#[derive(Clone, Debug, PartialEq)]
pub struct Failure {
    /// The documented code, or the status of a refusal; empty for an accident, and for the row without one.
    pub code: String,
    /// True for what the server refuses in words that it documents.
    pub documented: bool,
    /// Short enough for a row of the narrowest screen.
    pub label: String,
    /// A whole sentence.
    pub sentence: String,
    /// What is said of it after the call's name.
    pub how: String,
    /// What a trainee should do about it.
    pub advice: String,
    /// The embedded server's own JSON for it. Shown to nobody.
    pub fault: Value,
}

/// Those of `called`: the documented ones, then accidents.
pub fn of(called: Called) -> Vec<Failure> {
    match called {
        Called::Px(call) => px::of(call),
        Called::Market(call) => market::of(call),
    }
}

impl Called {
    /// The name that the embedded servers know it by.
    pub fn name(self) -> &'static str {
        match self {
            Self::Px(call) => call.name(),
            Self::Market(Sold::StartBilling) => "start_billing",
            Self::Market(Sold::ReportUsage) => "usage",
            Self::Market(Sold::EndUsage) => "usage_end",
        }
    }
}

impl fmt::Display for Called {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Px(call) => call.fmt(f),
            Self::Market(Sold::StartBilling) => f.write_str("Start billing"),
            Self::Market(Sold::ReportUsage) => f.write_str("Report usage"),
            Self::Market(Sold::EndUsage) => f.write_str("End subscription"),
        }
    }
}

impl Sold {
    pub const ALL: [Self; 3] = [Self::StartBilling, Self::ReportUsage, Self::EndUsage];
}

impl Failure {
    /// What is said of it once it has been asked for. `lasting`: until it is taken back.
    pub fn done(&self, called: Called, lasting: bool) -> String {
        let which = if lasting { "Every" } else { "The next" };
        format!("{which} {called}{}", self.how)
    }
}
