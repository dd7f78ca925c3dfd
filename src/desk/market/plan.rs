//! What would be sent of a month, before anybody sends it.

use crate::kind::{ShortId, Timestamp};
use crate::subscription::{Amount, Closing, Finding, Month, MonthView, ProvisioningId, Sku};

/// What would be sent.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    pub month: Month,
    /// The bill that it would go on.
    pub bill: Month,
    pub closing: Closing,
    /// From here on no report is begun before the closing.
    pub last_begin: Timestamp,
    /// True when nothing could be sent at the time of the preview.
    pub closed: bool,
    pub reports: Vec<Planned>,
    pub sums: Vec<Sum>,
    /// SKUs of which nothing was taken in.
    pub missing: usize,
    /// Reports that wait for an earlier one.
    pub waiting: usize,
    /// Reports of earlier months that are not reported, by their months.
    pub earlier: Vec<(Month, usize)>,
}

/// A report that would be sent.
#[derive(Clone, Debug, PartialEq)]
pub struct Planned {
    pub id: ShortId,
    pub provisioning_id: ProvisioningId,
    pub sku: Sku,
    /// The month that it was used in: an earlier one where it is carried.
    pub month: Month,
    pub amount: Amount,
    /// What is to be said of it first.
    pub findings: Vec<Finding>,
}

/// What would be sent of a SKU.
#[derive(Clone, Debug, PartialEq)]
pub struct Sum {
    pub sku: Sku,
    pub unit: Option<String>,
    pub reports: usize,
    /// None when it is beyond what can be summed exactly.
    pub amount: Option<Amount>,
}

impl Plan {
    /// What would be sent of `view`.
    pub fn of(view: &MonthView) -> Self {
        let mut plan = Self {
            month: view.month,
            bill: view.bill,
            closing: view.closing,
            last_begin: view.last_begin,
            closed: view.closed,
            reports: Vec::new(),
            sums: Vec::new(),
            missing: 0,
            waiting: 0,
            earlier: view.earlier.clone(),
        };
        for line in &view.lines {
            plan.missing += usize::from(line.findings.contains(&Finding::Missing));
            plan.waiting += usize::from(line.findings.contains(&Finding::Waits));
            let report = line.report.as_ref().filter(|_| line.goes());
            let Some((report, amount)) = report.and_then(|report| Some((report, report.amount?))) else {
                continue;
            };
            plan.reports.push(Planned {
                id: report.id.clone(),
                provisioning_id: line.provisioning_id.clone(),
                sku: line.sku.clone(),
                month: report.slot.month,
                amount,
                findings: line.findings.clone(),
            });
            plan.add(&line.sku, line.unit.as_deref(), amount);
        }
        plan
    }

    fn add(&mut self, sku: &Sku, unit: Option<&str>, amount: Amount) {
        let same = |sum: &&mut Sum| sum.sku == *sku && sum.unit.as_deref() == unit;
        match self.sums.iter_mut().find(same) {
            Some(sum) => {
                sum.reports += 1;
                sum.amount = sum.amount.and_then(|so_far| so_far.plus(amount));
            }
            None => self.sums.push(Sum {
                sku: sku.clone(),
                unit: unit.map(str::to_owned),
                reports: 1,
                amount: Some(amount),
            }),
        }
    }

    /// True when an amount is so unusual, or told by version 1 already, that somebody has to say why it is right.
    pub fn needs_reason(&self) -> bool {
        let asks = |finding: &Finding| matches!(finding, Finding::Unusual { .. } | Finding::Counted { .. });
        self.reports.iter().any(|planned| planned.findings.iter().any(asks))
    }

    /// True when something was refused as it is: it stays here unless somebody says why it goes again.
    pub fn has_refused(&self) -> bool {
        let refused = |finding: &Finding| matches!(finding, Finding::RefusedBefore { .. });
        self.reports.iter().any(|planned| planned.findings.iter().any(refused))
    }

    /// True while nothing may be sent.
    pub fn is_closed(&self, now: Timestamp) -> bool {
        self.closed || self.last_begin <= now
    }

    /// True when there is something to send, and it may be sent now.
    pub fn can_go(&self, now: Timestamp) -> bool {
        !self.reports.is_empty() && !self.is_closed(now)
    }
}
