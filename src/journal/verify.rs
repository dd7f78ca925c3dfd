//! Verifying a journal: the file, the chain, every order, and what can still be opened.

use super::chain::{Head, link};
use super::entry::fold;
use super::error::Error;
use super::open;
use super::row;
use super::seal::{Key, about_key};
use super::store::{self, Journal};
use crate::order::{OrderId, Summary};
use sqlx::sqlite::{SqliteConnection, SqliteRow};
use sqlx::{AssertSqlSafe, Connection as _, Row as _};

/// How many rows are read at once.
const CHUNK: i64 = 500;

/// What a verification found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    pub orders: u64,
    pub events: u64,
    /// None when the journal is whole.
    pub problems: Vec<Problem>,
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The event's position in the journal.
    pub pos: Option<i64>,
    pub order: Option<String>,
    pub what: String,
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if let Some(pos) = self.pos {
            write!(f, "record {pos}: ")?;
        }
        if let Some(order) = &self.order {
            write!(f, "order {order}: ")?;
        }
        f.write_str(&self.what)
    }
}

/// How far a verification has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Rows read so far.
    pub done: u64,
    /// Rows in all.
    pub total: u64,
}

impl Journal {
    /// Verifies all of the journal, as it stands at the beginning; `tell` is called now and then.
    ///
    /// # Errors
    /// When the journal cannot be read at all; what is wrong with its contents is in the report.
    pub async fn verify(&self, tell: impl FnMut(Progress) + Send) -> Result<Report, Error> {
        let mut conn = open::connect(&self.inner.file).await?;
        let check = Check { key: &self.inner.key, tell, done: 0, total: 0, report: Report::default() };
        check.run(&mut conn).await.map_err(|e| self.error(&e))
    }
}

/// A verification under way.
struct Check<'a, F> {
    key: &'a Key,
    tell: F,
    done: u64,
    total: u64,
    report: Report,
}

impl<F: FnMut(Progress) + Send> Check<'_, F> {
    async fn run(mut self, conn: &mut SqliteConnection) -> sqlx::Result<Report> {
        // One transaction, so that all parts see the same journal.
        let mut tx = conn.begin().await?;
        self.file(&mut tx).await?;
        self.chain(&mut tx).await?;
        self.orders(&mut tx).await?;
        self.strays(&mut tx).await?;
        Ok(self.report)
    }

    fn problem(&mut self, pos: Option<i64>, order: Option<&str>, what: impl Into<String>) {
        self.report.problems.push(Problem { pos, order: order.map(str::to_owned), what: what.into() });
    }

    fn advance(&mut self, rows: usize) {
        self.done += rows as u64;
        (self.tell)(Progress { done: self.done, total: self.total });
    }

    /// What SQLite itself finds.
    async fn file(&mut self, conn: &mut SqliteConnection) -> sqlx::Result<()> {
        let said: Vec<String> = sqlx::query_scalar("PRAGMA integrity_check").fetch_all(&mut *conn).await?;
        for line in said.iter().filter(|line| *line != "ok") {
            self.problem(None, None, format!("SQLite says: {line}"));
        }
        let total: i64 =
            sqlx::query_scalar("SELECT (SELECT count(*) FROM events) + (SELECT count(*) FROM orders)")
                .fetch_one(conn)
                .await?;
        self.total = total.cast_unsigned();
        self.advance(0);
        Ok(())
    }

    /// Hashes the chain again, from its beginning.
    async fn chain(&mut self, conn: &mut SqliteConnection) -> sqlx::Result<()> {
        let mut head = Head::EMPTY;
        loop {
            let rows = sqlx::query(
                "SELECT order_id, seq, at, by, kind, clear, sealed, hash, pos FROM events
                 WHERE pos > ? ORDER BY pos LIMIT ?",
            )
            .bind(head.pos)
            .bind(CHUNK)
            .fetch_all(&mut *conn)
            .await?;
            if rows.is_empty() {
                return Ok(());
            }
            for row in &rows {
                head = self.chained(head, row)?;
            }
            self.report.events += rows.len() as u64;
            self.advance(rows.len());
        }
    }

    fn chained(&mut self, before: Head, row: &SqliteRow) -> sqlx::Result<Head> {
        let (record, hash) = store::record(row)?;
        let pos: i64 = row.try_get(8)?;
        if pos != before.pos + 1 {
            let missing = format!("the records from {} to {} are missing", before.pos + 1, pos - 1);
            self.problem(Some(pos), Some(&record.order), missing);
        } else if link(&before.hash, pos, &record) != hash {
            let what = "it was changed: its hash does not follow from it and the record before";
            self.problem(Some(pos), Some(&record.order), what);
        }
        // From the hash that stands there, so that one change is one problem.
        Ok(Head { pos, hash })
    }

    /// Folds every order, opens what is sealed, and compares the line of the queue.
    async fn orders(&mut self, conn: &mut SqliteConnection) -> sqlx::Result<()> {
        let mut last = String::new();
        let sql = format!("SELECT {}, attention FROM orders WHERE id > ? ORDER BY id LIMIT ?", row::COLUMNS);
        loop {
            let rows = sqlx::query(AssertSqlSafe(sql.clone()))
                .bind(last.clone())
                .bind(CHUNK)
                .fetch_all(&mut *conn)
                .await?;
            for row in &rows {
                last = row.try_get(0)?;
                let stored = store::stored(conn, &last).await?;
                let line = row::read(row).map(|summary| (summary, row.try_get(row::COUNT)));
                if let Err(what) = self.order(&last, &stored, line) {
                    self.problem(None, Some(&last), what);
                }
            }
            self.report.orders += rows.len() as u64;
            self.advance(rows.len());
            if rows.is_empty() {
                return Ok(());
            }
        }
    }

    fn order(
        &self,
        id: &str,
        stored: &store::Stored,
        line: Result<(Summary, sqlx::Result<i64>), String>,
    ) -> Result<(), String> {
        let id = OrderId::parse(id).ok_or("its id is not one")?;
        let key = match &stored.sealed_key {
            None => None,
            Some(sealed) => Some(
                self.key
                    .open_key(&about_key(id.as_str()), sealed)
                    .ok_or("the key of its personal data does not open")?,
            ),
        };
        let (order, _) = fold(&id, &stored.records, key.as_ref())?;
        if key.is_none() && !order.erased {
            return Err(
                "the key of its personal data is gone, and no event says that it was erased".to_owned()
            );
        }
        let folded = row::as_kept(Summary::of(&order));
        let (summary, attention) = line?;
        if summary != folded || attention.ok() != Some(row::attention(&folded)) {
            return Err("its line in the queue is not what its events make of it".to_owned());
        }
        Ok(())
    }

    /// Events of orders that are not there.
    async fn strays(&mut self, conn: &mut SqliteConnection) -> sqlx::Result<()> {
        let strays: Vec<String> = sqlx::query_scalar(
            "SELECT DISTINCT order_id FROM events WHERE order_id NOT IN (SELECT id FROM orders)",
        )
        .fetch_all(conn)
        .await?;
        for id in strays {
            self.problem(None, Some(&id), "it has events, and no line in the queue");
        }
        Ok(())
    }
}
