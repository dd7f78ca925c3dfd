//! Keys that are held down, told from keys that are pressed again.
//!
//! Most terminals send the same bytes for both, so time decides: a key that comes again at once was never let go. The
//! keyboard protocol of some terminals says it outright, which is welcome where it is there.

use super::key::Key;
use crate::order::Timestamp;
use jiff::SignedDuration;

/// A key that comes again within this time counts as held. Longer than the pause between two repeats, and than the pause
/// before the first one on most systems; shorter than a person takes who reads what the first press did.
const HELD: SignedDuration = SignedDuration::from_millis(500);

/// A key that came, and what came after it.
#[derive(Clone, Debug)]
struct Arrival {
    key: Key,
    at: Timestamp,
    /// The first two other keys since.
    others: [Option<Key>; 2],
}

/// When each key last came, for as long as that matters.
#[derive(Clone, Debug, Default)]
pub struct Held(Vec<Arrival>);

impl Held {
    /// Takes note of a key; true when it has been down since before. Every arrival counts, so that a held key stays held
    /// whatever opens or closes under it. Text between two arrivals means that it was let go: a keyboard repeats only the
    /// last key, and a form that is filled in at once has many an Enter.
    pub fn comes(&mut self, key: Key, now: Timestamp) -> bool {
        // A clock that was set back makes no key fresh.
        self.0.retain(|arrival| now.duration_since(arrival.at) <= HELD);
        for arrival in self.0.iter_mut().filter(|arrival| arrival.key != key) {
            match &mut arrival.others {
                [Some(other), _] if *other == key => {}
                [first @ None, _] => *first = Some(key),
                [_, second] => *second = Some(key),
            }
        }
        let Some(arrival) = self.0.iter_mut().find(|arrival| arrival.key == key) else {
            self.0.push(Arrival { key, at: now, others: [None; 2] });
            return false;
        };
        let typed = arrival.others[1].is_some();
        (arrival.at, arrival.others) = (now, [None; 2]);
        !typed
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::frame::key::Code;

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millisecond(1_795_186_800_000 + millis).unwrap()
    }

    #[test]
    fn a_key_is_held_until_it_has_been_silent_for_half_a_second() {
        let (space, enter) = (Key::char(' '), Key::plain(Code::Enter));
        let mut held = Held::default();
        assert!(!held.comes(space, at(0)));
        assert!(held.comes(space, at(500)), "the first repeat, half a second later");
        assert!((0..200).all(|n| held.comes(space, at(505 + 5 * n))));
        assert!(!held.comes(enter, at(1_501)), "another key");
        assert!(held.comes(space, at(1_900)), "both are down");
        assert!(!held.comes(space, at(2_401)), "it was let go");
        assert!(held.comes(space, at(-3_600_000)), "the clock was set back");
        assert!(!held.comes(space, at(-3_599_499)));
    }

    #[test]
    fn enters_between_texts_are_typed() {
        let mut held = Held::default();
        let mut comes = |c| held.comes(if c == '\r' { Key::plain(Code::Enter) } else { Key::char(c) }, at(0));
        let entered: Vec<bool> = "no\rT-1\rAnn\r"
            .chars()
            .map(|c| (c, comes(c)))
            .filter(|(c, _)| *c == '\r')
            .map(|(_, held)| held)
            .collect();
        assert_eq!(entered, [false, false, false]);
        assert!(comes('\r'), "two in a row are one that is held");
        let mut held = Held::default();
        for n in 0..100 {
            let both = [Key::char(' '), Key::plain(Code::Enter)].map(|key| held.comes(key, at(5 * n)));
            assert_eq!(both, [n > 0; 2], "two keys that are down together");
        }
    }
}
