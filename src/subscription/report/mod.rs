//! A report of usage: what one SKU of one subscription used in one month, told to the marketplace once.
//!
//! Lines are taken in while it is open, each by a key that makes it count once. Its amount is frozen before it leaves. The
//! marketplace adds up whatever arrives (D), so it is sent once; when nobody knows whether it arrived, it stays so until a
//! person says what the portal shows. More of the same month is a supplement: a report of its own, with the next number.

mod apply;
mod by_row;
mod clash;
mod decide;
mod event;
mod kind;
mod list;
mod preview;

pub use clash::Clash;
pub use decide::{Freeze, ReportCommand, Statement};
pub use event::{Line, Prepared, ReportEvent};
pub use list::ReportRow;
pub use preview::{Finding, findings};

use super::{Amount, Arrived, Attempt, Attempts, Calendar, Month, ProvisioningId, Sku};
use crate::kind::{Reached, ShortId, Timestamp};
use crate::order::Environment;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;

/// What no two reports may share.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Slot {
    pub provisioning_id: ProvisioningId,
    pub sku: Sku,
    /// The month that it was used in.
    pub month: Month,
    /// 0 for the report itself, then each further one of the same month.
    pub supplement: u32,
}

impl fmt::Display for Slot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { provisioning_id, sku, month, supplement } = self;
        match supplement {
            0 => write!(f, "{provisioning_id} {sku} {month}"),
            n => write!(f, "{provisioning_id} {sku} {month}, supplement {n}"),
        }
    }
}

/// A report as its events make it.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    pub id: ShortId,
    pub environment: Environment,
    /// The subscription's own id.
    pub subscription: ShortId,
    pub slot: Slot,
    /// Why there is more of the month, for a supplement; or why it comes after the end of its SKU.
    pub because: Option<Because>,
    /// The counts, by the keys of their lines.
    pub lines: BTreeMap<String, Amount>,
    /// Their sum.
    pub total: Amount,
    /// When the last of them was taken in.
    pub added_at: Timestamp,
    pub prepared: Option<Prepared>,
    /// More of the month goes into a supplement from now on, whatever becomes of this one.
    pub continued: bool,
    pub attempts: Attempts,
    /// What each attempt was to report, by their numbers.
    sent: BTreeMap<u32, Amount>,
    /// What people said of attempts in doubt, the latest last.
    pub verdicts: Vec<Verdict>,
    /// The contradiction that a person has looked at last.
    looked_at: Option<Clash>,
    pub seq: u64,
    pub updated_at: Timestamp,
}

/// Why a supplement was opened, and who says so.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Because {
    pub reason: String,
    pub name: String,
}

/// The reason of what the configuration carries to the next month.
const CARRIED: &str = "usage that came after the month's report";

impl Because {
    /// Nobody was asked: the configuration says so.
    pub fn carried(name: &str) -> Self {
        Self { reason: CARRIED.to_owned(), name: name.to_owned() }
    }

    /// True for what is carried to the next month: it goes with that month's run.
    pub fn is_carried(&self) -> bool {
        self.reason == CARRIED
    }
}

/// What a person said of an attempt in doubt.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    pub attempt: u32,
    pub reported: bool,
    pub reference: String,
    pub name: String,
    /// On whose bill the portal shows it.
    pub bill: Option<Month>,
    pub at: Timestamp,
}

impl Verdict {
    /// In words; `when` says a time.
    pub fn words(&self, when: impl Fn(Timestamp) -> String) -> String {
        let Self { attempt: _, reported, reference, name, bill, at } = self;
        let what = if *reported { "reported" } else { "not reported" };
        let bill = bill.map_or_else(String::new, |bill| format!(", on the bill of {bill}"));
        format!("{name} said at {}: {what}{bill}; reference {reference}", when(*at))
    }
}

/// What a report is; the names are those of the interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ReportState {
    /// Lines are taken in.
    Open,
    /// Its amount is frozen; no byte of it has left.
    Prepared,
    Sending,
    Reported,
    InDoubt,
    Refused,
}

impl ReportState {
    pub const ALL: [Self; 6] =
        [Self::Open, Self::Prepared, Self::Sending, Self::Reported, Self::InDoubt, Self::Refused];

    pub fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Prepared => "prepared",
            Self::Sending => "sending",
            Self::Reported => "reported",
            Self::InDoubt => "in_doubt",
            Self::Refused => "refused",
        }
    }

    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }

    /// True while it goes with the next run of its month, as far as the report itself is concerned.
    pub fn may_go(self) -> bool {
        matches!(self, Self::Open | Self::Prepared | Self::Refused)
    }

    /// True while it is on a bill, or may be.
    pub fn is_on_a_bill(self) -> bool {
        matches!(self, Self::Reported | Self::InDoubt | Self::Sending)
    }
}

impl Report {
    /// What it is.
    pub fn state(&self) -> ReportState {
        if self.attempts.pending().is_some() {
            return ReportState::Sending;
        }
        if self.doubt().is_some() {
            return ReportState::InDoubt;
        }
        if self.reported_at().is_some() {
            return ReportState::Reported;
        }
        let last = self.attempts.last().filter(|last| self.is_about_prepared(last));
        match (&self.prepared, last.map(|last| last.ended.as_ref().map(super::Ended::reached))) {
            (None, _) => ReportState::Open,
            (Some(_), Some(None)) => ReportState::Sending,
            (Some(_), Some(Some(Reached::Answered))) => ReportState::Refused,
            (Some(_), None | Some(Some(Reached::No | Reached::Unknown))) => ReportState::Prepared,
        }
    }

    /// The attempt that may have arrived, while nobody knows; or the last one, where what is known contradicts itself.
    pub fn doubt(&self) -> Option<&Attempt> {
        let last = self.attempts.last()?;
        let unknown = self.arrived(last) == Arrived::Maybe;
        let clashes = last.ended.is_some() && self.clash().is_some();
        (unknown || clashes).then_some(last)
    }

    /// The bills on which the attempt in doubt can be: from the one that was open when its call began to the one that is now.
    pub fn bills_of_doubt(&self, calendar: &Calendar, now: Timestamp) -> Option<(Month, Month)> {
        Some(calendar.bills_since(self.doubt()?.at, now))
    }

    /// When the marketplace took it, or a person said that it did.
    pub fn reported_at(&self) -> Option<Timestamp> {
        let denied = matches!(self.clash(), Some(Clash::Denied { .. }));
        let said = self.verdicts.last().filter(|verdict| verdict.reported && !denied);
        let done = |attempt: &Attempt| {
            let ended = attempt.ended.as_ref()?;
            matches!(ended.outcome, Some(super::Outcome::Done { .. })).then_some(ended.at)
        };
        said.map(|verdict| verdict.at).or_else(|| self.attempts.0.iter().find_map(done))
    }

    /// What came of it in words: how it was reported, where it was, and otherwise what became of the last attempt.
    pub fn outcome(&self) -> Option<String> {
        let attempt = self.taken().or_else(|| self.attempts.last())?;
        let words = attempt.words()?;
        let by_word = self.taken().is_some() && attempt.ended.as_ref()?.reached() == Reached::Unknown;
        Some(if by_word { format!("{words}; a person said that it is reported") } else { words })
    }

    /// What was reported; or else what is frozen, or what was taken in until now; none when nothing was.
    pub fn amount(&self) -> Option<Amount> {
        if let Some(attempt) = self.taken() {
            return Some(self.sent_with(attempt));
        }
        let taken = (!self.lines.is_empty()).then_some(self.total);
        self.prepared.as_ref().map(|prepared| prepared.amount).or(taken)
    }

    /// When the call began that is in doubt, under way or reported: what decides on the bill.
    pub fn begun_at(&self) -> Option<Timestamp> {
        self.taken().or_else(|| self.attempts.last()).map(|attempt| attempt.at)
    }

    /// The month on whose bill it is, or may be: what a person saw on the portal, or else by when its call began.
    pub fn bill(&self, calendar: &Calendar) -> Option<Month> {
        let said = self.verdicts.last().filter(|verdict| verdict.reported).and_then(|verdict| verdict.bill);
        let begun = || self.begun_at().map(|at| calendar.bill_month(at));
        said.or_else(begun).filter(|_| self.state().is_on_a_bill())
    }

    /// True for an attempt that was begun since the amount was frozen.
    fn is_about_prepared(&self, attempt: &Attempt) -> bool {
        self.prepared.as_ref().is_some_and(|prepared| attempt.number > prepared.after)
    }
}

#[cfg(test)]
mod tests;
