//! The values of a list's row, by their places among the columns.

use super::{List, Timestamp, Value};

/// A row of `list`.
pub struct Row<'a> {
    pub list: &'a List,
    pub values: &'a [Value],
}

impl<'a> Row<'a> {
    /// The text at that place, if there is one.
    pub fn maybe_text(&self, at: usize) -> Option<&'a str> {
        match self.values.get(at) {
            Some(Value::Text(text)) => Some(text),
            Some(Value::Integer(_) | Value::Nothing) | None => None,
        }
    }

    /// The integer at that place, if there is one.
    pub fn maybe_integer(&self, at: usize) -> Option<i64> {
        match self.values.get(at) {
            Some(Value::Integer(number)) => Some(*number),
            Some(Value::Text(_) | Value::Nothing) | None => None,
        }
    }

    /// The text at that place.
    ///
    /// # Errors
    /// Names the column that holds none; so for the others.
    pub fn text(&self, at: usize) -> Result<&'a str, String> {
        self.maybe_text(at).ok_or_else(|| self.missing(at))
    }

    /// The integer at that place.
    pub fn integer(&self, at: usize) -> Result<i64, String> {
        self.maybe_integer(at).ok_or_else(|| self.missing(at))
    }

    /// A text that `read` understands.
    pub fn read<T>(&self, at: usize, read: impl Fn(&str) -> Option<T>) -> Result<T, String> {
        read(self.text(at)?).ok_or_else(|| self.missing(at))
    }

    /// The instant that so many microseconds since 1970 are.
    pub fn instant(&self, at: usize) -> Result<Timestamp, String> {
        Timestamp::from_microsecond(self.integer(at)?).map_err(|_| self.missing(at))
    }

    /// The same, where the column may hold nothing.
    pub fn maybe_instant(&self, at: usize) -> Result<Option<Timestamp>, String> {
        self.maybe_integer(at).map(|_| self.instant(at)).transpose()
    }

    /// What is said of a column that does not hold what it should.
    pub fn missing(&self, at: usize) -> String {
        let name = self.list.columns.get(at).map_or("?", |column| column.name);
        format!("the column `{name}` does not hold what it should")
    }
}
