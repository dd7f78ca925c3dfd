//! What happens to the journal: it is changed by others, it goes and comes back, and may come back as an older copy.

use super::load_queue;
use crate::desk::effect::Effect;
use crate::desk::frame::notice::Severity;
use crate::desk::market::told;
use crate::desk::model::Model;
use crate::desk::supervisor::stalled;
use crate::order::Retry;

/// It cannot be reached.
pub fn away(model: &mut Model) -> Vec<Effect> {
    model.frame.journal.away = true;
    Vec::new()
}

/// It can be reached again, and may have been changed meanwhile.
pub fn back(model: &mut Model) -> Vec<Effect> {
    model.frame.journal.away = false;
    settled(model, Retry::Useful);
    model.say(Severity::Info, "The journal can be reached again.");
    changed(model)
}

/// It is not what this machine saw: nothing is sent or recorded with it.
pub fn doubted(model: &mut Model) -> Vec<Effect> {
    model.frame.journal.doubted = true;
    Vec::new()
}

/// The right one is back, or a supervisor has accepted this one.
pub fn trusted(model: &mut Model) -> Vec<Effect> {
    model.frame.journal.doubted = false;
    settled(model, Retry::Futile);
    model.say(Severity::Info, "The journal can be used again.");
    changed(model)
}

/// What was wrong with it no longer stands at the open order.
fn settled(model: &mut Model, retry: Retry) {
    if let Some(screen) = &mut model.order {
        screen.problem.take_if(|problem| problem.field == "journal" && problem.retry == retry);
    }
}

/// Somebody else has recorded something.
pub fn changed(model: &mut Model) -> Vec<Effect> {
    let mut effects = vec![load_queue(model)];
    effects.extend(stalled::load(model));
    effects.extend(told::changed(model));
    // Somebody else may have recorded the acceptance that is waited for.
    let open = model.order.as_ref().map(|screen| &screen.order.id);
    let polled = model.polls.keys().filter(|id| Some(*id) != open);
    let idle = open.into_iter().chain(polled).filter(|id| !model.running.contains_key(id));
    effects.extend(idle.map(|id| Effect::LoadOrder(id.clone())));
    effects
}
