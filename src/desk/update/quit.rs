//! Quitting: not before running tasks have ended, and not without saving the bookmark of a reading.

use crate::desk::confirm::Confirm;
use crate::desk::effect::Effect;
use crate::desk::market::answers as market;
use crate::desk::model::{Model, Overlay};
use crate::desk::orders::reading;
use crate::desk::registration::{applying, ask::Ask};
use crate::desk::training::state::Classroom;
use crate::order::OrderId;

/// The person wants to quit. While a task is running they are asked first; the second request is obeyed.
pub fn wanted(model: &mut Model) -> Vec<Effect> {
    let asked = model.frame.overlay.as_ref();
    if model.frame.under_way > 0 {
        if matches!(asked, Some(Overlay::Confirm(Confirm::Quit))) {
            return vec![Effect::Quit];
        }
        model.frame.ask(Confirm::Quit);
        return Vec::new();
    }
    // Who looks after runs leaves them alone.
    let runs = model.training.classroom.as_ref().map_or(0, Classroom::running);
    if runs > 0 && !matches!(asked, Some(Overlay::Confirm(Confirm::CloseClassroom(_)))) {
        model.frame.ask(Confirm::CloseClassroom(runs));
        return Vec::new();
    }
    // Changes of a contract that are not applied are kept nowhere else.
    let changes = model.registration.pending().map(|plan| plan.changes.len());
    match changes.filter(|_| !matches!(asked, Some(Overlay::Confirm(Confirm::Contract(Ask::Quit(_)))))) {
        Some(changes) => model.frame.ask(Confirm::Contract(Ask::Quit(changes))),
        None => return quit(model),
    }
    Vec::new()
}

/// The person has been asked, and wants to quit.
pub fn now(model: &mut Model) -> Vec<Effect> {
    quit(model)
}

/// The system wants the desk to end.
pub fn told(model: &mut Model) -> Vec<Effect> {
    model.frame.quit_requested = true;
    // Reports that nobody has begun to send are left for another day.
    let mut effects = market::stop(model);
    // Nor are changes of a contract.
    effects.extend(applying::stop(model));
    effects.extend(when_idle(model));
    effects
}

/// Quits if that was requested and no task is running any more.
pub fn when_idle(model: &mut Model) -> Vec<Effect> {
    if model.frame.quit_requested && model.frame.under_way == 0 { quit(model) } else { Vec::new() }
}

/// The same after a failure on the order `id`. It may be the bookmark that could not be saved: that is not tried again.
pub fn after_failure(model: &mut Model, id: Option<&OrderId>) -> Vec<Effect> {
    let open = model.order.as_ref().map(|screen| &screen.order.id);
    let ready = model.frame.quit_requested && model.frame.under_way == 0;
    if ready && id.is_some() && id == open { vec![Effect::Quit] } else { when_idle(model) }
}

/// Quits; the bookmark of a reading is saved first.
fn quit(model: &mut Model) -> Vec<Effect> {
    model.frame.quit_requested = true;
    let saving = reading::interrupt(model);
    if saving.is_empty() { vec![Effect::Quit] } else { saving }
}
