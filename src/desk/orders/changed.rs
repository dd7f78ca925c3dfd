//! The open order was loaded again, has changed, or a task on it failed.

use super::screen::{Busy, Pane, pane};
use super::tell::tell;
use super::{doubt, hands, polling, reading};
use crate::desk::effect::Effect;
use crate::desk::model::{Model, Screen};
use crate::desk::problem::Problem;
use crate::order::{Call, Order, Recorded, Retry};
use jiff::SignedDuration;
use std::sync::Arc;

/// The order was loaded, or has changed. `was`: the task of this desk that ended.
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
    let changed_hands = (news && was.is_some()).then(|| history.clone());
    // An answer may come in behind a newer reading, which then stays.
    if order.seq >= screen.order.seq {
        screen.order = order;
        screen.history = history;
        screen.settle(now);
    }
    if asked == Some(Call::GetRccAcceptance) {
        return polling::checked(model, None);
    }
    if screen.pane != Pane::Sent {
        screen.polling = None;
    }
    tell(model, asked);
    if let Some(history) = changed_hands {
        hands::tell(model, &history);
    }
    if let Some((severity, text)) = settled.as_ref().map(doubt::settled).or(proposed) {
        model.say(severity, text);
    }
    // The agent left the screen while a task was running: the reading is interrupted now.
    let training = model.screen == Screen::Training && model.training_from == Screen::Order;
    if was.is_some() && model.screen != Screen::Order && !training {
        return reading::interrupt(model);
    }
    Vec::new()
}

/// Time has passed: the window may have closed.
pub fn tick(model: &mut Model) {
    let now = model.now;
    if let Some(screen) = model.order.as_mut().filter(|screen| screen.busy.is_none())
        && pane(&screen.order, now) != screen.pane
    {
        screen.settle(now);
        screen.polling = None;
        // What was last said is of a time when something could still be done.
        if model.screen == Screen::Order {
            model.frame.notice = None;
        }
    }
}

/// A task on this order failed, or the order could not be read. `was`: the task of this desk that ended.
pub fn failed(
    model: &mut Model,
    problem: Problem,
    was: Option<Busy>,
    retry_after: Option<u64>,
) -> Vec<Effect> {
    let Some(screen) = &mut model.order else { return Vec::new() };
    let check = matches!(was, Some((Some(Call::GetRccAcceptance), _)));
    if check && screen.polling.is_some() && problem.retry == Retry::Useful {
        let wait = retry_after.and_then(|s| i64::try_from(s).ok()).map(SignedDuration::from_secs);
        return polling::checked(model, wait);
    }
    if was.is_some() {
        screen.polling = None;
    }
    screen.problem = Some(problem);
    Vec::new()
}
