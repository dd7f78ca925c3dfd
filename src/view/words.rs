//! The words and glyphs for what values mean: states, times, keys.

use super::Look;
use crate::desk::{Code, Key};
use crate::order::{Attention, Method, Retry, State, Timestamp, WindowState};
use jiff::SignedDuration;
use ratatui::style::Style;

/// A glyph that goes with the state's name, never without it.
pub fn glyph(state: State) -> &'static str {
    match state {
        State::Opened => "○",
        State::RccRetrieved => "◔",
        State::Reading | State::Sent => "◑",
        State::Accepted => "◕",
        State::Completing => "…",
        State::InDoubt => "!",
        State::Completed => "✓",
        State::RccBlocked | State::Expired | State::Refused => "×",
        State::Abandoned => "–",
    }
}

/// The style that goes with how soon a person should look.
pub fn urgency(look: &Look, attention: Attention) -> Style {
    match attention {
        Attention::Alarm => look.theme.bad,
        Attention::Mend => look.theme.warn,
        Attention::Ready => look.theme.good,
        Attention::Open => look.theme.base,
        Attention::Busy | Attention::Over | Attention::Done => look.theme.dim,
    }
}

/// A method, short enough for a column.
pub fn method(method: Option<Method>) -> &'static str {
    match method {
        Some(Method::Verbal) => "aloud",
        Some(Method::Sms) => "SMS",
        Some(Method::Email) => "e-mail",
        None => "–",
    }
}

/// What is left of the window, for a column: `87 min`, `1:40`, `unknown`, `over`.
pub fn left(window: WindowState) -> String {
    match window {
        WindowState::Unknown => "unknown".to_owned(),
        WindowState::Over(_) => "over".to_owned(),
        WindowState::Open(left) if left.as_secs() < 120 => minutes(left),
        WindowState::Open(left) => format!("{} min", left.as_mins()),
    }
}

/// The window's clock, as a sentence.
pub fn clock(window: WindowState) -> String {
    match window {
        WindowState::Unknown => "prepare time unknown".to_owned(),
        WindowState::Over(since) => format!("window over for {}", ago(since)),
        WindowState::Open(_) => format!("{} left", left(window)),
    }
}

/// The style of the window's clock.
pub fn clock_style(look: &Look, window: WindowState) -> Style {
    match window {
        WindowState::Unknown => look.theme.warn,
        WindowState::Over(_) => look.theme.bad,
        WindowState::Open(left) if left.as_mins() < 15 => look.theme.warn,
        WindowState::Open(_) => look.theme.strong,
    }
}

/// `1:40`: minutes and seconds.
pub fn minutes(duration: SignedDuration) -> String {
    let seconds = duration.as_secs().max(0);
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

/// The same for what is waited for: `0:00` is shown only when it is over.
pub fn countdown(left: SignedDuration) -> String {
    minutes(SignedDuration::from_secs(left.as_secs() + i64::from(left.subsec_nanos() > 0)))
}

/// A length of time in its largest unit: `40 s`, `12 min`, `3 h`, `2 d`.
pub fn ago(duration: SignedDuration) -> String {
    let seconds = duration.as_secs().max(0);
    match seconds {
        0..60 => format!("{seconds} s"),
        60..5_400 => format!("{} min", seconds / 60),
        5_400..129_600 => format!("{} h", (seconds + 1_800) / 3_600),
        _ => format!("{} d", (seconds + 43_200) / 86_400),
    }
}

/// An instant by the wall clock, with its date when that is not today's.
pub fn time(look: &Look, at: Timestamp, now: Timestamp) -> String {
    let (at, now) = (at.to_zoned(look.zone.clone()), now.to_zoned(look.zone.clone()));
    let format = if at.date() == now.date() { "%H:%M:%S" } else { "%Y-%m-%d %H:%M" };
    at.strftime(format).to_string()
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

/// What sending again would be, with a glyph, in words.
pub fn verdict(retry: Retry) -> &'static str {
    match retry {
        Retry::Useful => "✓ useful: it may work later",
        Retry::Futile => "× futile: the same answer until someone mends it",
        Retry::Dangerous => "! dangerous: it could do harm",
    }
}

/// The style of that verdict.
pub fn verdict_style(look: &Look, retry: Retry) -> Style {
    match retry {
        Retry::Useful => look.theme.good,
        Retry::Futile => look.theme.warn,
        Retry::Dangerous => look.theme.bad,
    }
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
        let open = |s| left(WindowState::Open(secs(s)));
        assert_eq!([open(7_200), open(120), open(119), open(0)], ["120 min", "2 min", "1:59", "0:00"]);
        assert_eq!([ago(secs(59)), ago(secs(3_000)), ago(secs(7_200))], ["59 s", "50 min", "2 h"]);
        assert_eq!([ago(secs(200_000)), count(1_234_567), count(7)], ["2 d", "1,234,567", "7"]);
        assert_eq!(key(Key::ctrl('r')), "Ctrl-R");
    }
}
