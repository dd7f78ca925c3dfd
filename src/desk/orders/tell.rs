//! The result of a task on an order, as a notice.

use super::doubt;
use crate::desk::effect::Effect;
use crate::desk::frame::notice::Severity;
use crate::desk::model::{Model, Screen};
use crate::order::{Call, Failure, Order, OrderId, Trouble};

/// Says how a task of this desk ended, when that is worth a notice. An agent who is elsewhere is called back for what became
/// of a Complete, and for what went wrong.
pub fn tell(model: &mut Model, order: &Order, asked: Option<Call>) -> Vec<Effect> {
    let Some((severity, text)) = line(order, asked) else { return Vec::new() };
    say(model, &order.id, severity, &text);
    let is_news = asked == Some(Call::CompleteOrder) || severity == Severity::Error;
    if is_news { notify(model, &order.id, &text) } else { Vec::new() }
}

/// Says something of an order, by its name unless its own screen is in front.
pub fn say(model: &mut Model, id: &OrderId, severity: Severity, text: &str) {
    let open = model.order.as_ref().is_some_and(|screen| screen.order.id == *id);
    let in_front = open && model.screen == Screen::Order;
    model.say(severity, if in_front { sentence(text) } else { format!("order {id}: {text}") });
}

/// `text`, which may stand behind an order's name, as it stands alone.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// Calls an agent back who does not look at the order. `text` holds nothing personal.
pub fn notify(model: &Model, id: &OrderId, text: &str) -> Vec<Effect> {
    if model.is_watched(id) || !model.setup.notify {
        return Vec::new();
    }
    vec![Effect::Notify(format!("Order {id}: {text}"))]
}

fn line(order: &Order, asked: Option<Call>) -> Option<(Severity, String)> {
    match (asked, &order.trouble) {
        (Some(Call::RetrieveRcc), None) if order.replaced.is_some() => Some((
            Severity::Warning,
            "the text has changed: any acceptance of the old one no longer counts".to_owned(),
        )),
        (Some(Call::RetrieveRcc), None) => Some((Severity::Done, "RCC text retrieved".to_owned())),
        (Some(Call::SendRcc), None) => Some((Severity::Done, "Px sent the RCC".to_owned())),
        (Some(Call::CompleteOrder), None) => doubt::placed(order),
        (Some(Call::CompleteOrder), Some(Trouble::Refused(error))) if order.doubt().is_some() => {
            let text = format!("refused with {}; the order is still in doubt", error.code());
            Some((Severity::Error, text))
        }
        // Without a code the status alone would say something else: 401 is no matter of credentials here.
        (Some(call), Some(Trouble::Refused(error)))
            if error.internal_code.is_none() && error.row.is_some() =>
        {
            let reason = error.remedy().reason.to_lowercase();
            Some((Severity::Error, format!("{call} was refused: {reason}")))
        }
        (Some(call), Some(Trouble::Refused(error))) => {
            Some((Severity::Error, format!("{call} was refused with {}", error.code())))
        }
        (_, Some(Trouble::PlacedAgain)) => {
            let text = "a second order was placed under these ids: have the carrier cancel one".to_owned();
            Some((Severity::Error, text))
        }
        (Some(call), Some(Trouble::Failed { failure: Failure::NotSent(_), .. })) => {
            Some((Severity::Error, format!("{call} was not sent")))
        }
        (Some(call), Some(Trouble::Failed { failure: Failure::Credentials(_), .. })) => {
            Some((Severity::Error, format!("{call} did not reach Px: there was no token for it")))
        }
        (Some(call), Some(Trouble::Failed { failure: Failure::Unknown(_), .. } | Trouble::CutOff { .. })) => {
            Some((Severity::Error, format!("{call} got no answer that could be used")))
        }
        (Some(Call::GetRccAcceptance) | None, _) => None,
    }
}
