//! The queue: orders without their histories.

use super::error::Error;
use super::row;
use super::store::Journal;
use crate::order::{Environment, OrderId, State, Summary, Timestamp};
use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, Row as _};

impl Journal {
    /// The most urgent orders of an environment, `limit` of them, the clock left out of account: by attention, then the
    /// least time left, then the oldest. `after` is the last of the page before.
    ///
    /// A long list is read page by page, so that neither the journal nor the caller is held up for long.
    pub async fn list(
        &self,
        environment: Environment,
        after: Option<&Summary>,
        limit: u32,
    ) -> Result<Vec<Summary>, Error> {
        let sql = format!(
            "SELECT {} FROM orders
             WHERE environment = ?1 AND (attention, due, opened_at, id) > (?2, ?3, ?4, ?5)
             ORDER BY attention, due, opened_at, id LIMIT ?6",
            row::COLUMNS
        );
        let due = |s: &Summary| s.prepared_at.map_or(i64::MAX, Timestamp::as_microsecond);
        let query = sqlx::query(AssertSqlSafe(sql))
            .bind(environment.name())
            .bind(after.map_or(i64::MIN, row::attention))
            .bind(after.map_or(i64::MIN, due))
            .bind(after.map_or(i64::MIN, |s| s.opened_at.as_microsecond()))
            .bind(after.map_or(String::new(), |s| s.id.to_string()))
            .bind(limit);
        self.summaries(query).await
    }

    /// Every order of an environment, in the order of [`Journal::list`].
    pub async fn list_all(&self, environment: Environment) -> Result<Vec<Summary>, Error> {
        self.list_by(environment, 1000).await
    }

    /// All of them, read in pages of so many.
    pub(super) async fn list_by(&self, environment: Environment, page: u32) -> Result<Vec<Summary>, Error> {
        let mut all: Vec<Summary> = Vec::new();
        loop {
            let rows = self.list(environment, all.last(), page).await?;
            let last = rows.len() < page as usize;
            all.extend(rows);
            if last {
                return Ok(all);
            }
        }
    }

    /// The orders of an environment that stand so, the clock left out of account.
    pub async fn standing(&self, environment: Environment, standing: State) -> Result<Vec<Summary>, Error> {
        let sql = format!(
            "SELECT {} FROM orders WHERE environment = ? AND standing = ? ORDER BY opened_at, id",
            row::COLUMNS
        );
        self.summaries(sqlx::query(AssertSqlSafe(sql)).bind(environment.name()).bind(standing.name())).await
    }

    /// How many orders an environment has.
    pub async fn count(&self, environment: Environment) -> Result<u64, Error> {
        let mut reader = self.inner.reader.lock().await;
        let count: sqlx::Result<i64> =
            sqlx::query_scalar("SELECT count(*) FROM orders WHERE environment = ?")
                .bind(environment.name())
                .fetch_one(&mut *reader)
                .await;
        count.map(i64::cast_unsigned).map_err(|e| self.error(&e))
    }

    /// The orders of an environment that have a call under way.
    pub async fn under_way(&self, environment: Environment) -> Result<Vec<Summary>, Error> {
        let sql = format!(
            "SELECT {} FROM orders WHERE owner IS NOT NULL AND environment = ? ORDER BY opened_at, id",
            row::COLUMNS
        );
        self.summaries(sqlx::query(AssertSqlSafe(sql)).bind(environment.name())).await
    }

    /// The orders that `text` may mean: the one with that id; else those with that transaction id or partner order id
    /// and those whose id begins so, ten at most.
    pub async fn find(&self, environment: Environment, text: &str) -> Result<Vec<Summary>, Error> {
        let exact = OrderId::parse(text).map_or(String::new(), String::from);
        let sql = format!(
            "SELECT {} FROM orders
             WHERE environment = ?4 AND (transaction_id = ?1 OR partner_order_id = ?1 OR id = ?2
                 OR (?3 <> '' AND substr(id, 1, length(?3)) = ?3))
             ORDER BY id = ?2 DESC, opened_at, id LIMIT 10",
            row::COLUMNS
        );
        let query = sqlx::query(AssertSqlSafe(sql))
            .bind(text.to_owned())
            .bind(exact.clone())
            .bind(text.to_ascii_lowercase())
            .bind(environment.name());
        let mut found = self.summaries(query).await?;
        if found.first().is_some_and(|s| s.id.as_str() == exact) {
            found.truncate(1);
        }
        Ok(found)
    }

    async fn summaries(&self, query: row::Binding<'_>) -> Result<Vec<Summary>, Error> {
        let rows = {
            let mut reader = self.inner.reader.lock().await;
            query.fetch_all(&mut *reader).await.map_err(|e| self.error(&e))?
        };
        let read =
            |row: &SqliteRow| row::read(row).map_err(|why| self.broken(row.try_get(0).unwrap_or("?"), why));
        rows.iter().map(read).collect()
    }
}
