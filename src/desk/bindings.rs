//! Which keys do what on the screen one is on: one table, for `update`, the line of keys, help and the palette alike.

use super::{Key, Model};

/// A key and what it does now.
#[derive(Clone, Debug, PartialEq)]
pub struct Binding {
    pub key: Key,
    /// One or two words for the line of keys.
    pub label: &'static str,
    /// A sentence for help and the palette.
    pub help: &'static str,
    /// The one next key, shown big; at most one of the bindings is.
    pub primary: bool,
    pub deed: Deed,
}

/// What a person can do with a key or from the palette.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    Help,
}

/// The keys that mean something on this screen now, the next one first.
pub fn bindings(_model: &Model) -> Vec<Binding> {
    Vec::new()
}

/// The one line that says what the next key does.
pub fn next_line(_model: &Model) -> String {
    String::new()
}
