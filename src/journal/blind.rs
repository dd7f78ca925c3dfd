//! The blind index: things are found by a phone number or an address without either standing anywhere in clear.
//!
//! A kind says which terms a thing has. What is stored of a term is its keyed hash, with a key made from the journal's for
//! this alone; so whoever has the file and not the key can neither read a term nor test a guess. A thing that is erased
//! has no terms any more.

use hmac::{Hmac, KeyInit as _, Mac as _};
use rusqlite::Connection;
use sha2::Sha256;

/// As much of a hash as is stored: that two terms share it does not happen.
const TERM: usize = 16;

/// The key of the index: made from the journal's key, and another than those that seal and chain.
#[derive(Clone)]
pub struct BlindKey(Hmac<Sha256>);

impl BlindKey {
    /// The one that belongs to the journal's key.
    pub fn derive(journal_key: &[u8; 32]) -> Self {
        let derived = hashed(&Self::new(journal_key).0, &[b"pxdesk journal blind index 1"]);
        Self::new(&derived)
    }

    fn new(bytes: &[u8; 32]) -> Self {
        #[expect(clippy::expect_used, reason = "HMAC takes keys of any length")]
        Self(Hmac::new_from_slice(bytes).expect("a key of 32 bytes"))
    }

    /// What is stored of a term of things of `kind`.
    pub fn term(&self, kind: &str, term: &str) -> Term {
        let whole = hashed(&self.0, &[kind.as_bytes(), term.as_bytes()]);
        std::array::from_fn(|at| whole[at])
    }
}

/// Every part is preceded by its length, so that no two lists of parts have the same bytes.
fn hashed(key: &Hmac<Sha256>, parts: &[&[u8]]) -> [u8; 32] {
    let mut mac = key.clone();
    for part in parts {
        mac.update(&(part.len() as u64).to_le_bytes());
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

/// What is stored of a term.
pub type Term = [u8; TERM];

/// How a change changes the terms that a thing is found by.
#[derive(Debug, Default)]
pub struct Terms {
    /// Those that it has no more.
    pub gone: Vec<Term>,
    /// Those that it did not have before.
    pub new: Vec<Term>,
}

impl BlindKey {
    /// From the terms before a change to those after it, both sorted.
    pub fn change(&self, kind: &str, before: &[String], after: &[String]) -> Terms {
        let only = |of: &[String], others: &[String]| {
            // Side by side: a thing may have many thousands.
            let mut others = others.iter().peekable();
            let is_other = |term: &&String| {
                while others.next_if(|other| *other < *term).is_some() {}
                others.peek() != Some(term)
            };
            of.iter().filter(is_other).map(|term| self.term(kind, term)).collect()
        };
        Terms { gone: only(before, after), new: only(after, before) }
    }
}

/// Changes the terms of a thing.
pub fn put(conn: &Connection, n: i64, terms: &Terms) -> rusqlite::Result<()> {
    let each = |sql: &str, terms: &[Term]| {
        if terms.is_empty() {
            return Ok(());
        }
        let mut statement = conn.prepare_cached(sql)?;
        terms.iter().try_for_each(|term| statement.execute((term.as_slice(), n)).map(|_| ()))
    };
    each("DELETE FROM blind WHERE term = ? AND thing = ?", &terms.gone)?;
    each("INSERT OR IGNORE INTO blind (term, thing) VALUES (?, ?)", &terms.new)
}

/// How many of these terms of a thing the index has.
pub fn present(conn: &Connection, n: i64, terms: &[Term]) -> rusqlite::Result<usize> {
    let mut there = conn.prepare_cached("SELECT count(*) FROM blind WHERE term = ? AND thing = ?")?;
    terms.iter().try_fold(0, |sum, term| {
        let found: i64 = there.query_row((term.as_slice(), n), |row| row.get(0))?;
        Ok(sum + usize::from(found > 0))
    })
}

/// How many rows the index has.
pub fn rows(conn: &Connection) -> rusqlite::Result<usize> {
    let count: i64 = conn.query_row("SELECT count(*) FROM blind", [], |row| row.get(0))?;
    Ok(usize::try_from(count).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_term_is_another_for_another_key_or_kind() {
        let (one, other) = (BlindKey::derive(&[1; 32]), BlindKey::derive(&[2; 32]));
        assert_eq!(one.term("order", "a"), one.term("order", "a"));
        assert_ne!(one.term("order", "a"), other.term("order", "a"));
        assert_ne!(one.term("order", "a"), one.term("subscription", "a"));
        assert_ne!(one.term("ab", "c"), one.term("a", "bc"));
    }

    #[test]
    fn a_change_is_what_only_one_side_has() {
        let key = BlindKey::derive(&[1; 32]);
        let list = |terms: &str| terms.chars().map(String::from).collect::<Vec<_>>();
        let hashes = |terms: &str| list(terms).iter().map(|term| key.term("order", term)).collect::<Vec<_>>();
        for (before, after, gone, new) in [
            ("", "ab", "", "ab"),
            ("ab", "", "ab", ""),
            ("ac", "abd", "c", "bd"),
            ("aab", "ab", "", ""),
            ("ab", "abb", "", ""),
            ("bd", "abcde", "", "ace"),
        ] {
            let Terms { gone: is_gone, new: is_new } = key.change("order", &list(before), &list(after));
            assert_eq!((is_gone, is_new), (hashes(gone), hashes(new)), "{before} {after}");
        }
    }
}
