//! What of this desk changes by the passing of time alone.

use super::state::List;
use crate::desk::model::{Model, Screen};
use crate::kind::Timestamp;
use crate::subscription::{Gate, Report, Shut};
use jiff::SignedDuration;

const SECOND: SignedDuration = SignedDuration::from_secs(1);
const MINUTE: SignedDuration = SignedDuration::from_secs(60);
const HOUR: SignedDuration = SignedDuration::from_secs(3_600);

/// Where the closing is, in its last two days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Countdown {
    /// No report is begun any more in this long: it could arrive after the closing.
    Closes(SignedDuration),
    /// Nothing is begun until then.
    ClosedUntil(Timestamp),
    /// Nothing is begun near a closing, as this machine's clock is so far ahead of the marketplace's, or behind.
    ClockOff(SignedDuration),
}

/// The countdown to the closing, by the marketplace's clock as far as that is known; none before its last two days.
pub fn countdown(model: &Model) -> Option<Countdown> {
    let gate = gate(model)?;
    let now = model.now;
    let closing = match gate.check(now) {
        Ok(()) => gate.calendar.coming(gate.there(now)),
        Err(Shut::ClockOff(_, ahead)) => return Some(Countdown::ClockOff(ahead)),
        Err(Shut::Closed(closing) | Shut::ClockUnknown(closing)) => {
            return Some(Countdown::ClosedUntil(gate.first_begin(&closing)));
        }
    };
    let left = gate.last_begin(&closing).duration_since(now);
    gate.calendar.counts_down(gate.there(now)).then_some(Countdown::Closes(left))
}

/// How far this machine's clock is ahead of the marketplace's, where it is so far off that a person is to know.
pub fn clock_off(model: &Model) -> Option<SignedDuration> {
    gate(model)?.off()
}

/// What this desk knows of the time that is left. A clock that is not known yet counts as right: it is asked for before
/// anything is sent.
fn gate(model: &Model) -> Option<Gate> {
    let calendar = model.market.calendar.clone()?;
    let limit = model.setup.market.as_ref().map_or(SignedDuration::ZERO, |market| market.limit);
    let clock_error = Some(model.market.clock_error.unwrap_or_default());
    Some(Gate { calendar, limit, clock_error, own_clock: false })
}

/// How long the quiet period of a report in doubt still lasts; none when it is over. By the wall clock: the engine knows
/// better, where that was set, and has the last word.
pub fn quiet_left(model: &Model, report: &Report) -> Option<SignedDuration> {
    let ended = report.doubt()?.ended.as_ref()?;
    let waited = model.now.duration_since(ended.at).max(SignedDuration::ZERO);
    Some(model.setup.market_quiet.saturating_sub(waited)).filter(SignedDuration::is_positive)
}

/// How long until something on the screen changes.
pub fn next_tick(model: &Model) -> SignedDuration {
    let closing = match countdown(model) {
        Some(Countdown::Closes(left)) if left < HOUR => SECOND,
        // The next full minute of what is left.
        Some(Countdown::Closes(left)) => SignedDuration::from_secs(left.as_secs() % 60 + 1),
        Some(Countdown::ClosedUntil(_) | Countdown::ClockOff(_)) | None => MINUTE,
    };
    let on_doubts = model.screen == Screen::Market && model.market.list == List::Doubts;
    let quiet = on_doubts && model.market.doubts.iter().any(|report| quiet_left(model, report).is_some());
    if quiet { SECOND } else { closing }
}
