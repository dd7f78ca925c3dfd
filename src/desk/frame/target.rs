//! What can be clicked.

use super::key::Key;

/// A place on the screen that can be clicked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// The n-th row of the list on this screen.
    Row(usize),
    /// A key that the line of keys shows.
    Key(Key),
    /// A field of the form, by its number.
    Field(usize),
}
