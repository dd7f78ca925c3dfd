//! What lines lead to, pure.

use super::{Placed, Taken, Usage};
use crate::kind::{Driven as _, Timestamp};
use crate::subscription::{
    Amount, Line, Month, Refusal, Report, ReportCommand, ReportEvent, State, SubscriptionRow,
};
use std::collections::HashMap;

/// The events that lines lead to, or why they may not be added.
type Decided = Result<Vec<ReportEvent>, Refusal>;

/// Whether usage of that SKU and month can be taken in.
pub(super) fn check(
    row: &SubscriptionRow,
    usage: &Usage,
    bill: Month,
    now: Timestamp,
) -> std::result::Result<(), Refusal> {
    if matches!(row.state(now), State::Requested | State::Rejected) {
        return Err(Refusal::NotProvisioned);
    }
    let sku = row.skus.iter().find(|line| line.plan.sku == usage.sku);
    let sku = sku.ok_or_else(|| Refusal::NoSuchSku(usage.sku.clone()))?;
    if !sku.plan.usage {
        return Err(Refusal::NoUsage(usage.sku.clone()));
    }
    if sku.ended.is_some() {
        return Err(Refusal::SkuEnded(usage.sku.clone()));
    }
    if usage.month > bill {
        return Err(Refusal::FutureMonth { month: usage.month, bill });
    }
    Ok(())
}

/// The first lines of a new slot: each key once. Lines that say it again are known; those that say otherwise are refused.
pub(super) fn first_lines(lines: Placed, taken: &mut [Option<Taken>]) -> (Vec<Line>, Placed) {
    let mut new: Placed = Vec::with_capacity(lines.len());
    let mut known: HashMap<String, Amount> = HashMap::new();
    for (at, line) in lines {
        match known.get(&line.key) {
            None => {
                known.insert(line.key.clone(), line.count);
                new.push((at, line));
            }
            Some(count) if *count == line.count => taken[at] = Some(Ok(false)),
            Some(count) => {
                taken[at] = Some(Err(Refusal::KeyTaken { key: line.key, before: count.to_string() }));
            }
        }
    }
    (new.iter().map(|(_, line)| line.clone()).collect(), new)
}

/// The lines whose keys none of these reports of their month holds; the others count there.
pub(super) fn not_known(reports: &[Report], mut lines: Placed, taken: &mut [Option<Taken>]) -> Placed {
    lines.retain(|(at, line)| {
        let known = reports.iter().find_map(|report| Some((report, report.lines.get(&line.key)?)));
        let Some((report, count)) = known else { return true };
        taken[*at] = Some(if *count == line.count {
            Ok(false)
        } else {
            let before = format!("{count} of {}", report.slot);
            Err(Refusal::KeyTaken { key: line.key.clone(), before })
        });
        false
    });
    lines
}

/// What the lines lead to in a report that is there. A line that the report refuses keeps no other out; what is returned
/// besides are the lines that are new.
pub(super) fn decide(
    report: &Report,
    lines: Placed,
    taken: &mut [Option<Taken>],
    bill: Month,
) -> (Decided, Placed) {
    let (_, lines) = first_lines(lines, taken);
    let lines = not_known(std::slice::from_ref(report), lines, taken);
    if lines.is_empty() {
        return (Ok(Vec::new()), lines);
    }
    let add = ReportCommand::Add { lines: lines.iter().map(|(_, line)| line.clone()).collect(), bill };
    (report.decide(add, Timestamp::MIN), lines)
}
