//! The supervisor's screen: which orders are stuck until someone acts, and retrying those that are safe to retry.

use super::list::Stalled;
use crate::desk::confirm::Confirm;
use crate::desk::effect::Effect;
use crate::desk::frame::notice::Severity;
use crate::desk::model::{Model, Screen};
use crate::order::{OrderId, Retry, Summary};

/// Shows the stalled orders.
pub fn open(model: &mut Model) -> Vec<Effect> {
    model.screen = Screen::Stalled;
    model.stalled = Stalled::default();
    find(model);
    Vec::new()
}

/// Finds the stalled rows, while they are shown; the chosen order stays chosen.
pub fn find(model: &mut Model) {
    if model.screen != Screen::Stalled {
        return;
    }
    let now = model.now;
    let rows = model.queue.rows.iter().enumerate().filter(|(_, row)| row.stall(now).is_some());
    model.stalled.rows = rows.filter_map(|(at, _)| u32::try_from(at).ok()).collect();
    let (queue, stalled) = (&model.queue, &mut model.stalled);
    let place = |id: &OrderId| {
        stalled.rows.iter().position(|at| queue.rows.get(*at as usize).is_some_and(|row| row.id == *id))
    };
    let kept = stalled.chosen.as_ref().and_then(place);
    let last = stalled.rows.len().saturating_sub(1);
    choose(model, kept.unwrap_or(model.stalled.selected).min(last));
}

/// Chooses the `at`-th row.
pub fn choose(model: &mut Model, at: usize) {
    model.stalled.selected = at;
    model.stalled.chosen = chosen(model).map(|row| row.id.clone());
}

/// The chosen row.
pub fn chosen(model: &Model) -> Option<&Summary> {
    model.stalled.rows.get(model.stalled.selected).and_then(|at| model.queue.rows.get(*at as usize))
}

/// True when a retry is safe and may help, and no task of this desk is running for the order.
fn is_useful(model: &Model, row: &Summary) -> bool {
    row.trouble.is_some()
        && !model.running.contains_key(&row.id)
        && row.stall(model.now).is_some_and(|stall| stall.retry == Retry::Useful)
}

/// Asks whether to retry the chosen order, or says why not.
pub fn ask_one(model: &mut Model) -> Vec<Effect> {
    let Some(row) = chosen(model) else { return Vec::new() };
    if is_useful(model, row) {
        let id = row.id.clone();
        model.frame.ask(Confirm::RetryOne(id));
        return Vec::new();
    }
    let why = if model.running.contains_key(&row.id) {
        "this order is already in progress".to_owned()
    } else {
        row.stall(model.now).map_or_else(String::new, |stall| {
            format!("a retry is {}: {}. {}", stall.retry.name(), stall.cause, stall.next)
        })
    };
    model.say(Severity::Warning, why);
    Vec::new()
}

/// Shows which orders would be retried, and asks.
pub fn ask_all(model: &mut Model) -> Vec<Effect> {
    let rows = model.stalled.rows.iter().filter_map(|at| model.queue.rows.get(*at as usize));
    let ids: Vec<OrderId> = rows.filter(|row| is_useful(model, row)).map(|row| row.id.clone()).collect();
    if ids.is_empty() {
        model.say(Severity::Info, "none of these can be retried safely and usefully");
        return Vec::new();
    }
    model.frame.ask(Confirm::RetryAll(ids));
    Vec::new()
}

/// Retries these one after the other, without those that have changed since the question was asked.
pub fn retry(model: &mut Model, ids: &[OrderId]) -> Vec<Effect> {
    let calls: Vec<_> = model
        .queue
        .rows
        .iter()
        .filter(|row| ids.contains(&row.id) && is_useful(model, row))
        .map(|row| (row.id.clone(), row.trouble.as_ref().map(|trouble| trouble.call)))
        .collect();
    if calls.is_empty() {
        model.say(Severity::Info, "nothing left to retry: the orders have moved on");
        return Vec::new();
    }
    model.stalled.report.clear();
    model.frame.under_way += 1;
    let ids = calls.iter().map(|(id, _)| id.clone()).collect();
    for (id, call) in calls {
        model.begin(&id, call);
    }
    vec![Effect::RetryAll(ids)]
}

/// One order of a retry has ended.
pub fn retried(model: &mut Model, id: OrderId, done: bool, what: String) {
    model.end(&id);
    model.stalled.report.push((id, done, what));
}
