//! Recording events: sealed, chained, on disk, in one statement and so in one round trip.

use super::chain::Head;
use super::entry::{Entry, Step};
use super::error::{Error, sqlite};
use super::open;
use super::record::kept;
use super::row;
use super::seal::{KEY, Key, NONCE, about_key};
use super::store::{Journal, Sealed};
use crate::order::{Event, Order, OrderId, Summary, Timestamp};
use futures_util::TryStreamExt as _;
use sqlx::sqlite::SqliteConnection;
use sqlx::{AssertSqlSafe, Executor as _, SqlSafeStr as _};
use std::sync::LazyLock;
use zeroize::Zeroizing;

/// The connection that writes.
pub(super) struct Writer {
    pub conn: SqliteConnection,
    /// Where the chain ends, as far as is known; `None` when it must be read again.
    pub head: Option<Head>,
}

/// How often an append that other processes keep overtaking is tried.
const TRIES: usize = 1000;

impl Journal {
    /// Records an order's first event.
    ///
    /// # Errors
    /// [`Error::Taken`] when an identifier is used in that environment already.
    pub async fn open_order(
        &self,
        id: &OrderId,
        opened: Event,
        at: Timestamp,
        by: &str,
    ) -> Result<Order, Error> {
        let mut bytes = Zeroizing::new([0; KEY]);
        random(bytes.as_mut_slice())?;
        let sealed_key = self.inner.key.seal(nonce()?, &about_key(id.as_str()), bytes.as_slice());
        let key = Key::new(&bytes);
        let entry = Entry { id, at: kept(at), by, key: Some(key.clone()) };
        let order = self.record(&entry, None, vec![opened], Some(sealed_key)).await?;
        self.keep_key(id, Some(key));
        Ok(order)
    }

    /// Records what was decided on `order`, all of it or nothing, and returns the order with it.
    ///
    /// When [`Event::Erased`] is among it, the order's key is destroyed in the same transaction, and the order comes
    /// back without personal data. An erased order takes in no personal data any more: that part is dropped.
    ///
    /// # Errors
    /// [`Error::Conflict`] when the order has moved on since it was read.
    pub async fn append(
        &self,
        order: &Order,
        events: Vec<Event>,
        at: Timestamp,
        by: &str,
    ) -> Result<Order, Error> {
        let id = &order.id;
        let erases = events.iter().any(|e| matches!(e, Event::Erased { .. }));
        if !erases {
            let entry = Entry { id, at: kept(at), by, key: self.key_of(order).await? };
            return self.record(&entry, Some(order), events, None).await;
        }
        // What is left of the order without its personal data, which is how it will be read from now on.
        let (bare, _) = self.read(id, Sealed::Shut).await?;
        if bare.seq != order.seq {
            return Err(Error::Conflict { order: id.clone() });
        }
        let entry = Entry { id, at: kept(at), by, key: None };
        let after = self.record(&entry, Some(&bare), events, None).await?;
        self.keep_key(id, None);
        self.truncate_log().await;
        Ok(after)
    }

    /// `sealed_key`: the order's own key, when it is opened.
    async fn record(
        &self,
        entry: &Entry<'_>,
        before: Option<&Order>,
        events: Vec<Event>,
        sealed_key: Option<Vec<u8>>,
    ) -> Result<Order, Error> {
        let broken = |why: &str| self.broken(entry.id.as_str(), why);
        let nonced = events.into_iter().map(|event| Ok((event, nonce()?)));
        let nonced = nonced.collect::<Result<Vec<_>, Error>>()?;
        let steps = entry.steps(before, nonced).map_err(broken)?;
        let Some(after) = steps.last().map(|s| s.after.clone()) else {
            return before.cloned().ok_or_else(|| broken("it has no events"));
        };
        self.write(&steps, sealed_key.as_ref(), &after).await?;
        Ok(after)
    }

    /// Writes the steps at the chain's end. When another process was faster, its end is read again.
    async fn write(&self, steps: &[Step], sealed_key: Option<&Vec<u8>>, after: &Order) -> Result<(), Error> {
        let mut writer = self.inner.writer.lock().await;
        for _ in 0..TRIES {
            let mut head = match writer.head.take() {
                Some(head) => head,
                None => open::head(&mut writer.conn).await.map_err(|e| self.error(&e))?,
            };
            let mut heads = Vec::with_capacity(steps.len());
            for step in steps {
                head = head.then(&step.record);
                heads.push(head);
            }
            match insert(&mut writer.conn, steps, sealed_key, &heads).await {
                Ok(()) => {
                    writer.head = Some(head);
                    return Ok(());
                }
                Err(e) => match unique(&e).as_deref() {
                    Some("events.pos") => {}
                    Some(columns) => return Err(self.used(&mut writer.conn, columns, after).await),
                    None => return Err(self.error(&e)),
                },
            }
        }
        Err(Error::Locked { file: self.inner.file.clone() })
    }

    /// What it means that these columns hold the same already.
    async fn used(&self, conn: &mut SqliteConnection, columns: &str, order: &Order) -> Error {
        let (field, column, value) = if columns.contains("orders.transaction_id") {
            ("transactionId", "transaction_id", order.identity.transaction_id.as_str())
        } else if columns.contains("orders.partner_order_id") {
            ("partnerOrderId", "partner_order_id", order.identity.partner_order_id.as_str())
        } else if columns.contains("orders.id") {
            return Error::Taken { field: "id", order: order.id.clone() };
        } else {
            return Error::Conflict { order: order.id.clone() };
        };
        let holder = format!("SELECT id FROM orders WHERE environment = ? AND {column} = ?");
        let holder: sqlx::Result<String> = sqlx::query_scalar(AssertSqlSafe(holder))
            .bind(order.environment.name())
            .bind(value.to_owned())
            .fetch_one(conn)
            .await;
        match holder.map(|id| OrderId::parse(&id).ok_or(id)) {
            Ok(Ok(order)) => Error::Taken { field, order },
            Ok(Err(id)) => self.broken(&id, "its id is not one"),
            Err(e) => self.error(&e),
        }
    }

    /// Moves the log into the journal and empties it, so that what was destroyed is in neither. The erasure is recorded
    /// already: when this cannot be done now, the next checkpoint does it.
    async fn truncate_log(&self) {
        let mut writer = self.inner.writer.lock().await;
        let busy: sqlx::Result<i64> =
            sqlx::query_scalar("PRAGMA wal_checkpoint(TRUNCATE)").fetch_one(&mut writer.conn).await;
        if !matches!(busy, Ok(0)) {
            tracing::warn!(
                "the journal's log is in use: what was erased leaves the disk with its next checkpoint"
            );
        }
    }
}

/// The insertion of one row: nearly every append.
static ONE: LazyLock<String> = LazyLock::new(|| insertion(1));

fn insertion(rows: usize) -> String {
    let row = format!("({})", vec!["?"; 9 + row::COUNT].join(", "));
    format!(
        "INSERT INTO record (pos, at, by, kind, clear, sealed, hash, attention, sealed_key, {}) VALUES {}",
        row::COLUMNS,
        vec![row.as_str(); rows].join(", ")
    )
}

/// Inserts all steps by one statement; see the view `record`.
async fn insert(
    conn: &mut SqliteConnection,
    steps: &[Step],
    sealed_key: Option<&Vec<u8>>,
    heads: &[Head],
) -> sqlx::Result<()> {
    let mut query = sqlx::query(match steps.len() {
        1 => ONE.as_str().into_sql_str(),
        rows => AssertSqlSafe(insertion(rows)).into_sql_str(),
    });
    for (step, head) in steps.iter().zip(heads) {
        let summary = Summary::of(&step.after);
        let record = &step.record;
        query = query
            .bind(head.pos)
            .bind(record.at)
            .bind(record.by.clone())
            .bind(record.kind.clone())
            .bind(record.clear.clone())
            .bind(record.sealed.clone())
            .bind(head.hash.0.to_vec())
            .bind(row::attention(&summary))
            .bind(sealed_key.cloned());
        query = row::bind(query, &summary);
    }
    // Its one result says that the transaction is on disk. `execute` would also wait to hear that no other follows, which
    // takes the worker's thread a second wake-up of this one.
    conn.fetch_many(query).try_next().await?.map(|_| ()).ok_or(sqlx::Error::WorkerCrashed)
}

/// The columns of the unique index that an insertion ran into, if it did.
fn unique(error: &sqlx::Error) -> Option<String> {
    let (_, message) = sqlite(error)?;
    message.strip_prefix("UNIQUE constraint failed: ").map(str::to_owned)
}

/// A nonce, at random.
pub(super) fn nonce() -> Result<[u8; NONCE], Error> {
    let mut nonce = [0; NONCE];
    random(&mut nonce)?;
    Ok(nonce)
}

fn random(bytes: &mut [u8]) -> Result<(), Error> {
    getrandom::fill(bytes).map_err(|e| Error::Failed {
        file: "/dev/urandom".into(),
        why: format!("the system gave no random bytes: {e}"),
    })
}
