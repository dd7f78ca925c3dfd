//! A month as it stands: what was taken in, what was sent, what is missing.

use super::{Closing, CustomerId, Finding, Month, ProvisioningId, ReportRow, ReportState, Sku, Total};
use crate::kind::{ShortId, Timestamp};
use jiff::SignedDuration;

/// A month as it stands.
#[derive(Clone, Debug)]
pub struct MonthView {
    pub month: Month,
    /// The month whose bill something sent now would go on.
    pub bill: Month,
    pub closing: Closing,
    /// From here on, by this machine's clock, no report is begun before the closing.
    pub last_begin: Timestamp,
    /// Up to and including here, by this machine's clock, none is begun after it.
    pub first_begin: Timestamp,
    /// True while nothing may be sent.
    pub closed: bool,
    /// How far this machine's clock is ahead of the marketplace's, as far as is known.
    pub clock_error: Option<SignedDuration>,
    /// One for each report, sorted by subscription and SKU; missing ones first. In the month of the open bill those that are
    /// carried from earlier months stand last: they go with its run.
    pub lines: Vec<MonthLine>,
    /// Reports of earlier months that are not reported, by their months.
    pub earlier: Vec<Earlier>,
}

/// What is not reported of an earlier month.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Earlier {
    pub month: Month,
    /// What a run of that month may send.
    pub open: usize,
    pub in_progress: usize,
    pub in_doubt: usize,
    pub refused: usize,
}

impl Earlier {
    /// What these lines of `month` are.
    pub fn of(month: Month, lines: &[MonthLine]) -> Self {
        let state = |line: &MonthLine| line.report.as_ref().map(|row| row.state);
        let count = |states: &[ReportState]| {
            lines.iter().filter(|line| state(line).is_some_and(|state| states.contains(&state))).count()
        };
        Self {
            month,
            open: count(&[ReportState::Open, ReportState::Prepared]),
            in_progress: count(&[ReportState::Sending]),
            in_doubt: count(&[ReportState::InDoubt]),
            refused: count(&[ReportState::Refused]),
        }
    }

    const WORDS: [&str; 4] = ["open", "in progress", "in doubt", "refused"];

    /// In the order of these words.
    fn counts(&self) -> [usize; 4] {
        [self.open, self.in_progress, self.in_doubt, self.refused]
    }

    /// All of them.
    pub fn all(&self) -> usize {
        self.counts().iter().sum()
    }
}

/// Reports of earlier months in words, each as what it is; none where there are none.
pub fn earlier_in_words(earlier: &[Earlier]) -> Option<String> {
    let mut parts: Vec<String> = Vec::new();
    for (at, what) in Earlier::WORDS.into_iter().enumerate() {
        let some = || earlier.iter().filter(|of| of.counts()[at] > 0);
        let months: Vec<_> = some().map(|of| of.month.to_string()).collect();
        if !months.is_empty() {
            let n: usize = some().map(|of| of.counts()[at]).sum();
            let about = if parts.is_empty() { " of earlier months" } else { "" };
            parts.push(format!("{n} {what}{about}: {}", months.join(", ")));
        }
    }
    (!parts.is_empty()).then(|| parts.join("; "))
}

/// A SKU of a subscription in a month.
#[derive(Clone, Debug)]
pub struct MonthLine {
    pub provisioning_id: ProvisioningId,
    pub customer_id: Option<CustomerId>,
    pub sku: Sku,
    pub unit: Option<String>,
    /// None while nothing was taken in.
    pub report: Option<ReportRow>,
    /// What was reported in the last month before in which it was not nothing.
    pub usual: Option<Total>,
    /// What of its month is on a bill before it, or may be.
    pub so_far: Total,
    pub findings: Vec<Finding>,
}

impl MonthLine {
    /// True when it has a report that is neither reported nor left out.
    pub fn is_open(&self) -> bool {
        let left_out = |finding: &Finding| matches!(finding, Finding::LeftOut { .. });
        let open = self.report.as_ref().is_some_and(|row| row.state != ReportState::Reported);
        open && !self.findings.iter().any(left_out)
    }

    /// True when it goes with the next run.
    pub fn goes(&self) -> bool {
        let to_go = self.report.as_ref().is_some_and(|row| row.state.may_go() && row.amount.is_some());
        let stays = |finding: &Finding| {
            matches!(finding, Finding::Waits | Finding::LeftOut { .. } | Finding::BeforeTakeover { .. })
        };
        to_go && !self.findings.iter().any(stays)
    }

    /// True when it goes with the next run, and nobody has to say anything about it first.
    pub fn goes_as_it_is(&self) -> bool {
        let asks = |finding: &Finding| matches!(finding, Finding::RefusedBefore { .. } | Finding::NoProduct);
        self.goes() && !self.findings.iter().any(asks)
    }
}

/// What the end of some SKUs means, before anybody ends them.
#[derive(Clone, Debug, PartialEq)]
pub struct Ending {
    pub id: ShortId,
    pub provisioning_id: ProvisioningId,
    pub stops: Vec<Sku>,
    pub goes_on: Vec<Sku>,
    /// What of it was ended before, and nobody knows whether that was carried out.
    pub unknown: Vec<Sku>,
    /// Usage of what stops that is not reported yet, of whatever month: it is reported first.
    pub not_reported: Vec<ReportRow>,
    /// What of it was billed by usage, and nothing was added for that month: that is said first, a zero with a line.
    pub missing: Vec<(Sku, Month)>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_open_of_earlier_months_is_told_apart_from_what_no_run_sends() {
        let month = |text: &str| Month::parse(text).unwrap();
        let of = |at: &str, open, in_doubt, refused| Earlier {
            month: month(at),
            open,
            in_progress: 0,
            in_doubt,
            refused,
        };
        for (earlier, words) in [
            (vec![], None),
            (
                vec![of("2026-10", 2, 0, 0), of("2026-11", 1, 0, 0)],
                Some("3 open of earlier months: 2026-10, 2026-11"),
            ),
            (vec![of("2026-11", 0, 1, 0)], Some("1 in doubt of earlier months: 2026-11")),
            (
                vec![of("2026-10", 1, 0, 2), of("2026-11", 0, 1, 0)],
                Some("1 open of earlier months: 2026-10; 1 in doubt: 2026-11; 2 refused: 2026-10"),
            ),
        ] {
            assert_eq!(earlier_in_words(&earlier).as_deref(), words);
        }
    }
}
