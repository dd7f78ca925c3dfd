//! Applying: the preview, the question, the run.

use super::ask::Ask;
use super::basics::{ask as asks, confirm, wants};
use super::forms;
use super::state::Run;
use super::wanted::Wanted;
use crate::desk::confirm::Confirm;
use crate::desk::effect::Effect;
use crate::desk::frame::notice::Severity;
use crate::desk::model::{Model, Overlay, Screen};
use crate::order::Environment;
use crate::registry::Plan;

/// Shows what would change; or the run, while there is one.
pub fn preview(model: &mut Model) -> Vec<Effect> {
    if model.registration.is_applying() {
        model.screen = Screen::Applying;
        return Vec::new();
    }
    match model.registration.plan.clone() {
        Some(plan) => confirm(model, Ask::Preview(Box::new(plan))),
        None => Vec::new(),
    }
}

/// The one question before anything is sent.
pub fn ask(model: &mut Model) -> Vec<Effect> {
    if matches!(model.frame.overlay, Some(Overlay::Confirm(Confirm::Contract(Ask::Preview(_))))) {
        model.frame.overlay = None;
    }
    let Some(plan) = model.registration.pending().cloned() else { return Vec::new() };
    match forms::apply(&plan, is_first_live(model)) {
        Some(form) => asks(model, Ask::Apply(Box::new(plan)), form),
        None => confirm(model, Ask::Apply(Box::new(plan))),
    }
}

/// True when this would be the first real change of the session.
pub fn is_first_live(model: &Model) -> bool {
    model.setup.environment == Environment::Production && !model.registration.live
}

/// Applies the plan that was asked about, as long as it is still the one that would be made now.
pub fn start(model: &mut Model, plan: Plan) -> Vec<Effect> {
    let registration = &mut model.registration;
    let listing = registration.editable().map(|here| here.listing.clone());
    let Some(listing) = listing.filter(|_| registration.plan.as_ref() == Some(&plan)) else {
        model.say(Severity::Warning, "what would change is not what you were asked about: nothing was sent");
        return Vec::new();
    };
    registration.live = true;
    let wanted = Wanted::Apply { plan: Box::new(plan.clone()), listing };
    registration.run =
        Some(Run { plan, done: 0, waiting: None, stopping: false, ended: None, taken_back: false, top: 0 });
    model.screen = Screen::Applying;
    model.frame.under_way += 1;
    wants(wanted)
}

/// Asks a run to stop; calls under way end first. Does nothing where none is under way.
pub fn stop(model: &mut Model) -> Vec<Effect> {
    match &mut model.registration.run {
        Some(run) if run.ended.is_none() && !run.stopping => {
            run.stopping = true;
            wants(Wanted::Stop)
        }
        Some(_) | None => Vec::new(),
    }
}

/// Leaves the run's screen, and the run with it, once it is over; before that it is asked to stop.
pub fn leave(model: &mut Model) -> Vec<Effect> {
    if model.registration.is_applying() {
        return stop(model);
    }
    (model.registration.run, model.screen) = (None, Screen::Contract);
    Vec::new()
}
