//! An order was loaded again, has changed, or a task on it failed: the open one, or another.

use super::screen::{Busy, pane};
use super::tell::{notify, say, tell};
use super::{doubt, hands, polling, reading};
use crate::desk::confirm::Confirm;
use crate::desk::effect::Effect;
use crate::desk::frame::notice::{Notice, Severity};
use crate::desk::model::{Model, Overlay, Screen};
use crate::desk::problem::Problem;
use crate::order::{Call, Order, OrderId, Recorded, Retry, State};
use jiff::SignedDuration;
use std::sync::Arc;

/// The open order was loaded, or has changed. `was`: the task of this desk that ended.
pub fn changed(
    model: &mut Model,
    order: Arc<Order>,
    history: Arc<Vec<Recorded>>,
    was: Option<Busy>,
) -> Vec<Effect> {
    let now = model.now;
    let asked = was.and_then(|(call, _)| call);
    let Some(screen) = &mut model.order else { return Vec::new() };
    let news = order.seq > screen.order.seq;
    let settled = if was.is_some() { order.verdicts.get(screen.order.verdicts.len()).cloned() } else { None };
    let proposed = order.proposal().filter(|_| was.is_some()) != screen.order.proposal();
    let proposed = order.proposal().filter(|_| proposed && was.is_some()).map(doubt::proposed);
    let changed_hands = news.then(|| history.clone());
    let seq = screen.order.seq;
    // An answer may come in behind a newer reading, which then stays.
    if order.seq >= screen.order.seq {
        screen.order = order;
        screen.history = history;
        screen.settle(now);
    }
    let order = screen.order.clone();
    // The page of an order that has ended has no place for why something was refused.
    let over = matches!(order.state(now), State::Abandoned | State::Completed);
    if let Some(problem) = screen.problem.take_if(|problem| over && problem.field == "order") {
        let text = format!("nothing was sent: {}. {}", problem.what, problem.next);
        say(model, &order.id, Severity::Warning, text.trim_end());
    }
    let mut effects = told(model, &order, asked);
    if asked == Some(Call::GetRccAcceptance) {
        return effects;
    }
    match changed_hands {
        Some(history) if was.is_some() => hands::tell(model, &order.id, &history),
        Some(history) => hands::tell_taken(model, &order.id, &history, seq),
        None => {}
    }
    if let Some((severity, text)) = settled.as_ref().map(doubt::settled).or(proposed) {
        say(model, &order.id, severity, &text);
    }
    // The agent left the screen while a task was running: the reading is interrupted now.
    let training = model.screen == Screen::Training && model.training_from == Screen::Order;
    if was.is_some() && model.screen != Screen::Order && !training {
        effects.extend(reading::interrupt(model));
    }
    effects
}

/// The same of an order that is not the open one: the agent went on to another while something was under way for it.
pub fn elsewhere(model: &mut Model, order: &Order, was: Option<Busy>) -> Vec<Effect> {
    told(model, order, was.and_then(|(call, _)| call))
}

/// Says what became of a task, and goes on checking where that is of use.
fn told(model: &mut Model, order: &Order, asked: Option<Call>) -> Vec<Effect> {
    if asked == Some(Call::GetRccAcceptance) {
        return polling::checked(model, order);
    }
    let mut effects = polling::follow(model, order);
    effects.extend(tell(model, order, asked));
    effects
}

/// Whatever happened, time has passed, and the window may have closed: what is drawn next is all of one time. `said` is what the
/// desk had said before that.
pub fn follow(model: &mut Model, said: Option<&Notice>) {
    let now = model.now;
    if let Some(screen) = model.order.as_mut().filter(|screen| screen.busy.is_none())
        && pane(&screen.order, now) != screen.pane
    {
        screen.settle(now);
        model.polls.remove(&screen.order.id);
        let over = screen.order.state(now) == State::Expired;
        if over
            && matches!(
                model.frame.overlay,
                Some(Overlay::Confirm(Confirm::Complete(_) | Confirm::SaidYes(_)))
            )
        {
            model.frame.overlay = None;
            let text = "The 120 minutes are over: the question was closed, and nothing was sent.";
            return model.say(Severity::Warning, text);
        }
        // What was said before is of a time when something could still be done.
        if model.screen == Screen::Order && model.frame.notice.as_ref() == said {
            model.frame.notice = None;
        }
    }
}

/// A task on an order failed, or the order could not be read. `was`: the task of this desk that ended.
pub fn failed(
    model: &mut Model,
    id: &OrderId,
    problem: Problem,
    was: Option<Busy>,
    retry_after: Option<u64>,
) -> Vec<Effect> {
    let asked = was.and_then(|(call, _)| call);
    let check = asked == Some(Call::GetRccAcceptance);
    if check && model.polls.contains_key(id) && problem.retry == Retry::Useful {
        let wait = retry_after.and_then(|s| i64::try_from(s).ok()).map(SignedDuration::from_secs);
        return polling::go_on(model, id, wait);
    }
    if was.is_some() {
        model.polls.remove(id);
    }
    let said = format!("{}. {}", problem.what, problem.next);
    let in_front = model.screen == Screen::Order;
    match model.order.as_mut().filter(|screen| screen.order.id == *id) {
        // There it stands at its field.
        Some(screen) => {
            screen.fails(problem);
            if !in_front {
                say(model, id, Severity::Error, &said);
            }
        }
        None => say(model, id, Severity::Error, &said),
    }
    // What was sent may be at stake; the problem's own words may be personal.
    if asked == Some(Call::CompleteOrder) { notify(model, id, "an error at Complete") } else { Vec::new() }
}
