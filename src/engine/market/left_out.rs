//! Usage that a person had left out to end its SKU: it stays where it is, and is not sent.

use super::Result;
use crate::engine::Engine;
use crate::kind::ShortId;
use crate::subscription::{Report, ReportRow, Sku, Subscription, SubscriptionRow};
use std::collections::{HashMap, HashSet};

impl Engine {
    /// Of these reports, those that are left out, by their ids, each with the reason; `all`: the subscriptions there are.
    ///
    /// # Errors
    /// What the journal cannot do.
    pub async fn left_out_among(
        &self,
        rows: &[ReportRow],
        all: &[SubscriptionRow],
    ) -> Result<HashMap<ShortId, String>> {
        let excused = |of: &'_ SubscriptionRow| {
            let skus = of.skus.iter().filter(|line| line.excused);
            skus.map(|line| (of.id.clone(), line.plan.sku.clone())).collect::<Vec<_>>()
        };
        let excused: HashSet<(ShortId, Sku)> = all.iter().flat_map(excused).collect();
        let mut why = HashMap::new();
        if excused.is_empty() {
            return Ok(why);
        }
        for row in rows {
            if excused.contains(&(row.subscription.clone(), row.slot.sku.clone())) {
                let of = self.of::<Subscription>().load(&row.subscription).await?;
                why.extend(self.why_left_out(&of, row).await?.map(|reason| (row.id.clone(), reason)));
            }
        }
        Ok(why)
    }

    /// Why this report of the subscription is left out, where it is.
    pub(super) async fn why_left_out(&self, of: &Subscription, row: &ReportRow) -> Result<Option<String>> {
        if !row.state.may_go() || !of.sku(&row.slot.sku).is_some_and(|line| line.excused) {
            return Ok(None);
        }
        let report = self.of::<Report>().load(&row.id).await?;
        Ok(of.leaves_out(&report).map(str::to_owned))
    }
}
