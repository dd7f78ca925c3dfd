//! The chain, pure: each record's hash covers the whole record and the hash before it.

use super::record::Record;
use crate::order::Digest;
use sha2::{Digest as _, Sha256};

/// Where the chain ends: the last position and its hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    pub pos: i64,
    pub hash: Digest,
}

impl Head {
    /// The head of a journal without events.
    pub const EMPTY: Self = Self { pos: 0, hash: Digest([0; 32]) };

    /// The head after `record`.
    #[must_use]
    pub fn then(self, record: &Record) -> Self {
        let pos = self.pos + 1;
        Self { pos, hash: link(&self.hash, pos, record) }
    }
}

/// The hash of `record` at `pos`, after `before`. Every part is preceded by its length, so that no two records have
/// the same bytes.
pub fn link(before: &Digest, pos: i64, record: &Record) -> Digest {
    let mut hasher = Sha256::new();
    let mut part = |bytes: &[u8]| {
        hasher.update((bytes.len() as u64).to_le_bytes());
        hasher.update(bytes);
    };
    part(&before.0);
    part(&pos.to_le_bytes());
    part(record.order.as_bytes());
    part(&record.seq.to_le_bytes());
    part(&record.at.to_le_bytes());
    part(record.by.as_bytes());
    part(record.kind.as_bytes());
    part(record.clear.as_bytes());
    // Sealed or not is part of what is hashed: an empty part and none differ.
    part(&[u8::from(record.sealed.is_some())]);
    part(record.sealed.as_deref().unwrap_or_default());
    Digest(hasher.finalize().into())
}
