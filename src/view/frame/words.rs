//! Words for times, numbers and keys.

use super::look::Look;
use crate::desk::frame::key::{Code, Key};
use crate::order::{Timestamp, span};
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

/// An instant by the wall clock, with its date when that is not today's.
pub fn time(look: &Look, at: Timestamp, now: Timestamp) -> String {
    let (at, now) = (at.to_zoned(look.zone.clone()), now.to_zoned(look.zone.clone()));
    let format = if at.date() == now.date() { "%H:%M:%S" } else { "%Y-%m-%d %H:%M" };
    at.strftime(format).to_string()
}

/// The same with the zone of the clock.
pub fn time_there(look: &Look, at: Timestamp, now: Timestamp) -> String {
    let zone = at.to_zoned(look.zone.clone());
    format!("{} {}", time(look, at, now), zone.strftime("%Z"))
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
    fn an_age_is_never_rounded_up_and_reads_as_on_the_command_line() {
        let ages = [90 * 60, 180 * 60 - 1, 12 * 3_600 - 180, 3 * 86_400 - 1].map(SignedDuration::from_secs);
        assert_eq!(ages.map(ago), ["90 min", "179 min", "11 h", "2 days"]);
        assert_eq!(ages.map(ago), ages.map(span));
    }
}
