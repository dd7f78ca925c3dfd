//! What lines lead to, pure.

use super::{Placed, Taken};
use crate::subscription::{Amount, Line, Refusal, Report};
use std::collections::HashMap;

/// Each key once. Lines that say it again are known; those that say otherwise are refused.
pub(super) fn each_once<'g>(mut lines: Placed<'g>, taken: &mut [Option<Taken>]) -> Placed<'g> {
    let mut known: HashMap<&str, Amount> = HashMap::with_capacity(lines.len());
    lines.retain(|(at, line)| {
        let Some(count) = known.insert(&line.key, line.count) else { return true };
        // The first one is what counts.
        known.insert(&line.key, count);
        taken[*at] =
            Some(if count == line.count { Ok(false) } else { Err(taken_by(line, count.to_string())) });
        false
    });
    lines
}

/// The lines whose keys the report does not have.
pub(super) fn not_in<'g>(report: &Report, mut lines: Placed<'g>, taken: &mut [Option<Taken>]) -> Placed<'g> {
    lines.retain(|(at, line)| {
        let Some(count) = report.lines.get(&line.key) else { return true };
        let same = *count == line.count;
        let other = || Err(taken_by(line, format!("{count} of {}", report.slot)));
        taken[*at] = Some(if same { Ok(false) } else { other() });
        false
    });
    lines
}

/// The lines that fit, one by one, into what can be billed of a sum that stands at `sum`; the others are refused.
pub(super) fn fitting<'g>(sum: Amount, mut lines: Placed<'g>, taken: &mut [Option<Taken>]) -> Placed<'g> {
    let mut sum = sum;
    lines.retain(|(at, line)| {
        let Some(with_it) = sum.plus(line.count) else {
            taken[*at] = Some(Err(Refusal::TooMuch));
            return false;
        };
        sum = with_it;
        true
    });
    lines
}

/// The lines themselves.
pub(super) fn owned(lines: &Placed<'_>) -> Vec<Line> {
    lines.iter().map(|(_, line)| (*line).clone()).collect()
}

fn taken_by(line: &Line, before: String) -> Refusal {
    Refusal::KeyTaken { key: line.key.clone(), before }
}
