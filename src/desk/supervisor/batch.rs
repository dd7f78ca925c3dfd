//! The same thing done with several orders, one after the other: it can be paused and stopped between any two of them.

use super::state::{Batch, Ended, How};
use crate::desk::confirm::Confirm;
use crate::desk::effect::{Effect, Job};
use crate::desk::frame::notice::Severity;
use crate::desk::model::Model;
use crate::order::stalled::{BatchPlan, outlook_for};
use crate::order::{Again, OrderId, Summary};
use std::collections::VecDeque;
use std::fmt::Write as _;
use std::sync::Arc;

/// The orders that something is to be done with: the marked ones, else the chosen one.
pub fn chosen(model: &Model) -> Vec<&Summary> {
    let marked: Vec<&Summary> = model.stalled.marked_rows().collect();
    if marked.is_empty() { model.stalled.row().into_iter().collect() } else { marked }
}

/// True, and said, while a batch is under way: there is one at a time.
pub fn is_busy(model: &mut Model) -> bool {
    let busy = model.stalled.batch.as_ref().is_some_and(Batch::is_running);
    if busy {
        model.say(Severity::Warning, "one batch at a time: wait for this one, or stop it with x");
    }
    busy
}

/// Shows which of the marked orders would be retried, or of all when none is marked, and asks.
pub fn ask_retry(model: &mut Model) {
    if is_busy(model) {
        return;
    }
    let (stalled, now) = (&model.stalled, model.now);
    let none = stalled.marked_rows().next().is_none();
    let wanted = stalled.rows.iter().filter(|row| none || stalled.marked.contains(&row.id));
    let wanted = wanted.filter(|row| !model.running.contains_key(&row.id));
    let plan = BatchPlan::of(&model.setup.agent, wanted, now);
    if plan.send.is_empty() && plan.left_out.is_empty() {
        return model.say(Severity::Info, "no order is stalled");
    }
    model.frame.ask(Confirm::RetryAll(Box::new(plan)));
}

/// Begins to send again what was decided on for each of these.
pub fn retry(model: &mut Model, bulk: bool, send: Vec<(OrderId, Again)>) -> Vec<Effect> {
    let ids = send.iter().map(|(id, _)| id.clone()).collect();
    start(model, Job::Retry { bulk, plan: Arc::new(send.into_iter().collect()) }, ids)
}

/// Begins with these.
pub fn start(model: &mut Model, job: Job, ids: Vec<OrderId>) -> Vec<Effect> {
    if is_busy(model) {
        return Vec::new();
    }
    let ids: VecDeque<OrderId> = ids.into_iter().filter(|id| !model.running.contains_key(id)).collect();
    if ids.is_empty() {
        model.say(Severity::Info, "nothing left to do: the orders have moved on");
        return Vec::new();
    }
    let of = ids.len();
    let batch = Batch { job, of, waiting: ids, current: None, ended: Vec::new(), paused: false, left: 0 };
    model.stalled.batch = Some(batch);
    next(model).into_iter().collect()
}

/// Begins with the next one, unless the batch is paused or at its end.
fn next(model: &mut Model) -> Option<Effect> {
    loop {
        let quitting = model.frame.quit_requested;
        let batch = model.stalled.batch.as_mut()?;
        if batch.paused || batch.current.is_some() {
            return None;
        }
        if quitting {
            stop(model);
        }
        let batch = model.stalled.batch.as_mut()?;
        let Some(id) = batch.waiting.pop_front() else {
            tell_end(model);
            return None;
        };
        let job = batch.job.clone();
        if let Some(why) = left_out(model, &job, &id) {
            note(model, Ended { id, how: How::LeftOut, what: format!("left out: {why}") });
            continue;
        }
        let call = job.again(&id).map(|again| again.call);
        if let Some(batch) = &mut model.stalled.batch {
            batch.current = Some(id.clone());
        }
        model.begin(&id, call);
        model.frame.under_way += 1;
        return Some(Effect::Item(id, job));
    }
}

/// Why an order is left out although it was in the plan: it may have moved on since.
fn left_out(model: &Model, job: &Job, id: &OrderId) -> Option<String> {
    if model.running.contains_key(id) {
        return Some("it is already in progress".to_owned());
    }
    let row = model.row(id).filter(|_| matches!(job, Job::Retry { .. }))?;
    let outlook = outlook_for(&model.setup.agent, row, model.now);
    match outlook.again(row) {
        None => Some(outlook.why),
        again => (again != job.again(id)).then(|| "it has moved on since".to_owned()),
    }
}

fn note(model: &mut Model, ended: Ended) {
    // What was answered is not for a second try: its answer is recorded by itself.
    if matches!(ended.how, How::Done | How::Answered) {
        model.stalled.marked.remove(&ended.id);
    }
    if let Some(batch) = &mut model.stalled.batch {
        batch.ended.push(ended);
    }
}

/// One order has ended; the next one begins, unless nothing can be recorded any more. The caller has counted that one task
/// less is under way.
pub fn ended(model: &mut Model, ended: Ended) -> Vec<Effect> {
    model.end(&ended.id);
    let current = model.stalled.batch.as_mut().map(|batch| batch.current.take());
    if current.flatten().as_ref() != Some(&ended.id) {
        return Vec::new();
    }
    let stops = ended.how.stops();
    note(model, ended);
    if stops {
        stop(model);
        return Vec::new();
    }
    next(model).into_iter().collect()
}

/// Pauses after the order that is under way, or goes on.
pub fn pause(model: &mut Model) -> Vec<Effect> {
    let Some(batch) = model.stalled.batch.as_mut().filter(|batch| batch.is_running()) else {
        return Vec::new();
    };
    batch.paused = !batch.paused;
    next(model).into_iter().collect()
}

/// Stops after the order that is under way. What has not begun stays marked.
pub fn stop(model: &mut Model) {
    let Some(batch) = &mut model.stalled.batch else { return };
    let left: Vec<OrderId> = batch.waiting.drain(..).collect();
    batch.left = left.len();
    batch.paused = false;
    model.stalled.marked.extend(left);
    let idle = model.stalled.batch.as_ref().is_some_and(|batch| batch.current.is_none());
    if idle {
        tell_end(model);
    }
}

fn tell_end(model: &mut Model) {
    let Some(batch) = &model.stalled.batch else { return };
    let (done, shortfall, left) = (batch.done(), batch.shortfall(), batch.left);
    // Writing to a text cannot fail.
    let mut text = format!("{done} of {} {}", batch.of, batch.job.done_words());
    if let Some(id) = batch.answered() {
        let _ = write!(text, "; {id} was answered, and is recorded as soon as the journal takes it");
    }
    if !shortfall.is_empty() {
        let _ = write!(text, "; {shortfall}: h shows why");
    }
    if left > 0 {
        let why = if batch.is_cut_short() { "stopped, as nothing can be recorded" } else { "stopped" };
        let were = if left == 1 { "was not begun and stays" } else { "were not begun and stay" };
        let _ = write!(text, "; {why}: {left} {were} marked");
    }
    let severity = if done == batch.of { Severity::Done } else { Severity::Warning };
    model.say(severity, text);
}
