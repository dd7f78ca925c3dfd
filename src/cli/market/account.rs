//! All that is known of a report: what was sent of it, what came of that, and what people said.

use super::json;
use crate::cli::dates::local;
use crate::subscription::{Attempt, Report, Verdict};
use serde_json::{Value, json};

/// In JSON.
pub fn shown(report: &Report) -> Value {
    let verdict = |verdict: &Verdict| {
        json!({
            "attempt": verdict.attempt,
            "reported": verdict.reported,
            "reference": verdict.reference,
            "name": verdict.name,
            "bill": verdict.bill,
            "at": verdict.at,
        })
    };
    let attempt = |attempt: &Attempt| {
        let mut shown = json::attempt(attempt);
        shown["amount"] = json!(report.sent_with(attempt));
        shown
    };
    json!({
        "id": report.id,
        "sku": report.slot.sku,
        "month": report.slot.month,
        "supplement": report.slot.supplement,
        "amount": report.amount(),
        "state": report.state().name(),
        "reportedAt": report.reported_at(),
        "reason": report.prepared.as_ref().and_then(|prepared| prepared.reason.as_ref()),
        "because": report.because,
        "attempts": report.attempts.0.iter().map(attempt).collect::<Vec<_>>(),
        "verdicts": report.verdicts.iter().map(verdict).collect::<Vec<_>>(),
        "alarm": alarm(report),
    })
}

/// How what is known of it contradicts itself, in words; none where it does not.
pub fn alarm(report: &Report) -> Option<String> {
    report.clash().map(|clash| clash.words())
}

/// In lines, each with what it is.
pub fn lines(report: &Report) -> Vec<(&'static str, String)> {
    let amount = report.amount().unwrap_or_default();
    let of = &report.slot;
    let supplement =
        if of.supplement == 0 { String::new() } else { format!(", supplement {}", of.supplement) };
    let state = report.state().name().replace('_', " ");
    let mut all =
        vec![("usage", format!("{} {}{supplement}: {amount}, {state} ({})", of.month, of.sku, report.id))];
    if let Some(because) = &report.because {
        all.push(("", format!("added late by {}: {}", because.name, because.reason)));
    }
    for attempt in &report.attempts.0 {
        let words = attempt.words().unwrap_or_else(|| "in progress".to_owned());
        let (amount, at) = (report.sent_with(attempt), local(attempt.at));
        all.push(("", format!("attempt {}: {amount} at {at}, by {}: {words}", attempt.number, attempt.by)));
        let about = report.verdicts.iter().filter(|verdict| verdict.attempt == attempt.number);
        all.extend(about.map(|verdict| ("", verdict.words(local))));
    }
    all.extend(alarm(report).map(|alarm| ("alarm", alarm)));
    all
}
