//! Recording events: sealed, chained, on disk, in one transaction.

use super::blind;
use super::chain::Head;
use super::entry::{Entry, Step};
use super::error::Error;
use super::fold::{Rest, fold};
use super::head::{Row, judge};
use super::keyfile::Keys;
use super::kinds::counted;
use super::memory::{Doubt, Position};
use super::random::{nonce, random};
use super::record::{Record, kept};
use super::rows::{self, End};
use super::seal::{KEY, Key, about_key};
use super::sqlite::{self, Writing};
use super::store::{Journal, Known, Sealed, Writer, lock};
use super::stored::{self, hash_at};
use crate::kind::{Digest, Kind, Timestamp, Value};
use rusqlite::Connection;
use zeroize::Zeroizing;

/// The log is folded once it is longer than this, in bytes,
const LONG: u64 = 4 << 20;

/// and once so many transactions were written to it since it was folded last; of large ones a few.
const MANY: usize = 512;

/// A large transaction counts as so many: what it changes in the file is worth collecting.
const LARGE_COUNTS: usize = 32;

/// From so many changes on a transaction is a large one.
const LARGE: usize = 32;

/// Events that are about to be recorded of one thing.
struct Change<K> {
    steps: Vec<Step<K>>,
    /// The thing before them, with its number; none when they open it.
    before: Option<(i64, K)>,
    /// The thing's own key, sealed, when it is opened.
    sealed_key: Option<Vec<u8>>,
    /// The blind terms that the thing has before them.
    terms: Vec<String>,
}

impl<K: Kind> Change<K> {
    /// That the thing has moved on since it was read.
    fn conflict(&self) -> Error {
        let thing = self.steps.last().map(|step| step.after.id().to_string()).unwrap_or_default();
        Error::Conflict { kind: K::NAME, thing }
    }
}

impl Journal {
    /// Records a thing's first event.
    ///
    /// # Errors
    /// [`Error::Taken`] when what no two things may share is used already.
    pub async fn open_thing<K: Kind>(
        &self,
        id: &K::Id,
        opened: K::Event,
        at: Timestamp,
        by: &str,
    ) -> Result<K, Error> {
        let mut opened = self.open_many::<K>(vec![(id.clone(), opened)], at, by).await?;
        opened.pop().unwrap_or_else(|| Err(self.broken::<K>(&id.to_string(), "it was not recorded")))
    }

    /// Records the first events of many things in one transaction, and returns each with what became of it: one that is
    /// refused does not keep the others out.
    ///
    /// # Errors
    /// When none was recorded.
    pub async fn open_many<K: Kind>(
        &self,
        many: Vec<(K::Id, K::Event)>,
        at: Timestamp,
        by: &str,
    ) -> Result<Vec<Result<K, Error>>, Error> {
        let mut openings = Vec::with_capacity(many.len());
        for (id, event) in many {
            let mut bytes = Zeroizing::new([0; KEY]);
            random(bytes.as_mut_slice())?;
            let sealed = self.inner.keys.seal.seal(nonce()?, &about_key(&id.to_string()), bytes.as_slice());
            let key = Key::new(&bytes);
            let entry = Entry::<K> { id: &id, at: kept(at), by, key: Some(key.clone()) };
            let steps = entry.steps(None, vec![(event, nonce()?)]);
            let steps = steps.map_err(|why| self.broken::<K>(&id.to_string(), why))?;
            openings.push((Change { steps, before: None, sealed_key: Some(sealed), terms: Vec::new() }, key));
        }
        let changes: Vec<&Change<K>> = openings.iter().map(|(change, _)| change).collect();
        let written = self.write(&changes)?;
        let mut opened = Vec::with_capacity(openings.len());
        for ((change, key), written) in openings.into_iter().zip(written) {
            opened.push(written.and_then(|n| {
                let thing = change.steps.into_iter().next_back().map(|step| step.after);
                let thing = thing.ok_or_else(|| self.broken::<K>("?", "it has no events"))?;
                self.remember::<K>(thing.id().to_string(), Known { n, key: Some(key) });
                Ok(thing)
            }));
        }
        Ok(opened)
    }

    /// Records what was decided on `before`, all of it or nothing, and returns the thing with it.
    ///
    /// When an erasure is among it, the thing's key is destroyed in the same transaction, and the thing comes back
    /// without personal data. An erased thing takes no personal data any more: that part is dropped.
    ///
    /// # Errors
    /// [`Error::Conflict`] when the thing has moved on since it was read.
    pub async fn append<K: Kind>(
        &self,
        before: &K,
        events: Vec<K::Event>,
        at: Timestamp,
        by: &str,
    ) -> Result<K, Error> {
        let id = before.id().to_string();
        let known = self.known(before)?;
        let terms = before.blind_terms();
        let erases = events.iter().any(|event| K::erases(event));
        let (before, key) = if erases {
            // What is left of the thing without its personal data, which is how it will be read from now on.
            let (bare, _) = self.read::<K>(before.id(), Sealed::Shut)?;
            if bare.seq() != before.seq() {
                return Err(Error::Conflict { kind: K::NAME, thing: id });
            }
            (bare, None)
        } else {
            (before.clone(), known.key.clone().filter(|_| !before.is_erased()))
        };
        let nonced = events.into_iter().map(|event| Ok((event, nonce()?)));
        let nonced = nonced.collect::<Result<Vec<_>, Error>>()?;
        let entry = Entry::<K> { id: before.id(), at: kept(at), by, key };
        let steps = entry.steps(Some(&before), nonced).map_err(|why| self.broken::<K>(&id, why))?;
        let Some(after) = steps.last().map(|step| step.after.clone()) else { return Ok(before) };
        let change = Change { steps, before: Some((known.n, before)), sealed_key: None, terms };
        for written in self.write(&[&change])? {
            written?;
        }
        if erases {
            self.remember::<K>(id, Known { n: known.n, key: None });
            if !matches!(self.fold_now(), Ok(true)) {
                tracing::warn!(
                    "the journal's log is in use: what was erased leaves the disk with its next folding"
                );
            }
        }
        Ok(after)
    }

    /// Records a supervisor's word that this journal is to be used although it is not what this machine last saw.
    ///
    /// # Errors
    /// When there is nothing to accept, or when its history was changed: then only a backup helps.
    pub async fn accept(&self, name: &str, reason: &str, at: Timestamp, by: &str) -> Result<(), Error> {
        let Some(doubt) = self.doubt() else {
            return Err(self.told("is what this machine last saw of it: there is nothing to accept"));
        };
        if !doubt.may_be_accepted() {
            return Err(Error::Doubted { file: self.inner.file.clone(), doubt });
        }
        *lock(&self.inner.doubt) = None;
        let accepted = self.note_acceptance(&doubt, name, reason, at, by).await;
        if accepted.is_err() {
            *lock(&self.inner.doubt) = Some(doubt);
        }
        accepted
    }

    fn told(&self, why: &str) -> Error {
        Error::Failed { file: self.inner.file.clone(), why: why.to_owned() }
    }

    /// Folds the log and empties it, so that what was destroyed is in neither. The erasure is recorded already: when this
    /// cannot be done now, the next folding does it.
    fn fold_now(&self) -> Result<bool, Error> {
        self.inner.guard.check()?;
        self.with_writer(|writer| fold(&writer.conn, Rest::Nothing).map_err(|e| self.error(&e)))
    }

    /// Writes the changes, in one transaction. Returns what became of each: the thing's number, or why it was refused.
    fn write<K: Kind>(&self, changes: &[&Change<K>]) -> Result<Vec<Result<i64, Error>>, Error> {
        let large = changes.len() >= LARGE;
        self.with_writer(|writer| {
            let log = self.inner.guard.check()?;
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

    /// The transaction of [`Journal::write`]. Only what is refused for its own sake leaves the others in.
    fn transact<K: Kind>(
        &self,
        writer: &mut Writer,
        changes: &[&Change<K>],
    ) -> Result<Vec<Result<i64, Error>>, Error> {
        let tx = Writing::begin(&writer.conn).map_err(|e| self.error(&e))?;
        let mut head = self.trusted(&tx, writer.left)?;
        let mut written = Vec::with_capacity(changes.len());
        let mut last = None;
        for change in changes {
            match self.write_one(&tx, change, head, changes.len() > 1) {
                Ok(done) => {
                    (head, last) = (done.head, Some(done.last));
                    written.push(Ok(done.n));
                }
                Err(error @ (Error::Taken { .. } | Error::Conflict { .. })) => written.push(Err(error)),
                // SQLite may have rolled back all of it: nothing that follows may stand alone.
                Err(error) => return Err(error),
            }
        }
        let Some((last, at)) = last else { return Ok(written) };
        self.write_head(&tx, &head).map_err(|e| self.error(&e))?;
        tx.commit().map_err(|e| self.error(&e))?;
        writer.left = head;
        self.note_position(&Position { journal: self.inner.id, head, last, at });
        Ok(written)
    }

    /// The head, when the journal is the one that this process left, with nothing gone, and may be written to.
    fn trusted(&self, tx: &Connection, left: Head) -> Result<Head, Error> {
        let row = Row::read(tx).map_err(|e| self.error(&e))?;
        let doubted = |doubt| Err(Error::Doubted { file: self.inner.file.clone(), doubt });
        let fits = row.id == self.inner.id
            && row.head.events >= left.events
            && (row.head == left || (row.head.events > left.events && row.is_proven(&self.inner.keys)));
        if !fits {
            return doubted(Doubt::Forged);
        }
        let mut doubt = lock(&self.inner.doubt);
        if doubt.as_ref().is_some_and(Doubt::may_be_accepted) {
            // A supervisor may have said so elsewhere meanwhile.
            let memory = lock(&self.inner.memory);
            let judged = judge(tx, &self.inner.keys, &row, memory.as_ref());
            *doubt =
                judged.map_err(|e| e.of(&self.inner.file))?.or_else(|| Self::still_gone(doubt.take(), &row));
        }
        match &*doubt {
            Some(doubt) => doubted(doubt.clone()),
            None => Ok(row.head),
        }
    }

    /// That a journal was gone when this one was made is forgotten once something was recorded here.
    fn still_gone(doubt: Option<Doubt>, row: &Row) -> Option<Doubt> {
        doubt.filter(|doubt| matches!(doubt, Doubt::Gone { .. }) && row.head.events == 0)
    }

    /// Writes one change after `head`; on an error nothing of it stays.
    fn write_one<K: Kind>(
        &self,
        tx: &Connection,
        change: &Change<K>,
        head: Head,
        one_of_many: bool,
    ) -> Result<Written, Error> {
        if one_of_many {
            tx.execute_batch("SAVEPOINT one").map_err(|e| self.error(&e))?;
        }
        let done = insert(tx, &self.inner.keys, change, head);
        if one_of_many {
            let stays = matches!(done, Ok(Some(_)));
            let end = if stays { "RELEASE one" } else { "ROLLBACK TO one; RELEASE one" };
            tx.execute_batch(end).map_err(|e| self.error(&e))?;
        }
        match done {
            Ok(Some(written)) => Ok(written),
            Ok(None) => Err(change.conflict()),
            Err(error) => Err(self.refused(tx, &error, change)),
        }
    }

    fn write_head(&self, tx: &Connection, head: &Head) -> rusqlite::Result<()> {
        let proof = self.inner.keys.chain.head(self.inner.id, head);
        let mut update = tx.prepare_cached("UPDATE journal SET events = ?, sum = ?, proof = ?")?;
        update.execute((head.events, head.sum.0.as_slice(), proof.0.as_slice())).map(|_| ())
    }

    /// Keeps the position apart from the journal. It is recorded already: that this failed is said, no more.
    fn note_position(&self, position: &Position) {
        let mut memory = lock(&self.inner.memory);
        let Some(memory) = memory.as_mut() else { return };
        let (raw, keys) = (self.inner.guard.raw(), &self.inner.keys);
        if let Err(error) = memory.write(&keys.chain, position, raw, &self.inner.file) {
            tracing::warn!(%error, "what was last seen of the journal could not be kept apart from it");
        }
    }

    /// What it means that SQLite refused a change.
    fn refused<K: Kind>(&self, tx: &Connection, error: &rusqlite::Error, change: &Change<K>) -> Error {
        let Some(after) = change.steps.last().map(|step| &step.after) else { return self.error(error) };
        let id = after.id().to_string();
        let Some(columns) = unique(error) else { return self.error(error) };
        if columns.starts_with("things.") {
            return Error::Taken { field: "id", kind: K::NAME, thing: id };
        }
        let taken = K::LIST.unique.iter().find(|unique| {
            unique.columns.iter().all(|column| columns.contains(&format!("{}.{column}", K::LIST.table)))
        });
        let Some(taken) = taken else { return self.error(error) };
        match rows::holder(tx, &K::LIST, taken, &after.row()) {
            Ok(thing) => Error::Taken { field: taken.field, kind: K::NAME, thing },
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
struct Written {
    n: i64,
    head: Head,
    /// The hash and the time of its last event.
    last: (Digest, Timestamp),
}

/// Inserts the records, and puts the row of the list where they lead. None when the thing has moved on since it was read.
fn insert<K: Kind>(
    tx: &Connection,
    keys: &Keys,
    change: &Change<K>,
    mut head: Head,
) -> rusqlite::Result<Option<Written>> {
    let none = || rusqlite::Error::QueryReturnedNoRows;
    let after = change.steps.last().ok_or_else(none)?;
    let (n, mut end, due) = match &change.before {
        None => {
            let n = rows::add_thing(tx, K::NAME, after.after.id(), change.sealed_key.as_deref())?;
            (n, End::NONE, 0)
        }
        Some((n, before)) => (*n, End::of(tx, &K::LIST, *n)?, before.seq().cast_signed()),
    };
    if end.seq != due {
        return Ok(None);
    }
    let mut hash = hash_at(tx, end.last)?;
    for Step { record, .. } in &change.steps {
        let record = Record { pos: head.events + 1, ..record.clone() };
        hash = keys.chain.link(&hash, &record);
        head = head.with(&hash);
        stored::insert(tx, n, end.last, &record, &hash)?;
        end = End { seq: record.seq, last: record.pos };
    }
    let before = change.before.as_ref().map(|(_, before)| before.row());
    put::<K>(tx, n, after.after.id(), end, before, &after.after.row())?;
    blind::put(tx, &keys.blind, K::NAME, n, &change.terms, &after.after.blind_terms())?;
    if after.after.is_erased() {
        tx.execute("UPDATE things SET sealed_key = NULL WHERE n = ? AND sealed_key IS NOT NULL", [n])?;
    }
    let at = Timestamp::from_microsecond(after.record.at).unwrap_or_default();
    Ok(Some(Written { n, head, last: (hash, at) }))
}

/// Puts the row of the list in its place, and counts it.
fn put<K: Kind>(
    tx: &Connection,
    n: i64,
    id: &K::Id,
    end: End,
    before: Option<Vec<Value>>,
    row: &[Value],
) -> rusqlite::Result<()> {
    match &before {
        None => rows::insert(tx, &K::LIST, n, &id.to_string(), end, row)?,
        Some(before) => rows::update(tx, &K::LIST, n, end, before, row)?,
    }
    let (was, is) = (before.map(|before| counted(&K::LIST, &before)), counted(&K::LIST, row));
    if was.as_ref() != Some(&is) {
        if let Some(was) = was {
            rows::count(tx, &K::LIST, &was, -1)?;
        }
        rows::count(tx, &K::LIST, &is, 1)?;
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
