//! What a reply says when Px did what it was asked.

use super::fields::{Fields, member, plain, text, truth};
use crate::order::{Call, Details, Method, Outcome, Rcc, Section, Timestamp};
use serde_json::Value;

/// Why a successful status came with nothing that can be used.
pub enum Lack {
    /// Retrieve RCC: there is no text (4050).
    NoRcc,
    /// Something is missing or cannot be read; in words.
    Unreadable(&'static str),
}

/// True when the reply bears what this call is answered with, read or not.
pub fn bears(call: Call, fields: &Fields) -> bool {
    let has = |key| fields.first(key).is_some();
    match call {
        Call::RetrieveRcc => has("rcc") || has("rcctext"),
        Call::SendRcc => has("sentat") || has("deliverymethod"),
        Call::GetRccAcceptance => has("accepted"),
        Call::CompleteOrder => fields.text("ordernumber").is_some(),
    }
}

/// Reads the answer to `call`.
pub fn read(call: Call, fields: &Fields) -> Result<Outcome, Lack> {
    let tx_id = fields.text("txid");
    match call {
        Call::RetrieveRcc => {
            let sections = sections(fields)?;
            let rcc = Rcc { language: fields.text("language"), sections };
            Ok(Outcome::Rcc { rcc, tx_id })
        }
        Call::SendRcc => Ok(Outcome::Sent { sent_at: time(fields, "sentat"), tx_id }),
        Call::GetRccAcceptance => {
            let accepted = fields.first("accepted").and_then(truth);
            if !accepted.ok_or(Lack::Unreadable("does not say whether the customer accepted"))? {
                return Ok(Outcome::NotAccepted);
            }
            let method = fields.text("acceptancemethod").and_then(|name| method(&name));
            Ok(Outcome::Accepted { method, accepted_at: time(fields, "acceptedat"), tx_id })
        }
        Call::CompleteOrder => Ok(Outcome::Completed {
            order_number: order_number(fields)?,
            order_status: fields.text("orderstatus"),
            tx_id,
            details: fields.first("orderdetails").cloned().map(Details),
        }),
    }
}

/// The order number, one and whole, where the reply speaks of this order: a list is not one, a JSON number of more than 64
/// bits has lost digits, and the word for nothing is none.
fn order_number(fields: &Fields) -> Result<String, Lack> {
    let mut numbers = fields.near("ordernumber").map(|number| text(number).filter(|_| !number.is_f64()));
    let number = numbers.next().flatten().filter(|number| !is_a_word_for_nothing(number));
    let number = number.ok_or(Lack::Unreadable("has no order number that can be read"))?;
    if numbers.all(|other| other.as_ref() == Some(&number)) {
        Ok(number)
    } else {
        Err(Lack::Unreadable("has several order numbers"))
    }
}

fn is_a_word_for_nothing(text: &str) -> bool {
    const NOTHING: [&str; 7] = ["null", "nil", "none", "na", "nan", "undefined", "unknown"];
    let word = plain(text);
    word.is_empty() || NOTHING.contains(&word.as_str())
}

/// What beside an order number says that the order was not placed after all; continues "the reply ...".
pub fn denial(fields: &Fields) -> Option<&'static str> {
    const FAILED: [&str; 9] = [
        "failed",
        "failure",
        "error",
        "rejected",
        "declined",
        "denied",
        "cancelled",
        "canceled",
        "notplaced",
    ];
    let says =
        |keys: &[&'static str], is: &dyn Fn(&Value) -> bool| keys.iter().any(|key| fields.near(key).any(is));
    let is_no = |value: &Value| truth(value) == Some(false);
    let is_failure = |value: &Value| text(value).is_some_and(|word| FAILED.contains(&plain(&word).as_str()));
    let is_of_an_error = |value: &Value| {
        text(value)
            .and_then(|status| status.trim().parse::<u16>().ok())
            .is_some_and(|n| (300..600).contains(&n))
    };
    let holds_something = |value: &Value| match value {
        Value::Null | Value::Bool(false) => false,
        Value::Array(list) => !list.is_empty(),
        Value::Object(object) => !object.is_empty(),
        Value::String(text) => !text.trim().is_empty(),
        Value::Bool(true) | Value::Number(_) => true,
    };
    if says(&["success", "succeeded", "successful", "ok", "placed"], &is_no) {
        return Some("has an order number and says that it did not succeed");
    }
    if says(&["apistatuscode", "statuscode", "httpstatus", "httpstatuscode", "status"], &is_of_an_error) {
        return Some("has an order number and the status of an error");
    }
    if says(&["orderstatus", "status", "result"], &is_failure) {
        return Some("has an order number and says that the order failed");
    }
    says(&["error", "errors", "errormessage"], &holds_something).then_some("has an order number and an error")
}

/// The RCC text, raw. A section that cannot be read is not left out: a legal text with a gap is not the text.
fn sections(fields: &Fields) -> Result<Vec<Section>, Lack> {
    for value in fields.all("rcc").chain(fields.all("rcctext")) {
        let sections = match value {
            Value::Array(list) => list.iter().map(section).collect(),
            one => section(one).map(|section| vec![section]),
        };
        let sections: Vec<_> =
            sections.ok_or(Lack::Unreadable("has a section of RCC text that cannot be read"))?;
        if sections.iter().any(|section| !section.text.trim().is_empty()) {
            return Ok(sections);
        }
    }
    Err(Lack::NoRcc)
}

fn section(value: &Value) -> Option<Section> {
    let plain_text = |text: &str| Section { id: None, title: None, text: text.to_owned() };
    match value {
        Value::String(text) => Some(plain_text(text)),
        Value::Object(object) => {
            let raw = member(object, &["text", "rcctext"])?;
            Some(Section {
                id: member(object, &["id"]).and_then(text),
                title: member(object, &["title"]).and_then(text),
                text: raw.as_str().map(str::to_owned).or_else(|| text(raw))?,
            })
        }
        Value::Number(number) => Some(plain_text(&number.to_string())),
        Value::Null | Value::Bool(_) | Value::Array(_) => None,
    }
}

fn time(fields: &Fields, key: &'static str) -> Option<Timestamp> {
    fields.text(key)?.trim().parse().ok()
}

fn method(name: &str) -> Option<Method> {
    match plain(name).as_str() {
        "verbal" => Some(Method::Verbal),
        "sms" => Some(Method::Sms),
        "email" => Some(Method::Email),
        _ => None,
    }
}
