//! How long a busy server is left alone before it is asked again: pure.

use jiff::Timestamp;
use std::time::Duration;

/// How often a request is repeated, at most.
const REPEATS: u32 = 2;
/// Before the first repeat, where the server does not say; doubled each time.
const FIRST_PAUSE: Duration = Duration::from_millis(500);

/// The pauses between the repeats of one request. Only for what changes nothing at the other side.
#[derive(Default)]
pub struct Backoff {
    /// How often it was repeated.
    repeats: u32,
}

impl Backoff {
    /// How long to wait before the next repeat; none when it has been repeated often enough, or when the server wants
    /// more time than there is.
    ///
    /// `asked` is how long the server asked for, `left` remains of the request's time, and `chance` is any number: it
    /// keeps many desks from coming back at once.
    pub fn pause(&mut self, asked: Option<Duration>, left: Duration, chance: u32) -> Option<Duration> {
        if self.repeats >= REPEATS {
            return None;
        }
        let half = FIRST_PAUSE * 2u32.pow(self.repeats) / 2;
        let backoff = half + half.mul_f64(f64::from(chance) / f64::from(u32::MAX));
        let pause = asked.map_or(backoff, |asked| asked.max(backoff));
        self.repeats += 1;
        (pause < left).then_some(pause)
    }
}

/// As long as a server can ask to be left alone.
const LONGEST: Duration = Duration::from_hours(24 * 366);

/// What a `Retry-After` asks for: seconds, or an HTTP date seen from `now`.
pub fn retry_after(text: &str, now: Timestamp) -> Option<Duration> {
    let text = text.trim();
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        // A number that is too large to be read is a long time all the same.
        return Some(text.parse().map_or(LONGEST, Duration::from_secs).min(LONGEST));
    }
    let until = jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(text).ok()?;
    Some(Duration::try_from(until.duration_since(now)).unwrap_or(Duration::ZERO))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEFT: Duration = Duration::from_secs(30);

    fn pause(repeats: u32, asked: Option<u64>, chance: u32) -> Option<u128> {
        let pause = Backoff { repeats }.pause(asked.map(Duration::from_secs), LEFT, chance);
        pause.map(|pause| pause.as_millis())
    }

    #[test]
    fn a_busy_server_is_left_alone_as_long_as_it_asks_and_twice_at_most() {
        assert_eq!(pause(0, Some(7), 0), Some(7000));
        assert_eq!((pause(0, None, 0), pause(0, None, u32::MAX)), (Some(250), Some(500)));
        assert_eq!((pause(1, None, 0), pause(1, None, u32::MAX)), (Some(500), Some(1000)));
        assert_eq!(pause(0, Some(0), 0), Some(250), "at once is not left alone");
        assert_eq!(pause(2, Some(1), 0), None);
        assert_eq!(pause(0, Some(30), 0), None, "longer than the request may take");
    }

    #[test]
    fn a_pause_is_seconds_or_a_date() {
        let now: Timestamp = "2015-10-21T07:27:30Z".parse().unwrap();
        assert_eq!(retry_after("90", now), Some(Duration::from_secs(90)));
        assert_eq!(retry_after("Wed, 21 Oct 2015 07:28:00 GMT", now), Some(Duration::from_secs(30)));
        assert_eq!(retry_after("Wed, 21 Oct 2015 07:27:00 GMT", now), Some(Duration::ZERO));
        for long in ["99999999999999999999", "18446744073709551615"] {
            assert_eq!(retry_after(long, now), Some(LONGEST));
        }
        assert_eq!(
            (retry_after("soon", now), retry_after("", now), retry_after("-1", now)),
            (None, None, None)
        );
    }
}
