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
/// Between two repeats of one key there is less than this: what comes slower, with another key in between, is pressed.
const REPEAT: SignedDuration = SignedDuration::from_millis(120);
/// A key that has been repeated comes again sooner than this for as long as it is held: what takes longer was let go.
const LET_GO: SignedDuration = SignedDuration::from_millis(250);

/// What the coming of a key means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Press {
    Fresh,
    /// It was down a moment ago, and another key has come since: as good as fresh, but it answers no question.
    Again,
    /// It came again, slower than a held key that is repeated already. So a person presses who walks through a form; it counts
    /// there, and as held everywhere else, where a connection that stops for a moment must make nothing count.
    Slow,
    /// It came again for the first time, after as long as a person takes who presses twice, or a keyboard before its first
    /// repeat. It counts as held, and is told.
    Twice,
    /// It has been down since before.
    Held,
}

/// A key that came.
#[derive(Clone, Debug)]
struct Arrival {
    key: Key,
    at: Timestamp,
    /// Another key has come since,
    other: bool,
    /// and one that was not down before.
    let_go: bool,
    /// It was down already when it came.
    repeated: bool,
}

/// When each key last came, for as long as that matters.
#[derive(Clone, Debug, Default)]
pub struct Held(Vec<Arrival>);

impl Held {
    /// Takes note of a key and says what its coming means. Every arrival counts, so that a held key stays held
    /// whatever opens or closes under it. A new key in between means that it was let go, for a keyboard repeats only the
    /// last key: text that is typed fast, or sent at once, may have many an Enter in it. Two keys that are pressed in turn
    /// are told from two that are down by how slowly they come.
    pub fn comes(&mut self, key: Key, now: Timestamp) -> Press {
        // A clock that was set back makes no key fresh.
        self.0.retain(|arrival| now.duration_since(arrival.at) <= HELD);
        let before = self.0.iter().position(|arrival| arrival.key == key).map(|at| self.0.swap_remove(at));
        let press = before.as_ref().map_or(Press::Fresh, |before| before.comes_again(now));
        let is_new = before.is_none();
        for other in &mut self.0 {
            other.other = true;
            other.let_go |= is_new;
        }
        let repeated = matches!(press, Press::Twice | Press::Held);
        self.0.push(Arrival { key, at: now, other: false, let_go: false, repeated });
        press
    }
}

/// When the mouse was last pressed. What stands under it changes with each press, so presses that come as fast as a held key
/// are taken for one, wherever they fall.
#[derive(Clone, Debug, Default)]
pub struct Clicks(Option<Timestamp>);

impl Clicks {
    /// Takes note of a press, and says what its coming means.
    pub fn comes(&mut self, now: Timestamp) -> Press {
        match self.0.replace(now) {
            Some(before) if now.duration_since(before) <= HELD => Press::Held,
            Some(_) | None => Press::Fresh,
        }
    }
}

impl Arrival {
    fn comes_again(&self, now: Timestamp) -> Press {
        let pause = now.duration_since(self.at);
        if self.let_go || (self.other && pause > REPEAT) {
            Press::Again
        } else if self.repeated && pause > LET_GO {
            Press::Slow
        } else if !self.repeated && pause > REPEAT {
            Press::Twice
        } else {
            Press::Held
        }
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
        assert_eq!(held.comes(space, at(500)), Press::Twice, "the first repeat, half a second later");
        assert!((0..200).all(|n| held.comes(space, at(505 + 5 * n)) == Press::Held));
        assert_eq!(held.comes(enter, at(1_501)), Press::Fresh, "another key");
        assert_eq!(held.comes(space, at(1_900)), Press::Again, "let go for the other one");
        assert_eq!(held.comes(enter, at(1_901)), Press::Again, "pressed in turn");
        let both = [enter, space, enter, space].map(|key| held.comes(key, at(1_905)));
        assert_eq!(both, [Press::Held; 4], "both are down");
        assert_eq!(held.comes(space, at(2_406)), Press::Fresh, "silent for long enough");
        assert_eq!(held.comes(space, at(-3_600_000)), Press::Held, "the clock was set back");
        assert_eq!(held.comes(space, at(-3_599_499)), Press::Fresh);
    }

    #[test]
    fn a_key_that_is_pressed_at_a_person_s_pace_is_told_from_one_that_is_repeated() {
        let enter = Key::plain(Code::Enter);
        let came = |times: &[i64]| {
            let mut held = Held::default();
            times.iter().map(|time| held.comes(enter, at(*time))).collect::<Vec<_>>()
        };
        let pressed = came(&[0, 350, 700, 1_050, 1_400]);
        assert_eq!(pressed, [Press::Fresh, Press::Twice, Press::Slow, Press::Twice, Press::Slow]);
        let down = [[Press::Fresh, Press::Twice].as_slice(), &[Press::Held; 3]].concat();
        assert_eq!(came(&[0, 400, 430, 460, 660]), down);
        assert_eq!(came(&[0, 30, 60]), [Press::Fresh, Press::Held, Press::Held]);
    }

    #[test]
    fn of_many_clicks_the_first_counts() {
        let mut clicks = Clicks::default();
        assert_eq!(clicks.comes(at(0)), Press::Fresh);
        assert!((1..30).all(|n| clicks.comes(at(80 * n)) == Press::Held));
        assert_eq!(clicks.comes(at(2_900)), Press::Fresh);
    }

    #[test]
    fn two_keys_that_are_pressed_in_turn_all_count() {
        let mut held = Held::default();
        let (space, down) = (Key::char(' '), Key::plain(Code::Down));
        for n in 0..8 {
            for (key, later) in [(space, 0), (down, 150)] {
                assert_ne!(held.comes(key, at(300 * n + later)), Press::Held, "{n}");
            }
        }
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
