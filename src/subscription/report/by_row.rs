//! Lines that are taken in by a report's row alone, without its other lines: so that it costs the same however many it has.
//!
//! That works while nothing of the report was ever sent. Until then its amount is the sum of its lines, and no supplement
//! goes on with its month: only a report that was frozen is continued, and one that was frozen takes lines again only
//! after a call.

use super::event::{Line, ReportEvent};
use super::list::{AMOUNT, BEGUN_AT, LINES, STATE};
use super::{ReportRow, ReportState};
use crate::kind::Value;
use crate::subscription::Amount;

impl ReportRow {
    /// The event that takes in these lines, none of which the report has; none where the row does not say whether it may.
    pub fn adding(&self, lines: Vec<Line>) -> Option<ReportEvent> {
        let fresh = self.state == ReportState::Open && self.begun_at.is_none();
        let fits = sum(self.amount.unwrap_or_default(), &lines).is_some();
        (fresh && fits && !lines.is_empty()).then_some(ReportEvent::UsageAdded { lines })
    }
}

/// The row after `event`, and the keys that it adds; none where that takes more than the row.
pub(super) fn follow(row: &[Value], event: &ReportEvent) -> Option<(Vec<Value>, Vec<String>)> {
    let ReportEvent::UsageAdded { lines } = event else { return None };
    let open = Value::from(ReportState::Open.name());
    if row.get(STATE) != Some(&open) || row.get(BEGUN_AT) != Some(&Value::Nothing) {
        return None;
    }
    let (before, count) = match (row.get(AMOUNT)?, row.get(LINES)?) {
        (Value::Nothing, Value::Integer(count)) => (Amount::ZERO, *count),
        (Value::Text(amount), Value::Integer(count)) => (Amount::parse(amount).ok()?, *count),
        (Value::Nothing | Value::Integer(_) | Value::Text(_), _) => return None,
    };
    let mut after = row.to_vec();
    after[AMOUNT] = sum(before, lines)?.to_string().into();
    after[LINES] = count.checked_add(i64::try_from(lines.len()).ok()?)?.into();
    Some((after, lines.iter().map(|line| line.key.clone()).collect()))
}

fn sum(amount: Amount, lines: &[Line]) -> Option<Amount> {
    lines.iter().try_fold(amount, |sum, line| sum.plus(line.count))
}
