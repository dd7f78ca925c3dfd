//! What everything that a key can ask for is made of: what the keys are about, starting a task, asking, refusing.

use super::ask::Ask;
use super::state::{List, Market};
use super::wanted::Wanted;
use crate::desk::confirm::Confirm;
use crate::desk::effect::Effect;
use crate::desk::frame::form::Form;
use crate::desk::frame::notice::Severity;
use crate::desk::model::{Model, Overlay, Screen};
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
    model.frame.lay_over(Overlay::Ask(Confirm::Market(ask), form));
    Vec::new()
}

/// Says why not, and what to do about it.
pub fn refuse(model: &mut Model, refusal: &Refusal) -> Vec<Effect> {
    model.say(Severity::Warning, format!("{refusal}. {}", refusal.next()));
    Vec::new()
}
