//! A reading aloud: how far it has come, what it took, and whose word stands for one that nobody timed.

use super::pace::{Pace, words_a_minute};
use super::rcc::Rcc;
use super::{Digest, Timestamp, Uptime};
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use std::fmt;

/// What a decision about reading goes by.
#[derive(Clone, Debug)]
pub struct Timing {
    /// The wall clock, which can be set.
    pub now: Timestamp,
    /// The clock that cannot.
    pub uptime: Option<Uptime>,
    /// The fastest that counts.
    pub fastest: Pace,
}

impl Timing {
    /// By the wall clock alone.
    pub fn by_clock(now: Timestamp) -> Self {
        Self { now, uptime: None, fastest: Pace::FASTEST }
    }
}

/// When a section was lit, by both clocks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lit {
    pub at: Timestamp,
    pub uptime: Option<Uptime>,
}

impl Lit {
    /// How long ago that is; none when no clock can tell.
    ///
    /// The machine's uptime alone decides where both instants have one of the same start. After a restart, and between
    /// two machines, the wall clock is asked: it counts for no more than this machine has been up, and not at all when
    /// it has gone backwards.
    pub(super) fn since(&self, timing: &Timing) -> Option<SignedDuration> {
        if let Some((now, then)) = timing.uptime.as_ref().zip(self.uptime.as_ref())
            && let Some(exact) = now.since_exactly(then)
        {
            return Some(exact.max(SignedDuration::ZERO));
        }
        let by_clock = Some(timing.now.duration_since(self.at)).filter(|since| !since.is_negative())?;
        Some(timing.uptime.as_ref().map_or(by_clock, |up| by_clock.min(up.length())))
    }
}

/// How far reading aloud has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// The text that is read.
    pub sha256: Digest,
    /// For each section: `None` not read, `Some(None)` vouched for, else the milliseconds it took.
    pub sections: Vec<Option<Option<u64>>>,
    /// True while the agent has put the text aside.
    pub interrupted: bool,
    /// A person vouched for all of it.
    pub vouched: bool,
    /// When the section at the bookmark was lit.
    pub lit: Lit,
}

impl Reading {
    /// The beginning of a reading.
    pub(super) fn start(sha256: Digest, sections: usize, lit: Lit) -> Self {
        Self { sha256, sections: vec![None; sections], interrupted: false, vouched: false, lit }
    }

    /// The section with this number was read, and the next one is lit.
    pub(super) fn mark(&mut self, section: usize, millis: Option<u64>, lit: Lit) {
        if let Some(slot) = self.sections.get_mut(section) {
            *slot = Some(millis);
        }
        self.lit = lit;
    }

    /// Somebody vouches for what was not read under this program's eyes.
    pub(super) fn vouch(&mut self) {
        self.vouched = true;
        for section in &mut self.sections {
            section.get_or_insert(None);
        }
    }

    /// How many sections were not read yet.
    pub fn left(&self) -> usize {
        self.sections.iter().filter(|p| p.is_none()).count()
    }

    /// The first section that was not read: the bookmark.
    pub fn bookmark(&self) -> Option<usize> {
        self.sections.iter().position(Option::is_none)
    }

    /// The seconds of each section that was timed, rounded so that they add up to the seconds of the whole.
    pub fn seconds(&self) -> Vec<Option<u64>> {
        let mut sum = 0_u64;
        let mut whole = |millis: u64| {
            let before = whole_seconds(sum);
            sum = sum.saturating_add(millis);
            whole_seconds(sum) - before
        };
        self.sections.iter().map(|taken| taken.flatten().map(&mut whole)).collect()
    }

    /// How the whole of `text` was read, unless something of it was not, or faster than `fastest`.
    ///
    /// # Errors
    /// Sections that were not read; sections whose time is too short, as versions wrote that took any.
    pub fn how(&self, text: &Rcc, fastest: Pace) -> Result<HowRead, Unread> {
        let left = self.left();
        if left > 0 {
            return Err(Unread::Left(left));
        }
        if self.vouched {
            return Ok(HowRead::Vouched);
        }
        let sections = text.read_sections();
        let taken =
            || self.sections.iter().zip(&sections).filter_map(|(t, s)| Some((t.flatten()?, s.words())));
        let too_fast = taken().filter(|(millis, words)| span_of(*millis) < fastest.time_for(*words)).count();
        if too_fast > 0 {
            return Err(Unread::TooFast(too_fast));
        }
        // Versions before this one took down a walk's word as sections without a time.
        if taken().count() < self.sections.len() {
            return Ok(HowRead::Vouched);
        }
        let sum = |(m, w): (u64, usize), (millis, words): (u64, usize)| (m.saturating_add(millis), w + words);
        let (millis, words) = taken().fold((0, 0), sum);
        Ok(HowRead::Timed { seconds: whole_seconds(millis), words_per_minute: words_a_minute(words, millis) })
    }
}

/// Why a reading is not a whole one: so many sections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unread {
    Left(usize),
    TooFast(usize),
}

/// How a text was read, as the acceptance says for ever.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HowRead {
    /// At the desk, each section by the clock.
    Timed { seconds: u64, words_per_minute: u64 },
    /// A person says that it was read; no clock ran.
    Vouched,
}

impl HowRead {
    /// What stands instead of times where nobody took any.
    pub const VOUCHED: &'static str = "vouched for, not timed";
}

impl fmt::Display for HowRead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Timed { seconds, words_per_minute } => {
                let (minutes, seconds) = (seconds / 60, seconds % 60);
                write!(f, "read in {minutes}:{seconds:02}, {words_per_minute} words a minute")
            }
            Self::Vouched => f.write_str(Self::VOUCHED),
        }
    }
}

/// The seconds of a reading as everything says them: the full ones alone, never more than it took.
pub const fn whole_seconds(millis: u64) -> u64 {
    millis / 1_000
}

/// A number of milliseconds as a span of time.
pub(super) fn span_of(millis: u64) -> SignedDuration {
    SignedDuration::from_millis(i64::try_from(millis).unwrap_or(i64::MAX))
}
