//! Lengths of time in words: one way for every list, refusal and screen.

use jiff::SignedDuration;

/// In the unit that says it in a few digits: `40 s`, `95 min`, `20 h`, `3 days`, `2 years`.
pub fn span(duration: SignedDuration) -> String {
    match duration.as_secs() {
        seconds @ ..120 => format!("{seconds} s"),
        seconds @ 120..10_800 => format!("{} min", seconds / 60),
        seconds @ 10_800..172_800 => format!("{} h", seconds / 3600),
        seconds @ 172_800..63_072_000 => format!("{} days", seconds / 86_400),
        seconds @ 63_072_000.. => format!("{} years", seconds / 31_536_000),
    }
}

/// How far a clock that is ahead by so much is off, before whose it is compared with: `95 min behind`, `3 days ahead of`.
pub fn off(ahead: SignedDuration) -> String {
    format!("{} {}", span(ahead.abs()), if ahead.is_negative() { "behind" } else { "ahead of" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_is_said_in_a_few_digits() {
        for (seconds, words) in [
            (119, "119 s"),
            (3_599, "59 min"),
            (10_800, "3 h"),
            (172_800, "2 days"),
            (63_071_999, "729 days"),
            (63_072_000, "2 years"),
        ] {
            assert_eq!(span(SignedDuration::from_secs(seconds)), words);
        }
        let off = |seconds| off(SignedDuration::from_secs(seconds));
        assert_eq!((off(-3_600), off(31)), ("60 min behind".into(), "31 s ahead of".into()));
    }
}
