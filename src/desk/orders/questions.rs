//! Questions about the open order that need something typed, and what their answers mean.

use super::forms;
use crate::desk::action::Action;
use crate::desk::confirm::Confirm;
use crate::desk::effect::{Effect, Task};
use crate::desk::frame::form::Form;
use crate::desk::frame::key::{Code, Key};
use crate::desk::model::{Model, Overlay};
use crate::desk::screen_keys::screen_bindings;
use crate::order::{Command, Personal, check_text};

const NAME_FIRST: &str = "is confirmed first: press Enter if it is right, then y";

/// Opens a question that needs something typed.
pub fn open(model: &mut Model, confirm: Confirm) -> Vec<Effect> {
    if let Some(screen) = &model.order {
        let form = forms::ask(&confirm, &screen.order);
        model.frame.ask_in_form(confirm, form);
    }
    Vec::new()
}

/// True of a `y` at the name as it was offered, which is then told: it is the customer's yes one question too early, and would
/// be put at the end of a name that is evidence.
pub fn answers_too_early(model: &mut Model, key: Key) -> bool {
    let offered = model.order.as_ref().and_then(|screen| screen.order.customer.name.as_ref());
    let (Some(offered), Some(Overlay::Ask(Confirm::AcceptVerbally, form))) =
        (offered, &mut model.frame.overlay)
    else {
        return false;
    };
    let is_yes = matches!(key, Key { code: Code::Char('y' | 'Y'), ctrl: false, alt: false });
    let name = offered.expose();
    let untouched = form
        .focused()
        .is_some_and(|field| field.input.value() == name && field.input.cursor() == name.chars().count());
    let early = is_yes && untouched;
    if early {
        form.mark_afresh([("name".to_owned(), NAME_FIRST.to_owned())]);
    }
    early
}

/// True while an answer to `confirm` would do something.
pub fn is_possible(model: &Model, confirm: &Confirm) -> bool {
    let action = match confirm {
        Confirm::Complete(_) => Action::Complete,
        Confirm::Probe => Action::Probe,
        Confirm::Verdict | Confirm::Settle(_) => Action::Verdict,
        Confirm::AcceptVerbally | Confirm::SaidYes(_) => Action::AcceptVerbally,
        Confirm::SendSms => Action::SendSms,
        Confirm::SendEmail => Action::SendEmail,
        Confirm::Amend => Action::Amend,
        Confirm::Decline => Action::Decline,
        Confirm::Release => Action::Release,
        Confirm::Abandon => Action::Abandon,
        Confirm::Live(_)
        | Confirm::RetryOne(..)
        | Confirm::RetryAll(_)
        | Confirm::TakeOver(..)
        | Confirm::Assign(_)
        | Confirm::Note(_)
        | Confirm::AbandonEach(_)
        | Confirm::Market(_)
        | Confirm::Contract(_)
        | Confirm::Discard
        | Confirm::DiscardTyped
        | Confirm::Quit
        | Confirm::EndRun
        | Confirm::CloseClassroom(_) => return true,
    };
    !is_of_another_state(model, confirm)
        && screen_bindings(model).iter().any(|binding| binding.action == action)
}

/// True when the order is not the one that was to be completed, as it was shown. The engine, which reads the journal, asks this
/// once more before anything is sent.
fn is_of_another_state(model: &Model, confirm: &Confirm) -> bool {
    match (confirm, &model.order) {
        (Confirm::Complete(shown), Some(screen)) => screen.order.shown() != *shown,
        _ => false,
    }
}

/// True once no answer to `confirm` will do anything: the order, or its window, has moved on since it was asked. While a call for
/// the order is in progress that is not known.
pub fn is_void(model: &Model, confirm: &Confirm) -> bool {
    let busy = model.order.as_ref().is_some_and(|open| open.busy.is_some() || open.elsewhere().is_some());
    is_of_another_state(model, confirm) || (!busy && !is_possible(model, confirm))
}

/// What is said of an answer to a question that has become void.
pub fn why_void(model: &Model, confirm: &Confirm) -> String {
    let sends = matches!(confirm, Confirm::SendSms | Confirm::SendEmail);
    let what = if sends { "nothing was sent" } else { "nothing was done" };
    match &model.order {
        Some(screen) if screen.order.state(model.now).is_final() => {
            format!("{what}: the order is {} now", screen.order.state(model.now).title().to_lowercase())
        }
        Some(_) | None => format!("{what}: the order has moved on"),
    }
}

/// What an answer comes to.
pub enum Answer {
    Run(Task),
    /// Orders of this session are real from now on; then the question that had led here.
    GoLive(Confirm),
    /// One question more, about what was typed.
    Ask(Confirm),
    Nothing,
}

/// Reads an answer, or says what is wrong at which field.
pub fn read(model: &Model, confirm: &Confirm, form: &Form) -> Result<Answer, Vec<(String, String)>> {
    let wrong = |name: &str, what: &str| vec![(name.to_owned(), what.to_owned())];
    let task = match confirm {
        Confirm::Live(question) if form.value("word").eq_ignore_ascii_case(forms::LIVE) => {
            return Ok(Answer::GoLive((**question).clone()));
        }
        Confirm::Live(_) => {
            return Err(wrong("word", "is not the word live; Esc goes back, and nothing is sent"));
        }
        // The name is one thing, the customer's yes another.
        Confirm::AcceptVerbally => {
            let name = form.value("name");
            if name.is_empty() {
                return Err(wrong("name", "is required"));
            }
            check_text(name).map_err(|problem| wrong("name", &problem))?;
            return Ok(Answer::Ask(Confirm::SaidYes(Personal::new(name))));
        }
        Confirm::SendSms | Confirm::SendEmail => Task::Send(forms::read_contact(confirm, form)?),
        Confirm::Amend => {
            let Some(screen) = &model.order else { return Ok(Answer::Nothing) };
            Task::Do(Command::Amend(forms::read_amendment(form, &screen.order, model.now)?))
        }
        Confirm::Verdict => {
            return forms::read_statement(form).map(|statement| Answer::Ask(Confirm::Settle(statement)));
        }
        Confirm::Release => Task::Do(Command::Release { reason: forms::read_reason(form)? }),
        Confirm::Abandon => Task::Do(Command::Abandon { reason: forms::read_reason(form)? }),
        // Bare questions, which have no form; and those that are about several orders.
        Confirm::SaidYes(_)
        | Confirm::Complete(_)
        | Confirm::Probe
        | Confirm::Settle(_)
        | Confirm::Decline
        | Confirm::RetryOne(..)
        | Confirm::RetryAll(_)
        | Confirm::TakeOver(..)
        | Confirm::Assign(_)
        | Confirm::Note(_)
        | Confirm::AbandonEach(_)
        | Confirm::Market(_)
        | Confirm::Contract(_)
        | Confirm::Discard
        | Confirm::DiscardTyped
        | Confirm::Quit
        | Confirm::EndRun
        | Confirm::CloseClassroom(_) => return Ok(Answer::Nothing),
    };
    Ok(Answer::Run(task))
}
