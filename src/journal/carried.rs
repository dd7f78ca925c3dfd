//! What is carried from one journal to another.

use super::chain::JournalId;
use super::kinds::{Read, Registered};
use super::stored::Stored;

/// How many things are read at a time.
pub const CHUNK: i64 = 200;

/// The row about the journal as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct About {
    pub id: JournalId,
    pub key_check: Vec<u8>,
    /// The last that a checkpoint was made of, where there are epochs.
    pub epoch: i64,
}

/// A thing that is copied, with what its events make of it.
pub struct Carried {
    pub stored: Stored,
    pub kind: Registered,
    pub read: Read,
}
