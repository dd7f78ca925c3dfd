//! The journal that is open, and reading orders back from it.

use super::append::Writer;
use super::entry::fold;
use super::error::Error;
use super::open::{self, Opened, digest};
use super::record::Record;
use super::seal::{Key, about_key};
use crate::order::{Digest, Order, OrderId, Recorded};
use sqlx::Row as _;
use sqlx::sqlite::{SqliteConnection, SqliteRow};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError};
use tokio::sync::Mutex;

/// A journal that is open. Clones are handles to the same one.
#[derive(Clone)]
pub struct Journal {
    pub(super) inner: Arc<Inner>,
}

pub(super) struct Inner {
    pub file: PathBuf,
    /// Seals the keys of the orders.
    pub key: Key,
    pub writer: Mutex<Writer>,
    /// Of its own, so that a long list never delays an append.
    pub reader: Mutex<SqliteConnection>,
    /// The keys of the orders at hand. An order that was erased elsewhere has moved on, so a key that is kept too long
    /// seals nothing.
    keys: std::sync::Mutex<HashMap<OrderId, Key>>,
}

/// How many orders' keys are kept in memory.
const KEYS_KEPT: usize = 1024;

impl Journal {
    /// Opens the journal at `file`; makes it, and its key file, when `create` says so and there is none.
    pub async fn open(file: &Path, create: bool) -> Result<Self, Error> {
        let Opened { writer, reader, key, head } = open::open(file, create).await?;
        let inner = Inner {
            file: file.to_owned(),
            key,
            writer: Mutex::new(Writer { conn: writer, head: Some(head) }),
            reader: Mutex::new(reader),
            keys: std::sync::Mutex::default(),
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// The order as it stands.
    pub async fn load(&self, id: &OrderId) -> Result<Order, Error> {
        self.read(id, Sealed::Open).await.map(|(order, _)| order)
    }

    /// All that happened to the order.
    pub async fn history(&self, id: &OrderId) -> Result<Vec<Recorded>, Error> {
        self.read(id, Sealed::Open).await.map(|(_, history)| history)
    }

    /// A number that changes when another process has recorded something.
    pub async fn data_version(&self) -> Result<i64, Error> {
        // On the writer's connection: its own commits do not count.
        let mut writer = self.inner.writer.lock().await;
        let version = sqlx::query_scalar("PRAGMA data_version").fetch_one(&mut writer.conn).await;
        version.map_err(|e| self.error(&e))
    }

    pub(super) fn error(&self, error: &sqlx::Error) -> Error {
        Error::of(&self.inner.file, error)
    }

    pub(super) fn broken(&self, order: &str, why: impl Into<String>) -> Error {
        Error::Broken { file: self.inner.file.clone(), order: order.to_owned(), why: why.into() }
    }

    /// The order and its history.
    pub(super) async fn read(&self, id: &OrderId, sealed: Sealed) -> Result<(Order, Vec<Recorded>), Error> {
        let found = {
            let mut reader = self.inner.reader.lock().await;
            stored(&mut reader, id.as_str()).await.map_err(|e| self.error(&e))?
        };
        if found.records.is_empty() {
            return Err(Error::NoOrder { order: id.clone() });
        }
        let key = match (sealed, &found.sealed_key) {
            (Sealed::Shut, _) | (Sealed::Open, None) => None,
            (Sealed::Open, Some(key)) => Some(
                self.inner
                    .key
                    .open_key(&about_key(id.as_str()), key)
                    .ok_or_else(|| self.broken(id.as_str(), "the key of its personal data does not open"))?,
            ),
        };
        let read = fold(id, &found.records, key.as_ref()).map_err(|why| self.broken(id.as_str(), why))?;
        if sealed == Sealed::Open {
            self.keep_key(id, key);
        }
        Ok(read)
    }

    /// The key that seals what is personal in the order; none after an erasure.
    pub(super) async fn key_of(&self, order: &Order) -> Result<Option<Key>, Error> {
        let kept = || self.inner.keys.lock().unwrap_or_else(PoisonError::into_inner).get(&order.id).cloned();
        match kept() {
            _ if order.erased => Ok(None),
            Some(key) => Ok(Some(key)),
            None => self.load(&order.id).await.map(|_| kept()),
        }
    }

    pub(super) fn keep_key(&self, id: &OrderId, key: Option<Key>) {
        let mut keys = self.inner.keys.lock().unwrap_or_else(PoisonError::into_inner);
        if keys.len() >= KEYS_KEPT {
            keys.clear();
        }
        match key {
            Some(key) => keys.insert(id.clone(), key),
            None => keys.remove(id),
        };
    }
}

/// Whether personal data is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sealed {
    Open,
    Shut,
}

/// An order's records as they are stored, each with its hash; and its sealed key.
pub(super) struct Stored {
    pub records: Vec<(Record, Digest)>,
    pub sealed_key: Option<Vec<u8>>,
}

/// Reads an order's records.
pub(super) async fn stored(conn: &mut SqliteConnection, id: &str) -> sqlx::Result<Stored> {
    let rows = sqlx::query(
        "SELECT order_id, seq, at, by, kind, clear, sealed, hash,
            (SELECT sealed_key FROM keys WHERE keys.order_id = events.order_id)
         FROM events WHERE order_id = ? ORDER BY seq",
    )
    .bind(id.to_owned())
    .fetch_all(conn)
    .await?;
    let sealed_key = rows.first().map(|row| row.try_get_unchecked(8)).transpose()?.flatten();
    let records = rows.iter().map(record).collect::<sqlx::Result<_>>()?;
    Ok(Stored { records, sealed_key })
}

/// The record and its hash, from `order_id, seq, at, by, kind, clear, sealed, hash`.
pub(super) fn record(row: &SqliteRow) -> sqlx::Result<(Record, Digest)> {
    let record = Record {
        order: row.try_get(0)?,
        seq: row.try_get(1)?,
        at: row.try_get(2)?,
        by: row.try_get(3)?,
        kind: row.try_get(4)?,
        clear: row.try_get(5)?,
        sealed: row.try_get(6)?,
    };
    let hash: Vec<u8> = row.try_get(7)?;
    Ok((record, digest(&hash)))
}
