//! What is asked before something is done at the registration's desk.

use super::snapshot::Key;
use crate::registry::{Collection, PairId, Plan};

/// What is about to be done, and waits for a deliberate yes or for the fields of a form.
#[derive(Clone, Debug, PartialEq)]
pub enum Ask {
    /// A new application, or a new customer with its applications.
    Add(Collection),
    Rename(Key),
    /// What is to be removed, and the pairs that go along.
    Remove(Key, Vec<PairId>),
    /// What would change: to be read.
    Preview(Box<Plan>),
    /// The plan is applied. Removals have their number typed.
    Apply(Box<Plan>),
    /// Quit, although so many changes are not applied.
    Quit(usize),
}

impl Ask {
    /// What the key says that confirms it.
    pub fn yes(&self) -> &'static str {
        match self {
            Self::Add(_) => "add it",
            Self::Rename(_) => "rename it",
            Self::Remove(..) => "mark it for removal",
            Self::Preview(_) => "apply",
            Self::Apply(_) => "apply it",
            Self::Quit(_) => "quit anyway",
        }
    }
}
