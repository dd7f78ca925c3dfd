//! Every way in which the next call to Px can fail.

use super::Failure;
use crate::order::{Call, Remedy, remedy};
use serde_json::{Value, json};

/// Those of `call`: the documented ones, then accidents.
pub(super) fn of(call: Call) -> Vec<Failure> {
    let rows = remedy::all().iter().filter(|row| row.call == call).map(documented);
    rows.chain(accidents(call)).collect()
}

fn documented(row: &Remedy) -> Failure {
    let (_, key) = row.id.split_once('/').unwrap_or_default();
    let with = if row.code.is_empty() { "without a code".to_owned() } else { format!("with {}", row.code) };
    Failure {
        code: row.code.clone(),
        documented: true,
        label: short(row).to_owned(),
        sentence: format!("The next {} is refused {with}: {}{}", row.call, row.reason, dot(&row.reason)),
        how: format!(" is refused {with}"),
        advice: row.next.clone(),
        fault: json!({ "row": key }),
    }
}

/// What ends a sentence that ends in `text`.
fn dot(text: &str) -> &'static str {
    if text.ends_with(['.', '?', '!']) { "" } else { "." }
}

/// The documented reason in a few words, all of them alike. The whole of it stands in the sentence.
fn short(row: &Remedy) -> &str {
    match row.id.split_once('/').unwrap_or_default().1 {
        "2000" => "sales code unknown",
        "2030" => "partner id unknown",
        "2025" => "address unknown",
        "2070" => "transaction unknown, or ended",
        "2225" => "partner order id missing",
        "2131" => "the two ids do not belong together",
        "4040" => "tax estimate down",
        "4050" => "no text returned",
        "1210" => "text not accepted",
        "1099" => "payment declined",
        "payment_down" => "payment service down",
        "1130" => "payment token missing",
        "2130" => "already submitted",
        "1215" => "more than one gift card",
        "2215" => "later than 120 minutes after prepare",
        _ => &row.reason,
    }
}

/// Failures that are not in the table of documented errors.
fn accidents(call: Call) -> Vec<Failure> {
    let done = match call {
        Call::RetrieveRcc => "prepared",
        Call::SendRcc => "sent",
        Call::GetRccAcceptance => "looked up",
        Call::CompleteOrder => "placed",
    };
    let complete = call == Call::CompleteOrder;
    let unknown = match call {
        Call::CompleteOrder => {
            "The order is in doubt: leave it alone for the quiet period, call the carrier, then probe it or record their verdict."
        }
        // As the order's own screen says it.
        Call::SendRcc => "Ask the customer whether it came; if not, send it again.",
        Call::RetrieveRcc | Call::GetRccAcceptance => "Do the same again: nothing is lost.",
    };
    let asks = matches!(call, Call::RetrieveRcc | Call::GetRccAcceptance);
    let list = [
        (format!("{done}, then cut off before the answer"), unknown, json!({ "cut": "after" })),
        ("cut off before Px has it".to_owned(), unknown, json!({ "cut": "before" })),
        (format!("{done}, and never answered"), unknown, json!({ "hang": "after" })),
        (
            format!("{done}, answered by an HTML page (502)"),
            unknown,
            json!({ "body": "html", "status": 502 }),
        ),
        (format!("{done}, answered with garbage"), unknown, json!({ "body": "garbled" })),
        (format!("{done}, answered for another order"), unknown, json!({ "body": "other_ids" })),
        (
            "answered after 5 seconds".to_owned(),
            "Wait for the answer: nothing is wrong.",
            json!({ "latencySeconds": 5 }),
        ),
        (
            "told to wait 5 seconds (429)".to_owned(),
            if asks { "Wait that long, then do the same again." } else { unknown },
            json!({ "status": 429, "retryAfter": 5 }),
        ),
        (
            "the gateway refuses the token".to_owned(),
            "Nothing: the desk gets a new token and calls again by itself.",
            json!({ "gateway": "invalid_token" }),
        ),
    ];
    let other = |fault: &Value| fault.get("body").is_some_and(|body| body == "other_ids");
    list.into_iter()
        .filter(|(.., fault)| complete || !other(fault))
        .map(|(label, advice, fault)| Failure {
            code: String::new(),
            documented: false,
            sentence: format!("The next {call}: {label}."),
            how: format!(": {label}"),
            label,
            advice: advice.to_owned(),
            fault,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::order::{Brief, Class};

    #[test]
    fn what_is_advised_after_a_send_of_unknown_outcome_is_what_the_order_says() {
        let brief = Brief { call: Call::SendRcc, class: Class::Unknown, code: None, row: None };
        for failure in of(Call::SendRcc).into_iter().filter(|failure| !failure.documented) {
            let told = ["Wait for the answer", "the desk gets a new token"];
            if !told.iter().any(|told| failure.advice.contains(told)) {
                assert_eq!(failure.advice, brief.stall().next, "{}", failure.label);
            }
        }
    }
}
