//! The supervisor's screen: which orders are stuck until someone acts, and retrying those that are safe to retry.

use super::list::Stalled;
use crate::desk::confirm::Confirm;
use crate::desk::effect::Effect;
use crate::desk::frame::notice::Severity;
use crate::desk::model::{Model, Screen};
use crate::order::{OrderId, Retry, Summary};
use jiff::SignedDuration;

/// As many rows as are asked for at a time.
const CHUNK: usize = 100;
/// As many as are kept at the most. Who has more stalled orders than this deals with these first.
const MOST: usize = 500;
/// After how long the list is read again while it is looked at: orders stall by the passing of time, too.
const AGAIN: SignedDuration = SignedDuration::from_secs(60);

/// Shows the stalled orders: at first those of the queue's window, until the journal has answered.
pub fn open(model: &mut Model) -> Vec<Effect> {
    let now = model.now;
    let known = model.queue.rows.iter().filter(|row| row.stall(now).is_some());
    model.stalled = Stalled { rows: known.take(CHUNK).cloned().collect(), ..Stalled::default() };
    model.screen = Screen::Stalled;
    choose(model, 0);
    load(model)
}

/// Asks for the list from its beginning, while it is shown.
pub fn load(model: &mut Model) -> Vec<Effect> {
    if model.screen != Screen::Stalled {
        return Vec::new();
    }
    model.stalled.loading = true;
    model.stalled.loaded_at = Some(model.now);
    vec![Effect::LoadStalled { after: None, limit: model.stalled.rows.len().clamp(CHUNK, MOST) }]
}

/// Asks for more rows when the chosen one comes near the last.
pub fn missing(model: &mut Model) -> Option<Effect> {
    let page = model.page();
    let stalled = &mut model.stalled;
    let near = stalled.selected + page >= stalled.rows.len() && stalled.rows.len() < MOST;
    let last = stalled.rows.last().filter(|_| near && stalled.more && !stalled.loading)?;
    let after = Some(Box::new(last.clone()));
    stalled.loading = true;
    Some(Effect::LoadStalled { after, limit: CHUNK })
}

/// Time has passed: what has moved on is left out, and now and then the list is read again.
pub fn tick(model: &mut Model) -> Vec<Effect> {
    let now = model.now;
    model.stalled.rows.retain(|row| row.stall(now).is_some());
    keep_chosen(model);
    let old = model.stalled.loaded_at.is_some_and(|at| now.duration_since(at) >= AGAIN);
    if old { load(model) } else { Vec::new() }
}

/// Rows came: from the beginning, or those after a row.
pub fn loaded(model: &mut Model, after: Option<&OrderId>, rows: Vec<Summary>, more: bool) {
    let stalled = &mut model.stalled;
    stalled.loading = false;
    match after {
        None => stalled.rows = rows,
        Some(id) if stalled.rows.last().is_some_and(|last| last.id == *id) => {
            stalled.rows.retain(|known| rows.iter().all(|row| row.id != known.id));
            stalled.rows.extend(rows);
        }
        Some(_) => return,
    }
    stalled.more = more;
    keep_chosen(model);
}

/// An order has changed: its row goes, or shows what it is now.
pub fn put(model: &mut Model, row: &Summary) {
    let stalls = row.stall(model.now).is_some();
    let at = model.stalled.rows.iter().position(|known| known.id == row.id);
    match at.and_then(|at| model.stalled.rows.get_mut(at)) {
        Some(known) if stalls => *known = row.clone(),
        Some(_) => model.stalled.rows.retain(|known| known.id != row.id),
        None if stalls && model.screen == Screen::Stalled => model.stalled.rows.push(row.clone()),
        None => {}
    }
    keep_chosen(model);
}

/// The chosen order stays chosen; if it is gone, the one in its place is.
fn keep_chosen(model: &mut Model) {
    let stalled = &model.stalled;
    let kept = stalled.chosen.as_ref().and_then(|id| stalled.rows.iter().position(|row| row.id == *id));
    let last = stalled.rows.len().saturating_sub(1);
    choose(model, kept.unwrap_or(stalled.selected).min(last));
}

/// Chooses the `at`-th row.
pub fn choose(model: &mut Model, at: usize) {
    model.stalled.selected = at;
    model.stalled.chosen = chosen(model).map(|row| row.id.clone());
}

/// The chosen row.
pub fn chosen(model: &Model) -> Option<&Summary> {
    model.stalled.rows.get(model.stalled.selected)
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
    let rows = model.stalled.rows.iter();
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
        .stalled
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
