//! What a verification looks at, whichever store it reads from: pure. Every chain is hashed again, every thing folded, what
//! is sealed opened, and the row of each list and the counts compared with what the events make of them.

use super::blind::Term;
use super::chain::same;
use super::keyfile::Keys;
use super::kinds::{Registered, counted};
use super::record::Record;
use super::report::{Problem, Progress, Report};
use super::stored::Stored;
use crate::kind::{Digest, Value};
use std::collections::BTreeMap;

/// After so many rows one is told how far it has come.
const CHUNK: u64 = 500;

/// A row of a list: the thing's id, the number of its last event, and the kind's own values.
pub type Row = (String, i64, Vec<Value>);

/// A verification under way.
pub struct Check<'a, F> {
    pub keys: &'a Keys,
    pub kinds: &'a [Registered],
    pub report: Report,
    tell: F,
    done: u64,
    total: u64,
    /// Events that belong to a thing.
    owned: u64,
    /// Terms of things that are in the index.
    terms: usize,
    /// How many things there are, by list and by the values that they are counted by.
    counts: BTreeMap<(String, String), i64>,
    /// True once a thing was met that cannot be counted, or may be counted without being there: it was named then.
    uncounted: bool,
}

impl<'a, F: FnMut(Progress)> Check<'a, F> {
    /// A verification that `tell` is told of.
    pub fn new(keys: &'a Keys, kinds: &'a [Registered], tell: F) -> Self {
        let (report, counts) = (Report::default(), BTreeMap::new());
        Self { keys, kinds, report, tell, done: 0, total: 0, owned: 0, terms: 0, counts, uncounted: false }
    }

    /// There are so many rows to look at.
    pub fn begin(&mut self, total: i64) {
        self.total = total.cast_unsigned();
        (self.tell)(Progress { done: 0, total: self.total });
    }

    /// Something is wrong.
    pub fn problem(&mut self, pos: Option<i64>, thing: Option<String>, what: impl Into<String>) {
        self.report.problems.push(Problem { pos, thing, what: what.into() });
    }

    fn advance(&mut self) {
        self.done += 1;
        if self.done.is_multiple_of(CHUNK) {
            (self.tell)(Progress { done: self.done, total: self.total.max(self.done) });
        }
    }

    /// A thing of a kind that nobody here knows, with so many events.
    pub fn unknown(&mut self, kind: &str, id: &str, events: i64) {
        self.owned += events.cast_unsigned();
        self.uncounted = true;
        self.problem(None, Some(format!("{kind} {id}")), "its kind is not known to this pxdesk");
        *self.report.things.entry(kind.to_owned()).or_default() += 1;
        self.advance();
    }

    /// A thing, with the row of its list. Returns the terms that the index should have of it.
    pub fn thing(&mut self, kind: &Registered, stored: &Stored, row: Option<Row>) -> Vec<Term> {
        let name = format!("{} {}", stored.kind, stored.id);
        self.owned += stored.records.len() as u64;
        self.chain(&name, &stored.records);
        let mut due = Vec::new();
        match self.judge(kind, stored, row) {
            Ok((of, terms)) => {
                *self.counts.entry((kind.list.table.to_owned(), of)).or_default() += 1;
                due = terms.iter().map(|term| self.keys.blind.term(kind.name, term)).collect();
            }
            Err(what) => {
                self.uncounted = true;
                self.problem(None, Some(name), what);
            }
        }
        *self.report.things.entry(stored.kind.clone()).or_default() += 1;
        self.advance();
        due
    }

    /// So many of the terms that are due for a thing are in the index.
    pub fn indexed(&mut self, kind: &str, id: &str, due: usize, there: usize) {
        self.terms += there;
        if there < due {
            let found = if kind == "usage" { "lines by their keys" } else { "customers" };
            let what = format!("it is not in the index that finds {found}");
            self.problem(None, Some(format!("{kind} {id}")), what);
        }
    }

    /// The index has so many rows.
    pub fn index(&mut self, rows: usize) {
        // Of a thing that cannot be read nobody knows its terms, and it was named above.
        if rows > self.terms && !self.uncounted {
            self.problem(
                None,
                None,
                "the index that finds customers, and lines by their keys, holds what nothing has",
            );
        }
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
        row: Option<Row>,
    ) -> Result<(String, Vec<String>), String> {
        let row = row.ok_or("it has no row in its list")?;
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
        if row == folded {
            Ok((counted(&kind.list, &folded.2), read.terms))
        } else {
            Err("its row in the list is not what its events make of it".to_owned())
        }
    }

    /// All things have been looked at: whether the events that were counted belong to them.
    pub fn all_things(&mut self) {
        if self.owned != self.report.events {
            let strays = self.report.events.abs_diff(self.owned);
            self.uncounted = true;
            self.problem(None, None, format!("{strays} events belong to nothing that is there"));
        }
    }

    /// A row of a list that belongs to no thing.
    pub fn stray(&mut self, kind: &Registered, id: &str) {
        let thing = format!("{} {id}", kind.name);
        self.uncounted = true;
        self.problem(None, Some(thing), "it has a row in the list, and no events");
    }

    /// The counts that the journal keeps.
    pub fn counts(&mut self, found: &BTreeMap<(String, String), i64>) {
        // Where there are none any more the row stays.
        let none = |((list, of), n): (&(String, String), &i64)| {
            let list = self.kinds.iter().map(|kind| &kind.list).find(|known| known.table == list);
            *n == 0 && list.is_some_and(|list| of.split(' ').count() == list.counted.len().max(1))
        };
        let found: BTreeMap<_, _> = found.iter().filter(|row| !none(*row)).collect();
        // A thing that cannot be read is counted nowhere, and was named above.
        if !found.into_iter().eq(&self.counts) && !self.uncounted {
            self.problem(None, None, "the numbers of things that it keeps are not those that are there");
        }
    }

    /// The report.
    pub fn end(mut self) -> Report {
        (self.tell)(Progress { done: self.total, total: self.total });
        self.report
    }
}
