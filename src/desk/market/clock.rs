//! What of this desk changes by the passing of time alone.

use super::state::List;
use crate::desk::model::{Model, Screen};
use crate::kind::Timestamp;
use crate::subscription::Report;
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
}

/// The countdown to the closing; none before its last two days.
pub fn countdown(model: &Model) -> Option<Countdown> {
    let calendar = model.market.calendar.as_ref()?;
    let now = model.now;
    if !calendar.counts_down(now) {
        return None;
    }
    let closing = calendar.coming(now);
    let limit = model.setup.market.as_ref().map_or(SignedDuration::ZERO, |market| market.limit);
    let left = closing.last_begin(limit).duration_since(now);
    Some(if left.is_positive() { Countdown::Closes(left) } else { Countdown::ClosedUntil(closing.opens) })
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
        Some(Countdown::ClosedUntil(_)) | None => MINUTE,
    };
    let on_doubts = model.screen == Screen::Market && model.market.list == List::Doubts;
    let quiet = on_doubts && model.market.doubts.iter().any(|report| quiet_left(model, report).is_some());
    if quiet { SECOND } else { closing }
}
