//! What a task on the open order has brought, as a line.

use super::doubt;
use crate::desk::frame::notice::Severity;
use crate::desk::model::Model;
use crate::order::{Call, Trouble};

/// Says what a task of this desk has brought, when that is worth a line.
pub fn tell(model: &mut Model, asked: Option<Call>) {
    let Some(screen) = &model.order else { return };
    let line = match (asked, &screen.order.trouble) {
        (Some(Call::RetrieveRcc), None) if screen.order.replaced.is_some() => Some((
            Severity::Warning,
            "the text has changed: what was said to the old one does not count".to_owned(),
        )),
        (Some(Call::RetrieveRcc), None) => Some((Severity::Done, "the RCC text is here".to_owned())),
        (Some(Call::SendRcc), None) => Some((Severity::Done, "Px has sent the RCC".to_owned())),
        (Some(Call::CompleteOrder), None) => doubt::placed(&screen.order),
        (Some(Call::CompleteOrder), Some(Trouble::Refused(error))) if screen.order.doubt().is_some() => {
            let text = format!("refused with {}; that does not settle what is in doubt", error.code());
            Some((Severity::Error, text))
        }
        (Some(call), Some(Trouble::Refused(error))) => {
            Some((Severity::Error, format!("{call} was refused with {}", error.code())))
        }
        (Some(call), Some(Trouble::Failed { .. } | Trouble::CutOff { .. })) => {
            Some((Severity::Error, format!("{call} came to no answer")))
        }
        (Some(Call::GetRccAcceptance) | None, _) => None,
    };
    if let Some((severity, text)) = line {
        model.say(severity, text);
    }
}
