//! An answer to a Complete that the order knows nothing of: the journal that knew of it was lost, and an older copy of it was
//! accepted.

use super::event::{DetailsPersonal, Event, Outcome};
use super::{Attempt, AttemptOutcome, Call, Meaning, Order};

/// What records the answer that the Complete of `owner` got, as one of its own: none where it is not to be recorded so, and no
/// events where it is known already. Any other order takes it in the place of the Complete that would come next.
pub fn answered(order: &Order, owner: &str, outcome: &Outcome) -> Option<Vec<Event>> {
    // Whoever has submitted it, as Px said: this Complete did.
    let submitted = order.refusal().is_some_and(|error| error.meaning() == Some(Meaning::AlreadySubmitted));
    if !(order.standing().is_final() || submitted) || order.under_way().is_some() {
        return None;
    }
    let attempt = order.attempts.iter().map(|attempt| attempt.number).max().unwrap_or(0) + 1;
    let end = match outcome {
        Outcome::Completed { order_number, order_status, tx_id, details } => {
            let known = order.completion.iter().filter_map(|completion| completion.order_number.as_ref());
            if known.chain(&order.other_numbers).any(|known| known == order_number) {
                return Some(Vec::new());
            }
            let details = details.clone().filter(|_| !order.erased);
            Event::Completed {
                attempt,
                order_number: order_number.clone(),
                order_status: order_status.clone(),
                tx_id: tx_id.clone(),
                personal: details.map(|details| DetailsPersonal { details }),
            }
        }
        Outcome::Refused(error) if error.api == Call::CompleteOrder => {
            let refused = AttemptOutcome::Refused(error.clone());
            let is_it = |known: &Attempt| known.owner == owner && known.outcome.as_ref() == Some(&refused);
            if order.attempts.iter().any(is_it) {
                return Some(Vec::new());
            }
            Event::CallRefused { attempt: Some(attempt), error: error.clone() }
        }
        Outcome::Rcc { .. }
        | Outcome::Sent { .. }
        | Outcome::NotAccepted
        | Outcome::Accepted { .. }
        | Outcome::Refused(_)
        | Outcome::Failed(_) => return None,
    };
    let begun = Event::CallStarted {
        attempt,
        call: Call::CompleteOrder,
        method: order.acceptance.as_ref().map(|acceptance| acceptance.method),
        owner: owner.to_owned(),
        probe: false,
        // What the request said is not known any more.
        personal: None,
    };
    Some(vec![begun, end])
}
