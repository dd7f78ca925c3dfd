//! Nonces that were taken: each is good for one request, for as long as a signature with it could be (R).

use crate::sandbox::clock::Millis;
use std::collections::{HashSet, VecDeque};

/// As many as are remembered.
const MOST: usize = 65_536;

/// Those of the last minute, and when each was taken.
#[derive(Clone, Debug, Default)]
pub struct Nonces {
    known: HashSet<String>,
    taken: VecDeque<(Millis, String)>,
}

impl Nonces {
    /// Takes it; false where it was taken before. A signature with it is good for at most so long.
    pub fn take(&mut self, nonce: &str, now: Millis, good_for: Millis) -> bool {
        while let Some((at, _)) = self.taken.front()
            && (*at + good_for < now || self.taken.len() >= MOST)
        {
            if let Some((_, old)) = self.taken.pop_front() {
                self.known.remove(&old);
            }
        }
        let is_new = self.known.insert(nonce.to_owned());
        if is_new {
            self.taken.push_back((now, nonce.to_owned()));
        }
        is_new
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nonce_is_good_once_and_not_remembered_for_longer_than_it_matters() {
        let mut nonces = Nonces::default();
        assert_eq!([0, 60].map(|now| nonces.take("a", now, 60)), [true, false]);
        assert!(nonces.take("a", 61, 60));
        for n in 0..2 * MOST {
            assert!(nonces.take(&n.to_string(), 61, 60));
        }
        assert_eq!((nonces.known.len(), nonces.taken.len()), (MOST, MOST));
    }
}
