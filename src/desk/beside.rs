//! What a list shows beyond its rows: the chosen order beside it on a wide screen, and who works on the orders in sight.
//! Both are loaded after a short pause, so that moving through rows loads nothing.

use super::effect::Effect;
use super::glance::RowDetails;
use super::model::{Model, Screen};
use super::supervisor::list::Line;
use crate::order::{Order, OrderId, Recorded, Summary, Worker};
use jiff::SignedDuration;
use std::sync::Arc;

/// From this width on there is room for it.
pub const WIDE: u16 = 140;
/// How long a row stays chosen before its order is loaded.
const PAUSE: SignedDuration = SignedDuration::from_millis(150);
/// Of so many orders the details are kept at the most.
const KEPT: usize = 1_000;

impl Model {
    /// True on a screen on which the chosen order stands beside the list, while nobody is to be kept from seeing it.
    pub fn has_room_beside(&self) -> bool {
        self.frame.size.0 >= WIDE
            && !self.frame.lock.locked
            && match self.screen {
                Screen::Queue => self.queue.chosen().is_some(),
                Screen::Stalled => !self.stalled.lines.is_empty(),
                Screen::Order | Screen::Intake | Screen::Day | Screen::Training => false,
            }
    }

    /// The row beside which there is room for its order.
    pub fn beside_row(&self) -> Option<&Summary> {
        match self.screen {
            _ if !self.has_room_beside() => None,
            Screen::Queue => self.queue.chosen(),
            Screen::Stalled => self.stalled.row(),
            Screen::Order | Screen::Intake | Screen::Day | Screen::Training => None,
        }
    }

    /// Who else works on the order of this row now, as far as is known.
    pub fn worked_on_by(&self, row: &Summary) -> Option<&Worker> {
        let worker = self.beside.details(&row.id)?.worker.as_ref()?;
        let busy = worker.is_at_it(self.now) || row.owner.is_some();
        let others = worker.name != self.setup.agent && !row.standing.is_final();
        (busy && others).then_some(worker)
    }
}

/// Waits for the pause when another row is chosen, or the chosen one has changed; and when rows have come into sight.
pub fn follow(model: &mut Model) -> Vec<Effect> {
    follow_chosen(model).into_iter().chain(follow_rows(model)).collect()
}

fn follow_chosen(model: &mut Model) -> Option<Effect> {
    let wanted = model.beside_row().map(|row| (row.id.clone(), row.seq))?;
    if model.beside.wanted.as_ref() == Some(&wanted) {
        return None;
    }
    model.beside.wanted = Some(wanted);
    let id = model.frame.next_timer();
    model.beside.timer = Some(id);
    Some(Effect::Timer { id, delay: PAUSE })
}

fn follow_rows(model: &mut Model) -> Option<Effect> {
    let wanted = unknown(model);
    if wanted.is_empty() || wanted == model.beside.details_wanted {
        return None;
    }
    model.beside.details_wanted = wanted;
    model.beside.details_timers += 1;
    let id = u64::MAX - model.beside.details_timers;
    model.beside.details_timer = Some(id);
    Some(Effect::Timer { id, delay: PAUSE })
}

/// The orders in sight of which no more is known than their rows tell.
fn unknown(model: &Model) -> Vec<(OrderId, u64)> {
    if model.frame.lock.locked {
        return Vec::new();
    }
    let news = |row: &Summary| model.beside.details(&row.id).is_none_or(|known| known.seq < row.seq);
    let wanted = |row: &Summary| news(row).then(|| (row.id.clone(), row.seq));
    in_sight(model).into_iter().filter(|row| !row.standing.is_final()).filter_map(wanted).collect()
}

/// The rows that the list in front shows, or nearly so.
fn in_sight(model: &Model) -> Vec<&Summary> {
    let page = model.page();
    match model.screen {
        Screen::Queue => model.queue.visible(page).map(|(_, row)| row).collect(),
        Screen::Stalled => {
            let stalled = &model.stalled;
            let near = stalled.lines.iter().skip(stalled.selected.saturating_sub(page)).take(2 * page);
            let row = |line: &Line| match line {
                Line::Row(at) => stalled.rows.get(*at),
                Line::Group(_) => None,
            };
            near.filter_map(row).collect()
        }
        Screen::Order | Screen::Intake | Screen::Day | Screen::Training => Vec::new(),
    }
}

/// A timer fired: if it is that of a pause, what was waited for is loaded.
pub fn timer(model: &mut Model, id: u64) -> Option<Effect> {
    if model.beside.details_timer == Some(id) {
        model.beside.details_timer = None;
        let ids: Vec<OrderId> = unknown(model).into_iter().map(|(id, _)| id).collect();
        return (!ids.is_empty()).then_some(Effect::Details(ids));
    }
    if model.beside.timer != Some(id) {
        return None;
    }
    model.beside.timer = None;
    let row = model.beside_row()?;
    Some(Effect::Glance(row.id.clone()))
}

/// The details of some orders came.
pub fn details(model: &mut Model, details: Vec<RowDetails>) {
    if model.beside.details.len() + details.len() > KEPT {
        model.beside.details.clear();
    }
    model.beside.details.extend(details.into_iter().map(|details| (details.id.clone(), details)));
}

/// The order came. One that is no longer wanted is left out.
pub fn loaded(model: &mut Model, order: Arc<Order>, history: Arc<Vec<Recorded>>) {
    details(model, vec![RowDetails::of(&order)]);
    if model.beside.wanted.as_ref().is_some_and(|(id, _)| *id == order.id) {
        model.beside.loaded = Some((order, history));
    }
}
