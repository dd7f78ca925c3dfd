//! What goes wrong at Px, read from its table: in the words of the file, made into the embedded Px's own JSON.

use super::table::{Notes, Table};
use super::{Fault, Lasts};
use serde_json::{Value, json};

/// A day and a half, in seconds: nothing in a scenario takes longer.
pub const LONGEST: i64 = 36 * 3600;
/// The texts that there are.
pub const OFFERS: [&str; 3] = ["internet", "phone", "bundle"];
/// How many sections each of them has.
pub const SECTIONS: [(&str, usize); 3] = [("internet", 7), ("phone", 5), ("bundle", 8)];
const CALLS: [&str; 5] = ["token", "retrieve_rcc", "send_rcc", "get_rcc_acceptance", "complete_order"];
/// What can go wrong, one of these at a time.
const KINDS: [&str; 6] = ["row", "gateway", "cut", "hang", "body", "offer"];

/// Reads one.
pub fn fault(mut table: Table, notes: &mut Notes) -> Option<Fault> {
    if !table.has("call") {
        notes.add(table.line, table.name("call"), "is missing");
    }
    let call = table.word(notes, "call", &CALLS);
    let after_calls = table.number(notes, "after_calls", 0..=1000).map_or(0, |at| at.value);
    let times = table.number(notes, "times", 1..=1000);
    let seconds = table.number(notes, "for_seconds", 1..=LONGEST);
    if let (Some(_), Some(at)) = (&times, &seconds) {
        notes.add(at.line, table.name("for_seconds"), "cannot stand beside `times`: say one of them");
    }
    let (fault, kinds) = what_fails(&mut table, notes, call.as_ref().map(|at| at.value.as_str()));
    if kinds != 1 {
        let what = if kinds == 0 {
            "says nothing that goes wrong"
        } else {
            "says more than one thing that goes wrong"
        };
        notes.add(
            table.line,
            table.name("call"),
            format!("{what}: one of row, gateway, cut, hang, body, status, offer, or latency_seconds"),
        );
    }
    let lasts = seconds.map_or(Lasts::Times(times.map_or(1, |at| at.value.try_into().unwrap_or(1))), |at| {
        Lasts::Seconds(at.value)
    });
    table.end(notes);
    Some(Fault { call: call?.value, after_calls: after_calls.try_into().unwrap_or_default(), lasts, fault })
}

/// What fails, in the embedded Px's own JSON, and how many kinds of failure that is.
fn what_fails(table: &mut Table, notes: &mut Notes, call: Option<&str>) -> (Value, usize) {
    let (mut fault, mut kinds) = (json!({}), 0);
    // What stands there and cannot be read is told once, as that.
    kinds += KINDS.iter().filter(|key| table.has(key)).count();
    if let Some(row) = table.text(notes, "row") {
        let named = call.and_then(crate::order::Call::named);
        let documented = named.is_some_and(|call| crate::order::remedy::by_key(call, &row.value).is_some());
        if !documented && call.is_some() {
            let what = format!(
                "`{}` is not documented for {}; `pxdesk errors` lists the rows",
                row.value,
                call.unwrap_or_default()
            );
            notes.add(row.line, table.name("row"), what);
        }
        fault["row"] = json!(row.value);
    }
    let words: [(&'static str, &[&str]); 4] = [
        (
            "gateway",
            &["invalid_token", "invalid_client", "missing_credentials", "not_found", "apigee", "quota"],
        ),
        ("cut", &["before", "after"]),
        ("hang", &["before", "after"]),
        ("body", &["html", "garbled", "empty", "truncated", "other_ids"]),
    ];
    for (key, allowed) in words {
        if let Some(word) = table.word(notes, key, allowed) {
            fault[key] = json!(word.value);
        }
    }
    if let Some(offer) = table.word(notes, "offer", &OFFERS) {
        fault["offer"] = json!(offer.value);
    }
    // A status goes along with a body, or stands alone; so does a latency with anything.
    kinds += usize::from(table.has("status") && !table.has("body"));
    if let Some(status) = table.number(notes, "status", 200..=599) {
        fault["status"] = json!(status.value);
    }
    kinds = kinds.max(usize::from(table.has("latency_seconds")));
    if let Some(seconds) = table.seconds(notes, "latency_seconds", 600.0) {
        fault["latencySeconds"] = json!(seconds.value);
    }
    (fault, kinds)
}
