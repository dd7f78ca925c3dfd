//! Orders in doubt on the desk: what became of one, as a line.

use crate::desk::frame::notice::Severity;
use crate::order::{Basis, CallError, Order, State, Verdict};

/// Px's word that the order was submitted, when that cannot have been this desk: an alarm, however late it is.
pub fn submitted_elsewhere(order: &Order) -> Option<&CallError> {
    let open = matches!(order.standing(), State::Refused | State::Expired);
    order.refusal().filter(|error| open && error.row.as_deref() == Some("complete_order/2130"))
}

/// What a Complete that was answered has brought, as a line.
pub fn placed(order: &Order) -> Option<(Severity, String)> {
    let line = match &order.completion.as_ref()?.basis {
        Basis::Confirmed => "the order is placed",
        Basis::Inferred { .. } => "Px had the order already: the earlier Complete arrived (inferred)",
        Basis::Verdict { .. } => "the order counts as placed, by a person's word",
    };
    Some((Severity::Done, line.to_owned()))
}

/// What a verdict has brought, as a line.
pub fn settled(verdict: &Verdict) -> (Severity, String) {
    let line = if verdict.placed {
        "written down: the order was placed"
    } else {
        "written down: the order was not placed; it stands as before its Complete"
    };
    (Severity::Done, line.to_owned())
}
