//! A moment as a person writes it: a day or a time, by the clock on the wall, or an instant.

use super::{Exit, Failed};
use crate::order::Timestamp;
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
    // A zone in brackets would be left out without a word.
    let on_the_wall = || text.parse::<DateTime>().ok().filter(|_| !text.contains('['));
    let instant = text.parse::<Timestamp>().ok();
    instant.or_else(|| on_the_wall()?.to_zoned(here).ok().map(|zoned| zoned.timestamp()))
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
            ("yesterday", None),
            ("2026-11-20T", None),
        ] {
            let read = read(text, here.clone()).map(|moment| moment.to_string());
            assert_eq!(read.as_deref(), expected, "{text}");
        }
    }
}
