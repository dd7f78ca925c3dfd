//! How fast a text can be read aloud.

use jiff::SignedDuration;

/// A section counts as this many words at least: also one without a word has to be looked at.
const SHORTEST_SECTION: usize = 5;

/// A speed of reading aloud, in words a minute; never 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Pace(u32);

impl Pace {
    /// The fastest that counts, where nothing else is configured. A calm telephone voice reads 150.
    pub const FASTEST: Self = Self(260);

    /// Faster than this nobody understands what is read, whatever is configured where no customer listens.
    pub const UNDERSTOOD: Self = Self(400);

    /// So many words a minute; none for 0.
    pub fn new(words_a_minute: u32) -> Option<Self> {
        (words_a_minute > 0).then_some(Self(words_a_minute))
    }

    /// In words a minute.
    pub const fn words_a_minute(self) -> u32 {
        self.0
    }

    /// The time that a section of `words` takes at this speed.
    pub fn time_for(self, words: usize) -> SignedDuration {
        let words = u64::try_from(words.max(SHORTEST_SECTION)).unwrap_or(u64::MAX);
        let millis = words.saturating_mul(60_000).div_ceil(u64::from(self.0));
        SignedDuration::from_millis(i64::try_from(millis).unwrap_or(i64::MAX))
    }
}

/// The speed of having read `words` in so many milliseconds.
pub fn words_a_minute(words: usize, millis: u64) -> u64 {
    u64::try_from(words).unwrap_or(u64::MAX).saturating_mul(60_000) / millis.max(1)
}
