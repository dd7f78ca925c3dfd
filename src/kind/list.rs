//! The list of a kind: a table with a row for each thing, always what the thing's events make of it.

/// The table of a kind's list. The thing's id and the number of its last event stand in it besides, as the columns `id`
/// and `seq`. Names are plain SQL names, and belong to this kind alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct List {
    /// The table's name.
    pub table: &'static str,
    pub columns: &'static [Column],
    /// What no two things may share.
    pub unique: &'static [Unique],
    /// What is asked for, so that it costs the same however many things there are.
    pub indexes: &'static [Index],
    /// Columns by which things are counted: the journal keeps the number of things for each combination of their values.
    pub counted: &'static [&'static str],
}

/// A column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    pub name: &'static str,
    pub kind: Type,
    /// Whether it may hold nothing.
    pub optional: bool,
    /// Whether it says what a thing is, from its first event to its last: nobody needs the right to change it.
    pub fixed: bool,
}

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    Integer,
    Text,
}

/// Columns that no two things may have the same values in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unique {
    pub columns: &'static [&'static str],
    /// What people call the value that is taken.
    pub field: &'static str,
}

/// An index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Index {
    pub name: &'static str,
    pub columns: &'static [&'static str],
    /// The rows that it holds, as an SQL condition; all of them when absent.
    pub only: Option<&'static str>,
}

/// A value in a row.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Value {
    Nothing,
    Integer(i64),
    Text(String),
}

impl Column {
    /// A column that always holds an integer.
    pub const fn integer(name: &'static str) -> Self {
        Self { name, kind: Type::Integer, optional: false, fixed: false }
    }

    /// A column that always holds a text.
    pub const fn text(name: &'static str) -> Self {
        Self { name, kind: Type::Text, optional: false, fixed: false }
    }

    /// The same column, which may hold nothing.
    #[must_use]
    pub const fn optional(self) -> Self {
        Self { optional: true, ..self }
    }

    /// The same column, which holds the same as long as its thing is there.
    #[must_use]
    pub const fn fixed(self) -> Self {
        Self { fixed: true, ..self }
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Integer(number)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

/// With U+FFFD for U+0000, which PostgreSQL keeps in no column: so a row is the same in either store.
impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(if text.contains('\0') { text.replace('\0', "\u{fffd}") } else { text })
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Nothing, Into::into)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_holds_no_text_that_one_of_the_stores_does_not_keep() {
        assert_eq!(Value::from("12\u{0}34"), Value::Text("12\u{fffd}34".to_owned()));
    }
}
