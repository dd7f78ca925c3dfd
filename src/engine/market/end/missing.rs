//! Months of which nothing was added: after the end of a SKU it is too late to find that out.

use super::Result;
use crate::engine::{Engine, Error};
use crate::journal::Select;
use crate::subscription::{Calendar, Month, Refusal, Report, ReportRow, Sku, Subscription};

/// As many reports of one subscription as are looked at.
const ALL: u32 = 1 << 20;

impl Engine {
    /// The months of these SKUs of which nothing was added, the earliest first: of those that this journal reports.
    pub(in crate::engine::market) async fn missing_of(
        &self,
        of: &Subscription,
        skus: &[Sku],
    ) -> Result<Vec<(Sku, Month)>> {
        let calendar = Calendar::new().map_err(Error::System)?;
        let now = self.clock().now();
        let from = self.sender().await?.and_then(|sender| sender.takeover).map(|takeover| takeover.from);
        let known = self.reports_about(of).await?;
        let mut missing = Vec::new();
        for line in of.skus.iter().filter(|line| skus.contains(&line.plan.sku)) {
            let Some((first, last)) = line.to_report(&calendar, now) else { continue };
            let mut month = from.map_or(first, |from| first.max(from));
            while month <= last {
                let sku = &line.plan.sku;
                if !known.iter().any(|row| row.slot.month == month && row.slot.sku == *sku) {
                    missing.push((sku.clone(), month));
                }
                month = month.next();
            }
        }
        missing.sort_by_key(|(_, month)| *month);
        Ok(missing)
    }

    /// Why these SKUs are not ended, while months of them are missing whose bill is closed. What was used in this month may
    /// have been nothing, and can be added afterwards.
    pub(super) async fn refuse_missing(&self, of: &Subscription, skus: &[Sku]) -> Result<Option<Refusal>> {
        let bill = Calendar::new().map_err(Error::System)?.bill_month(self.clock().now());
        let mut missing = self.missing_of(of, skus).await?;
        missing.retain(|(_, month)| *month < bill);
        let refusal = missing.first().map(|(sku, month)| {
            let (sku, month, more) = (sku.clone(), *month, missing.len() - 1);
            Refusal::Missing { sku, month, more }
        });
        Ok(refusal)
    }

    /// Those of the SKUs of which something is not reported, or missing.
    pub(super) async fn left_out(&self, of: &Subscription, skus: &[Sku]) -> Result<Vec<Sku>> {
        let missing = self.missing_of(of, skus).await?;
        let unreported = self.unreported(of, skus).await?;
        let open = |sku: &&Sku| {
            missing.iter().any(|(of, _)| of == *sku) || unreported.iter().any(|row| row.slot.sku == **sku)
        };
        Ok(skus.iter().filter(open).cloned().collect())
    }

    /// All reports of a subscription.
    pub(in crate::engine::market) async fn reports_about(&self, of: &Subscription) -> Result<Vec<ReportRow>> {
        let equal = vec![
            ("environment", self.environment().name().into()),
            ("provisioning_id", of.provisioning_id.as_str().into()),
        ];
        self.rows::<Report>(&Select { equal, limit: ALL, ..Select::default() }).await
    }
}
