//! The chains, pure. Each event's hash is keyed and covers the whole record and the hash of the event before it of the
//! same thing; the head of the journal is keyed and covers every hash there is.
//!
//! Without the key nobody can make a hash or a head that fits, so a changed, removed, added or moved event shows; and so
//! does a chain that was cut off or a thing that is gone, for the head counts and sums them all.

use super::record::Record;
use crate::kind::Digest;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

/// The key of the chains: made from the journal's key, and another than the one that seals.
#[derive(Clone)]
pub struct ChainKey(Hmac<Sha256>);

/// Which journal it is: drawn at random when it is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct JournalId(pub [u8; 16]);

impl std::fmt::Display for JournalId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl JournalId {
    /// The id that 32 hexadecimal digits spell.
    pub fn parse(text: &str) -> Option<Self> {
        let mut bytes = [0; 16];
        hex::decode_to_slice(text, &mut bytes).ok().map(|()| Self(bytes))
    }
}

/// How far a journal has come: how many events it holds, and the sum of their hashes, modulo 2^256. A sum does not ask
/// in which order they were added, so that a journal kept by several writers at once can have one too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    pub events: i64,
    pub sum: Digest,
}

impl Head {
    /// The head of a journal without events.
    pub const EMPTY: Self = Self { events: 0, sum: Digest([0; 32]) };

    /// The head with one more event.
    #[must_use]
    pub fn with(self, hash: &Digest) -> Self {
        Self { events: self.events + 1, sum: add(&self.sum, hash) }
    }

    /// The head with the events of another part of the same journal.
    #[must_use]
    pub fn plus(self, other: &Self) -> Self {
        Self { events: self.events + other.events, sum: add(&self.sum, &other.sum) }
    }
}

/// `a + b` modulo 2^256, the lowest byte first.
fn add(a: &Digest, b: &Digest) -> Digest {
    let mut carry = 0;
    Digest(std::array::from_fn(|at| {
        let [low, high] = (u16::from(a.0[at]) + u16::from(b.0[at]) + carry).to_le_bytes();
        carry = u16::from(high);
        low
    }))
}

impl ChainKey {
    /// The key of the chains that belongs to the journal's key.
    pub fn derive(journal_key: &[u8; 32]) -> Self {
        let derived = Self::new(journal_key).mac(&[b"pxdesk journal chains 1"]);
        Self::new(&derived.0)
    }

    fn new(bytes: &[u8; 32]) -> Self {
        #[expect(clippy::expect_used, reason = "HMAC takes keys of any length")]
        Self(Hmac::new_from_slice(bytes).expect("a key of 32 bytes"))
    }

    /// Every part is preceded by its length, so that no two lists of parts have the same bytes.
    fn mac(&self, parts: &[&[u8]]) -> Digest {
        let mut mac = self.0.clone();
        for part in parts {
            mac.update(&(part.len() as u64).to_le_bytes());
            mac.update(part);
        }
        Digest(mac.finalize().into_bytes().into())
    }

    /// The hash of `record`, after `before`: the hash of the event before it of the same thing, zero for the first.
    pub fn link(&self, before: &Digest, record: &Record) -> Digest {
        self.mac(&[
            b"event",
            &before.0,
            &record.pos.to_le_bytes(),
            record.kind.as_bytes(),
            record.thing.as_bytes(),
            &record.seq.to_le_bytes(),
            &record.at.to_le_bytes(),
            record.by.as_bytes(),
            record.event.as_bytes(),
            record.clear.as_bytes(),
            // Sealed or not is part of what is hashed: an empty part and none differ.
            &[u8::from(record.sealed.is_some())],
            record.sealed.as_deref().unwrap_or_default(),
        ])
    }

    /// What proves that a journal's head was written by someone with its key.
    pub fn head(&self, journal: JournalId, head: &Head) -> Digest {
        self.mac(&[b"head", &journal.0, &head.events.to_le_bytes(), &head.sum.0])
    }

    /// What proves the same of a thing's last event, for a journal that has no head of its own.
    pub fn thing(&self, journal: JournalId, kind: &str, thing: &str, seq: i64, last: &Digest) -> Digest {
        self.mac(&[b"thing", &journal.0, kind.as_bytes(), thing.as_bytes(), &seq.to_le_bytes(), &last.0])
    }

    /// What proves the same of a position that is kept outside of the journal; `about` says where, and holds all that
    /// stands beside the head.
    pub fn position(&self, journal: JournalId, head: &Head, about: &str) -> Digest {
        self.mac(&[b"position", &journal.0, &head.events.to_le_bytes(), &head.sum.0, about.as_bytes()])
    }
}

impl std::fmt::Debug for ChainKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[redacted]")
    }
}

/// Compares in a time that does not depend on where they differ.
pub fn same(a: &Digest, b: &Digest) -> bool {
    a.0.iter().zip(&b.0).fold(0, |differ, (a, b)| differ | (a ^ b)) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sum_carries_and_does_not_ask_for_an_order() {
        let (ones, one) = (Digest([0xff; 32]), Digest(std::array::from_fn(|at| u8::from(at == 0))));
        assert_eq!(add(&ones, &one), Digest([0; 32]));
        let (a, b) = (Digest::of(b"a"), Digest::of(b"b"));
        assert_eq!(Head::EMPTY.with(&a).with(&b), Head::EMPTY.with(&b).with(&a));
        assert_ne!(Head::EMPTY.with(&a), Head::EMPTY.with(&b));
        assert_ne!(Head::EMPTY.with(&Digest([0; 32])), Head::EMPTY, "an event counts whatever its hash");
    }

    #[test]
    fn another_key_or_another_journal_makes_another_proof() {
        let head = Head::EMPTY.with(&Digest::of(b"a"));
        let (one, other) = (ChainKey::derive(&[1; 32]), ChainKey::derive(&[2; 32]));
        let id = JournalId([7; 16]);
        assert_eq!(one.head(id, &head), ChainKey::derive(&[1; 32]).head(id, &head));
        assert_ne!(one.head(id, &head), other.head(id, &head));
        assert_ne!(one.head(id, &head), one.head(JournalId([8; 16]), &head));
        assert_ne!(one.head(id, &head), one.head(id, &Head::EMPTY));
        assert_ne!(one.head(id, &head), one.position(id, &head, ""));
        assert_ne!(one.position(id, &head, "a"), one.position(id, &head, "b"));
    }
}
