//! A month as it stands: what was taken in, what was sent, what is missing.

mod bill;

use super::Result;
use super::report::{Run, ToSend};
use crate::engine::{Engine, Error};
use crate::kind::{ShortId, Timestamp};
use crate::subscription::{
    Amount, Calendar, Call, Ending, Finding, Gate, Month, MonthLine, MonthView, ProvisioningId, Refusal,
    ReportRow, ReportState, Sku, SkuLine, SkuState, State, Subscription, SubscriptionRow, findings,
};
use std::collections::{HashMap, HashSet};

impl Engine {
    /// The month as it stands.
    ///
    /// # Errors
    /// What the journal cannot do.
    pub async fn month(&self, month: Month, gate: &Gate) -> Result<MonthView> {
        let now = self.clock().now();
        let bill = gate.calendar.bill_month(now);
        let subscriptions = self.subscriptions(None).await?;
        let usual = reported(self.reports_of(month.previous()).await?);
        let rows = self.reports_of(month).await?;
        let known: HashMap<&ShortId, &SubscriptionRow> =
            subscriptions.iter().map(|row| (&row.id, row)).collect();
        let mut lines: Vec<MonthLine> = missing(&subscriptions, &rows, month, &gate.calendar, now);
        let left_out = self.left_out_among(&rows, &subscriptions).await?;
        let mut settled = true;
        for (at, row) in rows.iter().enumerate() {
            let same = at > 0 && is_same_sku(&rows[at - 1], row);
            let waits = same && !settled;
            let left_out = left_out.get(&row.id);
            settled = (row.state == ReportState::Reported || left_out.is_some()) && (settled || !same);
            let mut findings = match left_out {
                Some(reason) => vec![Finding::LeftOut { reason: reason.clone() }],
                None => findings(row, usual.get(&sku_of(row)).copied(), bill),
            };
            findings.extend(waits.then_some(Finding::Waits));
            let subscription = known.get(&row.subscription).copied();
            lines.push(line(row, subscription, &usual, findings));
        }
        let closing = gate.calendar.coming(now);
        Ok(MonthView { month, bill, closing, closed: gate.check(now).is_err(), lines })
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
        if month.month < from {
            return Err(Error::Refusal(Refusal::BeforeTakeover { month: month.month, from }));
        }
        if month.month > month.bill {
            return Err(Error::Refusal(Refusal::FutureMonth { month: month.month, bill: month.bill }));
        }
        let wanted =
            |line: &&MonthLine| line.goes() && (only.is_empty() || only.contains(&line.provisioning_id));
        let report = |line: &MonthLine| {
            Some(ToSend { id: line.report.as_ref()?.id.clone(), usual: line.usual, shown: None })
        };
        let reports = month.lines.iter().filter(wanted).filter_map(report).collect();
        Ok(Run { reports, from, gate, reason, at_once })
    }
}

/// What was reported of each SKU, its supplements with it.
fn reported(rows: Vec<ReportRow>) -> HashMap<(ProvisioningId, Sku), Amount> {
    let mut sums: HashMap<(ProvisioningId, Sku), Amount> = HashMap::new();
    for row in rows.into_iter().filter(|row| row.state == ReportState::Reported) {
        let sum = sums.entry((row.slot.provisioning_id, row.slot.sku)).or_default();
        *sum = row.amount.and_then(|amount| sum.plus(amount)).unwrap_or(*sum);
    }
    sums
}

fn sku_of(row: &ReportRow) -> (ProvisioningId, Sku) {
    (row.slot.provisioning_id.clone(), row.slot.sku.clone())
}

fn is_same_sku(a: &ReportRow, b: &ReportRow) -> bool {
    (&a.slot.provisioning_id, &a.slot.sku) == (&b.slot.provisioning_id, &b.slot.sku)
}

fn line(
    row: &ReportRow,
    subscription: Option<&SubscriptionRow>,
    usual: &HashMap<(ProvisioningId, Sku), Amount>,
    findings: Vec<Finding>,
) -> MonthLine {
    let usual = usual.get(&sku_of(row)).copied();
    let (provisioning_id, sku) = sku_of(row);
    let plan = subscription.and_then(|of| of.skus.iter().find(|line| line.plan.sku == sku));
    MonthLine {
        provisioning_id,
        customer_id: subscription.and_then(|of| of.customer_id.clone()),
        unit: plan.and_then(|line| line.plan.unit.clone()),
        sku,
        report: Some(row.clone()),
        usual,
        findings,
    }
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
                    findings: vec![Finding::Missing],
                });
            }
        }
    }
    missing
}
