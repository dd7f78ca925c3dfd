//! The store in one SQLite file.
//!
//! SQLite is called on the thread that waits for it: a step of the journal is a few pages, and to hand it to another
//! thread and back would take longer than the step. Who reads keys keeps the journal on a thread of its own.

use super::chain::{Head, JournalId};
use super::error::Error;
use super::guard::Guard;
use super::head::Row;
use super::kept::Position;
use super::keyfile::Keys;
use super::lock::lock;
use super::memory::{Doubt, Memory};
use super::open::{self, Opened, Options};
use super::sqlite;
use super::stored::digest;
use crate::kind::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Transaction, TransactionBehavior};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

/// A journal in a file, open.
pub struct Disk {
    pub file: PathBuf,
    pub id: JournalId,
    pub keys: Keys,
    pub guard: Guard,
    pub memory: Mutex<Option<Memory>>,
    /// Why the journal is not to be trusted, if so.
    pub doubt: Mutex<Option<Doubt>>,
    /// None once the journal was closed.
    pub writer: Mutex<Option<Writer>>,
    reader: Mutex<Reader>,
    /// Whether this process has recorded something.
    pub recorded: AtomicBool,
}

/// The connection that reads.
enum Reader {
    /// The writer's: while nothing is recorded, no append waits for a list, and each connection reads how the tables were
    /// made and keeps pages of them.
    Shared,
    /// Of its own, so that a long list never delays an append.
    Own(Connection),
}

/// The connection that writes.
pub struct Writer {
    pub conn: Connection,
    /// The head as this process last left it, or saw it.
    pub left: Head,
    /// How many positions nobody has used, once that is known.
    pub skipped: Option<i64>,
    /// SQLite's number for what others have recorded, when that was last looked at.
    pub version: Option<i64>,
    /// Transactions written since the log was last folded into the file.
    pub since_fold: usize,
    /// How many events this machine remembers of the journal, as far as this process knows.
    pub remembered: i64,
}

impl Disk {
    /// Opens the journal at `file`. With `remember` this machine keeps in mind what it finds there.
    pub fn open(file: &Path, options: &Options, remember: bool) -> Result<Self, Error> {
        let Opened { file, id, writer, keys, guard, memory, doubt, head, seen } = open::open(file, options)?;
        let disk = Self {
            file,
            id,
            keys,
            guard,
            memory: Mutex::new(memory),
            doubt: Mutex::new(doubt),
            writer: Mutex::new(Some(Writer {
                conn: writer,
                left: head,
                skipped: None,
                version: None,
                since_fold: 0,
                remembered: if remember { seen } else { i64::MAX },
            })),
            reader: Mutex::new(Reader::Shared),
            recorded: AtomicBool::new(false),
        };
        disk.with_writer(|writer| disk.remember(writer, head).map_err(|e| disk.error(&e)))?;
        Ok(disk)
    }

    /// Keeps apart from the journal what others have recorded: `head` is what was just seen. Of one that is not trusted nothing
    /// is kept.
    fn remember(&self, writer: &mut Writer, head: Head) -> rusqlite::Result<()> {
        if head.events <= writer.remembered || lock(&self.doubt).is_some() {
            return Ok(());
        }
        // In one state of the journal: others go on recording.
        let tx = Transaction::new_unchecked(&writer.conn, TransactionBehavior::Deferred)?;
        let row = Row::read(&tx)?;
        let last = tx.query_row("SELECT hash FROM events ORDER BY pos DESC LIMIT 1", [], |row| row.get(0));
        let last: Option<Vec<u8>> = last.optional()?;
        tx.commit()?;
        if let Some(memory) = lock(&self.memory).as_mut()
            && let Some(last) = last
            && row.id == self.id
            && row.is_proven(&self.keys)
        {
            let position =
                Position { journal: row.id, head: row.head, last: digest(&last), at: Timestamp::now() };
            match memory.note_seen(&self.keys.chain, &position, self.guard.raw(), &self.file) {
                Ok(()) => writer.remembered = row.head.events,
                Err(error) => {
                    tracing::warn!(%error, "what was seen of the journal could not be kept apart from it");
                }
            }
        }
        Ok(())
    }

    pub fn with_writer<T>(&self, work: impl FnOnce(&mut Writer) -> Result<T, Error>) -> Result<T, Error> {
        let mut writer = lock(&self.writer);
        let writer = writer.as_mut().ok_or_else(|| Error::Closed { file: self.file.clone() })?;
        work(writer)
    }

    pub fn with_reader<T>(&self, work: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, Error> {
        let mut reader = lock(&self.reader);
        if matches!(*reader, Reader::Shared)
            && self.recorded.load(Ordering::Relaxed)
            && let Ok(own) = self.second()
        {
            *reader = Reader::Own(own);
        }
        match &*reader {
            Reader::Own(conn) => work(conn).map_err(|e| self.error(&e)),
            Reader::Shared => self.with_writer(|writer| work(&writer.conn).map_err(|e| self.error(&e))),
        }
    }

    /// A second connection to this very journal, which may not be at its path any more.
    fn second(&self) -> Result<Connection, Error> {
        self.guard.check()?;
        let conn = sqlite::connect(&self.file)?;
        self.guard.check()?;
        Ok(conn)
    }

    pub fn error(&self, error: &rusqlite::Error) -> Error {
        Error::of(&self.file, error)
    }

    /// A number that changes when another process has recorded something.
    pub fn data_version(&self) -> Result<i64, Error> {
        // On the writer's connection: its own commits do not count.
        self.with_writer(|writer| {
            let version = writer.conn.query_row("PRAGMA data_version", [], |row| row.get(0));
            let version = version.map_err(|e| self.error(&e))?;
            if writer.version.replace(version) != Some(version) {
                self.follow(writer).map_err(|e| self.error(&e))?;
            }
            Ok(version)
        })
    }

    /// Takes note of what others have recorded: a journal that lacks it later is not written to.
    fn follow(&self, writer: &mut Writer) -> rusqlite::Result<()> {
        let row = Row::read(&writer.conn)?;
        if row.id == self.id && row.head.events > writer.left.events && row.is_proven(&self.keys) {
            writer.left = row.head;
            self.remember(writer, row.head)?;
        }
        // What is wrong with the file is said when something is to be written to it.
        let _ = self.guard.check();
        Ok(())
    }

    /// Folds the log into the file, so that the file alone is whole, and closes it. While it is not certain that the two
    /// belong together, both stay as they are.
    pub fn close(&self) {
        {
            let mut reader = lock(&self.reader);
            self.recorded.store(false, Ordering::Relaxed);
            *reader = Reader::Shared;
        }
        let Some(writer) = lock(&self.writer).take() else { return };
        // Only into a file that is still this journal.
        match self.guard.check() {
            Ok(0) => {}
            Ok(_) if lock(&self.doubt).is_some() => return,
            Ok(_) => {
                if let Err(error) = super::fold::fold(&writer.conn, super::fold::Rest::Nothing) {
                    tracing::warn!(%error, "the journal's log could not be folded into its file: the next to leave does it");
                    return;
                }
            }
            Err(error) => {
                tracing::warn!(%error, "the journal is left as it is");
                return;
            }
        }
        // The last one out removes the log, which is empty.
        if sqlite::fold_at_close(&writer.conn, true).is_ok() {
            drop(writer);
        }
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        self.close();
    }
}
