//! What the lock makes of what happens.

use crate::desk::frame::lock::{Taken, Touch};
use crate::desk::model::Model;
use crate::desk::msg::Msg;

/// True when the lock takes `msg`, which then does nothing else.
pub fn keeps(model: &mut Model, msg: &Msg) -> bool {
    let touch = match msg {
        Msg::Key(_) | Msg::Paste(_) => Touch::Key,
        // A key that is down is no sign that somebody has come back.
        Msg::Held(_) | Msg::Clicked(_) | Msg::Scrolled(_) => Touch::Mouse,
        Msg::Simulated { clock_offset, .. } => {
            Touch::ClockMoved(clock_offset.saturating_sub(model.training.clock_offset))
        }
        Msg::Resized { .. }
        | Msg::Focused(_)
        | Msg::Shown(_)
        | Msg::Continued
        | Msg::Tick
        | Msg::Timer(_)
        | Msg::Queue(_)
        | Msg::Found { .. }
        | Msg::Stalled { .. }
        | Msg::Order { .. }
        | Msg::Glance { .. }
        | Msg::Opened(_)
        | Msg::Ended(_)
        | Msg::Day { .. }
        | Msg::Failed { .. }
        | Msg::Practice(_)
        | Msg::Market(_)
        | Msg::Contract(_)
        | Msg::Classroom(_)
        | Msg::JournalChanged
        | Msg::JournalAway
        | Msg::JournalBack
        | Msg::AskedToQuit => Touch::None,
    };
    let taken = model.frame.lock.take(touch, model.setup.lock_after, model.now);
    if taken == Taken::Unlocked
        && let Some(screen) = &mut model.order
    {
        // Nobody reads a text that is hidden.
        screen.shown_at = model.now;
    }
    taken != Taken::PassedOn
}
