//! Folding the log into the file: a checkpoint of SQLite's, the file's generation raised first.

use super::sqlite;
use rusqlite::{Connection, Transaction, TransactionBehavior};

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
