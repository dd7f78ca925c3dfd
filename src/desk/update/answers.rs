//! Answers to what was asked before something is done, and what they lead to.

use crate::desk::confirm::Confirm;
use crate::desk::effect::{Effect, Job, Task};
use crate::desk::frame::form::Form;
use crate::desk::frame::notice::Severity;
use crate::desk::market::answers as market;
use crate::desk::model::{Model, Overlay, Screen};
use crate::desk::orders::questions::{Answer, is_possible, is_void, read, why_void};
use crate::desk::orders::run::{run, run_on};
use crate::desk::orders::{forms, intake};
use crate::desk::registration::{answers as contract, ask::Ask as ContractAsk};
use crate::desk::supervisor::{ask, batch};
use crate::order::{Call, Command, Environment, OrderId};

/// A deliberate yes.
pub fn yes(model: &mut Model) -> Vec<Effect> {
    match model.frame.overlay.take() {
        Some(Overlay::Confirm(confirm)) => confirmed(model, confirm),
        other => {
            model.frame.overlay = other;
            Vec::new()
        }
    }
}

fn confirmed(model: &mut Model, confirm: Confirm) -> Vec<Effect> {
    if !is_possible(model, &confirm) {
        model.say(Severity::Warning, why_void(model, &confirm));
        return Vec::new();
    }
    if is_first_live(model, &confirm) {
        model.frame.ask_in_form(Confirm::Live(Box::new(confirm)), forms::live());
        return Vec::new();
    }
    match confirm {
        Confirm::Complete(shown) => run(model, Task::Complete(shown)),
        Confirm::Decline => run(model, Task::Do(Command::Decline)),
        Confirm::Probe => run(model, Task::Probe),
        Confirm::Settle(statement) => run(model, Task::Resolve(statement)),
        Confirm::SaidYes(name) => run(model, Task::Do(Command::AcceptVerbally { name })),
        Confirm::RetryOne(id, again) => batch::retry(model, false, vec![(id, again)]),
        Confirm::RetryAll(plan) => batch::retry(model, true, plan.send),
        Confirm::TakeOver(id, _) => {
            let by = model.setup.agent.clone();
            run_on(model, id, Task::Do(Command::TakeOver { by }))
        }
        Confirm::Market(ask) => market::confirmed(model, ask),
        Confirm::Contract(ContractAsk::Quit(_)) | Confirm::EndRun => super::quit::now(model),
        Confirm::Contract(ask) => contract::confirmed(model, ask),
        Confirm::Discard => intake::discard(model),
        Confirm::DiscardTyped => {
            model.frame.aside = None;
            Vec::new()
        }
        Confirm::Quit | Confirm::CloseClassroom(_) => vec![Effect::Quit],
        // These ask for something to be typed and never come as a bare question.
        Confirm::Live(_)
        | Confirm::Verdict
        | Confirm::AcceptVerbally
        | Confirm::SendSms
        | Confirm::SendEmail
        | Confirm::Amend
        | Confirm::Release
        | Confirm::Abandon
        | Confirm::Assign(_)
        | Confirm::Note(_)
        | Confirm::AbandonEach(_) => Vec::new(),
    }
}

/// True when a yes to `confirm` would submit the first real order of this session.
fn is_first_live(model: &Model, confirm: &Confirm) -> bool {
    let first = model.setup.environment == Environment::Production && !model.live;
    first
        && match confirm {
            Confirm::Complete(_) | Confirm::Probe => true,
            Confirm::RetryOne(_, again) => again.call == Call::CompleteOrder,
            Confirm::RetryAll(plan) => plan.send.iter().any(|(_, again)| again.call == Call::CompleteOrder),
            Confirm::Live(_)
            | Confirm::Verdict
            | Confirm::Settle(_)
            | Confirm::AcceptVerbally
            | Confirm::SaidYes(_)
            | Confirm::SendSms
            | Confirm::SendEmail
            | Confirm::Amend
            | Confirm::Decline
            | Confirm::Release
            | Confirm::Abandon
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
            | Confirm::CloseClassroom(_) => false,
        }
}

/// Reads the answer: does what it says, or puts the question again with what is wrong at its field.
pub fn answer(model: &mut Model, confirm: Confirm, form: Form) -> Vec<Effect> {
    let confirm = match confirm {
        Confirm::Market(ask) => return market::answer(model, ask, form),
        Confirm::Contract(ask) => return contract::answer(model, ask, form),
        other => other,
    };
    match ask::read(&confirm, &form) {
        Some(Ok((job, ids))) => return each(model, job, ids),
        Some(Err(errors)) => return again(model, confirm, form, errors),
        None => {}
    }
    if is_void(model, &confirm) {
        model.say(Severity::Warning, why_void(model, &confirm));
        return Vec::new();
    }
    match read(model, &confirm, &form) {
        Ok(Answer::Run(task)) => run(model, task),
        Ok(Answer::GoLive(question)) => {
            model.live = true;
            confirmed(model, question)
        }
        Ok(Answer::Ask(question)) => {
            model.frame.ask(question);
            Vec::new()
        }
        Ok(Answer::Nothing) => Vec::new(),
        Err(errors) => again(model, confirm, form, errors),
    }
}

/// Puts the question again, with what is wrong.
fn again(model: &mut Model, confirm: Confirm, mut form: Form, errors: Vec<(String, String)>) -> Vec<Effect> {
    form.mark_afresh(errors);
    model.frame.ask_in_form(confirm, form);
    Vec::new()
}

/// Does `job` with the open order, or with each of many.
fn each(model: &mut Model, job: Job, ids: Vec<OrderId>) -> Vec<Effect> {
    match job.command() {
        Some(command) if model.screen == Screen::Order => run(model, Task::Do(command)),
        Some(_) | None => batch::start(model, job, ids),
    }
}
