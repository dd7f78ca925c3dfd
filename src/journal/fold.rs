//! Folding the log into the file: a checkpoint of SQLite's, the file's generation raised first.

use super::sqlite;
use rusqlite::{Connection, Transaction, TransactionBehavior};
use std::time::Duration;

/// For how long those who read are waited for.
const FOR_READERS: Duration = Duration::from_millis(250);

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
    // Nobody can write while it waits for those who read. They fold what is left when they leave.
    conn.busy_timeout(FOR_READERS)?;
    let busy = conn.query_row(checkpoint, [], |row| row.get::<_, i64>(0));
    conn.busy_timeout(sqlite::PATIENCE)?;
    Ok(busy? == 0)
}
