//! What a person can do at the registration's desk.

/// What a key of this desk does, beside what every desk's keys do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    NextList,
    PreviousList,
    /// The next step of the chosen row.
    Next,
    /// To the application before, or after, in the matrix.
    Left,
    Right,
    /// Gives the chosen customer the chosen application, or takes it away.
    Switch,
    Add,
    Rename,
    /// Marks the chosen row for removal, or takes the mark away.
    Remove,
    /// Takes back what is to change at the chosen row.
    Undo,
    Filter,
    Reload,
    Preview,
    Apply,
}
