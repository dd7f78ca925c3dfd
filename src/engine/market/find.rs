//! Finding subscriptions and reports in their lists.

use super::{MarketError, Result};
use crate::engine::Engine;
use crate::journal::Select;
use crate::kind::{Kind, ShortId, Value};
use crate::subscription::{
    Called, CustomerId, Month, Report, ReportRow, ReportState, State, Subscription, SubscriptionRow,
};

/// What a person meant.
#[derive(Clone, Debug)]
pub enum Found {
    One(Box<SubscriptionRow>),
    /// A customer can have several subscriptions, and an id of one can be another id of another.
    Many(Vec<SubscriptionRow>),
    Nothing,
}

/// How many rows are read at a time.
const PAGE: u32 = 512;

impl Engine {
    /// The subscription that is called that, as its events say. One id may be an id of several: of a customer's, or because
    /// partners make their ids as they like.
    ///
    /// # Errors
    /// What the journal cannot do.
    pub async fn find_subscription(&self, called: &Called) -> Result<Found> {
        Ok(match <[_; 1]>::try_from(self.called(called).await?) {
            Ok([row]) => Found::One(Box::new(self.proven(&row.id, called).await?)),
            Err(rows) if rows.is_empty() => Found::Nothing,
            Err(rows) => Found::Many(rows),
        })
    }

    /// Whoever may record an answer may change whose customer id stands in a row: what is done goes by the events.
    async fn proven(&self, id: &ShortId, called: &Called) -> Result<SubscriptionRow> {
        let is_meant = |row: &SubscriptionRow| {
            row.is_called(called) || ShortId::parse(called.text()).is_some_and(|id| id == row.id)
        };
        let row = self.journal().proven_row::<Subscription>(id, called.text(), is_meant).await;
        row.map_err(MarketError::Journal)
    }

    /// The subscriptions that are called that, a few of them where there are many.
    pub(super) async fn called(&self, called: &Called) -> Result<Vec<SubscriptionRow>> {
        let columns: &[&'static str] = match called {
            Called::ProvisioningId(_) => &["provisioning_id"],
            Called::CustomerId(_) => &["customer_id"],
            Called::Id(_) => &["id"],
            Called::Any(_) => &["provisioning_id", "customer_id", "id"],
        };
        let mut found: Vec<SubscriptionRow> = Vec::new();
        for column in columns {
            let value = match *column {
                "id" => ShortId::parse(called.text()).map(|id| id.to_string()),
                _ => Some(called.text().to_owned()),
            };
            let Some(value) = value else { continue };
            let here = ("environment", self.environment().name().into());
            let equal = vec![here, (*column, value.as_str().into())];
            for row in self.rows::<Subscription>(&Select { equal, limit: 16, ..Select::default() }).await? {
                if !found.iter().any(|known| known.id == row.id) {
                    found.push(row);
                }
            }
        }
        Ok(found)
    }

    /// True when some subscription of this environment was answered with this customer id, by whomever.
    ///
    /// # Errors
    /// What the journal cannot do.
    pub async fn is_customer(&self, id: &CustomerId) -> Result<bool> {
        Ok(!self.of_customer(id, 1).await?.is_empty())
    }

    /// Subscriptions of this environment that were answered with this customer id, so many at most.
    pub(super) async fn of_customer(&self, id: &CustomerId, limit: u32) -> Result<Vec<SubscriptionRow>> {
        let here = ("environment", self.environment().name().into());
        let equal = vec![here, ("customer_id", id.as_str().into())];
        self.rows::<Subscription>(&Select { equal, limit, ..Select::default() }).await
    }

    /// How many subscriptions there are in this environment, whatever became of them.
    ///
    /// # Errors
    /// What the journal cannot do.
    pub async fn how_many_subscriptions(&self) -> Result<u64> {
        let here = self.environment().name();
        let counts = self.journal().counts::<Subscription>().await.map_err(MarketError::Journal)?;
        let ours = counts.into_iter().filter(|(of, _)| of.first().is_some_and(|first| first == here));
        Ok(ours.map(|(_, n)| n).sum())
    }

    /// Subscriptions, the latest first; of one state, where one is asked for.
    ///
    /// # Errors
    /// What the journal cannot do.
    pub async fn subscriptions(&self, state: Option<State>) -> Result<Vec<SubscriptionRow>> {
        let standing = state.map(|state| ("standing", SubscriptionRow::standing_of(state).into()));
        let rows = self.all::<Subscription>(standing, &["requested_at", "id"], |row| {
            vec![row.requested_at.as_microsecond().into(), row.id.as_str().into()]
        });
        let now = self.clock().now();
        let mut rows = rows.await?;
        rows.retain(|row| state.is_none_or(|state| row.state(now) == state));
        rows.reverse();
        Ok(rows)
    }

    /// Deploys that have the same contact and product as this one, and came before it: a buyer's first try.
    ///
    /// # Errors
    /// What the journal cannot do.
    pub async fn earlier_tries(&self, of: &Subscription) -> Result<Vec<SubscriptionRow>> {
        let mut earlier = Vec::new();
        for contact in of.contacts() {
            let rows = self.journal().rows_by_term::<Subscription>(&contact, 64).await;
            let rows = rows.map_err(MarketError::Journal)?;
            earlier.extend(rows.into_iter().filter(|row| {
                let before = (row.requested_at, &row.id) < (of.requested_at, &of.id);
                before && row.environment == of.environment && row.product_id == of.product_id
            }));
        }
        earlier.sort_by(|a, b| (a.requested_at, a.id.as_str()).cmp(&(b.requested_at, b.id.as_str())));
        earlier.dedup_by(|a, b| a.id == b.id);
        Ok(earlier)
    }

    /// Nothing, when each report that was begun is in the list: one that is not would be begun, and sent, a second time.
    ///
    /// # Errors
    /// When one is missing, and when the journal cannot be read.
    pub(super) async fn has_all_reports(&self) -> Result<()> {
        self.journal().lists_all::<Report>().await.map_err(MarketError::Journal)
    }

    /// Nothing, when each deploy that was recorded is in the list: one that is not would be taken for a new one.
    ///
    /// # Errors
    /// When one is missing, and when the journal cannot be read.
    pub async fn has_all_deploys(&self) -> Result<()> {
        self.journal().lists_all::<Subscription>().await.map_err(MarketError::Journal)
    }

    /// The reports of a month.
    ///
    /// # Errors
    /// What the journal cannot do.
    pub async fn reports_of(&self, month: Month) -> Result<Vec<ReportRow>> {
        let by = ["provisioning_id", "sku", "supplement"];
        self.all::<Report>(Some(("month", month.to_string().into())), &by, |row| {
            let slot = &row.slot;
            vec![
                slot.provisioning_id.as_str().into(),
                slot.sku.as_str().into(),
                i64::from(slot.supplement).into(),
            ]
        })
        .await
    }

    /// The reports in doubt, of whatever month, each with the account of what was seen.
    ///
    /// # Errors
    /// What the journal cannot do.
    pub async fn reports_in_doubt(&self) -> Result<Vec<Report>> {
        let mut reports = Vec::new();
        for row in self.reports_in(ReportState::InDoubt).await? {
            reports.push(self.of::<Report>().load(&row.id).await?);
        }
        Ok(reports)
    }

    /// The reports of a subscription, of whatever month, each with all that is known of it.
    ///
    /// # Errors
    /// What the journal cannot do.
    pub async fn accounts_of(&self, of: &Subscription) -> Result<Vec<Report>> {
        let mut reports = Vec::new();
        for row in self.reports_about(of).await? {
            reports.push(self.of::<Report>().load(&row.id).await?);
        }
        Ok(reports)
    }

    /// The subscription of a report, by the report's own id.
    ///
    /// # Errors
    /// What the journal cannot do.
    pub async fn subscription_of_report(&self, id: &str) -> Result<Option<ShortId>> {
        let Some(id) = ShortId::parse(id) else { return Ok(None) };
        let here = ("environment", self.environment().name().into());
        let equal = vec![here, ("id", id.as_str().into())];
        let rows = self.rows::<Report>(&Select { equal, limit: 1, ..Select::default() }).await?;
        Ok(rows.into_iter().next().map(|row| row.subscription))
    }

    /// The reports in this state, of whatever month.
    pub(super) async fn reports_in(&self, state: ReportState) -> Result<Vec<ReportRow>> {
        let state = Some(("state", state.name().into()));
        self.all::<Report>(state, &["month", "id"], |row| {
            vec![row.slot.month.to_string().into(), row.id.as_str().into()]
        })
        .await
    }

    /// All rows of this environment with that value, a page at a time.
    async fn all<K: Kind>(
        &self,
        equal: Option<(&'static str, Value)>,
        by: &[&str],
        place: impl Fn(&K::Row) -> Vec<Value>,
    ) -> Result<Vec<K::Row>> {
        let mut all = Vec::new();
        let mut after = None;
        loop {
            let here = ("environment", self.environment().name().into());
            let equal = std::iter::once(here).chain(equal.clone()).collect();
            let page = self.rows::<K>(&Select { equal, by, after, limit: PAGE, ..Select::default() }).await?;
            let whole = page.len() == PAGE as usize;
            after = page.last().map(&place);
            all.extend(page);
            if !whole {
                return Ok(all);
            }
        }
    }

    pub(super) async fn rows<K: Kind>(&self, select: &Select<'_>) -> Result<Vec<K::Row>> {
        self.journal().rows::<K>(select).await.map_err(MarketError::Journal)
    }
}
