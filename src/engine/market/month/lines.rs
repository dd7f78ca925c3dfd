//! The reports of a month as lines of its view, and what is open of the months before it.

use crate::engine::Engine;
use crate::engine::market::{MarketError, Result};
use crate::kind::ShortId;
use crate::subscription::{
    Because, Finding, Month, MonthLine, Outcome, ProvisioningId, Report, ReportRow, ReportState, Sku,
    SubscriptionRow, Total, findings,
};
use std::collections::{BTreeSet, HashMap, HashSet};

/// So many months before this one it is looked for what is usual: each is read once for all reports of a month, and the
/// later ones only while something was not found.
const MONTHS_BEFORE: usize = 3;

impl Engine {
    /// Reports of earlier months that are not reported and not left out, by their months, the earliest first; without the
    /// months that this journal does not report.
    ///
    /// # Errors
    /// What the journal cannot do.
    pub async fn open_before(
        &self,
        month: Month,
        all: &[SubscriptionRow],
        bill: Month,
    ) -> Result<Vec<(Month, Vec<MonthLine>)>> {
        let from = self.sender().await?.and_then(|sender| sender.takeover).map(|takeover| takeover.from);
        let counts = self.journal().counts::<Report>().await.map_err(MarketError::Journal)?;
        let here = self.environment().name();
        // The rows themselves are read of the months alone in which something is open.
        let open = counts.iter().filter_map(|(of, _)| match of.as_slice() {
            [environment, month, state] if environment == here => {
                Month::parse(month).ok().filter(|_| *state != ReportState::Reported.name())
            }
            _ => None,
        });
        let months: BTreeSet<Month> =
            open.filter(|open| *open < month && from.is_none_or(|from| from <= *open)).collect();
        let mut found = Vec::new();
        for earlier in months {
            let mut lines = self.lines_of(earlier, &self.reports_of(earlier).await?, all, bill).await?;
            lines.retain(MonthLine::is_open);
            if !lines.is_empty() {
                found.push((earlier, lines));
            }
        }
        Ok(found)
    }

    /// Of these lines, those that the configuration carries to the next month.
    pub(super) async fn carried_among(&self, lines: Vec<MonthLine>) -> Result<Vec<MonthLine>> {
        let mut carried = Vec::new();
        for line in lines {
            let Some(row) = line.report.as_ref().filter(|row| row.slot.supplement > 0) else { continue };
            let because = self.of::<Report>().load(&row.id).await?.because;
            if because.as_ref().is_some_and(Because::is_carried) {
                carried.push(line);
            }
        }
        Ok(carried)
    }

    /// A line for each of `rows`, which are the reports of `month`; `all`: the subscriptions there are.
    pub(super) async fn lines_of(
        &self,
        month: Month,
        rows: &[ReportRow],
        all: &[SubscriptionRow],
        bill: Month,
    ) -> Result<Vec<MonthLine>> {
        let usual = self.usual(month, rows).await?;
        let known: HashMap<&ShortId, &SubscriptionRow> = all.iter().map(|row| (&row.id, row)).collect();
        let left_out = self.left_out_among(rows, all).await?;
        let now = self.clock().now();
        let mut lines: Vec<MonthLine> = Vec::with_capacity(rows.len());
        let (mut settled, mut so_far) = (true, Total::ZERO);
        for (at, row) in rows.iter().enumerate() {
            let same = at > 0 && is_same_sku(&rows[at - 1], row);
            if !same {
                (settled, so_far) = (true, Total::ZERO);
            }
            let (waits, usual) = (!settled, usual.get(&sku_of(row)).copied());
            let left_out = left_out.get(&row.id);
            let mut findings = match left_out {
                Some(reason) => vec![Finding::LeftOut { reason: reason.clone() }],
                None => findings(row, usual, so_far, bill),
            };
            findings.extend(waits.then_some(Finding::Waits));
            if row.state == ReportState::InDoubt {
                findings.extend(self.of::<Report>().load(&row.id).await?.clash().map(Finding::Clash));
            }
            let subscription = known.get(&row.subscription).copied();
            let plan = subscription.and_then(|of| of.skus.iter().find(|line| line.plan.sku == row.slot.sku));
            let is_early = row.state.may_go() && plan.is_some_and(|line| !line.was_billed(now));
            let not_billed = match plan.and_then(|line| line.ended) {
                Some(at) => Finding::Ended { at },
                None => Finding::NotBilled,
            };
            findings.extend((is_early && left_out.is_none()).then_some(not_billed));
            lines.push(line(row, subscription, usual, so_far, findings));
            settled &= row.state == ReportState::Reported || left_out.is_some();
            let counts = row.state.is_on_a_bill() || row.state == ReportState::Prepared;
            so_far = row.amount.filter(|_| counts).map_or(so_far, |amount| so_far.plus(amount));
        }
        Ok(lines)
    }
}

impl Engine {
    /// Says of each line that could go that the marketplace refused just that before.
    pub(super) async fn tell_refused(
        &self,
        lines: &mut [MonthLine],
        subscriptions: &[SubscriptionRow],
    ) -> Result<()> {
        let products: HashMap<_, _> =
            subscriptions.iter().map(|of| (&of.provisioning_id, of.product_id)).collect();
        for line in lines.iter_mut().filter(|line| line.goes()) {
            let row = line.report.as_ref().filter(|row| row.state == ReportState::Refused);
            let product = products.get(&line.provisioning_id).copied().flatten();
            let (Some(row), Some(product)) = (row, product) else { continue };
            let report = self.of::<Report>().load(&row.id).await?;
            let said = report.refused_before(product).map(Outcome::words);
            line.findings.extend(said.map(|said| Finding::RefusedBefore { said }));
        }
        Ok(())
    }

    /// What was reported of each SKU of `rows` in the last month before this one in which it was not nothing, if it was in any.
    async fn usual(&self, month: Month, rows: &[ReportRow]) -> Result<HashMap<(ProvisioningId, Sku), Total>> {
        let mut wanted: HashSet<_> = rows.iter().map(sku_of).collect();
        let (mut usual, mut before) = (HashMap::new(), month);
        for _ in 0..MONTHS_BEFORE {
            if wanted.is_empty() {
                break;
            }
            before = before.previous();
            for (of, amount) in reported(self.reports_of(before).await?) {
                if amount > Total::ZERO && wanted.remove(&of) {
                    usual.insert(of, amount);
                }
            }
        }
        Ok(usual)
    }
}

/// What was reported of each SKU, its supplements with it.
fn reported(rows: Vec<ReportRow>) -> HashMap<(ProvisioningId, Sku), Total> {
    let mut sums: HashMap<(ProvisioningId, Sku), Total> = HashMap::new();
    for row in rows.into_iter().filter(|row| row.state == ReportState::Reported) {
        let sum = sums.entry((row.slot.provisioning_id, row.slot.sku)).or_default();
        *sum = row.amount.map_or(*sum, |amount| sum.plus(amount));
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
    usual: Option<Total>,
    so_far: Total,
    findings: Vec<Finding>,
) -> MonthLine {
    let (provisioning_id, sku) = sku_of(row);
    let plan = subscription.and_then(|of| of.skus.iter().find(|line| line.plan.sku == sku));
    MonthLine {
        provisioning_id,
        customer_id: subscription.and_then(|of| of.customer_id.clone()),
        unit: plan.and_then(|line| line.plan.unit.clone()),
        sku,
        report: Some(row.clone()),
        usual,
        so_far,
        findings,
    }
}
