//! Orders in doubt: what became of one, as a notice.

use crate::desk::frame::notice::Severity;
use crate::order::{Basis, CallError, Meaning, Order, State, Verdict};

/// Px's answer that the order was already submitted, when that cannot have been this desk: an alarm, however late it is.
pub fn submitted_elsewhere(order: &Order) -> Option<&CallError> {
    let open = matches!(order.standing(), State::Refused | State::Expired);
    order.refusal().filter(|error| open && error.meaning() == Some(Meaning::AlreadySubmitted))
}

/// The notice for a Complete that was answered.
pub fn placed(order: &Order) -> Option<(Severity, String)> {
    let line = match &order.completion.as_ref()?.basis {
        Basis::Confirmed => "the order is placed",
        Basis::Inferred { .. } => "Px already had the order: the earlier Complete arrived (inferred)",
        Basis::Verdict { .. } => "the order counts as placed, by a person's verdict",
    };
    Some((Severity::Done, line.to_owned()))
}

/// The notice for a verdict.
pub fn settled(verdict: &Verdict) -> (Severity, String) {
    let line = if verdict.placed {
        "recorded: the order was placed"
    } else {
        "recorded: the order was not placed; it is back where it was before Complete"
    };
    (Severity::Done, line.to_owned())
}

/// The notice for a verdict that another person has to agree to.
pub fn proposed(verdict: &Verdict) -> (Severity, String) {
    let said = if verdict.placed { "placed" } else { "not placed" };
    let text = format!("proposed: {said}; another person must say the same, at their own desk");
    (Severity::Done, text)
}
