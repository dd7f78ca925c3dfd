//! The supervisor's screen: which orders are stuck until someone acts, by cause.

use super::list::{Line, Stalled};
use super::room;
use crate::desk::confirm::Confirm;
use crate::desk::effect::Effect;
use crate::desk::frame::notice::Severity;
use crate::desk::model::{Model, Screen};
use crate::order::stalled::outlook;
use crate::order::{OrderId, Summary};
use jiff::SignedDuration;

/// As many rows as are asked for at a time.
const CHUNK: usize = 500;
/// As many as are kept at the most. Who has more stalled orders than this deals with these first.
pub const MOST: usize = 5_000;
/// After how long the list is read again while it is looked at: orders stall by the passing of time, too.
const AGAIN: SignedDuration = SignedDuration::from_secs(60);
/// After how long it is read again when it is long and other desks have written.
const LONG_AGAIN: SignedDuration = SignedDuration::from_secs(10);
/// A long list is not grouped again more often than this.
const GROUPED: SignedDuration = SignedDuration::from_secs(1);

/// Shows the stalled orders: at first those of the queue's window, until the journal has answered. What was marked stays
/// marked, and a batch that is under way goes on.
pub fn open(model: &mut Model) -> Vec<Effect> {
    let now = model.now;
    let known = model.queue.rows.iter().filter(|row| row.stall(now).is_some());
    let rows = known.take(CHUNK).cloned().collect();
    let (marked, batch) = (std::mem::take(&mut model.stalled.marked), model.stalled.batch.take());
    model.stalled = Stalled { rows, marked, batch, ..Stalled::default() };
    model.screen = Screen::Stalled;
    model.stalled.group_again(now);
    open_all_that_fit(model);
    load(model)
}

/// Opens every group if all their orders are seen at once then.
fn open_all_that_fit(model: &mut Model) {
    let height = room::rows(model, model.frame.body()).list;
    model.stalled.open_all_within(height.into());
}

/// Asks for the list from its beginning, while it is shown.
pub fn load(model: &mut Model) -> Vec<Effect> {
    if model.screen != Screen::Stalled {
        return Vec::new();
    }
    let now = model.now;
    let stalled = &mut model.stalled;
    let lately = stalled.loaded_at.is_some_and(|at| now.duration_since(at) < LONG_AGAIN);
    if stalled.rows.len() > CHUNK && (lately || stalled.loading) {
        stalled.stale = true;
        return Vec::new();
    }
    (stalled.loading, stalled.stale, stalled.loaded_at) = (true, false, Some(now));
    vec![Effect::LoadStalled { after: None, limit: stalled.rows.len().clamp(CHUNK, MOST) }]
}

/// Asks for what comes after the rows that are there, until there are as many as are kept.
pub fn missing(model: &mut Model) -> Option<Effect> {
    let stalled = &mut model.stalled;
    let wanted = stalled.more && !stalled.loading && stalled.rows.len() < MOST;
    let last = stalled.rows.last().filter(|_| wanted)?;
    let after = Some(Box::new(last.clone()));
    stalled.loading = true;
    Some(Effect::LoadStalled { after, limit: CHUNK.min(MOST - stalled.rows.len()) })
}

/// Time has passed: what has moved on is left out, and now and then the list is read again.
pub fn tick(model: &mut Model) -> Vec<Effect> {
    if model.screen != Screen::Stalled {
        return Vec::new();
    }
    let now = model.now;
    model.stalled.rows.retain(|row| row.stall(now).is_some());
    model.stalled.group_again(now);
    let pause = if model.stalled.stale { LONG_AGAIN } else { AGAIN };
    let old = model.stalled.loaded_at.is_some_and(|at| now.duration_since(at) >= pause);
    if old { load(model) } else { Vec::new() }
}

/// Rows came: from the beginning, or those after a row.
pub fn loaded(model: &mut Model, after: Option<&OrderId>, rows: Vec<Summary>, more: bool) {
    let now = model.now;
    let stalled = &mut model.stalled;
    let first = stalled.lines.is_empty();
    stalled.loading = false;
    match after {
        None => stalled.rows = rows,
        Some(id) if stalled.rows.last().is_some_and(|last| last.id == *id) => {
            let new: std::collections::BTreeSet<&OrderId> = rows.iter().map(|row| &row.id).collect();
            stalled.rows.retain(|known| !new.contains(&known.id));
            stalled.rows.extend(rows);
        }
        Some(_) => return,
    }
    stalled.more = more;
    if !more {
        // What is no longer stalled has been dealt with.
        let marked = std::mem::take(&mut stalled.marked);
        let there = stalled.rows.iter().filter(|row| marked.contains(&row.id));
        stalled.marked = there.map(|row| row.id.clone()).collect();
    }
    stalled.group_again(now);
    if first {
        open_all_that_fit(model);
    }
}

/// An order has changed: its row goes, or shows what it is now.
pub fn put(model: &mut Model, row: &Summary) {
    let now = model.now;
    let stalls = row.stall(now).is_some();
    let shown = model.screen == Screen::Stalled;
    let stalled = &mut model.stalled;
    let at = stalled.rows.iter().position(|known| known.id == row.id);
    let lately = stalled.grouped_at.is_some_and(|at| now.duration_since(at) < GROUPED);
    match at.and_then(|at| stalled.rows.get_mut(at)) {
        Some(known) => *known = row.clone(),
        None if stalls && shown => stalled.rows.push(row.clone()),
        None => return,
    }
    match at {
        // While a long batch runs, this comes for each of its orders.
        Some(at) if lately && stalled.rows.len() > CHUNK => stalled.cause_again(at, now),
        Some(_) | None => {
            stalled.rows.retain(|known| known.stall(now).is_some());
            stalled.group_again(now);
        }
    }
}

/// Chooses the `at`-th line.
pub fn choose(model: &mut Model, at: usize) {
    model.stalled.choose(at);
}

/// Opens the chosen group, or closes it.
pub fn unfold(model: &mut Model, open: bool) {
    let stalled = &mut model.stalled;
    if !open && stalled.row().is_some() {
        stalled.choose_heading();
    }
    if let Some(key) = stalled.group().map(|group| group.cause.key.clone()) {
        stalled.set_open(&key, open);
    }
}

/// Enter on a heading: its group is opened, or closed when it was open. False on an order.
pub fn toggle(model: &mut Model) -> bool {
    let stalled = &model.stalled;
    let Some(Line::Group(_)) = stalled.line() else { return false };
    let open = stalled.group().is_some_and(|group| !stalled.is_open(&group.cause.key));
    unfold(model, open);
    true
}

/// Marks the chosen order, or takes its mark away, and goes on to the next line; on a heading, the whole group.
pub fn mark(model: &mut Model) {
    let Some(id) = model.stalled.row().map(|row| row.id.clone()) else { return mark_group(model) };
    let stalled = &mut model.stalled;
    if !stalled.marked.remove(&id) {
        stalled.marked.insert(id);
    }
    let next = (stalled.selected + 1).min(stalled.lines.len().saturating_sub(1));
    stalled.choose(next);
}

/// Marks every order of the chosen group; when all of them are marked already, none.
pub fn mark_group(model: &mut Model) {
    let stalled = &mut model.stalled;
    let Some(key) = stalled.group().map(|group| group.cause.key.clone()) else { return };
    let ids: Vec<OrderId> = stalled.of_cause(&key).map(|row| row.id.clone()).collect();
    if ids.iter().all(|id| stalled.marked.contains(id)) {
        for id in &ids {
            stalled.marked.remove(id);
        }
    } else {
        stalled.marked.extend(ids);
    }
}

/// Takes all marks away.
pub fn unmark(model: &mut Model) {
    model.stalled.marked.clear();
}

/// Asks whether to retry the chosen order, or says why not.
pub fn ask_one(model: &mut Model) {
    let Some(row) = model.stalled.row() else {
        return model
            .say(Severity::Info, "open the group and choose an order; or mark it with * and press A");
    };
    if model.running.contains_key(&row.id) {
        return model.say(Severity::Warning, "this order is already in progress");
    }
    if let Some(worker) = model.worked_on_by(row) {
        let text = format!("{} is working on this order: O takes it over", worker.name);
        return model.say(Severity::Warning, text);
    }
    let outlook = outlook(row, model.now);
    if let Some(again) = outlook.again(row) {
        let id = row.id.clone();
        return model.frame.ask(Confirm::RetryOne(id, again));
    }
    let text = format!("a retry is {}: {}", outlook.retry.name(), outlook.why);
    model.say(Severity::Warning, text);
}
