//! Words for a run.

use crate::desk::Trainee;
use crate::order::Timestamp;
use crate::practice::report::time;
use crate::view::frame::words::{ago, plural};
use serde_json::Value;

/// How the run stands, in a word or two.
pub fn standing(trainee: &Trainee) -> String {
    let run = &trainee.snapshot;
    match (&run.scenario, &run.state) {
        (None, _) if run.failed.is_some() => "not begun".to_owned(),
        (None, _) => "waiting".to_owned(),
        (Some(_), _) if run.ended => {
            run.grade.map_or_else(|| "ended".to_owned(), |it| format!("ended, {it}%"))
        }
        (Some(_), _) if run.paused => "paused".to_owned(),
        (Some(_), Some(state)) => state.title().to_owned(),
        (Some(_), None) => "begins".to_owned(),
    }
}

/// When a key was last pressed, `4 s`; or since when nobody is there: `away 2 min`.
pub fn last_key(trainee: &Trainee, now: Timestamp) -> String {
    if trainee.away {
        return format!("away {}", ago(now.duration_since(trainee.heard_at)));
    }
    match trainee.key_at {
        Some(at) => ago(now.duration_since(at)),
        None => "here".to_owned(),
    }
}

/// The same in a sentence.
pub fn presence(trainee: &Trainee, now: Timestamp) -> String {
    let last = last_key(trainee, now);
    if trainee.away || trainee.key_at.is_none() { last } else { format!("last key {last} ago") }
}

/// Milliseconds since the beginning of a run: `1:40`.
pub fn clock(millis: u64) -> String {
    time::clock(millis / 1000)
}

/// What the embedded Px received and did, in words; none where nothing of it is known. Its ledger is of one transaction, or
/// has several, which are added up.
pub fn ledger(ledger: Option<&Value>) -> Option<String> {
    let ledger = ledger?;
    let one = std::slice::from_ref(ledger);
    let lines = ledger.get("transactions").and_then(Value::as_array).map_or(one, Vec::as_slice);
    let sum = |key: &str| {
        let counts = lines.iter().filter_map(|line| line.get(key)?.as_u64());
        usize::try_from(counts.fold(0, u64::saturating_add)).unwrap_or(usize::MAX)
    };
    let first = [
        plural(sum("retrievesReceived"), "retrieve"),
        plural(sum("sendsReceived"), "send"),
        plural(sum("acceptanceChecksReceived"), "check"),
        format!(
            "{} received, {} applied",
            plural(sum("completesReceived"), "Complete"),
            sum("completesApplied")
        ),
    ];
    let order = lines.iter().find_map(|line| line.get("orderNumber")?.as_str());
    Some(format!(
        "{}{}",
        first.join(", "),
        order.map_or_else(String::new, |order| format!(": order {order}"))
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_ledger_is_told_in_words() {
        let line = json!({ "transactionId": "T-1", "retrievesReceived": 1, "sendsReceived": 0, "acceptanceChecksReceived": 2,
            "completesReceived": 2, "completesApplied": 1, "orderNumber": "N-7", "acceptanceMethod": null });
        let words = "1 retrieve, 0 sends, 2 checks, 2 Completes received, 1 applied: order N-7";
        assert_eq!(ledger(Some(&line)).as_deref(), Some(words));
        assert_eq!(
            ledger(Some(&json!({ "transactions": [line], "tokensIssued": 1 }))).as_deref(),
            Some(words)
        );
        assert_eq!(ledger(None), None);
        let nothing = "0 retrieves, 0 sends, 0 checks, 0 Completes received, 0 applied";
        for odd in [json!(null), json!([1]), json!({ "transactions": 3, "completesReceived": "x" })] {
            assert_eq!(ledger(Some(&odd)).as_deref(), Some(nothing));
        }
    }
}
