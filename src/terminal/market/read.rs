//! Reading for the lists.

use super::{Market, Problem, Result};
use crate::desk::{Loaded, News, SubscriptionPage};
use crate::engine::MarketError;
use crate::kind::{ShortId, Timestamp};
use crate::subscription::{Calendar, Called, Month, ProvisioningId, Report, Subscription, SubscriptionRow};
use std::collections::BTreeMap;

impl Market {
    /// The first reading: calls whose process is gone are found, and where there is nothing to practice on, deploys arrive.
    pub(super) async fn open(&self) -> Result<News> {
        // A journal that is not what this machine last saw is for reading.
        if self.engine.journal().doubt().is_none() {
            self.engine.recover_market().await?;
            self.first_practice().await?;
        }
        self.load().await
    }

    pub(super) async fn load(&self) -> Result<News> {
        let calendar = Calendar::new().map_err(MarketError::System)?;
        let rows = self.engine.subscriptions(None).await?;
        let doubts = self.engine.reports_in_doubt().await?;
        let sender = self.engine.sender().await?;
        let (unreadable, strangers) =
            sender.as_ref().map_or((0, 0), |sender| (sender.open_unreadable(), sender.open_strangers()));
        let takeover = sender.and_then(|sender| sender.takeover);
        let conflicts = self.conflicts(&rows).await?;
        let clock_error = self.clock_error();
        let loaded =
            Loaded { calendar, clock_error, rows, doubts, takeover, conflicts, unreadable, strangers };
        Ok(News::Loaded(Box::new(loaded)))
    }

    /// When the ids of these last came with other content, where they did.
    async fn conflicts(&self, rows: &[SubscriptionRow]) -> Result<BTreeMap<ShortId, Timestamp>> {
        let mut conflicts = BTreeMap::new();
        for row in rows.iter().filter(|row| row.conflicts > 0) {
            let of: Subscription = self.engine.journal().load(&row.id).await?;
            conflicts.extend(of.conflict_at.map(|at| (row.id.clone(), at)));
        }
        Ok(conflicts)
    }

    pub(super) async fn month(&self, month: Option<Month>) -> Result<News> {
        let gate = self.gate().await?;
        let month = month.unwrap_or_else(|| gate.bill_month(self.engine.clock().now()));
        Ok(News::Month(Box::new(self.engine.month(month, &gate).await?)))
    }

    pub(super) async fn tries(&self, ids: Vec<ShortId>) -> Result<News> {
        let mut found = Vec::new();
        for id in &ids {
            let earlier = self.earlier(&self.engine.journal().load(id).await?).await?;
            if !earlier.is_empty() {
                found.push((id.clone(), earlier));
            }
            // Whoever waits for the journal meanwhile comes first.
            tokio::task::yield_now().await;
        }
        Ok(News::Tries { looked: ids, found })
    }

    async fn earlier(&self, of: &Subscription) -> Result<Vec<ProvisioningId>> {
        let rows = self.engine.earlier_tries(of).await?;
        Ok(rows.into_iter().map(|row| row.provisioning_id).collect())
    }

    pub(super) async fn page(&self, id: &ShortId) -> Result<News> {
        let subscription: Subscription = self.engine.journal().load(id).await?;
        let history = self.engine.journal().history::<Subscription>(id).await?;
        let calendar = Calendar::new().map_err(MarketError::System)?;
        let bill = calendar.bill_month(self.engine.clock().now());
        let mut reports = Vec::new();
        for month in [bill.previous(), bill] {
            let rows = self.engine.reports_of(month).await?;
            reports.extend(rows.into_iter().filter(|row| row.subscription == *id));
        }
        let mut accounts = Vec::new();
        for row in reports.iter().filter(|row| row.begun_at.is_some()) {
            accounts.push(self.engine.of::<Report>().load(&row.id).await?);
        }
        let earlier = self.earlier(&subscription).await?;
        Ok(News::Page(Box::new(SubscriptionPage { subscription, history, reports, accounts, earlier })))
    }

    pub(super) async fn ending(&self, id: &ShortId) -> Result<News> {
        Ok(News::Ending(Box::new(self.engine.before_end(id, &[]).await?)))
    }

    /// The row of a subscription as it is now.
    pub(super) async fn row(&self, id: &ShortId) -> Result<SubscriptionRow> {
        match self.engine.find_subscription(&Called::Id(id.to_string())).await? {
            crate::engine::Found::One(row) => Ok(*row),
            _ => Err(Problem { what: format!("there is no subscription {id}"), next: String::new() }),
        }
    }
}
