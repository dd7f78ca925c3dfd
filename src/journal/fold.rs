//! Folding the log into the file: a checkpoint of SQLite's, the file's generation raised first.

use super::error::Error;
use super::sqlite;
use super::store::{Journal, Writer};
use rusqlite::{Connection, Transaction, TransactionBehavior};

/// The log is folded once it is longer than this, in bytes,
const LONG: u64 = 4 << 20;

/// and once so many changes have been recorded since it was folded last.
const MANY: usize = 500;

/// What is left of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rest {
    /// The log keeps its length and is written anew from its beginning: to sync a file that grows takes longer.
    Kept,
    /// The log is empty: the file alone is whole.
    Nothing,
}

/// Raises the generation and folds the log into the file. False when someone is reading or writing: part of it is done.
pub fn fold(conn: &Connection, rest: Rest) -> rusqlite::Result<bool> {
    let tx = Transaction::new_unchecked(conn, TransactionBehavior::Immediate)?;
    let next = sqlite::mark(&tx)?.next();
    tx.pragma_update(None, "user_version", next.write())?;
    tx.commit()?;
    let checkpoint = match rest {
        Rest::Kept => "PRAGMA wal_checkpoint(PASSIVE)",
        Rest::Nothing => "PRAGMA wal_checkpoint(TRUNCATE)",
    };
    let busy: i64 = conn.query_row(checkpoint, [], |row| row.get(0))?;
    Ok(busy == 0)
}

/// Folds the log when it has grown long and `changes` more were recorded. Nothing is lost when that cannot be done now.
pub fn if_long(writer: &mut Writer, log: u64, changes: usize) {
    writer.since_fold = writer.since_fold.saturating_add(changes);
    if log < LONG || writer.since_fold < MANY {
        return;
    }
    writer.since_fold = 0;
    if let Err(error) = fold(&writer.conn, Rest::Kept) {
        tracing::warn!(%error, "the journal's log could not be folded into its file");
    }
}

impl Journal {
    /// Folds the log and empties it, so that what was destroyed is in neither. The erasure is recorded already: when this
    /// cannot be done now, the next folding does it.
    pub(super) fn fold_now(&self) -> Result<bool, Error> {
        self.inner.guard.check()?;
        self.with_writer(|writer| fold(&writer.conn, Rest::Nothing).map_err(|e| self.error(&e)))
    }
}
