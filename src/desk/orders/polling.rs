//! Checking for the acceptance, with growing pauses, until it is there or checking makes no sense any more.

use super::run::run;
use super::screen::Pane;
use super::tell::tell;
use crate::desk::effect::{Effect, Task};
use crate::desk::frame::notice::Severity;
use crate::desk::model::{Model, Screen};
use crate::order::{Call, Command, Polling, Trouble};
use jiff::SignedDuration;

/// The customer says that they accepted: check now, and again with growing pauses.
pub fn start(model: &mut Model) -> Vec<Effect> {
    let (begun, pauses) = (model.steady_now(), model.setup.pauses);
    if let Some(screen) = &mut model.order {
        screen.polling = Some(Polling { pauses, started_at: begun, checks: 0, next_at: None, timer: 0 });
    }
    run(model, Task::Check)
}

/// A check has ended: accepted, refused, or the next one is scheduled.
pub fn checked(model: &mut Model, retry_after: Option<SignedDuration>) -> Vec<Effect> {
    let now = model.steady_now();
    let Some(screen) = &mut model.order else { return Vec::new() };
    let Some(mut polling) = screen.polling.take() else { return Vec::new() };
    if screen.order.acceptance.is_some() {
        model.say(Severity::Done, "the customer has accepted");
        return call_back(model);
    }
    let asking = |trouble: &&Trouble| trouble.call() == Call::GetRccAcceptance;
    let futile = screen.order.trouble.as_ref().filter(asking).is_some_and(|trouble| !trouble.is_retryable());
    if futile || screen.pane != Pane::Sent {
        tell(model, Some(Call::GetRccAcceptance));
        return Vec::new();
    }
    polling.checks += 1;
    let Some(pause) = polling.pause(now, retry_after) else {
        model.say(Severity::Warning, format!("no acceptance yet, after {} checks", polling.checks));
        return run(model, Task::Do(Command::StopChecking { checks: polling.checks }));
    };
    screen.polling = Some(polling);
    wait(model, pause)
}

/// The acceptance that was waited for has come. An agent who is elsewhere is called back, and the queue says so until
/// the order is opened.
fn call_back(model: &mut Model) -> Vec<Effect> {
    let Some(id) = model.order.as_ref().map(|screen| screen.order.id.clone()) else { return Vec::new() };
    if model.is_watched(&id) {
        return Vec::new();
    }
    let text = format!("Order {id}: the customer accepted");
    if model.screen != Screen::Order {
        model.say(Severity::Done, text.clone());
        model.queue.news.insert(id);
    }
    if model.setup.notify { vec![Effect::Notify(text)] } else { Vec::new() }
}

/// Schedules the next check.
fn wait(model: &mut Model, pause: SignedDuration) -> Vec<Effect> {
    let (id, now) = (model.frame.next_timer(), model.now);
    if let Some(polling) = model.order.as_mut().and_then(|screen| screen.polling.as_mut()) {
        polling.timer = id;
        polling.next_at = now.checked_add(pause).ok();
    }
    vec![Effect::Timer { id, delay: pause }]
}

/// A timer fired: the next check, if it is still awaited.
pub fn timer(model: &mut Model, id: u64) -> Vec<Effect> {
    let first = model.setup.pauses.first;
    let paused = model.training.is_paused();
    let Some(screen) = &mut model.order else { return Vec::new() };
    let busy = screen.busy.is_some();
    match &mut screen.polling {
        // Another task is running for this order, a retry from the supervisor's screen; or nothing goes on at all.
        Some(polling) if polling.timer == id && (busy || paused) => return wait(model, first),
        Some(polling) if polling.timer == id => polling.next_at = None,
        Some(_) | None => return Vec::new(),
    }
    run(model, Task::Check)
}

/// Stops checking.
pub fn stop(model: &mut Model) -> Vec<Effect> {
    let Some(screen) = &mut model.order else { return Vec::new() };
    let checks = screen.polling.take().map_or(0, |polling| polling.checks);
    if screen.busy.is_some() || checks == 0 {
        return Vec::new();
    }
    run(model, Task::Do(Command::StopChecking { checks }))
}
