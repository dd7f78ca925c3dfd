//! A moment as a person writes it: a day or a time, by the clock on the wall, or an instant.

use super::{Exit, Failed};
use crate::kind::{Timestamp, instant};
use crate::session::local_zone;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

/// The moment that `text` says: `2026-11-20` is the beginning of that day here, `2026-11-20T15:00:00` that time here, and
/// RFC 3339 is what it is.
pub fn moment(flag: &str, text: &str) -> Result<Timestamp, Failed> {
    read(text, local_zone()).ok_or_else(|| {
        let what = format!(
            "--{flag}: `{text}` is not a date; write 2026-11-20, 2026-11-20T15:00:00, or 2026-11-20T15:00:00Z"
        );
        Failed::new(Exit::BadInput, what)
    })
}

fn read(text: &str, here: TimeZone) -> Option<Timestamp> {
    // A zone in brackets, or an offset that is none, would be left out without a word.
    let is_plain = || !text.contains('[') && text.parse::<Timestamp>().is_err();
    let on_the_wall = || text.parse::<DateTime>().ok().filter(|_| is_plain());
    // The last day that can be written ends after the last instant there is.
    let there = |wall: DateTime| {
        let end = if wall.year() > 0 { Timestamp::MAX } else { Timestamp::MIN };
        wall.to_zoned(here).map_or(end, |zoned| zoned.timestamp())
    };
    instant(text).or_else(|| on_the_wall().map(there))
}

/// That nobody knows which zone this machine is in: a day that begins elsewhere has other figures.
pub fn unknown_zone() -> String {
    let named = std::env::var("TZ").map_or_else(|_| String::new(), |zone| format!(" (TZ is `{zone}`)"));
    format!("This machine's time zone is not known{named}")
}

/// The day of an instant where this machine is.
pub fn day(at: Timestamp) -> String {
    at.to_zoned(local_zone()).date().to_string()
}

/// An instant where this machine is, to the second, with the hours that its clock is off UTC: what is copied elsewhere is still
/// the same instant.
pub fn local(at: Timestamp) -> String {
    shown(at, local_zone())
}

fn shown(at: Timestamp, here: TimeZone) -> String {
    at.to_zoned(here).strftime("%Y-%m-%d %H:%M:%S %:z").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_shown_as_it_is_here_and_says_where_that_is() {
        let at = "2026-11-20T15:00:05.9Z".parse().unwrap();
        let shown = |hours| shown(at, TimeZone::fixed(jiff::tz::offset(hours)));
        assert_eq!(
            (shown(-7), shown(0)),
            ("2026-11-20 08:00:05 -07:00".into(), "2026-11-20 15:00:05 +00:00".into())
        );
    }

    #[test]
    fn a_time_without_a_zone_is_by_the_clock_on_the_wall() {
        let here = TimeZone::fixed(jiff::tz::offset(-7));
        for (text, expected) in [
            ("2026-11-20", Some("2026-11-20T07:00:00Z")),
            ("2026-11-20T15:00:00", Some("2026-11-20T22:00:00Z")),
            ("2026-11-20T15:00", Some("2026-11-20T22:00:00Z")),
            ("2026-11-20 15:00:00", Some("2026-11-20T22:00:00Z")),
            ("2026-11-20T15:00:00Z", Some("2026-11-20T15:00:00Z")),
            ("2026-11-20T15:00:00+02:00", Some("2026-11-20T13:00:00Z")),
            ("2026-11-20T15:00:00[Nowhere/At_All]", None),
            ("2026-11-20T15:00:00+24:00", None),
            ("9999-12-31", Some("9999-12-30T22:00:00.999999999Z")),
            ("yesterday", None),
            ("2026-11-20T", None),
        ] {
            let read = read(text, here.clone()).map(|moment| moment.to_string());
            assert_eq!(read.as_deref(), expected, "{text}");
        }
    }
}
