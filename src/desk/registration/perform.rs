//! Doing what a key asked for.

use super::act::Act;
use super::basics::load;
use super::{applying, edit};
use crate::desk::effect::Effect;
use crate::desk::model::{Model, Screen};
use crate::registry::Collection;
use tui_input::Input;

/// Opens the desk. The contract is listed when it is opened first.
pub fn open(model: &mut Model) -> Vec<Effect> {
    // A result that nobody has seen yet is shown first.
    model.screen = if model.registration.run.is_some() { Screen::Applying } else { Screen::Contract };
    if model.registration.reading.opened { Vec::new() } else { load(model) }
}

/// Does `act`.
pub fn perform(model: &mut Model, act: Act) -> Vec<Effect> {
    match act {
        Act::NextList => show(model, 1),
        Act::PreviousList => show(model, Collection::ALL.len() - 1),
        Act::Next => next(model),
        Act::Left => {
            let registration = &mut model.registration;
            registration.column = registration.column.saturating_sub(1);
            Vec::new()
        }
        Act::Right => {
            let registration = &mut model.registration;
            let last = registration.applications.len().saturating_sub(1);
            registration.column = (registration.column + 1).min(last);
            Vec::new()
        }
        Act::Switch => edit::switch(model),
        Act::Add => edit::ask_add(model),
        Act::Rename => edit::ask_rename(model),
        Act::Remove => edit::remove(model),
        Act::Undo => edit::undo(model),
        Act::Filter => {
            model.registration.filtering = true;
            Vec::new()
        }
        Act::Reload => load(model),
        Act::Preview => applying::preview(model),
        Act::Apply => applying::ask(model),
    }
}

/// Shows every row again.
pub fn clear_filter(model: &mut Model) {
    let registration = &mut model.registration;
    (registration.filter, registration.filtering) = (Input::default(), false);
    registration.arrange();
}

/// The list so many tabs on, round and round.
fn show(model: &mut Model, by: usize) -> Vec<Effect> {
    clear_filter(model);
    let registration = &mut model.registration;
    registration.list = Collection::ALL[(registration.list as usize + by) % Collection::ALL.len()];
    Vec::new()
}

/// From a customer to its row in the matrix.
fn next(model: &mut Model) -> Vec<Effect> {
    let key = model.registration.key().filter(|_| model.registration.list == Collection::Customers);
    if let Some(key) = key {
        show(model, 1);
        model.registration.choose_key(&key);
    }
    Vec::new()
}
