//! Questions that need something typed, and what their answers lead to.

use super::effect::{Action, Effect};
use super::form::Form;
use super::model::{Confirm, Model, Overlay};
use super::{deeds, forms};
use crate::order::Command;

/// Opens the question.
pub fn open(model: &mut Model, confirm: Confirm) -> Vec<Effect> {
    if let Some(screen) = &model.order {
        let form = forms::ask(&confirm, &screen.order);
        model.overlay = Some(Overlay::Ask(confirm, form));
    }
    Vec::new()
}

/// Reads the answer: runs what it says, or puts the question again with what is wrong at its field.
pub fn answer(model: &mut Model, confirm: Confirm, mut form: Form) -> Vec<Effect> {
    let Some(screen) = &model.order else { return Vec::new() };
    let text = |name: &str| {
        let value = form.value(name).to_owned();
        if value.is_empty() { Err(vec![(name.to_owned(), "is empty".to_owned())]) } else { Ok(value) }
    };
    let action = match confirm {
        Confirm::AcceptVerbally => text("name").map(|name| Action::Do(Command::AcceptVerbally { name })),
        Confirm::SendSms | Confirm::SendEmail => forms::read_contact(&confirm, &form).map(Action::Send),
        Confirm::Amend => {
            let amendment = forms::read_amendment(&form, &screen.order, model.now);
            amendment.map(|amendment| Action::Do(Command::Amend(amendment)))
        }
        Confirm::Release => text("reason").map(|reason| Action::Do(Command::Release { reason })),
        Confirm::Abandon => text("reason").map(|reason| Action::Do(Command::Abandon { reason })),
        // Bare questions; they have no form.
        Confirm::Complete
        | Confirm::Decline
        | Confirm::RetryOne(_)
        | Confirm::RetryAll(_)
        | Confirm::Leave => return Vec::new(),
    };
    match action {
        Ok(action) => deeds::run(model, action),
        Err(errors) => {
            form.mark_afresh(errors);
            model.overlay = Some(Overlay::Ask(confirm, form));
            Vec::new()
        }
    }
}
