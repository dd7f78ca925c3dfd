//! Questions before something is done, and what their answers lead to.

use super::bindings::Deed;
use super::effect::{Action, Effect};
use super::form::Form;
use super::model::{Confirm, Model, Overlay, Severity};
use super::{deeds, forms, stalled};
use crate::order::{Call, Command, Environment, OrderId, Personal, Statement};

/// A deliberate yes.
pub fn yes(model: &mut Model) -> Vec<Effect> {
    match model.overlay.take() {
        Some(Overlay::Confirm(confirm)) => confirmed(model, confirm),
        other => {
            model.overlay = other;
            Vec::new()
        }
    }
}

fn confirmed(model: &mut Model, confirm: Confirm) -> Vec<Effect> {
    if is_first_live(model, &confirm) {
        model.overlay = Some(Overlay::Ask(Confirm::Live(Box::new(confirm)), forms::live()));
        return Vec::new();
    }
    match confirm {
        // The order, or its window, may have moved on while the question stood.
        Confirm::Complete if deeds::is_allowed(model, Deed::Complete) => deeds::run(model, Action::Complete),
        Confirm::Decline if deeds::is_allowed(model, Deed::Decline) => {
            deeds::run(model, Action::Do(Command::Decline))
        }
        Confirm::Probe if deeds::is_allowed(model, Deed::Probe) => deeds::run(model, Action::Probe),
        Confirm::Settle(statement) if deeds::is_allowed(model, Deed::Verdict) => {
            deeds::run(model, Action::Resolve(statement))
        }
        Confirm::Complete | Confirm::Decline | Confirm::Probe | Confirm::Settle(_) => {
            model.say(Severity::Warning, "the order has moved on: nothing was done");
            Vec::new()
        }
        Confirm::RetryOne(id) => stalled::retry(model, &[id]),
        Confirm::RetryAll(ids) => stalled::retry(model, &ids),
        Confirm::Leave => vec![Effect::Quit],
        // These ask for something to be typed and never come as a bare question.
        Confirm::Live(_)
        | Confirm::Verdict
        | Confirm::AcceptVerbally
        | Confirm::SendSms
        | Confirm::SendEmail
        | Confirm::Amend
        | Confirm::Release
        | Confirm::Abandon => Vec::new(),
    }
}

/// True when a yes to `confirm` would submit the first real order of this session.
fn is_first_live(model: &Model, confirm: &Confirm) -> bool {
    let submits = |id: &OrderId| {
        let row = model.queue.rows.iter().find(|row| row.id == *id);
        row.and_then(|row| row.trouble.as_ref()).is_some_and(|trouble| trouble.call == Call::CompleteOrder)
    };
    let first = model.setup.environment == Environment::Production && !model.live;
    first
        && match confirm {
            Confirm::Complete | Confirm::Probe => true,
            Confirm::RetryOne(id) => submits(id),
            Confirm::RetryAll(ids) => ids.iter().any(submits),
            Confirm::Live(_)
            | Confirm::Verdict
            | Confirm::Settle(_)
            | Confirm::AcceptVerbally
            | Confirm::SendSms
            | Confirm::SendEmail
            | Confirm::Amend
            | Confirm::Decline
            | Confirm::Release
            | Confirm::Abandon
            | Confirm::Leave => false,
        }
}

/// Opens a question that needs something typed.
pub fn open(model: &mut Model, confirm: Confirm) -> Vec<Effect> {
    if let Some(screen) = &model.order {
        let form = forms::ask(&confirm, &screen.order);
        model.overlay = Some(Overlay::Ask(confirm, form));
    }
    Vec::new()
}

/// Reads the answer: does what it says, or puts the question again with what is wrong at its field.
pub fn answer(model: &mut Model, confirm: Confirm, mut form: Form) -> Vec<Effect> {
    match read(model, &confirm, &form) {
        Ok(Answer::Run(action)) => deeds::run(model, action),
        Ok(Answer::GoLive(question)) => {
            model.live = true;
            confirmed(model, question)
        }
        Ok(Answer::ReadBack(statement)) => deeds::question(model, Confirm::Settle(statement)),
        Ok(Answer::Nothing) => Vec::new(),
        Err(errors) => {
            form.mark_afresh(errors);
            model.overlay = Some(Overlay::Ask(confirm, form));
            Vec::new()
        }
    }
}

/// What an answer comes to.
enum Answer {
    Run(Action),
    /// Orders of this session are real from now on; then the question that had led here.
    GoLive(Confirm),
    /// What is to be written is read back first.
    ReadBack(Statement),
    Nothing,
}

fn read(model: &Model, confirm: &Confirm, form: &Form) -> Result<Answer, Vec<(String, String)>> {
    let wrong = |name: &str, what: &str| vec![(name.to_owned(), what.to_owned())];
    let text = |name: &str| {
        let value = form.value(name).to_owned();
        if value.is_empty() { Err(wrong(name, "is empty")) } else { Ok(value) }
    };
    let action = match confirm {
        Confirm::Live(question) if form.value("word").eq_ignore_ascii_case(forms::LIVE) => {
            return Ok(Answer::GoLive((**question).clone()));
        }
        Confirm::Live(_) => {
            return Err(wrong("word", "is not the word live; Esc goes back, and nothing is sent"));
        }
        Confirm::AcceptVerbally => Action::Do(Command::AcceptVerbally { name: Personal::new(text("name")?) }),
        Confirm::SendSms | Confirm::SendEmail => Action::Send(forms::read_contact(confirm, form)?),
        Confirm::Amend => {
            let Some(screen) = &model.order else { return Ok(Answer::Nothing) };
            Action::Do(Command::Amend(forms::read_amendment(form, &screen.order, model.now)?))
        }
        Confirm::Verdict => return forms::read_statement(form).map(Answer::ReadBack),
        Confirm::Release => Action::Do(Command::Release { reason: text("reason")? }),
        Confirm::Abandon => Action::Do(Command::Abandon { reason: text("reason")? }),
        // Bare questions; they have no form.
        Confirm::Complete
        | Confirm::Probe
        | Confirm::Settle(_)
        | Confirm::Decline
        | Confirm::RetryOne(_)
        | Confirm::RetryAll(_)
        | Confirm::Leave => return Ok(Answer::Nothing),
    };
    Ok(Answer::Run(action))
}
