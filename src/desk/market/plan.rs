//! What would be sent of a month, before anybody sends it.

use crate::kind::{ShortId, Timestamp};
use crate::subscription::{Amount, Closing, Earlier, Finding, Month, MonthView, ProvisioningId, Sku, Total};

/// What would be sent.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    pub month: Month,
    /// The bill that it would go on.
    pub bill: Month,
    pub closing: Closing,
    /// From here on, by this machine's clock, no report is begun before the closing.
    pub last_begin: Timestamp,
    /// Up to and including here, by this machine's clock, none is begun after it.
    pub first_begin: Timestamp,
    /// True when nothing could be sent at the time of the preview.
    pub closed: bool,
    pub reports: Vec<Planned>,
    /// What was refused as it is: it goes only where somebody says why.
    pub again: Vec<Planned>,
    /// What does not go, whatever anybody says: no product is known of it.
    pub stays: Vec<Planned>,
    /// The sums of what would be sent, and of nothing else.
    pub sums: Vec<Sum>,
    /// SKUs of which nothing was taken in.
    pub missing: usize,
    /// Reports that wait for an earlier one.
    pub waiting: usize,
    /// Reports of earlier months that are not reported, by their months.
    pub earlier: Vec<Earlier>,
}

/// A report that would be sent.
#[derive(Clone, Debug, PartialEq)]
pub struct Planned {
    pub id: ShortId,
    pub provisioning_id: ProvisioningId,
    pub sku: Sku,
    pub unit: Option<String>,
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
    pub amount: Total,
}

impl Plan {
    /// What would be sent of `view`.
    pub fn of(view: &MonthView) -> Self {
        let mut plan = Self {
            month: view.month,
            bill: view.bill,
            closing: view.closing,
            last_begin: view.last_begin,
            first_begin: view.first_begin,
            closed: view.closed,
            reports: Vec::new(),
            again: Vec::new(),
            stays: Vec::new(),
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
            plan.add(Planned {
                id: report.id.clone(),
                provisioning_id: line.provisioning_id.clone(),
                sku: line.sku.clone(),
                unit: line.unit.clone(),
                month: report.slot.month,
                amount,
                findings: line.findings.clone(),
            });
        }
        // A reason is asked for anyway, and it is one for these as well.
        if plan.needs_reason() { plan.with_again() } else { plan }
    }

    /// The same where somebody said why what was refused goes again as it is.
    #[must_use]
    pub fn with_again(mut self) -> Self {
        for planned in std::mem::take(&mut self.again) {
            self.goes(planned);
        }
        self
    }

    fn add(&mut self, planned: Planned) {
        if planned.findings.contains(&Finding::NoProduct) {
            self.stays.push(planned);
        } else if planned.findings.iter().any(|finding| matches!(finding, Finding::RefusedBefore { .. })) {
            self.again.push(planned);
        } else {
            self.goes(planned);
        }
    }

    fn goes(&mut self, planned: Planned) {
        self.sum_up(&planned.sku, planned.unit.as_deref(), planned.amount);
        self.reports.push(planned);
    }

    fn sum_up(&mut self, sku: &Sku, unit: Option<&str>, amount: Amount) {
        let same = |sum: &&mut Sum| sum.sku == *sku && sum.unit.as_deref() == unit;
        match self.sums.iter_mut().find(same) {
            Some(sum) => {
                sum.reports += 1;
                sum.amount = sum.amount.plus(amount);
            }
            None => self.sums.push(Sum {
                sku: sku.clone(),
                unit: unit.map(str::to_owned),
                reports: 1,
                amount: amount.into(),
            }),
        }
    }

    /// True when an amount is so unusual, or told by version 1 already, that somebody has to say why it is right.
    pub fn needs_reason(&self) -> bool {
        let asks = |finding: &Finding| matches!(finding, Finding::Unusual { .. } | Finding::Counted { .. });
        self.reports.iter().any(|planned| planned.findings.iter().any(asks))
    }

    /// True when nothing would be sent but what was refused as it is: then somebody has to say why.
    pub fn only_again(&self) -> bool {
        self.reports.is_empty() && !self.again.is_empty()
    }

    /// True when nothing of it can be sent.
    pub fn is_empty(&self) -> bool {
        self.reports.is_empty() && self.again.is_empty()
    }

    /// True while nothing may be sent.
    pub fn is_closed(&self, now: Timestamp) -> bool {
        self.closed || self.last_begin <= now
    }

    /// True when there is something to send, and it may be sent now.
    pub fn can_go(&self, now: Timestamp) -> bool {
        !self.is_empty() && !self.is_closed(now)
    }
}
