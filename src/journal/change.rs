//! What an append writes, its kind left out: what a store is told that is not in this process.

use super::blind::Terms;
use super::record::Record;
use crate::kind::{Digest, List, Value};

/// Events that are about to be recorded of one thing, and where they lead its row.
pub struct Change {
    pub kind: &'static str,
    pub list: List,
    pub id: String,
    /// The thing before them; none when they open it.
    pub before: Option<Before>,
    /// One at least, their positions still open.
    pub records: Vec<Record>,
    /// The thing's row after them.
    pub row: Vec<Value>,
    pub erased: bool,
    /// What the thing is found by from then on, and by what no more.
    pub terms: Terms,
    /// Of the things with the same value in this column no other may have any of the new terms.
    pub sole_in: Option<&'static str>,
    /// The thing's own key, sealed, when it is opened.
    pub sealed_key: Option<Vec<u8>>,
}

/// A thing that is there already.
pub struct Before {
    /// Its number in the journal.
    pub n: i64,
    /// The number, the hash and the position of its last event.
    pub seq: i64,
    pub hash: Digest,
    pub pos: i64,
    pub row: Vec<Value>,
}

/// A thing's last event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Last {
    pub seq: i64,
    pub hash: Digest,
    /// Each event's position is higher than that of the thing's event before it.
    pub pos: i64,
}

/// Where a thing is once a change is recorded.
#[derive(Clone, Copy, Debug)]
pub struct Written {
    /// Its number in the journal.
    pub n: i64,
    pub last: Last,
}

impl Change {
    /// The column and its value within which no other thing may have any of the new terms; none when there are none, or
    /// others may have them too.
    pub fn sole(&self) -> Option<(&'static str, &Value)> {
        let name = self.sole_in.filter(|_| !self.terms.new.is_empty())?;
        let at = self.list.columns.iter().position(|column| column.name == name)?;
        Some((name, self.row.get(at)?))
    }

    /// The thing's number, once it has one.
    pub fn number(&self) -> Option<i64> {
        self.before.as_ref().map(|before| before.n)
    }

    /// The number of the last event.
    pub fn seq(&self) -> i64 {
        self.records.last().map_or(0, |record| record.seq)
    }
}
