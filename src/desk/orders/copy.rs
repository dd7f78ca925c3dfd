//! Copying what a person would quote on the phone.

use crate::desk::effect::Effect;
use crate::desk::frame::notice::Severity;
use crate::desk::model::Model;
use crate::order::{Basis, Completion, Trouble};

/// Copies what a person would quote on the phone.
pub fn copy(model: &mut Model) -> Vec<Effect> {
    let Some(screen) = &model.order else { return Vec::new() };
    let order = &screen.order;
    let text = match (&order.completion, &order.trouble) {
        (Some(Completion { order_number: Some(number), .. }), _) => number.clone(),
        (Some(Completion { basis: Basis::Verdict { reference, .. }, .. }), _) => reference.clone(),
        (None, Some(Trouble::Refused(error))) => match &error.tx_id {
            Some(tx_id) => format!("{} TxID {tx_id}", error.code()),
            None => error.code(),
        },
        (None, Some(Trouble::Failed { .. } | Trouble::CutOff { .. } | Trouble::PlacedAgain) | None)
        | (Some(_), _) => {
            format!(
                "transaction {} partner order {}",
                order.identity.transaction_id, order.identity.partner_order_id
            )
        }
    };
    model.say(Severity::Done, format!("copied: {}", crate::order::one_line(&text)));
    vec![Effect::Copy(text)]
}
