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

/// What the coming of a key means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Press {
    Fresh,
    /// It was down a moment ago, and another key has come since: as good as fresh, but it answers no question.
    Again,
    /// It has been down since before.
    Held,
}

/// A key that came.
#[derive(Clone, Debug)]
struct Arrival {
    key: Key,
    at: Timestamp,
    /// Another key has come since, one that was not down before.
    let_go: bool,
}

/// When each key last came, for as long as that matters.
#[derive(Clone, Debug, Default)]
pub struct Held(Vec<Arrival>);

impl Held {
    /// Takes note of a key and says what its coming means. Every arrival counts, so that a held key stays held
    /// whatever opens or closes under it. A new key in between means that it was let go, for a keyboard repeats only the
    /// last key: text that is typed fast, or sent at once, may have many an Enter in it.
    pub fn comes(&mut self, key: Key, now: Timestamp) -> Press {
        // A clock that was set back makes no key fresh.
        self.0.retain(|arrival| now.duration_since(arrival.at) <= HELD);
        if let Some(arrival) = self.0.iter_mut().find(|arrival| arrival.key == key) {
            arrival.at = now;
            let again = std::mem::take(&mut arrival.let_go);
            return if again { Press::Again } else { Press::Held };
        }
        for arrival in &mut self.0 {
            arrival.let_go = true;
        }
        self.0.push(Arrival { key, at: now, let_go: false });
        Press::Fresh
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
        assert_eq!(held.comes(space, at(0)), Press::Fresh);
        assert_eq!(held.comes(space, at(500)), Press::Held, "the first repeat, half a second later");
        assert!((0..200).all(|n| held.comes(space, at(505 + 5 * n)) == Press::Held));
        assert_eq!(held.comes(enter, at(1_501)), Press::Fresh, "another key");
        assert_eq!(held.comes(space, at(1_900)), Press::Again, "let go for the other one");
        assert_eq!([enter, space].map(|key| held.comes(key, at(1_901))), [Press::Held; 2], "both are down");
        assert_eq!(held.comes(space, at(2_402)), Press::Fresh, "silent for long enough");
        assert_eq!(held.comes(space, at(-3_600_000)), Press::Held, "the clock was set back");
        assert_eq!(held.comes(space, at(-3_599_499)), Press::Fresh);
    }

    #[test]
    fn enters_between_texts_are_typed() {
        let mut held = Held::default();
        let key = |c| if c == '\r' { Key::plain(Code::Enter) } else { Key::char(c) };
        let came: Vec<_> = "no\rT-1\rAnn\r\r".chars().map(|c| (c, held.comes(key(c), at(0)))).collect();
        let enters = came.into_iter().filter(|(c, _)| *c == '\r').map(|(_, press)| press);
        assert_eq!(enters.collect::<Vec<_>>(), [Press::Fresh, Press::Again, Press::Again, Press::Held]);
    }
}
