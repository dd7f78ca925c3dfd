//! A month as it stands: what was taken in, what was sent, what is missing.

mod bill;
mod counted;
mod lines;

use super::Result;
use super::report::{Run, ToSend};
use crate::engine::{Engine, Error};
use crate::kind::{ShortId, Timestamp};
use crate::subscription::{
    Calendar, Call, Earlier, Ending, Finding, Gate, Month, MonthLine, MonthView, ProvisioningId, Refusal,
    ReportRow, Sku, SkuLine, SkuState, State, Subscription, SubscriptionRow, Total,
};
use std::collections::HashSet;

impl Engine {
    /// The month as it stands.
    ///
    /// # Errors
    /// What the journal cannot do.
    pub async fn month(&self, month: Month, gate: &Gate) -> Result<MonthView> {
        let now = self.clock().now();
        let bill = gate.bill_month(now);
        let carries = month == bill;
        let subscriptions = self.subscriptions(None).await?;
        let rows = self.reports_of(month).await?;
        let mut lines = missing(&subscriptions, &rows, month, &gate.calendar, now);
        lines.extend(self.lines_of(month, &rows, &subscriptions, bill).await?);
        let takeover = self.sender().await?.and_then(|sender| sender.takeover);
        if let Some(from) = takeover.map(|takeover| takeover.from).filter(|from| month < *from) {
            // What nobody added is for whoever reported then.
            lines.retain(|line| line.report.is_some());
            let open = lines.iter_mut().filter(|line| line.is_open());
            open.for_each(|line| line.findings.push(Finding::BeforeTakeover { from }));
        }
        let mut earlier = Vec::new();
        for (month, open) in self.open_before(month, &subscriptions, bill).await? {
            earlier.push(Earlier::of(month, &open));
            if carries {
                lines.extend(self.carried_among(open).await?);
            }
        }
        self.tell_counted(&mut lines, bill, &gate.calendar).await?;
        tell_without_product(&mut lines, &subscriptions);
        self.tell_refused(&mut lines, &subscriptions).await?;
        let (closing, closed) = (gate.closing(now), gate.check(now).is_err());
        let (last_begin, first_begin) = (gate.last_begin(&closing), gate.first_begin(&closing));
        let clock_error = gate.clock_error;
        Ok(MonthView { month, bill, closing, last_begin, first_begin, closed, clock_error, lines, earlier })
    }

    /// What the end of these SKUs means, or of all that have not ended.
    ///
    /// # Errors
    /// Why they cannot be ended, or what the journal cannot do.
    pub async fn before_end(&self, id: &ShortId, skus: &[Sku]) -> Result<Ending> {
        let now = self.clock().now();
        let of = self.of::<Subscription>().load(id).await?;
        let stops = if skus.is_empty() { of.due(Call::EndUsage, now) } else { skus.to_vec() };
        of.may_begin(Call::EndUsage, &stops, true, now).map_err(Error::Refusal)?;
        let goes_on = of
            .skus
            .iter()
            .filter(|line| !stops.contains(&line.plan.sku) && line.state(now) != SkuState::Ended);
        let goes_on = goes_on.map(|line| line.plan.sku.clone()).collect();
        let is_unknown = |line: &&SkuLine| line.not_known(now) == Some(Call::EndUsage);
        let unknown = of.skus.iter().filter(|line| stops.contains(&line.plan.sku)).filter(is_unknown);
        let unknown = unknown.map(|line| line.plan.sku.clone()).collect();
        let not_reported = self.unreported(&of, &stops).await?;
        let missing = self.missing_of(&of, &stops).await?;
        Ok(Ending {
            id: id.clone(),
            provisioning_id: of.provisioning_id,
            stops,
            goes_on,
            unknown,
            not_reported,
            missing,
        })
    }

    /// What the next run for `month` sends: all that goes, or only what belongs to one of `only`.
    ///
    /// # Errors
    /// When nobody has said who reports, or the month is one that this journal does not report; and what the journal cannot
    /// do.
    pub async fn run_of(
        &self,
        month: &MonthView,
        only: &[ProvisioningId],
        gate: Gate,
        reason: Option<String>,
        at_once: usize,
    ) -> Result<Run> {
        let from = self.takeover().await?.from;
        self.has_all_reports().await?;
        if month.month < from {
            return Err(Error::Refusal(Refusal::BeforeTakeover { month: month.month, from }));
        }
        if month.month > month.bill {
            return Err(Error::Refusal(Refusal::FutureMonth { month: month.month, bill: month.bill }));
        }
        let wanted =
            |line: &&MonthLine| line.goes() && (only.is_empty() || only.contains(&line.provisioning_id));
        let report = |line: &MonthLine| {
            let id = line.report.as_ref()?.id.clone();
            let counted = line.findings.iter().find_map(|finding| match finding {
                Finding::Counted { notice } => Some(notice.clone()),
                _ => None,
            });
            Some(ToSend { id, usual: line.usual, so_far: line.so_far, counted, shown: None })
        };
        let reports = month.lines.iter().filter(wanted).filter_map(report).collect();
        Ok(Run { reports, from, gate, reason, at_once })
    }
}

/// Says of each line that could go that its product is not known.
fn tell_without_product(lines: &mut [MonthLine], subscriptions: &[SubscriptionRow]) {
    let without = subscriptions.iter().filter(|row| row.product_id.is_none());
    let without: HashSet<_> = without.map(|row| &row.provisioning_id).collect();
    let found = lines.iter_mut().filter(|line| line.goes() && without.contains(&line.provisioning_id));
    found.for_each(|line| line.findings.push(Finding::NoProduct));
}

/// The SKUs that are billed by usage and of which nothing was taken in.
fn missing(
    subscriptions: &[SubscriptionRow],
    rows: &[ReportRow],
    month: Month,
    calendar: &Calendar,
    now: Timestamp,
) -> Vec<MonthLine> {
    let there: HashSet<(&ShortId, &Sku)> =
        rows.iter().map(|row| (&row.subscription, &row.slot.sku)).collect();
    let mut missing = Vec::new();
    for of in subscriptions {
        let answered = matches!(of.state(now), State::Provisioned | State::Billing | State::Ended);
        if !answered {
            continue;
        }
        for line in of.skus.iter().filter(|line| !there.contains(&(&of.id, &line.plan.sku))) {
            let months = line.to_report(calendar, now);
            if months.is_some_and(|(first, last)| (first..=last).contains(&month)) {
                missing.push(MonthLine {
                    provisioning_id: of.provisioning_id.clone(),
                    customer_id: of.customer_id.clone(),
                    sku: line.plan.sku.clone(),
                    unit: line.plan.unit.clone(),
                    report: None,
                    usual: None,
                    so_far: Total::ZERO,
                    findings: vec![Finding::Missing],
                });
            }
        }
    }
    missing
}
