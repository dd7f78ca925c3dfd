//! Sending a month: the preview, the month typed, the run.

use super::ask::Ask;
use super::basics::{ask as asks, begin, refuse, wants};
use super::clock::clock_off;
use super::forms;
use super::plan::Plan;
use super::state::Run;
use super::wanted::Wanted;
use crate::desk::confirm::Confirm;
use crate::desk::effect::Effect;
use crate::desk::frame::notice::Severity;
use crate::desk::model::{Model, Overlay, Screen};
use crate::order::Right;
use crate::subscription::{Refusal, Shut};

/// Shows what would be sent; or the run, when there is one that is not over.
pub fn preview(model: &mut Model) -> Vec<Effect> {
    let market = &model.market;
    if market.run.as_ref().is_some_and(|run| run.is_running() || run.is_paused()) {
        model.screen = Screen::Sending;
        return Vec::new();
    }
    let Some(view) = &market.month else { return Vec::new() };
    let Some(takeover) = &market.takeover else { return ask_who_reports(model) };
    if view.month < takeover.from {
        let (month, from) = (view.month, takeover.from);
        return refuse(model, &Refusal::BeforeTakeover { month, from });
    }
    let plan = Plan::of(view);
    model.frame.ask(Confirm::Market(Ask::Preview(Box::new(plan))));
    Vec::new()
}

/// Nothing is sent before somebody has said from which month on this journal reports.
fn ask_who_reports(model: &mut Model) -> Vec<Effect> {
    if !model.setup.role.may(Right::SetFirstMonth) {
        return refuse(model, &Refusal::NoTakeover);
    }
    asks(model, Ask::TakeOver, forms::take_over())
}

/// Asks for the month that was previewed.
pub fn ask(model: &mut Model) -> Vec<Effect> {
    if let Some(Overlay::Confirm(Confirm::Market(Ask::Preview(plan)))) = model.frame.overlay.take() {
        let form = forms::send(&plan);
        return asks(model, Ask::Send(plan), form);
    }
    Vec::new()
}

/// Sends what was previewed.
pub fn start(model: &mut Model, plan: Plan, reason: Option<String>) -> Vec<Effect> {
    if model.market.is_sending() {
        model.say(Severity::Info, "reports are being sent already");
        return Vec::new();
    }
    if plan.is_closed(model.now) {
        let off = |ahead| Shut::ClockOff(plan.closing, ahead);
        let shut = clock_off(model).map_or(Shut::Closed(plan.closing), off);
        return refuse(model, &Refusal::Shut(shut));
    }
    // Without a reason what was refused is not begun.
    let plan = if reason.is_some() { plan.with_again() } else { plan };
    model.market.run = Some(Run { plan, reason, sent: Vec::new(), ended: None, stopping: false, top: 0 });
    model.screen = Screen::Sending;
    send_what_is_left(model)
}

/// Stops a run before its next report, or goes on with it.
pub fn pause(model: &mut Model) -> Vec<Effect> {
    let Some(run) = &mut model.market.run else { return Vec::new() };
    if run.is_running() {
        run.stopping = true;
        return wants(Wanted::Stop);
    }
    if !run.is_paused() {
        return Vec::new();
    }
    (run.ended, run.stopping) = (None, false);
    send_what_is_left(model)
}

fn send_what_is_left(model: &mut Model) -> Vec<Effect> {
    let Some(run) = &model.market.run else { return Vec::new() };
    let wanted = Wanted::Send { month: run.plan.month, reports: run.left(), reason: run.reason.clone() };
    begin(model, None, wanted)
}
