//! What the lock makes of what happens.

use crate::desk::frame::lock::Touch;
use crate::desk::model::Model;
use crate::desk::msg::{Input, Msg};

/// True when the lock takes `msg`, which then does nothing else.
pub fn keeps(model: &mut Model, msg: &Msg) -> bool {
    let touch = match msg.input() {
        Some(Input::Key(_) | Input::Paste(_)) => Touch::Key,
        // A key that is down is no sign that somebody has come back.
        Some(Input::Held(_) | Input::Clicked(_) | Input::Scrolled(_)) => Touch::Mouse,
        None => Touch::None,
    };
    let now = model.unmoved(model.now);
    model.frame.lock.takes(touch, model.setup.lock_after, now)
}
