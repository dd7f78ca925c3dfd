//! Every way in which the next call to the marketplace can fail.

use super::{Called, Failure, Sold};
use serde_json::{Value, json};

/// Those of `call`: refusals in words, then accidents.
pub(super) fn of(call: Sold) -> Vec<Failure> {
    refusals(call).into_iter().chain(accidents(call)).collect()
}

/// What the marketplace refuses: nothing is done, and that is certain.
fn refusals(call: Sold) -> Vec<Failure> {
    let mend = match call {
        Sold::ReportUsage => "Correct what is wrong and send the month again: nothing was added.",
        Sold::StartBilling => "Compare the ids with the portal, then start it again: nothing was done.",
        Sold::EndUsage => "Compare the ids with the portal, then end it again: nothing was done.",
    };
    let stop = "Stop: no call gets through until the configuration is fixed. Nothing was done.";
    let list = [
        (400, "no such SKU", mend),
        (401, "the provider key is not accepted", stop),
        (404, "nothing is at this address", stop),
    ];
    let refusal = |(status, label, advice): (u16, &str, &str)| Failure {
        code: status.to_string(),
        documented: true,
        label: label.to_owned(),
        sentence: format!("The next {} is refused with HTTP {status}: {label}.", Called::Market(call)),
        how: format!(" is refused with HTTP {status}: {label}"),
        advice: advice.to_owned(),
        fault: json!({ "message": label, "status": status }),
    };
    list.into_iter().map(refusal).collect()
}

/// What happens on the way.
fn accidents(call: Sold) -> Vec<Failure> {
    let done = match call {
        Sold::StartBilling => "started",
        Sold::ReportUsage => "added",
        Sold::EndUsage => "ended",
    };
    let unknown = match call {
        Sold::ReportUsage => {
            "It is in doubt: leave it alone for the quiet period, look at the portal, then record on Doubts what it shows."
        }
        Sold::StartBilling | Sold::EndUsage => {
            "Look at the portal. Only if it shows nothing, do it once more, and say why."
        }
    };
    let list = [
        (format!("{done}, then cut off before the answer"), unknown, json!({ "cut": "after" })),
        ("cut off before it is done".to_owned(), unknown, json!({ "cut": "before" })),
        (format!("{done}, and never answered"), unknown, json!({ "hang": "after" })),
        (
            format!("{done}, answered by an HTML page (502)"),
            unknown,
            json!({ "body": "html", "status": 502 }),
        ),
        (
            format!("{done}, answered with garbage (200)"),
            "Nothing: status 200 says that it was carried out, whatever else is in the answer.",
            json!({ "body": "garbled" }),
        ),
        (
            "answered after 5 seconds".to_owned(),
            "Wait for the answer: nothing is wrong.",
            json!({ "latencySeconds": 5 }),
        ),
        ("told to wait 5 seconds (429)".to_owned(), unknown, json!({ "status": 429, "retryAfter": 5 })),
        ("out of order (503)".to_owned(), unknown, json!({ "status": 503 })),
    ];
    let accident = |(label, advice, fault): (String, &str, Value)| Failure {
        code: String::new(),
        documented: false,
        sentence: format!("The next {}: {label}.", Called::Market(call)),
        how: format!(": {label}"),
        label,
        advice: advice.to_owned(),
        fault,
    };
    list.into_iter().map(accident).collect()
}
