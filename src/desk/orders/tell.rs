//! The result of a task on the open order, as a notice.

use super::doubt;
use crate::desk::frame::notice::Severity;
use crate::desk::model::Model;
use crate::order::{Call, Trouble};

/// Says how a task of this desk ended, when that is worth a notice.
pub fn tell(model: &mut Model, asked: Option<Call>) {
    let Some(screen) = &model.order else { return };
    let line = match (asked, &screen.order.trouble) {
        (Some(Call::RetrieveRcc), None) if screen.order.replaced.is_some() => Some((
            Severity::Warning,
            "the text has changed: any acceptance of the old one no longer counts".to_owned(),
        )),
        (Some(Call::RetrieveRcc), None) => Some((Severity::Done, "RCC text retrieved".to_owned())),
        (Some(Call::SendRcc), None) => Some((Severity::Done, "Px sent the RCC".to_owned())),
        (Some(Call::CompleteOrder), None) => doubt::placed(&screen.order),
        (Some(Call::CompleteOrder), Some(Trouble::Refused(error))) if screen.order.doubt().is_some() => {
            let text = format!("refused with {}; the order is still in doubt", error.code());
            Some((Severity::Error, text))
        }
        (Some(call), Some(Trouble::Refused(error))) => {
            Some((Severity::Error, format!("{call} was refused with {}", error.code())))
        }
        (_, Some(Trouble::PlacedAgain)) => {
            let text = "a second order was placed under these ids: have the carrier cancel one".to_owned();
            Some((Severity::Error, text))
        }
        (Some(call), Some(Trouble::Failed { .. } | Trouble::CutOff { .. })) => {
            Some((Severity::Error, format!("{call} got no answer")))
        }
        (Some(Call::GetRccAcceptance) | None, _) => None,
    };
    if let Some((severity, text)) = line {
        model.say(severity, text);
    }
}
