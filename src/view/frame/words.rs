//! Words for times, numbers and keys.

use super::look::Look;
use crate::desk::frame::key::{Code, Key};
use crate::kind::{Timestamp, span};
use jiff::SignedDuration;

/// `1:40`: minutes and seconds.
pub fn minutes(duration: SignedDuration) -> String {
    let seconds = duration.as_secs().max(0);
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

/// The same for a countdown: `0:00` is shown only when it has ended.
pub fn countdown(left: SignedDuration) -> String {
    minutes(SignedDuration::from_secs(left.as_secs() + i64::from(left.subsec_nanos() > 0)))
}

/// A length of time as the command line says it, too, and never more than has passed: `40 s`, `95 min`, `20 h`, `3 days`.
pub fn ago(duration: SignedDuration) -> String {
    span(duration.max(SignedDuration::ZERO))
}

/// The same for a column of [`AGE`]: `365 d` where the days in full would be cut.
pub fn age(duration: SignedDuration) -> String {
    let age = ago(duration);
    if age.len() > AGE { age.replace(" days", " d").replace(" years", " y") } else { age }
}

/// The width of a column of ages.
const AGE: usize = 7;

/// An instant by the wall clock, with its date when that is not today's; and with the zone on a day of which an hour comes twice
/// or never, as the time alone would not say which one it is.
pub fn time(look: &Look, at: Timestamp, now: Timestamp) -> String {
    zone_where_needed(look, at, wall(look, at, now))
}

/// The same with the zone of the clock.
pub fn time_there(look: &Look, at: Timestamp, now: Timestamp) -> String {
    let zone = at.to_zoned(look.zone.clone());
    format!("{} {}", wall(look, at, now), zone.strftime("%Z"))
}

/// An instant by the wall clock alone.
pub fn wall(look: &Look, at: Timestamp, now: Timestamp) -> String {
    let (at, now) = (at.to_zoned(look.zone.clone()), now.to_zoned(look.zone.clone()));
    let format = if at.date() == now.date() { "%H:%M:%S" } else { "%Y-%m-%d %H:%M" };
    at.strftime(format).to_string()
}

/// `time`, which is of `at`, with the zone where the clock on the wall is put forward or back on that day.
pub fn zone_where_needed(look: &Look, at: Timestamp, time: String) -> String {
    let at = at.to_zoned(look.zone.clone());
    let starts = at.start_of_day();
    let ends = at.tomorrow().and_then(|next| next.start_of_day());
    let changes = starts.ok().zip(ends.ok()).is_some_and(|(first, next)| first.offset() != next.offset());
    if changes { format!("{time} {}", at.strftime("%Z")) } else { time }
}

/// A number with its thousands apart: `10,000`.
pub fn count(number: usize) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `1 order`, `2 orders`.
pub fn plural(number: usize, one: &str) -> String {
    format!("{} {one}{}", count(number), if number == 1 { "" } else { "s" })
}

/// A key, as keyboards and manuals name it.
pub fn key(key: Key) -> String {
    let code = match key.code {
        Code::Char(' ') => "Space".to_owned(),
        Code::Char(c) if key.ctrl => c.to_uppercase().collect(),
        Code::Char(c) => c.to_string(),
        Code::Enter => "Enter".to_owned(),
        Code::Esc => "Esc".to_owned(),
        Code::Tab => "Tab".to_owned(),
        Code::BackTab => "Shift-Tab".to_owned(),
        Code::Backspace => "Backspace".to_owned(),
        Code::Delete => "Del".to_owned(),
        Code::Up => "↑".to_owned(),
        Code::Down => "↓".to_owned(),
        Code::Left => "←".to_owned(),
        Code::Right => "→".to_owned(),
        Code::Home => "Home".to_owned(),
        Code::End => "End".to_owned(),
        Code::PageUp => "PgUp".to_owned(),
        Code::PageDown => "PgDn".to_owned(),
        Code::F(n) => format!("F{n}"),
    };
    format!("{}{}{code}", if key.ctrl { "Ctrl-" } else { "" }, if key.alt { "Alt-" } else { "" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_short_and_plain() {
        let secs = SignedDuration::from_secs;
        assert_eq!([ago(secs(-5)), ago(secs(119)), ago(secs(3_000))], ["0 s", "119 s", "50 min"]);
        assert_eq!([count(1_234_567), count(7)], ["1,234,567", "7"]);
        assert_eq!(key(Key::ctrl('r')), "Ctrl-R");
    }

    #[test]
    fn on_a_day_on_which_an_hour_comes_twice_a_time_says_which() {
        let zone = jiff::tz::TimeZone::get("America/Denver").unwrap();
        let look = Look::new(crate::desk::frame::theme::ThemeName::Dark, zone);
        let time = |at: &str, now: &str| time(&look, at.parse().unwrap(), now.parse().unwrap());
        let now = "2026-11-01T09:00:00Z";
        assert_eq!(time("2026-11-01T07:45:00Z", now), "01:45:00 MDT");
        assert_eq!(time("2026-11-01T08:45:00Z", now), "01:45:00 MST");
        assert_eq!(time("2026-11-01T08:45:00Z", "2026-11-05T09:00:00Z"), "2026-11-01 01:45 MST");
        assert_eq!(time("2026-11-02T09:00:00Z", "2026-11-02T09:00:00Z"), "02:00:00");
    }

    #[test]
    fn an_age_fits_its_column() {
        let days = |days: i64| age(SignedDuration::from_hours(24 * days));
        assert_eq!(
            [2, 99, 100, 729, 730, 4_000].map(days),
            ["2 days", "99 days", "100 d", "729 d", "2 years", "10 y"]
        );
    }

    #[test]
    fn an_age_is_never_rounded_up_and_reads_as_on_the_command_line() {
        let ages = [90 * 60, 180 * 60 - 1, 12 * 3_600 - 180, 3 * 86_400 - 1].map(SignedDuration::from_secs);
        assert_eq!(ages.map(ago), ["90 min", "179 min", "11 h", "2 days"]);
        assert_eq!(ages.map(ago), ages.map(span));
    }
}
