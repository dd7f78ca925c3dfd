//! The chosen order beside a list, on a wide screen. It is loaded after a short pause, so that moving through rows loads
//! nothing.

use super::effect::Effect;
use super::model::{Model, Screen};
use crate::order::{Order, Recorded, Summary, Worker};
use jiff::SignedDuration;
use std::sync::Arc;

/// From this width on there is room for it.
pub const WIDE: u16 = 140;
/// How long a row stays chosen before its order is loaded.
const PAUSE: SignedDuration = SignedDuration::from_millis(150);

impl Model {
    /// True on a screen on which the chosen order stands beside the list, while nobody is to be kept from seeing it.
    pub fn has_room_beside(&self) -> bool {
        self.frame.size.0 >= WIDE
            && !self.frame.lock.locked
            && match self.screen {
                Screen::Queue => self.queue.chosen().is_some(),
                Screen::Stalled => !self.stalled.lines.is_empty(),
                Screen::Order
                | Screen::Replay
                | Screen::Intake
                | Screen::Day
                | Screen::Training
                | Screen::Graded
                | Screen::Market
                | Screen::Subscription
                | Screen::Sending
                | Screen::Contract
                | Screen::Applying => false,
            }
    }

    /// The row beside which there is room for its order.
    pub fn beside_row(&self) -> Option<&Summary> {
        match self.screen {
            _ if !self.has_room_beside() => None,
            Screen::Queue => self.queue.chosen(),
            Screen::Stalled => self.stalled.row(),
            Screen::Order
            | Screen::Replay
            | Screen::Intake
            | Screen::Day
            | Screen::Training
            | Screen::Graded
            | Screen::Market
            | Screen::Subscription
            | Screen::Sending
            | Screen::Contract
            | Screen::Applying => None,
        }
    }

    /// Who else works on the order of this row now, as far as is known.
    pub fn worked_on_by<'a>(&self, row: &'a Summary) -> Option<&'a Worker> {
        let worker = row.worker.as_ref()?;
        let busy = worker.is_at_it(self.now) || row.owner.is_some();
        let others = worker.name != self.setup.agent && !row.standing.is_final();
        (busy && others).then_some(worker)
    }
}

/// Waits for the pause when another row is chosen, or the chosen one has changed.
pub fn follow(model: &mut Model) -> Option<Effect> {
    let wanted = model.beside_row().map(|row| (row.id.clone(), row.seq))?;
    if model.beside.wanted.as_ref() == Some(&wanted) {
        return None;
    }
    model.beside.wanted = Some(wanted);
    let id = model.frame.next_timer();
    model.beside.timer = Some(id);
    Some(Effect::Timer { id, delay: PAUSE })
}

/// A timer fired: if it is that of the pause, the order is loaded.
pub fn timer(model: &mut Model, id: u64) -> Option<Effect> {
    if model.beside.timer != Some(id) {
        return None;
    }
    model.beside.timer = None;
    let row = model.beside_row()?;
    Some(Effect::Glance(row.id.clone()))
}

/// The order came. One that is no longer wanted is left out.
pub fn loaded(model: &mut Model, order: Arc<Order>, history: Arc<Vec<Recorded>>) {
    if model.beside.wanted.as_ref().is_some_and(|(id, _)| *id == order.id) {
        model.beside.loaded = Some((order, history));
    }
}
