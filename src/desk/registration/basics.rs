//! What everything that a key can ask for is made of: asking the world, asking a person, changing the draft.

use super::ask::Ask;
use super::draft::Draft;
use super::snapshot::Snapshot;
use super::wanted::Wanted;
use crate::desk::confirm::Confirm;
use crate::desk::effect::Effect;
use crate::desk::frame::form::Form;
use crate::desk::model::Model;

/// Something for the world, as an effect.
pub fn wants(wanted: Wanted) -> Vec<Effect> {
    vec![Effect::Contract(wanted)]
}

/// Asks something that is to be typed.
pub fn ask(model: &mut Model, ask: Ask, form: Form) -> Vec<Effect> {
    model.frame.ask_in_form(Confirm::Contract(ask), form);
    Vec::new()
}

/// Asks for a yes.
pub fn confirm(model: &mut Model, ask: Ask) -> Vec<Effect> {
    model.frame.ask(Confirm::Contract(ask));
    Vec::new()
}

/// Changes the draft, where that is possible now, and plans anew.
pub fn change(model: &mut Model, change: impl FnOnce(&mut Draft, &Snapshot)) {
    let registration = &mut model.registration;
    if registration.is_applying() {
        return;
    }
    if let Some(here) = registration.here.as_ref().filter(|here| here.findings.is_empty()) {
        change(&mut registration.draft, here);
    }
    registration.replan();
    registration.arrange();
}

/// Lists the contract, unless that is under way.
pub fn load(model: &mut Model) -> Vec<Effect> {
    let reading = &mut model.registration.reading;
    if reading.under_way {
        return Vec::new();
    }
    (reading.opened, reading.under_way) = (true, true);
    wants(Wanted::Load)
}
