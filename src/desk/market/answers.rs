//! Answers to what was asked before something is done.

use super::ask::{Ask, More};
use super::basics::{begin, wants};
use super::fields::Errors;
use super::forms;
use super::sending;
use super::usage;
use super::wanted::{MarketAction, Wanted};
use crate::desk::confirm::Confirm;
use crate::desk::effect::Effect;
use crate::desk::frame::form::Form;
use crate::desk::frame::notice::Severity;
use crate::desk::model::Model;
use crate::kind::ShortId;
use crate::subscription::{Call, Note};

/// A deliberate yes.
pub fn confirmed(model: &mut Model, ask: Ask) -> Vec<Effect> {
    match ask {
        Ask::Add(id, used) => does(model, id, MarketAction::AddUsage { used, late: None }),
        Ask::Give(id, answer) => does(model, id, MarketAction::Answer { answer, reason: None }),
        Ask::StartBilling(id, skus) => does(model, id, MarketAction::StartBilling { skus, reason: None }),
        Ask::End(ending) => {
            let action = MarketAction::End { skus: ending.stops, reason: None, without_usage: false };
            does(model, ending.id, action)
        }
        Ask::Settle(id, statement) => {
            let wanted = Wanted::Resolve(id.clone(), statement);
            begin(model, Some(id), wanted)
        }
        Ask::More(id, more) => {
            let More { sku, month, count, because, .. } = *more;
            does(model, id, MarketAction::Supplement { sku, month, count, because })
        }
        // These ask for something to be typed, or are only read.
        Ask::Answer(_)
        | Ask::Again(..)
        | Ask::GiveOthers(..)
        | Ask::WithoutUsage(..)
        | Ask::Usage(_)
        | Ask::Late(..)
        | Ask::Supplement(_)
        | Ask::Note(_)
        | Ask::SetAside(_)
        | Ask::TakeOver
        | Ask::Preview(_)
        | Ask::Send(_)
        | Ask::Verdict(_) => Vec::new(),
    }
}

/// Reads the answer: does what it says, or puts the question again with what is wrong at its field.
pub fn answer(model: &mut Model, ask: Ask, mut form: Form) -> Vec<Effect> {
    match read(model, &ask, &form) {
        Ok(effects) => effects,
        Err(errors) => {
            form.mark_afresh(errors);
            model.frame.ask_in_form(Confirm::Market(ask), form);
            Vec::new()
        }
    }
}

fn read(model: &mut Model, ask: &Ask, form: &Form) -> Result<Vec<Effect>, Errors> {
    Ok(match ask {
        Ask::Answer(id) => {
            let answer = forms::read_answer(form)?;
            asks(model, Ask::Give(id.clone(), answer))
        }
        Ask::GiveOthers(id, answer, _) => {
            let reason = Some(forms::read_insist(form)?);
            does(model, id.clone(), MarketAction::Answer { answer: answer.clone(), reason })
        }
        Ask::Again(id, call, skus) => {
            let (skus, reason) = (skus.clone(), Some(forms::read_insist(form)?));
            let action = match call {
                Call::StartBilling => MarketAction::StartBilling { skus, reason },
                _ => MarketAction::End { skus, reason, without_usage: false },
            };
            does(model, id.clone(), action)
        }
        Ask::WithoutUsage(id, skus, _) => {
            let (skus, reason) = (skus.clone(), Some(forms::read_insist(form)?));
            does(model, id.clone(), MarketAction::End { skus, reason, without_usage: true })
        }
        Ask::StartBilling(..) | Ask::End(_) => {
            forms::read_word(form)?;
            confirmed(model, ask.clone())
        }
        Ask::Usage(id) => {
            // Who, and when to the microsecond: typed once, it counts once.
            let key = format!("by hand {} {}", model.setup.agent, model.now);
            let Some(row) = model.market.of(id) else { return Ok(Vec::new()) };
            let used = usage::read_usage(model, row, form, key)?;
            asks(model, Ask::Add(id.clone(), used))
        }
        Ask::Late(id, used, _) => {
            let (used, late) = (used.clone(), Some(usage::read_because(form)?));
            does(model, id.clone(), MarketAction::AddUsage { used, late })
        }
        Ask::Supplement(id) => {
            let Some(row) = model.market.of(id) else { return Ok(Vec::new()) };
            let more = usage::read_supplement(model, row, form)?;
            asks(model, Ask::More(id.clone(), Box::new(more)))
        }
        Ask::Note(id) => {
            let market = &model.market;
            let Some((row, calendar)) = market.of(id).zip(market.calendar.as_ref()) else {
                return Ok(Vec::new());
            };
            let notes = forms::read_note(form, row, calendar, model.now)?;
            does(model, id.clone(), MarketAction::Note(notes))
        }
        Ask::SetAside(id) => {
            let reason = forms::read_insist(form)?;
            does(model, id.clone(), MarketAction::Note(vec![Note::AlarmSetAside { reason }]))
        }
        Ask::TakeOver => {
            let (from, name) = forms::read_take_over(form)?;
            begin(model, None, Wanted::TakeOver { from, name })
        }
        Ask::Send(plan) => {
            let reason = forms::read_send(form, plan)?;
            sending::start(model, (**plan).clone(), reason)
        }
        Ask::Verdict(id) => {
            let statement = forms::read_verdict(form)?;
            asks(model, Ask::Settle(id.clone(), statement))
        }
        Ask::Give(..) | Ask::Add(..) | Ask::More(..) | Ask::Preview(_) | Ask::Settle(..) => Vec::new(),
    })
}

/// Asks once more, with what was typed read back.
fn asks(model: &mut Model, ask: Ask) -> Vec<Effect> {
    model.frame.ask(Confirm::Market(ask));
    Vec::new()
}

fn does(model: &mut Model, id: ShortId, action: MarketAction) -> Vec<Effect> {
    if model.market.busy.contains_key(&id) {
        model.say(Severity::Info, "a call for this subscription is in progress");
        return Vec::new();
    }
    let wanted = Wanted::Do(id.clone(), action);
    begin(model, Some(id), wanted)
}

/// Reports that are being sent are not gone on with: the desk is to end.
pub fn stop(model: &Model) -> Vec<Effect> {
    if model.market.is_sending() { wants(Wanted::Stop) } else { Vec::new() }
}
