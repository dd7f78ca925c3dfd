//! Verifying a journal: the file, its tables, every event, every thing, every list, every count, and its head.

use super::blind;
use super::chain::{Head, same};
use super::checkpoint::{Checkpoint, Misfit};
use super::error::Error;
use super::head::Row;
use super::keyfile::Keys;
use super::kinds::{Registered, counted};
use super::record::Record;
use super::rows;
use super::schema;
use super::sqlite;
use super::store::Journal;
use super::stored::{Stored, digest, hash_at, records};
use crate::kind::{Digest, Value};
use rusqlite::{Connection, OptionalExtension as _};
use std::collections::BTreeMap;

/// After so many rows one is told how far it has come.
const CHUNK: u64 = 500;

/// What a verification found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// How many things there are, by kind.
    pub things: BTreeMap<String, u64>,
    pub events: u64,
    /// None when the journal is whole.
    pub problems: Vec<Problem>,
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The event's position in the journal.
    pub pos: Option<i64>,
    /// The thing, by kind and id.
    pub thing: Option<String>,
    pub what: String,
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if let Some(pos) = self.pos {
            write!(f, "record {pos}: ")?;
        }
        if let Some(thing) = &self.thing {
            write!(f, "{thing}: ")?;
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
    /// Verifies all of the journal, as it stands at the beginning, and that it goes on from `against`; `tell` is called
    /// now and then.
    ///
    /// # Errors
    /// When the journal cannot be read at all; what is wrong with its contents is in the report.
    pub async fn verify(
        &self,
        against: Option<&Checkpoint>,
        tell: impl FnMut(Progress) + Send,
    ) -> Result<Report, Error> {
        let conn = sqlite::connect(&self.inner.file)?;
        let (keys, kinds) = (&self.inner.keys, self.inner.kinds.as_slice());
        let check = Check { keys, kinds, tell, done: 0, total: 0, report: Report::default() };
        let mut report = check.run(&conn, against).map_err(|e| self.error(&e))?;
        if let Some(doubt) = self.doubt() {
            report.problems.push(Problem { pos: None, thing: None, what: format!("it {doubt}") });
        }
        Ok(report)
    }
}

/// A verification under way.
struct Check<'a, F> {
    keys: &'a Keys,
    kinds: &'a [Registered],
    tell: F,
    done: u64,
    total: u64,
    report: Report,
}

impl<F: FnMut(Progress)> Check<'_, F> {
    fn run(mut self, conn: &Connection, against: Option<&Checkpoint>) -> rusqlite::Result<Report> {
        // One transaction, so that all parts see the same journal.
        let tx = conn.unchecked_transaction()?;
        self.file(&tx)?;
        self.tables(&tx)?;
        self.head(&tx, against)?;
        let counts = self.things(&tx)?;
        self.lists(&tx)?;
        self.counts(&tx, &counts)?;
        (self.tell)(Progress { done: self.total, total: self.total });
        Ok(self.report)
    }

    fn problem(&mut self, pos: Option<i64>, thing: Option<String>, what: impl Into<String>) {
        self.report.problems.push(Problem { pos, thing, what: what.into() });
    }

    fn advance(&mut self) {
        self.done += 1;
        if self.done.is_multiple_of(CHUNK) {
            (self.tell)(Progress { done: self.done, total: self.total.max(self.done) });
        }
    }

    /// What SQLite itself finds.
    fn file(&mut self, conn: &Connection) -> rusqlite::Result<()> {
        let mut check = conn.prepare("PRAGMA integrity_check")?;
        let said = check.query_map([], |row| row.get::<_, String>(0))?.collect::<Result<Vec<_>, _>>()?;
        for line in said.iter().filter(|line| *line != "ok") {
            self.problem(None, None, format!("SQLite says: {line}"));
        }
        let total: i64 = conn.query_row(
            "SELECT (SELECT count(*) FROM events) + (SELECT count(*) FROM things)",
            [],
            |row| row.get(0),
        )?;
        self.total = total.cast_unsigned();
        (self.tell)(Progress { done: 0, total: self.total });
        Ok(())
    }

    /// Tables, indexes and triggers are those that a new journal has.
    fn tables(&mut self, conn: &Connection) -> rusqlite::Result<()> {
        let new = Connection::open_in_memory()?;
        new.execute_batch(schema::CORE)?;
        new.execute_batch(blind::TABLE)?;
        for kind in self.kinds {
            new.execute_batch(&schema::list(&kind.list))?;
        }
        let (wanted, found) = (tables(&new)?, tables(conn)?);
        for (name, sql) in &wanted {
            match found.get(name) {
                None => self.problem(None, None, format!("{name} is missing")),
                Some(other) if other != sql => {
                    self.problem(None, None, format!("{name} is not what it was made as"));
                }
                Some(_) => {}
            }
        }
        for name in found.keys().filter(|name| !wanted.contains_key(*name)) {
            self.problem(None, None, format!("{name} does not belong to a journal"));
        }
        Ok(())
    }

    /// The events, counted and summed, are those that the head speaks of, and go on from the checkpoint.
    fn head(&mut self, conn: &Connection, against: Option<&Checkpoint>) -> rusqlite::Result<()> {
        let row = Row::read(conn)?;
        if !row.is_proven(self.keys) {
            self.problem(None, None, "its head was not written with its key");
        }
        let against = against.filter(|checkpoint| match checkpoint.check(&self.keys.chain, row.id) {
            Ok(()) => true,
            Err(misfit @ (Misfit::Other | Misfit::Unproven)) => {
                self.problem(None, None, misfit.to_string());
                false
            }
        });
        let mut head = Head::EMPTY;
        let mut events = conn.prepare("SELECT pos, hash FROM events ORDER BY pos")?;
        let mut rows = events.query([])?;
        let mut due = 1;
        while let Some(event) = rows.next()? {
            let (pos, hash): (i64, Vec<u8>) = (event.get(0)?, event.get(1)?);
            if pos != due {
                self.problem(Some(pos), None, format!("the records from {due} to {} are missing", pos - 1));
            }
            due = pos + 1;
            head = head.with(&digest(&hash));
            if against.is_some_and(|point| point.events == pos && point.sum != head.sum) {
                self.problem(Some(pos), None, "up to here the events are not those that the checkpoint saw");
            }
        }
        self.report.events = head.events.cast_unsigned();
        if head != row.head {
            let what = format!(
                "its head speaks of {} events, and {} are there{}",
                row.head.events,
                head.events,
                if head.events == row.head.events { ", but not the same ones" } else { "" }
            );
            self.problem(None, None, what);
        }
        if let Some(point) = against.filter(|point| point.events > head.events) {
            let what = format!(
                "it is older than the checkpoint of {}, which saw {} events; {} are there",
                point.at, point.events, head.events
            );
            self.problem(None, None, what);
        }
        if let Some(point) = against.filter(|point| point.events <= head.events && point.events > 0)
            && hash_at(conn, point.events)? != point.last
        {
            self.problem(Some(point.events), None, "it is not the event that the checkpoint saw last");
        }
        Ok(())
    }

    /// Hashes every chain again, folds every thing, opens what is sealed, and compares the row of its list. Returns the
    /// counts that they lead to, by list and values.
    fn things(&mut self, conn: &Connection) -> rusqlite::Result<BTreeMap<(String, String), i64>> {
        let mut counts = BTreeMap::new();
        let mut things = conn.prepare("SELECT n, kind, id, sealed_key FROM things ORDER BY n")?;
        let mut rows = things.query([])?;
        let (mut events, mut terms) = (0, 0);
        while let Some(row) = rows.next()? {
            let (n, kind, id): (i64, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
            let name = format!("{kind} {id}");
            *self.report.things.entry(kind.clone()).or_default() += 1;
            self.advance();
            let Some(known) = self.kinds.iter().find(|known| known.name == kind).copied() else {
                let count = "SELECT count(*) FROM events WHERE thing = ?";
                events += conn.query_row(count, [n], |row| row.get::<_, i64>(0))?.cast_unsigned();
                self.problem(None, Some(name), "its kind is not known to this pxdesk");
                continue;
            };
            let row_of_list = row_of(conn, &known, n)?;
            let last = row_of_list.as_ref().map_or(0, |row| row.last);
            let records = records(conn, n, last, &kind, &id)?;
            events += records.len() as u64;
            self.chain(&name, &records);
            let stored = Stored { n, kind, id, records, sealed_key: row.get(3)? };
            match self.judge(&known, &stored, row_of_list) {
                Ok((of, due)) => {
                    *counts.entry((known.list.table.to_owned(), of)).or_default() += 1;
                    let there = blind::present(conn, &self.keys.blind, known.name, n, &due)?;
                    terms += there;
                    if there < due.len() {
                        self.problem(None, Some(name), "it is not in the index that finds customers");
                    }
                }
                Err(what) => self.problem(None, Some(name), what),
            }
        }
        // Of a thing that cannot be read nobody knows its terms, and it was named above.
        if blind::rows(conn)? > terms && self.report.problems.is_empty() {
            self.problem(None, None, "the index that finds customers holds what no order has");
        }
        if events != self.report.events {
            self.problem(
                None,
                None,
                format!("{} events belong to nothing that is there", self.report.events - events),
            );
        }
        Ok(counts)
    }

    fn chain(&mut self, name: &str, records: &[(Record, Digest)]) {
        let mut before = Digest([0; 32]);
        for (record, hash) in records {
            if !same(&self.keys.chain.link(&before, record), hash) {
                let what = "it was changed: its hash does not follow from it and the event before, by the journal's key";
                self.problem(Some(record.pos), Some(name.to_owned()), what);
            }
            // From the hash that stands there, so that one change is one problem.
            before = *hash;
            self.advance();
        }
    }

    /// The values by which the thing is counted, and its blind terms; or what is wrong with it.
    fn judge(
        &self,
        kind: &Registered,
        stored: &Stored,
        row: Option<RowOfList>,
    ) -> Result<(String, Vec<String>), String> {
        let Some(row) = row else { return Err("it has no row in its list".to_owned()) };
        let key = stored.key(self.keys)?;
        let read = (kind.read)(&stored.id, &stored.records, key.as_ref())?;
        if key.is_none() && !read.erased {
            return Err(
                "the key of its personal data is gone, and no event says that it was erased".to_owned()
            );
        }
        if key.is_some() && read.erased {
            return Err(
                "an event says that it was erased, and the key of its personal data is there".to_owned()
            );
        }
        let folded = (stored.id.clone(), read.seq.cast_signed(), read.row);
        if row.values == folded {
            Ok((counted(&kind.list, &folded.2), read.terms))
        } else {
            Err("its row in the list is not what its events make of it".to_owned())
        }
    }

    /// Rows of lists that belong to no thing.
    fn lists(&mut self, conn: &Connection) -> rusqlite::Result<()> {
        for kind in self.kinds {
            let sql = format!(
                "SELECT id FROM {} WHERE n NOT IN (SELECT n FROM things WHERE kind = ?)",
                kind.list.table
            );
            let mut strays = conn.prepare(&sql)?;
            for id in strays.query_map([kind.name], |row| row.get::<_, String>(0))? {
                self.problem(
                    None,
                    Some(format!("{} {}", kind.name, id?)),
                    "it has a row in the list, and no events",
                );
            }
        }
        Ok(())
    }

    fn counts(
        &mut self,
        conn: &Connection,
        wanted: &BTreeMap<(String, String), i64>,
    ) -> rusqlite::Result<()> {
        let mut counts = conn.prepare("SELECT list, of, n FROM counts WHERE n <> 0")?;
        let found = counts
            .query_map([], |row| Ok(((row.get(0)?, row.get(1)?), row.get(2)?)))?
            .collect::<rusqlite::Result<BTreeMap<(String, String), i64>>>()?;
        // A thing that cannot be read is counted nowhere, and was named above.
        if found != *wanted && self.report.problems.is_empty() {
            self.problem(None, None, "the numbers of things that it keeps are not those that are there");
        }
        Ok(())
    }
}

/// The row of a thing in its kind's list.
struct RowOfList {
    /// Id, number of the last event, and the kind's own columns.
    values: (String, i64, Vec<Value>),
    /// Where its last event is.
    last: i64,
}

fn row_of(conn: &Connection, kind: &Registered, n: i64) -> rusqlite::Result<Option<RowOfList>> {
    let columns = rows::columns(&kind.list);
    let mut row =
        conn.prepare_cached(&format!("SELECT {columns}, last FROM {} WHERE n = ?", kind.list.table))?;
    let read = |row: &rusqlite::Row<'_>| {
        Ok(RowOfList { values: rows::read(&kind.list, row)?, last: row.get("last")? })
    };
    row.query_row([n], read).optional()
}

/// Everything in a database but its contents: what it is called, and how it was made.
fn tables(conn: &Connection) -> rusqlite::Result<BTreeMap<String, Option<String>>> {
    let mut schema = conn.prepare("SELECT type, name, sql FROM sqlite_schema")?;
    let rows = schema.query_map([], |row| {
        let (kind, name): (String, String) = (row.get(0)?, row.get(1)?);
        Ok((format!("the {kind} `{name}`"), row.get(2)?))
    })?;
    rows.collect()
}
