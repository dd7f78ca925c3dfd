//! Answers to what was asked before something is done.

use super::ask::Ask;
use super::basics::change;
use super::draft::Mark;
use super::forms::{self, Errors};
use super::{applying, edit};
use crate::desk::confirm::Confirm;
use crate::desk::effect::Effect;
use crate::desk::frame::form::Form;
use crate::desk::frame::notice::Severity;
use crate::desk::model::Model;

/// A deliberate yes.
pub fn confirmed(model: &mut Model, ask: Ask) -> Vec<Effect> {
    match ask {
        Ask::Remove(key, _) => {
            edit::marked(model, &key);
            Vec::new()
        }
        Ask::Apply(plan) => applying::start(model, *plan),
        // These ask for something to be typed, are only read, or are for the whole program.
        Ask::Add(_) | Ask::Rename(_) | Ask::Preview(_) | Ask::Quit(_) => Vec::new(),
    }
}

/// Reads the answer: does what it says, or puts the question again with what is wrong at its field.
pub fn answer(model: &mut Model, ask: Ask, mut form: Form) -> Vec<Effect> {
    match read(model, &ask, &form) {
        Ok(effects) => effects,
        Err(errors) => {
            form.mark_afresh(errors);
            model.frame.ask_in_form(Confirm::Contract(ask), form);
            Vec::new()
        }
    }
}

fn read(model: &mut Model, ask: &Ask, form: &Form) -> Result<Vec<Effect>, Errors> {
    if model.registration.editable().is_none() {
        model.say(Severity::Warning, "nothing can be changed now: nothing was done");
        return Ok(Vec::new());
    }
    match ask {
        Ask::Add(collection) => {
            let (key, name, applications) = forms::read_add(&model.registration, *collection, form)?;
            edit::add(model, &key, name, applications);
        }
        Ask::Rename(key) => {
            let name = forms::read_name(form)?;
            if name.is_none() && model.registration.draft.mark(key) != Mark::New {
                return Err(forms::name_needed());
            }
            change(model, |draft, here| draft.rename(here, key.clone(), name));
        }
        Ask::Apply(plan) if !forms::is_in_sight(model, plan, form) => {
            return Err(vec![(
                forms::REMOVALS.to_owned(),
                "is not taken: make the window larger first".to_owned(),
            )]);
        }
        Ask::Apply(plan) => {
            forms::read_apply(form, plan, applying::is_first_live(model))?;
            return Ok(applying::start(model, (**plan).clone()));
        }
        Ask::Remove(..) | Ask::Preview(_) | Ask::Quit(_) => {}
    }
    Ok(Vec::new())
}
