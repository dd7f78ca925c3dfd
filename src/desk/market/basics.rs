//! What everything that a key can ask for is made of: what the keys are about, starting a task, asking, refusing.

use super::ask::Ask;
use super::forms;
use super::state::{List, Market};
use super::wanted::Wanted;
use crate::desk::confirm::Confirm;
use crate::desk::effect::Effect;
use crate::desk::frame::form::Form;
use crate::desk::frame::notice::Severity;
use crate::desk::model::{Model, Screen};
use crate::order::Environment;
use crate::subscription::{MonthLine, Refusal, SubscriptionRow};

/// Something for the world, as an effect.
pub fn wants(wanted: Wanted) -> Vec<Effect> {
    vec![Effect::Market(wanted)]
}

/// The subscription that the keys are about.
pub fn chosen(model: &Model) -> Option<&SubscriptionRow> {
    let market = &model.market;
    match model.screen {
        Screen::Subscription => market.of(&market.page.as_ref()?.subscription.id),
        _ => market.row(),
    }
}

/// The chosen line of the month.
pub fn line(market: &Market) -> Option<&MonthLine> {
    market.month.as_ref()?.lines.get(market.selected[List::Month as usize])
}

/// Starts a task.
pub fn begin(model: &mut Model, id: Option<crate::kind::ShortId>, wanted: Wanted) -> Vec<Effect> {
    if let Some(id) = id {
        model.market.busy.insert(id, model.now);
    }
    model.frame.under_way += 1;
    wants(wanted)
}

/// Asks something that is to be typed.
pub fn ask(model: &mut Model, ask: Ask, form: Form) -> Vec<Effect> {
    model.frame.ask_in_form(Confirm::Market(ask), form);
    Vec::new()
}

/// True where what is done is billed to real customers.
pub fn is_real(model: &Model) -> bool {
    model.setup.environment == Environment::Production
}

/// Asks for a yes, or for the word where what is live is real.
pub fn confirm(model: &mut Model, question: Ask) -> Vec<Effect> {
    if question.is_live() && is_real(model) {
        return ask(model, question, forms::live());
    }
    model.frame.ask(Confirm::Market(question));
    Vec::new()
}

/// Says why not, and what to do about it.
pub fn refuse(model: &mut Model, refusal: &Refusal) -> Vec<Effect> {
    model.say(Severity::Warning, format!("{refusal}. {}", refusal.next()));
    Vec::new()
}
