//! SQLite connections as a journal needs them: durable, clearing what is deleted, and never folding the log into the file
//! but when [`super::guard`] was asked first.

use super::error::Error;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};
use std::path::Path;
use std::time::Duration;

/// "pxdj": marks an SQLite file as a journal of this program.
pub const APPLICATION: i64 = 0x7078_646a;

/// How long another process's transaction is waited for.
pub const PATIENCE: Duration = Duration::from_secs(5);

/// What each connection keeps of the file in memory, in KiB (negative: not pages). The system keeps all of it anyway.
const CACHE: i64 = -384;

/// The same while many things are recorded in one transaction: what does not fit is written to the log more than once.
const LARGE_CACHE: i64 = -16 * 1024;

/// How large the pages of a new journal are, in bytes. A record changes a few rows, each in another page, and every page that
/// has changed is written whole to the log.
const PAGE: i64 = 2048;

/// How many statements a connection keeps prepared.
const STATEMENTS: usize = 64;

/// A connection to the journal; nothing in it changes a file that is not one.
pub fn connect(file: &Path) -> Result<Connection, Error> {
    let settled = || {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let conn = Connection::open_with_flags(file, flags)?;
        settle(&conn)?;
        Ok(conn)
    };
    settled().map_err(|e| Error::of(file, &e))
}

fn settle(conn: &Connection) -> rusqlite::Result<()> {
    // Before anything that may fail: a connection that is given up on must not fold a log that may be another file's.
    fold_at_close(conn, false)?;
    conn.busy_timeout(PATIENCE)?;
    // What has pages already keeps their size.
    conn.pragma_update(None, "page_size", PAGE)?;
    conn.set_prepared_statement_cache_capacity(STATEMENTS);
    conn.pragma_update(None, "synchronous", "FULL")?;
    conn.pragma_update(None, "secure_delete", "ON")?;
    conn.pragma_update(None, "cache_size", CACHE)?;
    conn.pragma_update(None, "foreign_keys", "ON")?;
    // The log is folded into the file by us alone, so that the file's generation always tells what it holds.
    conn.pragma_update(None, "wal_autocheckpoint", 0)?;
    // Else a statement is planned anew whenever other values are bound to it.
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    Ok(())
}

/// A transaction that writes: begun with the right to, rolled back when it is dropped before its end. Unlike SQLite's
/// wrapper's own its statements stay prepared.
pub struct Writing<'c> {
    conn: &'c Connection,
    open: bool,
}

impl<'c> Writing<'c> {
    /// Begins one; waits for others' to end.
    pub fn begin(conn: &'c Connection) -> rusqlite::Result<Self> {
        conn.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
        Ok(Self { conn, open: true })
    }

    /// Ends it: what was written is on disk.
    pub fn commit(mut self) -> rusqlite::Result<()> {
        self.conn.prepare_cached("COMMIT")?.execute([])?;
        self.open = false;
        Ok(())
    }
}

impl std::ops::Deref for Writing<'_> {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        self.conn
    }
}

impl Drop for Writing<'_> {
    fn drop(&mut self) {
        // SQLite may have rolled back by itself already.
        if self.open && !self.conn.is_autocommit() {
            let rolled_back = self.conn.execute_batch("ROLLBACK");
            if let Err(error) = rolled_back {
                tracing::warn!(%error, "a transaction of the journal could not be rolled back");
            }
        }
    }
}

/// Gives the connection the memory that a large transaction needs, or takes it back.
pub fn cache(conn: &Connection, large: bool) -> rusqlite::Result<()> {
    conn.pragma_update(None, "cache_size", if large { LARGE_CACHE } else { CACHE })
}

/// Whether the last connection to be closed folds the log into the file and removes it.
pub fn fold_at_close(conn: &Connection, fold: bool) -> rusqlite::Result<()> {
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, !fold).map(|_| ())
}

/// Switches to a write-ahead log. SQLite does not wait for its turn here, as it does everywhere else.
pub fn keep_a_log(conn: &Connection, file: &Path) -> Result<(), Error> {
    const PAUSES: u32 = 100;
    let mut pause = 0;
    loop {
        let switched: rusqlite::Result<String> =
            conn.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0));
        match switched.map_err(|e| Error::of(file, &e)) {
            Err(Error::Locked { .. }) if pause < PAUSES => pause += 1,
            switched => return switched.map(|_| ()),
        }
        std::thread::sleep(PATIENCE / PAUSES);
    }
}

/// The settings that durability rests on.
#[derive(Debug, PartialEq)]
pub struct Settings {
    pub journal_mode: String,
    pub synchronous: i64,
    pub secure_delete: i64,
}

impl Settings {
    /// What they must be.
    pub fn wanted() -> Self {
        Self { journal_mode: "wal".to_owned(), synchronous: 2, secure_delete: 1 }
    }

    /// What they are.
    pub fn of(conn: &Connection) -> rusqlite::Result<Self> {
        conn.query_row(
            "SELECT journal_mode, synchronous, secure_delete
             FROM pragma_journal_mode, pragma_synchronous, pragma_secure_delete",
            [],
            |row| {
                Ok(Self { journal_mode: row.get(0)?, synchronous: row.get(1)?, secure_delete: row.get(2)? })
            },
        )
    }
}

/// What the file's header calls its user version: the version of the tables in the low byte, and above it the
/// generation, which every folding of the log into the file raises. So the header of the file tells which state it is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    pub version: i64,
    pub generation: u32,
}

/// Where the user version stands in the file: <https://www.sqlite.org/fileformat.html>
pub const MARK_AT: u64 = 60;

/// Generations begin anew after so many.
const GENERATIONS: u32 = 1 << 23;

impl Mark {
    /// Reads one.
    pub fn read(user_version: i64) -> Self {
        let bits = u32::try_from(user_version).unwrap_or_default();
        Self { version: i64::from(bits & 0xff), generation: bits >> 8 }
    }

    /// The user version that says this.
    pub fn write(self) -> i64 {
        self.version | i64::from(self.generation) << 8
    }

    /// The same, one folding later.
    #[must_use]
    pub fn next(self) -> Self {
        Self { generation: (self.generation + 1) % GENERATIONS, ..self }
    }

    /// True when this is a state of the file from before `other`.
    pub fn is_before(self, other: Self) -> bool {
        let ahead = (other.generation + GENERATIONS - self.generation) % GENERATIONS;
        ahead != 0 && ahead < GENERATIONS / 2
    }
}

/// The mark that a connection sees, the log included.
pub fn mark(conn: &Connection) -> rusqlite::Result<Mark> {
    conn.query_row("PRAGMA user_version", [], |row| row.get(0)).map(Mark::read)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn generations_go_round() {
        let mark = |generation| Mark { version: 2, generation };
        assert_eq!(Mark::read(mark(70_000).write()), mark(70_000));
        assert!(mark(1).is_before(mark(2)) && !mark(2).is_before(mark(1)) && !mark(1).is_before(mark(1)));
        let last = mark(GENERATIONS - 1);
        assert_eq!(last.next(), mark(0));
        assert!(last.is_before(mark(0)) && !mark(0).is_before(last));
        assert!(i32::try_from(last.write()).is_ok(), "SQLite keeps 32 bits, one of them a sign");
    }
}
