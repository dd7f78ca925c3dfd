//! Checking for the acceptance, with growing pauses, until it is there or checking makes no sense any more: of each order
//! by itself, whichever screen is in front.

use super::run::run_on;
use super::screen::{Pane, pane};
use super::tell::{notify, say, tell};
use crate::desk::effect::{Effect, Task};
use crate::desk::frame::notice::Severity;
use crate::desk::model::{Model, Screen};
use crate::order::{Call, Command, Order, OrderId, Polling, Trouble};
use jiff::SignedDuration;

fn open(model: &Model) -> Option<OrderId> {
    model.order.as_ref().map(|screen| screen.order.id.clone())
}

/// The customer says that they accepted: check now, and again with growing pauses.
pub fn start(model: &mut Model) -> Vec<Effect> {
    let Some(id) = open(model) else { return Vec::new() };
    let (started_at, pauses) = (model.steady_now(), model.setup.pauses);
    // Whoever reads to the customer, or is about to, asks once for what was sent before.
    if model.order.as_ref().is_some_and(|screen| screen.pane == Pane::Sent) {
        model.polls.insert(id.clone(), Polling { pauses, started_at, checks: 0, next_at: None, timer: 0 });
    }
    run_on(model, id, Task::Check)
}

/// A check has ended, and `order` is as it is now: accepted, refused, or the next one is scheduled.
pub fn checked(model: &mut Model, order: &Order) -> Vec<Effect> {
    if order.acceptance.is_some() {
        model.polls.remove(&order.id);
        return call_back(model, &order.id);
    }
    let asking = |trouble: &&Trouble| trouble.call() == Call::GetRccAcceptance;
    let trouble = order.trouble.as_ref().filter(asking);
    let polled = model.polls.contains_key(&order.id);
    let futile = trouble.is_some_and(|trouble| !trouble.is_retryable());
    if futile || (trouble.is_some() && !polled) || pane(order, model.now) != Pane::Sent {
        model.polls.remove(&order.id);
        if trouble.is_none() {
            say(model, &order.id, Severity::Info, "not accepted yet");
        }
        return tell(model, order, Some(Call::GetRccAcceptance));
    }
    go_on(model, &order.id, None)
}

/// A check has ended without an acceptance: the next one is scheduled, unless this has lasted long enough.
pub fn go_on(model: &mut Model, id: &OrderId, retry_after: Option<SignedDuration>) -> Vec<Effect> {
    let now = model.steady_now();
    let Some(polling) = model.polls.get_mut(id) else { return Vec::new() };
    polling.checks += 1;
    let checks = polling.checks;
    let Some(pause) = polling.pause(now, retry_after) else {
        model.polls.remove(id);
        say(model, id, Severity::Warning, &format!("no acceptance yet, after {checks} checks"));
        return run_on(model, id.clone(), Task::Do(Command::StopChecking { checks }));
    };
    wait(model, id, pause)
}

/// Something else has happened to an order: checking ends where nothing is waited for any more.
pub fn follow(model: &mut Model, order: &Order) -> Vec<Effect> {
    if pane(order, model.now) == Pane::Sent || model.polls.remove(&order.id).is_none() {
        return Vec::new();
    }
    if order.acceptance.is_some() { call_back(model, &order.id) } else { Vec::new() }
}

/// The acceptance that was waited for has come. An agent who is elsewhere is called back, and the queue says so until
/// the order is opened.
fn call_back(model: &mut Model, id: &OrderId) -> Vec<Effect> {
    say(model, id, Severity::Done, "the customer has accepted");
    if model.screen != Screen::Order || open(model).as_ref() != Some(id) {
        model.queue.news.insert(id.clone());
    }
    notify(model, id, "the customer accepted")
}

/// Schedules the next check.
fn wait(model: &mut Model, id: &OrderId, pause: SignedDuration) -> Vec<Effect> {
    let (timer, now) = (model.frame.next_timer(), model.now);
    if let Some(polling) = model.polls.get_mut(id) {
        polling.timer = timer;
        polling.next_at = now.checked_add(pause).ok();
    }
    vec![Effect::Timer { id: timer, delay: pause }]
}

/// A timer fired: the next check, if it is still awaited.
pub fn timer(model: &mut Model, timer: u64) -> Vec<Effect> {
    let Some((id, polling)) = model.polls.iter_mut().find(|(_, polling)| polling.timer == timer) else {
        return Vec::new();
    };
    let id = id.clone();
    // Another task is running for this order, a retry from the supervisor's screen; or nothing goes on at all.
    if model.running.contains_key(&id) || model.training.is_paused() {
        return wait(model, &id, model.setup.pauses.first);
    }
    polling.next_at = None;
    run_on(model, id, Task::Check)
}

/// Stops checking for the open order.
pub fn stop(model: &mut Model) -> Vec<Effect> {
    let Some(id) = open(model) else { return Vec::new() };
    let checks = model.polls.remove(&id).map_or(0, |polling| polling.checks);
    if checks == 0 {
        return Vec::new();
    }
    run_on(model, id, Task::Do(Command::StopChecking { checks }))
}
