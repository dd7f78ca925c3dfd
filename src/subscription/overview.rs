//! A month as it stands: what was taken in, what was sent, what is missing.

use super::{Closing, CustomerId, Finding, Month, ProvisioningId, ReportRow, ReportState, Sku, Total};
use crate::kind::{ShortId, Timestamp};

/// A month as it stands.
#[derive(Clone, Debug)]
pub struct MonthView {
    pub month: Month,
    /// The month whose bill something sent now would go on.
    pub bill: Month,
    pub closing: Closing,
    /// From here on no report is begun before the closing.
    pub last_begin: Timestamp,
    /// True while nothing may be sent.
    pub closed: bool,
    /// One for each report, sorted by subscription and SKU; missing ones first. In the month of the open bill those that are
    /// carried from earlier months stand last: they go with its run.
    pub lines: Vec<MonthLine>,
    /// Reports of earlier months that are not reported, by their months.
    pub earlier: Vec<(Month, usize)>,
}

/// Reports by their months, in words; none where there are none.
pub fn earlier_in_words(earlier: &[(Month, usize)]) -> Option<String> {
    let n: usize = earlier.iter().map(|(_, n)| n).sum();
    let months: Vec<_> = earlier.iter().map(|(month, _)| month.to_string()).collect();
    (n > 0).then(|| format!("{n} open of earlier months: {}", months.join(", ")))
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
