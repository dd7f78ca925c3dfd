//! What a verification tells: values.

use super::error::Error;
use std::collections::BTreeMap;
use std::path::Path;

/// What a verification found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// How many things there are, by kind.
    pub things: BTreeMap<String, u64>,
    pub events: u64,
    /// So many of them, the first ones, were chained without a key until they were brought from version 1.
    pub brought: Option<u64>,
    /// None when the journal is whole.
    pub problems: Vec<Problem>,
}

impl Report {
    /// Itself, of a journal at `place` that is copied.
    ///
    /// # Errors
    /// When it has problems.
    pub fn whole(self, place: &Path) -> Result<Self, Error> {
        match self.problems.first() {
            None => Ok(self),
            Some(first) => Err(Error::Failed {
                file: place.to_owned(),
                why: format!("it is not as it was written, and was not copied: {first}"),
            }),
        }
    }
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
