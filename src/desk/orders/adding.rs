//! New orders on their way into the journal.

/// Orders that are being added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Adding {
    /// The one of the form.
    Form,
    /// Several that were pasted.
    Pasted { of: usize, added: usize, refused: usize, last_problem: String },
}
