//! The lock: after some minutes without a key, all that is on the screen is hidden until the agent is back.
//!
//! It changes what is shown and what keys do, and nothing else: calls under way go on, and their ends are taken in.

use super::effect::Effect;
use super::model::Model;
use super::msg::Msg;
use crate::order::Timestamp;
use jiff::SignedDuration;

/// Whether the desk is locked, and when it will be.
#[derive(Clone, Copy, Debug)]
pub struct Lock {
    pub locked: bool,
    /// When the person last did something.
    touched: Timestamp,
}

impl Lock {
    /// Not locked, touched just now.
    pub fn new(now: Timestamp) -> Self {
        Self { locked: false, touched: now }
    }
}

/// Locks at once.
pub fn shut(model: &mut Model) -> Vec<Effect> {
    model.lock.locked = true;
    Vec::new()
}

/// How long until the desk locks itself; never, when that is turned off or it is locked.
pub fn left(model: &Model, now: Timestamp) -> Option<SignedDuration> {
    let after = model.setup.lock_after.filter(|_| !model.lock.locked)?;
    Some(after.saturating_sub(now.duration_since(model.lock.touched)))
}

/// Locks when it is time to. True when the lock takes `msg`, which then does nothing else: a key or a paste unlocks.
pub fn takes(model: &mut Model, msg: &Msg) -> bool {
    let now = model.now;
    if let Msg::Practised { clock_offset, .. } = msg {
        // The trainer moved the clock; the agent was not away.
        let by = clock_offset.saturating_sub(model.training.clock_offset);
        model.lock.touched = model.lock.touched.checked_add(by).unwrap_or(now);
    }
    // A clock that was set back must not put the lock off.
    model.lock.touched = model.lock.touched.min(now);
    if left(model, now).is_some_and(|left| !left.is_positive()) {
        model.lock.locked = true;
    }
    let was = model.lock.locked;
    match msg {
        Msg::Key(_) | Msg::Paste(_) => unlock(model),
        Msg::Clicked(_) | Msg::Scrolled(_) if was => {}
        Msg::Clicked(_) | Msg::Scrolled(_) => model.lock.touched = now,
        Msg::Resized { .. }
        | Msg::Tick
        | Msg::Timer(_)
        | Msg::Queue { .. }
        | Msg::Order { .. }
        | Msg::Opened(_)
        | Msg::Retried { .. }
        | Msg::RetriedAll
        | Msg::Failed { .. }
        | Msg::Practised { .. }
        | Msg::JournalChanged
        | Msg::AskedToQuit => return false,
    }
    was
}

fn unlock(model: &mut Model) {
    let now = model.now;
    model.lock.touched = now;
    // Nobody reads a text that is hidden.
    if std::mem::take(&mut model.lock.locked)
        && let Some(screen) = &mut model.order
    {
        screen.lit_at = now;
    }
}
