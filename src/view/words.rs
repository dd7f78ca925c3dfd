//! The words and glyphs for what an order's values mean: states, windows, verdicts.

use super::frame::look::Look;
use super::frame::words::{ago, minutes};
use crate::order::stalled::outlook;
use crate::order::{
    Attention, Brief, Class, Method, Remedy, Reopens, Retry, State, Summary, Timestamp, WindowState,
};
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
        Attention::Fix => look.theme.warn,
        Attention::Ready => look.theme.good,
        Attention::Open => look.theme.base,
        Attention::Busy | Attention::Over | Attention::Done => look.theme.dim,
    }
}

/// A method, short enough for a column.
pub fn method(method: Option<Method>) -> &'static str {
    match method {
        Some(Method::Verbal) => "verbal",
        Some(Method::Sms) => "SMS",
        Some(Method::Email) => "e-mail",
        None => "–",
    }
}

/// What is left of the window of an order in this state, for a column: `87 min`, `1:40`, `unknown`, `expired`. Px may call an
/// order expired while its clock here is still running.
pub fn left(state: State, window: WindowState) -> String {
    match window {
        WindowState::Over(_) => "expired".to_owned(),
        WindowState::Unknown | WindowState::Ahead | WindowState::Open(_) if state == State::Expired => {
            "expired".to_owned()
        }
        WindowState::Unknown | WindowState::Ahead => "unknown".to_owned(),
        WindowState::Open(left) => left_short(left),
    }
}

/// A length of time that is left, in the same way.
pub fn left_short(left: SignedDuration) -> String {
    if left.as_secs() < 120 { minutes(left) } else { format!("{} min", left.as_mins()) }
}

/// The window's clock, as a sentence.
pub fn clock(state: State, window: WindowState) -> String {
    match window {
        WindowState::Over(since) => format!("expired {} ago", ago(since)),
        WindowState::Unknown | WindowState::Ahead | WindowState::Open(_) if state == State::Expired => {
            "expired".to_owned()
        }
        WindowState::Unknown => "prepare time unknown".to_owned(),
        WindowState::Ahead => "clock set back?".to_owned(),
        WindowState::Open(left) => format!("{} left", left_short(left)),
    }
}

/// The style of the window's clock.
pub fn clock_style(look: &Look, state: State, window: WindowState) -> Style {
    match window {
        WindowState::Over(_) => look.theme.bad,
        WindowState::Unknown | WindowState::Ahead | WindowState::Open(_) if state == State::Expired => {
            look.theme.bad
        }
        WindowState::Unknown | WindowState::Ahead => look.theme.warn,
        WindowState::Open(left) if left.as_mins() < 15 => look.theme.warn,
        WindowState::Open(_) => look.theme.strong,
    }
}

/// What comes next for an order that nothing holds up.
pub fn next_step(state: State) -> &'static str {
    match state {
        State::Opened | State::RccBlocked => "Retrieve the RCC text.",
        State::RccRetrieved => "Read the text to the customer, or send it.",
        State::Reading => "Go on reading to the customer.",
        State::Sent => "Wait for the customer to accept, then check.",
        State::Accepted => "Complete the order.",
        State::Completing => "Wait for Px to answer.",
        State::InDoubt => "Ask the carrier whether the order was placed.",
        State::Completed | State::Abandoned => "Nothing: it has ended.",
        State::Expired => "Abandon it, and prepare it again in the order system.",
        State::Refused => "Open it to see what Px refused.",
    }
}

/// What sending again would be, with its glyph.
pub fn verdict(retry: Retry) -> &'static str {
    match retry {
        Retry::Useful => "✓ useful: it may work later",
        Retry::Futile => "× futile: the same answer until someone fixes it",
        Retry::Dangerous => "! dangerous: it could do harm",
    }
}

/// The same of a refusal that nothing at this order mends.
const CANNOT_GO_ON: &str = "× futile: this order cannot go on";

/// The same of what Px documents as this row.
pub fn verdict_on(remedy: &Remedy) -> &'static str {
    match (remedy.retry, remedy.reopens) {
        (Retry::Futile, Reopens::Never) => CANNOT_GO_ON,
        (retry, _) => verdict(retry),
    }
}

/// The same of an order's row, which may have had no answer, or may not be sent again by itself.
pub fn verdict_of(row: &Summary, now: Timestamp) -> &'static str {
    let retry = outlook(row, now).retry;
    let unknown = |brief: &Brief| matches!(brief.class, Class::Unknown | Class::CutOff);
    match &row.trouble {
        _ if retry != Retry::Futile => verdict(retry),
        _ if row.owner.is_some() => "× futile: a call for it is in progress",
        _ if row.state(now) == State::Expired => "× futile: it has expired",
        None => "× futile: nothing failed",
        Some(trouble) if unknown(trouble) => "× futile for now: the RCC may have come",
        Some(trouble) if trouble.reopens() == Reopens::Never => CANNOT_GO_ON,
        Some(_) => verdict(retry),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_is_short_and_plain() {
        let open = |s| left(State::Accepted, WindowState::Open(SignedDuration::from_secs(s)));
        assert_eq!([open(7_200), open(120), open(119), open(0)], ["120 min", "2 min", "1:59", "0:00"]);
    }

    #[test]
    fn what_px_calls_expired_has_nothing_left() {
        for window in [WindowState::Open(SignedDuration::from_mins(45)), WindowState::Unknown] {
            assert_eq!(left(State::Expired, window), "expired");
            assert_eq!(clock(State::Expired, window), "expired");
        }
        assert_eq!(
            clock(State::Expired, WindowState::Over(SignedDuration::from_mins(8))),
            "expired 8 min ago"
        );
    }
}
