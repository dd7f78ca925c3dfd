//! Recording changes in a file: chained, on disk, in one transaction.

use super::blind;
use super::chain::{ChainKey, Head};
use super::change::{Change, Last, Written};
use super::disk::{Disk, Writer};
use super::error::Error;
use super::fold::{Rest, fold};
use super::head::{Row, judge, skipped};
use super::kept::Position;
use super::kinds::counted;
use super::lock::lock;
use super::memory::{Doubt, Seen};
use super::record::Record;
use super::rows::{self, End};
use super::sole;
use super::sqlite::{self, Writing};
use super::stored::{self, one};
use crate::kind::{Digest, Timestamp};
use rusqlite::Connection;
use std::io;
use std::sync::atomic::Ordering;

/// The log is folded once it is longer than this, in bytes,
const LONG: u64 = 4 << 20;

/// and once so many transactions were written to it since it was folded last; of large ones a few.
const MANY: usize = 512;

/// A large transaction counts as so many: what it changes in the file is worth collecting.
const LARGE_COUNTS: usize = 32;

/// From so many changes on a transaction is a large one.
const LARGE: usize = 32;

impl Disk {
    /// Folds the log and empties it, so that what was destroyed is in neither. The erasure is recorded already: when this
    /// cannot be done now, the next folding does it.
    pub fn fold_now(&self) -> Result<bool, Error> {
        self.guard.check()?;
        self.with_writer(|writer| fold(&writer.conn, Rest::Nothing).map_err(|e| self.error(&e)))
    }

    /// Writes the changes, in one transaction. Returns what became of each: where its thing is, or why it was refused.
    ///
    /// # Errors
    /// When none was recorded.
    pub fn write(&self, changes: &[Change]) -> Result<Vec<Result<Written, Error>>, Error> {
        let large = changes.len() >= LARGE;
        self.with_writer(|writer| {
            let log = self.guard.check()?;
            if large {
                sqlite::cache(&writer.conn, true).map_err(|e| self.error(&e))?;
            }
            let written = self.transact(writer, changes);
            if large && let Err(error) = sqlite::cache(&writer.conn, false) {
                // What was recorded is recorded: it only goes on with more memory than it needs.
                tracing::warn!(%error, "the journal keeps the memory of a large transaction");
            }
            if written.is_ok() {
                fold_if_long(writer, log, if large { LARGE_COUNTS } else { 1 });
            }
            written
        })
    }

    /// The transaction of [`Disk::write`]. Only what is refused for its own sake leaves the others in.
    fn transact(
        &self,
        writer: &mut Writer,
        changes: &[Change],
    ) -> Result<Vec<Result<Written, Error>>, Error> {
        let tx = Writing::begin(&writer.conn).map_err(|e| self.error(&e))?;
        let mut head = self.trusted(&tx, writer.left)?;
        let skipped = match writer.skipped {
            Some(skipped) => skipped,
            None => *writer.skipped.insert(skipped(&tx, &head).map_err(|e| self.error(&e))?),
        };
        let mut written = Vec::with_capacity(changes.len());
        let mut last = None;
        for change in changes {
            match self.write_one(&tx, change, (head, skipped), changes.len() > 1) {
                Ok(done) => {
                    (head, last) = (done.head, Some((done.written.last.hash, done.at)));
                    written.push(Ok(done.written));
                }
                Err(error @ (Error::Taken { .. } | Error::Conflict { .. })) => written.push(Err(error)),
                // SQLite may have rolled back all of it: nothing that follows may stand alone.
                Err(error) => return Err(error),
            }
        }
        let Some((last, at)) = last else { return Ok(written) };
        self.write_head(&tx, &head).map_err(|e| self.error(&e))?;
        tx.commit().map_err(|e| self.error(&e))?;
        self.recorded.store(true, Ordering::Relaxed);
        writer.left = head;
        self.note_position(&Position { journal: self.id, head, last, at });
        Ok(written)
    }

    /// The head, when the journal is the one that this process left, with nothing gone, and may be written to.
    fn trusted(&self, tx: &Connection, left: Head) -> Result<Head, Error> {
        let row = Row::read(tx).map_err(|e| self.error(&e))?;
        let doubted = |doubt| Err(Error::Doubted { file: self.file.clone(), doubt });
        if !self.goes_on_from(&row, left) {
            return doubted(self.unfit(tx, &row)?);
        }
        let mut doubt = lock(&self.doubt);
        // Another process may have recorded more, which is not here any more; or a supervisor may have said meanwhile that
        // it is to be used.
        let may_change = doubt.as_ref().is_none_or(Doubt::may_be_accepted);
        let news = self.memory_has_news();
        if may_change && (doubt.is_some() || !matches!(news, Ok(false))) {
            let judged = match news.and_then(|_| self.seen()) {
                Ok(seen) => judge(tx, &self.keys, &row, seen.as_ref()).map_err(|e| self.error(&e))?,
                Err(error) => Some(Doubt::unreadable(&error)),
            };
            *doubt = judged.or_else(|| Self::still_gone(doubt.take(), &row));
        }
        match &*doubt {
            Some(doubt) => doubted(doubt.clone()),
            None => Ok(row.head),
        }
    }

    /// Nothing, while the journal is the one at its path, with all that this process has seen of it.
    ///
    /// # Errors
    /// [`Error::Lost`] and [`Error::Doubted`].
    pub fn check(&self) -> Result<(), Error> {
        self.guard.check()?;
        self.with_writer(|writer| {
            let row = Row::read(&writer.conn).map_err(|e| self.error(&e))?;
            if self.goes_on_from(&row, writer.left) {
                return Ok(());
            }
            let doubt = self.unfit(&writer.conn, &row)?;
            Err(Error::Doubted { file: self.file.clone(), doubt })
        })
    }

    /// True when a journal with this row is the one that this process left, or what others have made of it since.
    fn goes_on_from(&self, row: &Row, left: Head) -> bool {
        row.id == self.id
            && (row.head == left || (row.head.events > left.events && row.is_proven(&self.keys)))
    }

    /// Why a journal with a row that does not go on from what this process left is not to be trusted.
    fn unfit(&self, conn: &Connection, row: &Row) -> Result<Doubt, Error> {
        let seen = self.seen().unwrap_or_default();
        let judged = judge(conn, &self.keys, row, seen.as_ref()).map_err(|e| self.error(&e))?;
        Ok(judged.unwrap_or(Doubt::Forged))
    }

    fn memory_has_news(&self) -> io::Result<bool> {
        let news = lock(&self.memory).as_mut().map(|memory| memory.has_news(self.id)).transpose();
        Ok(news?.unwrap_or(false))
    }

    fn seen(&self) -> io::Result<Option<Seen>> {
        lock(&self.memory).as_mut().map(|memory| memory.seen(self.id, &self.keys.chain)).transpose()
    }

    /// That a journal was gone when this one was made is forgotten once something was recorded here.
    fn still_gone(doubt: Option<Doubt>, row: &Row) -> Option<Doubt> {
        doubt.filter(|doubt| matches!(doubt, Doubt::Gone { .. }) && row.head.events == 0)
    }

    /// Writes one change after `head`, which goes with how many positions before it nobody used; on an error nothing of it stays.
    fn write_one(
        &self,
        tx: &Connection,
        change: &Change,
        head: (Head, i64),
        one_of_many: bool,
    ) -> Result<Inserted, Error> {
        if one_of_many {
            tx.execute_batch("SAVEPOINT one").map_err(|e| self.error(&e))?;
        }
        let done = insert(tx, &self.keys.chain, change, head);
        if one_of_many {
            let stays = matches!(done, Ok(Some(_)));
            let end = if stays { "RELEASE one" } else { "ROLLBACK TO one; RELEASE one" };
            tx.execute_batch(end).map_err(|e| self.error(&e))?;
        }
        match done {
            Ok(Some(written)) => Ok(written),
            Ok(None) => Err(Error::Conflict { kind: change.kind, thing: change.id.clone() }),
            Err(error) => Err(self.refused(tx, &error, change)),
        }
    }

    fn write_head(&self, tx: &Connection, head: &Head) -> rusqlite::Result<()> {
        let proof = self.keys.chain.head(self.id, head);
        let mut update = tx.prepare_cached("UPDATE journal SET events = ?, sum = ?, proof = ?")?;
        one(update.execute((head.events, head.sum.0.as_slice(), proof.0.as_slice()))?)
    }

    /// Keeps the position apart from the journal. It is recorded already: that this failed is said, no more.
    fn note_position(&self, position: &Position) {
        let mut memory = lock(&self.memory);
        let Some(memory) = memory.as_mut() else { return };
        if let Err(error) = memory.write(&self.keys.chain, position, self.guard.raw(), &self.file) {
            tracing::warn!(%error, "what was last seen of the journal could not be kept apart from it");
        }
    }

    /// What it means that SQLite refused a change.
    fn refused(&self, tx: &Connection, error: &rusqlite::Error, change: &Change) -> Error {
        let Some(columns) = unique(error) else { return self.error(error) };
        let (kind, thing, list) = (change.kind, change.id.clone(), &change.list);
        if columns.starts_with("things.") {
            return Error::Taken { field: "id", kind, thing };
        }
        let taken = list.unique.iter().find(|unique| {
            unique.columns.iter().all(|column| columns.contains(&format!("{}.{column}", list.table)))
        });
        let Some(taken) = taken else { return self.error(error) };
        match rows::holder(tx, list, taken, &change.row) {
            Ok(thing) => Error::Taken { field: taken.field, kind, thing },
            Err(error) => self.error(&error),
        }
    }
}

/// Folds the log when it has grown long; `written`: how many transactions the last one counts as. Nothing is lost when
/// that cannot be done now.
fn fold_if_long(writer: &mut Writer, log: u64, written: usize) {
    writer.since_fold = writer.since_fold.saturating_add(written);
    if log < LONG || writer.since_fold < MANY {
        return;
    }
    writer.since_fold = 0;
    if let Err(error) = fold(&writer.conn, Rest::Kept) {
        tracing::warn!(%error, "the journal's log could not be folded into its file");
    }
}

/// What was written of one thing.
struct Inserted {
    written: Written,
    head: Head,
    /// When its last event was recorded.
    at: Timestamp,
}

/// Inserts the records, and puts the row of the list where they lead. None when the thing has moved on since it was read, or
/// another one has a term meanwhile that it may not share.
fn insert(
    tx: &Connection,
    chain: &ChainKey,
    change: &Change,
    (mut head, skipped): (Head, i64),
) -> rusqlite::Result<Option<Inserted>> {
    let (n, mut end, due, mut hash) = match &change.before {
        None => {
            let n = rows::add_thing(tx, change.kind, &change.id, change.sealed_key.as_deref())?;
            (n, End::NONE, End::NONE, Digest([0; 32]))
        }
        Some(before) => {
            let due = End { seq: before.seq, last: before.pos };
            (before.n, End::of(tx, &change.list, before.n)?, due, before.hash)
        }
    };
    if end != due || sole::is_held(tx, change)? {
        return Ok(None);
    }
    let mut at = Timestamp::UNIX_EPOCH;
    for record in &change.records {
        let record = Record { pos: head.events + skipped + 1, ..record.clone() };
        hash = chain.link(&hash, &record);
        head = head.with(&hash);
        stored::insert(tx, n, end.last, &record, &hash)?;
        end = End { seq: record.seq, last: record.pos };
        at = Timestamp::from_microsecond(record.at).unwrap_or_default();
    }
    put(tx, n, end, change)?;
    blind::put(tx, n, &change.terms)?;
    if change.erased {
        tx.execute("UPDATE things SET sealed_key = NULL WHERE n = ? AND sealed_key IS NOT NULL", [n])?;
    }
    Ok(Some(Inserted { written: Written { n, last: Last { seq: end.seq, hash, pos: end.last } }, head, at }))
}

/// Puts the row of the list in its place, and counts it.
fn put(tx: &Connection, n: i64, end: End, change: &Change) -> rusqlite::Result<()> {
    let Change { list, row, .. } = change;
    let was = match &change.before {
        None => {
            rows::insert(tx, list, n, &change.id, end, row)?;
            None
        }
        Some(before) => {
            rows::update(tx, list, n, end, &before.row, row)?;
            Some(counted(list, &before.row))
        }
    };
    let is = counted(list, row);
    if was.as_ref() != Some(&is) {
        if let Some(was) = was {
            rows::count(tx, list, &was, -1)?;
        }
        rows::count(tx, list, &is, 1)?;
    }
    Ok(())
}

/// The columns of the unique index that an insertion ran into, if it did.
fn unique(error: &rusqlite::Error) -> Option<String> {
    match error {
        rusqlite::Error::SqliteFailure(_, Some(message)) => {
            message.strip_prefix("UNIQUE constraint failed: ").map(str::to_owned)
        }
        _ => None,
    }
}
