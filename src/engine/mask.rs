//! Masks an order's own personal data in what a server says of it: a message may quote a phone number or a token.

use crate::order::{CallError, Failure, Order, Outcome};

/// Values shorter than this are too likely to be part of a common word.
const SHORTEST: usize = 4;

/// `outcome` with every personal value of `order` replaced by dots in the texts that are stored in clear.
pub fn mask(outcome: Outcome, order: &Order) -> Outcome {
    let clean = |text: String| mask_text(text, order);
    match outcome {
        Outcome::Refused(error) => Outcome::Refused(CallError {
            user_message: clean(error.user_message),
            internal_code: error.internal_code.map(clean),
            tx_id: error.tx_id.map(clean),
            ..error
        }),
        Outcome::Failed(Failure::NotSent(why)) => Outcome::Failed(Failure::NotSent(clean(why))),
        Outcome::Failed(Failure::Credentials(why)) => Outcome::Failed(Failure::Credentials(clean(why))),
        Outcome::Failed(Failure::Unknown(why)) => Outcome::Failed(Failure::Unknown(clean(why))),
        Outcome::Sent { sent_at, tx_id } => Outcome::Sent { sent_at, tx_id: tx_id.map(clean) },
        Outcome::Rcc { rcc, tx_id } => Outcome::Rcc { rcc, tx_id: tx_id.map(clean) },
        Outcome::Accepted { method, accepted_at, tx_id } => {
            Outcome::Accepted { method, accepted_at, tx_id: tx_id.map(clean) }
        }
        Outcome::Completed { order_number, order_status, tx_id, details } => Outcome::Completed {
            order_number,
            order_status: order_status.map(clean),
            tx_id: tx_id.map(clean),
            details,
        },
        Outcome::NotAccepted => Outcome::NotAccepted,
    }
}

fn mask_text(mut text: String, order: &Order) -> String {
    for value in order.personal_values() {
        // A phone number is also recognised without its country code.
        let national = value.strip_prefix("+1").filter(|rest| rest.len() == 10);
        for value in [Some(value), national].into_iter().flatten() {
            if value.len() >= SHORTEST && text.contains(value) {
                text = text.replace(value, "••••");
            }
        }
    }
    text
}
