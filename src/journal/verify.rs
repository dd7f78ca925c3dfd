//! Verifying a journal: the file or the server, its tables, every event, every thing, every list, every count, and its head.

use super::blind;
use super::chain::Head;
use super::check::{Check, Row as RowOfList};
use super::checkpoint::{Checkpoint, Misfit};
use super::disk::Disk;
use super::either::Store;
use super::error::Error;
use super::head::{Row, skipped};
use super::kinds::Registered;
use super::report::{Problem, Progress, Report};
use super::rows::{self, End};
use super::schema;
use super::sqlite;
use super::store::Journal;
use super::stored::{Stored, digest, records};
use crate::kind::Digest;
use rusqlite::{Connection, OptionalExtension as _};
use std::collections::BTreeMap;

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
        let kinds = &self.inner.kinds;
        let mut report = match &self.inner.store {
            Store::Disk(disk) => verify(disk, kinds, against, tell)?,
            Store::Server(server) => Box::pin(server.verify(kinds, against, tell)).await?,
        };
        // Where that cannot be read, it is among the problems already.
        report.brought = self.brought().await.unwrap_or_default();
        if let Some(doubt) = self.doubt() {
            report.problems.push(Problem { pos: None, thing: None, what: format!("it {doubt}") });
        }
        Ok(report)
    }
}

/// Verifies a journal in a file.
fn verify(
    disk: &Disk,
    kinds: &[Registered],
    against: Option<&Checkpoint>,
    tell: impl FnMut(Progress),
) -> Result<Report, Error> {
    let conn = sqlite::connect(&disk.file)?;
    let check = Check::new(&disk.keys, kinds, tell);
    check.run(&conn, against).map_err(|e| disk.error(&e))
}

impl<F: FnMut(Progress)> Check<'_, F> {
    /// Verifies the journal in the file of this connection.
    pub(super) fn run(mut self, conn: &Connection, against: Option<&Checkpoint>) -> rusqlite::Result<Report> {
        // One transaction, so that all parts see the same journal.
        let tx = conn.unchecked_transaction()?;
        self.file(&tx)?;
        self.tables(&tx)?;
        self.head(&tx, against)?;
        self.things(&tx)?;
        self.all_things();
        self.first_events(&tx)?;
        self.index(blind::rows(&tx)?);
        self.lists(&tx)?;
        self.counts_of(&tx)?;
        Ok(self.end())
    }

    /// What SQLite itself finds.
    fn file(&mut self, conn: &Connection) -> rusqlite::Result<()> {
        let mut check = conn.prepare("PRAGMA integrity_check")?;
        let said = check.query_map([], |row| row.get::<_, String>(0))?.collect::<Result<Vec<_>, _>>()?;
        for line in said.iter().filter(|line| *line != "ok") {
            self.problem(None, None, format!("SQLite says: {line}"));
        }
        self.begin(conn.query_row(
            "SELECT (SELECT count(*) FROM events) + (SELECT count(*) FROM things)",
            [],
            |row| row.get(0),
        )?);
        Ok(())
    }

    /// The way back along each thing's events ends at its first one, and nowhere else.
    fn first_events(&mut self, conn: &Connection) -> rusqlite::Result<()> {
        let mut wrong = conn.prepare("SELECT pos FROM events WHERE (seq = 1) <> (before = 0)")?;
        for pos in wrong.query_map([], |row| row.get::<_, i64>(0))? {
            self.problem(Some(pos?), None, "what it says of the event before it is not true");
        }
        Ok(())
    }

    /// Tables, indexes and triggers are those that a new journal has.
    fn tables(&mut self, conn: &Connection) -> rusqlite::Result<()> {
        let new = Connection::open_in_memory()?;
        new.execute_batch(schema::CORE)?;
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
        let against = against.filter(|point| {
            let fits = point.check(&self.keys.chain, row.id);
            let fits = fits.and(if point.epoch.is_some() { Err(Misfit::OnServer) } else { Ok(()) });
            match fits {
                Ok(()) => true,
                Err(misfit @ (Misfit::Other | Misfit::Unproven | Misfit::OnServer)) => {
                    self.problem(None, None, misfit.to_string());
                    false
                }
            }
        });
        // A journal that was copied from a server has positions that nobody used.
        let skips = skipped(conn, &row.head)? > 0;
        let mut head = Head::EMPTY;
        // What the checkpoint saw: so many events, and the hash of the last of them.
        let (mut seen, mut seen_last) = (Head::EMPTY, Digest([0; 32]));
        let mut events = conn.prepare("SELECT pos, hash FROM events ORDER BY pos")?;
        let mut rows = events.query([])?;
        let mut due = 1;
        while let Some(event) = rows.next()? {
            let (pos, hash): (i64, Vec<u8>) = (event.get(0)?, event.get(1)?);
            if pos != due && !skips {
                self.problem(Some(pos), None, format!("the records from {due} to {} are missing", pos - 1));
            }
            due = pos + 1;
            let hash = digest(&hash);
            head = head.with(&hash);
            if against.is_some_and(|point| point.events == head.events) {
                (seen, seen_last) = (head, hash);
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
        let Some(point) = against else { return Ok(()) };
        if point.events > head.events {
            let what = format!(
                "it is older than the checkpoint of {}, which saw {} events; {} are there",
                point.at, point.events, head.events
            );
            self.problem(None, None, what);
        } else if point.events > 0 && point.sum != seen.sum {
            let what = "up to here the events are not those that the checkpoint saw";
            self.problem(Some(point.events), None, what);
        } else if point.events > 0 && point.last != seen_last {
            self.problem(Some(point.events), None, "it is not the event that the checkpoint saw last");
        }
        Ok(())
    }

    /// Every thing, with the row of its list.
    fn things(&mut self, conn: &Connection) -> rusqlite::Result<()> {
        let mut things = conn.prepare("SELECT n, kind, id, sealed_key FROM things ORDER BY n")?;
        let mut rows = things.query([])?;
        while let Some(row) = rows.next()? {
            let (n, kind, id): (i64, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
            let Some(known) = self.kinds.iter().find(|known| known.name == kind).copied() else {
                let count = "SELECT count(*) FROM events WHERE thing = ?";
                self.unknown(&kind, &id, conn.query_row(count, [n], |row| row.get::<_, i64>(0))?);
                continue;
            };
            // The row says where the chain ends.
            let (row_of_list, end) = (row_of(conn, &known, n)?, End::of(conn, &known.list, n)?);
            let records = records(conn, n, end.last, &kind, &id)?;
            let stored = Stored { n, kind, id, records, sealed_key: row.get(3)? };
            let due = self.thing(&known, &stored, row_of_list);
            self.indexed(known.name, &stored.id, due.len(), blind::present(conn, n, &due)?);
        }
        Ok(())
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
                self.stray(kind, &id?);
            }
        }
        Ok(())
    }

    fn counts_of(&mut self, conn: &Connection) -> rusqlite::Result<()> {
        let mut counts = conn.prepare("SELECT list, of, n FROM counts")?;
        let found = counts
            .query_map([], |row| Ok(((row.get(0)?, row.get(1)?), row.get(2)?)))?
            .collect::<rusqlite::Result<BTreeMap<(String, String), i64>>>()?;
        self.counts(&found);
        Ok(())
    }
}

fn row_of(conn: &Connection, kind: &Registered, n: i64) -> rusqlite::Result<Option<RowOfList>> {
    let (columns, table) = (rows::columns(&kind.list), kind.list.table);
    let mut row = conn.prepare_cached(&format!("SELECT {columns} FROM {table} WHERE n = ?"))?;
    row.query_row([n], |row| rows::read(&kind.list, row)).optional()
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
