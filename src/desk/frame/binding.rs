//! A key and what it does now.

use super::key::{Code, Key};

/// A key and what it does now. `A` is what a person can do.
#[derive(Clone, Debug, PartialEq)]
pub struct Binding<A> {
    pub key: Key,
    /// One or two words for the line of keys.
    pub label: &'static str,
    /// A sentence for help and the palette.
    pub help: &'static str,
    /// The one next key, shown big; at most one of the bindings is.
    pub primary: bool,
    pub action: A,
}

/// A key that does `action`.
pub fn bind<A>(key: Key, label: &'static str, help: &'static str, action: A) -> Binding<A> {
    Binding { key, label, help, primary: false, action }
}

/// The one next key.
pub fn primary<A>(key: Key, label: &'static str, help: &'static str, action: A) -> Binding<A> {
    Binding { primary: true, ..bind(key, label, help, action) }
}

/// A key without modifiers.
pub fn plain(code: Code) -> Key {
    Key::plain(code)
}
