//! What is carried from one journal to another, or to the next version of the same.

use super::chain::JournalId;
use super::keyfile::Keys;
use super::kinds::{Read, Registered};
use super::stored::Stored;
use crate::kind::Digest;

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

/// A thing that is carried, with what its events make of it.
pub struct Carried {
    pub stored: Stored,
    pub kind: Registered,
    pub read: Read,
}

impl Carried {
    /// What the events of a thing make of it.
    ///
    /// # Errors
    /// Names the thing, and says why it cannot be read.
    pub fn of(stored: Stored, kinds: &[Registered], keys: &Keys) -> Result<Self, String> {
        let broken = |why: &str| format!("{} {}: {why}", stored.kind, stored.id);
        let kind = kinds.iter().find(|kind| kind.name == stored.kind).copied();
        let kind = kind.ok_or_else(|| broken("its kind is not known to this pxdesk"))?;
        let key = stored.key(keys).map_err(broken)?;
        let read = (kind.read)(&stored.id, &stored.records, key.as_ref()).map_err(|why| broken(&why))?;
        Ok(Self { stored, kind, read })
    }

    /// The number and the hash of its last event.
    pub fn last(&self) -> (i64, Digest) {
        self.stored.records.last().map_or((0, Digest([0; 32])), |(record, hash)| (record.seq, *hash))
    }
}
