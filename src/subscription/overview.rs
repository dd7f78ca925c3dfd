//! A month as it stands: what was taken in, what was sent, what is missing.

use super::{Amount, Closing, CustomerId, Finding, Month, ProvisioningId, ReportRow, Sku};
use crate::kind::ShortId;

/// A month as it stands.
#[derive(Clone, Debug)]
pub struct MonthView {
    pub month: Month,
    /// The month whose bill something sent now would go on.
    pub bill: Month,
    pub closing: Closing,
    /// True while nothing may be sent.
    pub closed: bool,
    /// One for each report, sorted by subscription and SKU; missing ones first.
    pub lines: Vec<MonthLine>,
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
    /// What was reported for the month before.
    pub usual: Option<Amount>,
    pub findings: Vec<Finding>,
}

impl MonthLine {
    /// True when it goes with the next run.
    pub fn goes(&self) -> bool {
        let to_go = self.report.as_ref().is_some_and(|row| row.state.may_go() && row.amount.is_some());
        let stays = |finding: &Finding| matches!(finding, Finding::Waits | Finding::LeftOut { .. });
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
