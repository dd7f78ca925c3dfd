//! What a reply says when Px did what it was asked.

use super::denial;
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
        Call::SendRcc => {
            let says_so =
                ["sentat", "deliverymethod", "txid"].iter().any(|key| fields.near(key).next().is_some());
            if !says_so {
                return Err(Lack::Unreadable("does not say that anything was sent"));
            }
            Ok(Outcome::Sent { sent_at: time(fields, "sentat"), tx_id })
        }
        Call::GetRccAcceptance => {
            if !accepted(fields)? {
                return Ok(Outcome::NotAccepted);
            }
            let method = near_text(fields, "acceptancemethod").and_then(|name| method(&name));
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

/// True of a text that stands for no order number.
pub fn is_a_word_for_nothing(text: &str) -> bool {
    const NOTHING: [&str; 14] = [
        "null",
        "nil",
        "none",
        "na",
        "nan",
        "undefined",
        "unknown",
        "pending",
        "processing",
        "tbd",
        "tba",
        "error",
        "failed",
        "rejected",
    ];
    let word = plain(text);
    let is_below_one = text.trim().starts_with('-') || word.bytes().all(|byte| byte == b'0');
    // A sentence is none either.
    let has_words = text.trim().contains(char::is_whitespace) && !text.contains(|c: char| c.is_ascii_digit());
    is_below_one || has_words || NOTHING.contains(&word.as_str())
}

/// Whether the customer accepted, where the reply speaks of this order, and nowhere otherwise: others accept other things.
fn accepted(fields: &Fields) -> Result<bool, Lack> {
    let mut said = fields.near("accepted").map(truth);
    let first =
        said.next().flatten().ok_or(Lack::Unreadable("does not say whether the customer accepted"))?;
    if said.all(|other| other == Some(first)) && !(first && denial::is_no(fields)) {
        Ok(first)
    } else {
        Err(Lack::Unreadable("says both that the customer accepted and that they did not"))
    }
}

/// The RCC text, raw, where the reply speaks of this order. A section that cannot be read is not left out, and of two
/// texts none is chosen: a legal text with a gap is not the text.
fn sections(fields: &Fields) -> Result<Vec<Section>, Lack> {
    let mut found: Option<Vec<Section>> = None;
    for value in fields.near("rcc").chain(fields.near("rcctext")) {
        let sections = match value {
            Value::Array(list) => list.iter().map(section).collect(),
            one => section(one).map(|section| vec![section]),
        };
        let sections: Vec<_> =
            sections.ok_or(Lack::Unreadable("has a section of RCC text that cannot be read"))?;
        if !sections.iter().any(|section| section.text.chars().any(char::is_alphanumeric)) {
            continue;
        }
        if found.as_ref().is_some_and(|before| words(before) != words(&sections)) {
            return Err(Lack::Unreadable("has two RCC texts that differ"));
        }
        found.get_or_insert(sections);
    }
    match found {
        Some(sections) if sections.iter().any(|section| is_a_page(&section.text)) => {
            Err(Lack::Unreadable("has a page of HTML where the RCC text should be"))
        }
        Some(sections) => Ok(sections),
        None if bears(Call::RetrieveRcc, fields)
            && fields.near("rcc").chain(fields.near("rcctext")).next().is_none() =>
        {
            Err(Lack::Unreadable("has RCC text, but not where it speaks of this order"))
        }
        None => Err(Lack::NoRcc),
    }
}

fn words(sections: &[Section]) -> String {
    let words = sections.iter().flat_map(|section| section.text.split_whitespace());
    words.collect::<Vec<_>>().join(" ")
}

fn is_a_page(text: &str) -> bool {
    let start: String = text.trim_start().chars().take(14).collect::<String>().to_ascii_lowercase();
    start.starts_with("<html") || start.starts_with("<!doctype html")
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

fn near_text(fields: &Fields, key: &'static str) -> Option<String> {
    fields.near(key).find_map(text)
}

/// A time, as it may be written: RFC 3339 (D), as in HTTP's dates, or since 1970, in milliseconds or seconds (the gateway writes
/// its own times so; for this one it is A). One without a zone is none: nobody knows which hour it means.
fn time(fields: &Fields, key: &'static str) -> Option<Timestamp> {
    let text = near_text(fields, key)?;
    let text = text.trim();
    let since_1970 = || {
        let number: i64 = text.parse().ok()?;
        match text.len() {
            13 => Timestamp::from_millisecond(number).ok(),
            10 => Timestamp::from_second(number).ok(),
            _ => None,
        }
    };
    let in_http = || jiff::fmt::rfc2822::parse(text).ok().map(|zoned| zoned.timestamp());
    text.parse().ok().or_else(since_1970).or_else(in_http)
}

fn method(name: &str) -> Option<Method> {
    match plain(name).as_str() {
        "verbal" => Some(Method::Verbal),
        "sms" => Some(Method::Sms),
        "email" => Some(Method::Email),
        _ => None,
    }
}
