//! What beside an answer says that the call was not done after all.

use super::fields::{Fields, plain, text, truth};
use crate::order::Call;
use serde_json::Value;

/// Words of a state in which nothing was placed.
const FAILED: [&str; 12] = [
    "fail",
    "error",
    "reject",
    "refused",
    "declin",
    "denied",
    "denial",
    "cancelled",
    "canceled",
    "aborted",
    "invalid",
    "unsuccessful",
];

/// The same where they stand for the state itself: in a message they may speak of something else.
const ENDED: [&str; 7] = ["void", "timedout", "timeout", "expired", "abort", "incomplete", "revoked"];

/// Words of an order's own state that say that there is no order, or none any more.
const GONE: [&str; 10] = [
    "cancel",
    "withdraw",
    "terminat",
    "discard",
    "revers",
    "rollback",
    "rolledback",
    "delet",
    "draft",
    "unable",
];

/// What is done with an order: a `not` before it denies it.
const DONE: [&str; 9] = [
    "placed",
    "submitted",
    "processed",
    "completed",
    "accepted",
    "created",
    "successful",
    "ordered",
    "saved",
];

/// Why the answer is not taken for one; continues "the reply ...". Only what the reply says of the call itself counts.
pub fn denial(call: Call, fields: &Fields) -> Option<&'static str> {
    let says =
        |keys: &[&'static str], is: &dyn Fn(&Value) -> bool| keys.iter().any(|key| fields.near(key).any(is));
    let is_no = |value: &Value| truth(value) == Some(false);
    if says(&["success", "succeeded", "successful", "ok"], &is_no) {
        return Some("says that the call did not succeed");
    }
    if says(
        &["apistatuscode", "statuscode", "httpstatus", "httpstatuscode", "status"],
        &is_status_of_an_error,
    ) {
        return Some("has the status of an error");
    }
    if says(&["error", "errors", "errormessage", "errordescription", "errorcode"], &holds_something) {
        return Some("has an error");
    }
    let of_a_failure = |value: &Value| text(value).is_some_and(|state| is_a_failure(&state));
    if call != Call::GetRccAcceptance && says(&["status", "result", "deliverystatus"], &of_a_failure) {
        return Some("says that it failed");
    }
    if call != Call::CompleteOrder {
        return None;
    }
    if says(&["placed", "submitted", "accepted", "completed"], &is_no) || says(&["orderstatus"], &is_no_order)
    {
        return Some("has an order number and says that the order was not placed");
    }
    let is_a_denial = |value: &Value| value.as_str().is_some_and(denies);
    says(&["usermessage", "message", "description", "detail"], &is_a_denial)
        .then_some("has an order number and a message that the order was not placed")
}

/// True when the reply says that the customer did not accept, whatever else it says.
pub fn is_no(fields: &Fields) -> bool {
    let says_no = |value: &Value| text(value).is_some_and(|state| is_a_failure(&state));
    let is_yes = |value: &Value| truth(value) == Some(true);
    ["status", "acceptancestatus", "result"].iter().any(|key| fields.near(key).any(says_no))
        || ["declined", "rejected", "revoked", "withdrawn"].iter().any(|key| fields.near(key).any(is_yes))
}

fn is_status_of_an_error(value: &Value) -> bool {
    let status = text(value).and_then(|status| status.trim().parse::<u16>().ok());
    status.is_some_and(|status| (300..600).contains(&status))
}

fn holds_something(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => false,
        Value::Array(list) => !list.is_empty(),
        Value::Object(object) => !object.is_empty(),
        // Zeros are a code of success.
        Value::String(text) => !plain(text).bytes().all(|byte| byte == b'0'),
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::Bool(true) => true,
    }
}

/// True of a state such as `FAILED_VALIDATION`, `NotSubmitted` or `Rejected by credit check`.
fn is_a_failure(state: &str) -> bool {
    let word = plain(state);
    FAILED.iter().chain(&ENDED).any(|failed| word.contains(failed))
        || DONE.iter().any(|done| ["not", "notyet"].iter().any(|not| word.contains(&format!("{not}{done}"))))
}

/// True of an order's state in which it was not placed, or is none any more; an unknown one is no failure.
fn is_no_order(value: &Value) -> bool {
    let Some(state) = text(value) else { return value.as_bool() == Some(false) };
    let word = plain(&state);
    let undone = |done: &&str| ["un", "non"].iter().any(|un| word.contains(&format!("{un}{done}")));
    let words: Vec<String> =
        state.split(|c: char| !c.is_alphanumeric()).map(str::to_ascii_lowercase).collect();
    truth(value) == Some(false)
        || is_a_failure(&state)
        || GONE.iter().any(|gone| word.contains(gone))
        || DONE.iter().any(undone)
        || words.iter().any(|word| matches!(word.as_str(), "not" | "no" | "nok" | "none" | "never"))
}

/// True of a message that says of the order that it failed, or was not done.
fn denies(message: &str) -> bool {
    let message = message.to_lowercase().replace('\u{2019}', "'");
    let words: Vec<&str> =
        message.split(|c: char| !c.is_alphanumeric() && c != '\'').filter(|w| !w.is_empty()).collect();
    words.iter().enumerate().any(|(at, word)| {
        let negates = *word == "not" || *word == "cannot" || *word == "unable" || word.ends_with("n't");
        let next = &words[at + 1..words.len().min(at + 5)];
        let undone = negates && next.iter().any(|next| is_done(next));
        undone || FAILED.iter().any(|failed| word.starts_with(failed))
    })
}

fn is_done(word: &str) -> bool {
    const TO_DO: [&str; 5] = ["place", "submit", "process", "complete", "accept"];
    DONE.contains(&word) || TO_DO.contains(&word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_denies_only_what_it_says_was_not_done() {
        for denial in [
            "The order was not placed",
            "Your order failed",
            "Order couldn\u{2019}t be processed",
            "We are unable to submit your order",
            "Payment declined; TxID 4",
            "Order was REJECTED.",
            "Order was refused by the downstream system",
            "Not yet submitted",
        ] {
            assert!(denies(denial), "{denial}");
        }
        for thanks in [
            "Thank you",
            "Order placed. The price is guaranteed until the offer has expired",
            "Your order has been placed. Do not reply to this message",
            "Order accepted; it is not yet active",
            "You can cancel your order within 3 days",
        ] {
            assert!(!denies(thanks), "{thanks}");
        }
    }

    #[test]
    fn an_order_is_none_by_the_words_of_its_state() {
        for none in [
            "UNSUBMITTED",
            "false",
            "Not received",
            "NOK",
            "TERMINATED",
            "WITHDRAWN",
            "DISCARDED",
            "REVERSED",
            "DRAFT",
            "Pending cancellation",
            "NOT_SUBMITTED",
            "Rolled back",
            "unplaced",
        ] {
            assert!(is_no_order(&none.into()), "{none}");
        }
        assert!(is_no_order(&false.into()));
        for order in
            ["SUBMITTED", "NOTIFIED", "In Progress", "PENDING", "Unassigned", "ON HOLD", "true", "7", "Noted"]
        {
            assert!(!is_no_order(&order.into()), "{order}");
        }
    }

    #[test]
    fn a_state_fails_by_its_words() {
        for failed in [
            "Rejected by credit check",
            "NOT_SUBMITTED",
            "FAILED_VALIDATION",
            "Cancelled",
            "not placed",
            "REFUSED",
            "VOIDED",
            "TIMED OUT",
            "Not yet submitted",
        ] {
            assert!(is_a_failure(failed), "{failed}");
        }
        for done in ["SUBMITTED", "Accepted", "NOTIFIED", "In Progress", "PENDING"] {
            assert!(!is_a_failure(done), "{done}");
        }
    }
}
