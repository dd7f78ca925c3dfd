//! Orders in doubt on the desk: from when something may be done about one, and what became of that.

use super::model::{Model, Severity};
use crate::order::doubt::Moment;
use crate::order::{Basis, CallError, Order, State, Summary, Timestamp, Verdict};

impl Model {
    /// The moment at which orders are looked at.
    pub fn moment(&self) -> Moment {
        Moment { now: self.now, uptime: self.uptime.clone(), quiet: self.setup.quiet_period }
    }

    /// From when the order of this row may be probed or settled; none when it is not in doubt. A row knows only when its
    /// order last changed, which is never before the call in doubt ended, and goes by the wall clock: where that jumped, or
    /// the machine was restarted, the order's own screen says a later time, and that one counts.
    pub fn probe_from(&self, row: &Summary) -> Option<Timestamp> {
        let doubted = row.standing == State::InDoubt;
        doubted.then(|| row.updated_at.checked_add(self.setup.quiet_period).unwrap_or(Timestamp::MAX))
    }
}

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
