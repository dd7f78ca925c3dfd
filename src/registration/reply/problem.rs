//! Why something was refused: two shapes, one in a member `error`, one flat (D, E, G).

use super::{Reply, is_page};
use crate::kind::Timestamp;
use crate::registry::{ErrorType, Problem};
use crate::text::quote;
use crate::wire::http_date;
use serde_json::{Map, Value};

/// What `reply` says of it. The HTTP status is the one that counts, whatever the body says.
pub fn read(reply: &Reply) -> Problem {
    let Reply { status, content_type: _, location: _, link: _, range: _, date, body, signed, redacted: _ } =
        *reply;
    let bare =
        Problem { status, error: None, title: None, detail: None, clock_ahead: None, request_id: None };
    if is_page(reply) {
        return bare;
    }
    let Ok(json) = serde_json::from_slice::<Value>(body) else {
        return Problem { detail: plain(body), ..bare };
    };
    let Value::Object(flat) = &json else { return Problem { error: named(&json), ..bare } };
    let members = flat.get("error").and_then(Value::as_object).unwrap_or(flat);
    let text = |name| text(members, name).or_else(|| text(flat, name)).map(quote);
    let problem = Problem {
        error: named(&json),
        title: text("title"),
        // `{"error":"…"}` is neither of the shapes, and says why all the same.
        detail: text("detail").or_else(|| text("message")).or_else(|| text("error")),
        request_id: text("requestId"),
        ..bare
    };
    if !problem.is_clock() {
        return problem;
    }
    let theirs = text("requestTime").and_then(|time| time.parse().ok()).or_else(|| http_date(date?));
    Problem { clock_ahead: theirs.map(|theirs| ahead(signed, theirs)), ..problem }
}

/// By how many seconds ours is ahead.
fn ahead(ours: Timestamp, theirs: Timestamp) -> i64 {
    ours.as_second() - theirs.as_second()
}

fn text<'a>(members: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    members.get(name)?.as_str().filter(|text| !text.trim().is_empty())
}

/// The first name of an error's type, wherever it stands (R). Members of JSON that say nothing else are gone through in
/// their order.
fn named(json: &Value) -> Option<ErrorType> {
    match json {
        Value::String(text) => in_text(text),
        Value::Array(values) => values.iter().find_map(named),
        Value::Object(members) => {
            members.iter().find_map(|(name, value)| named(value).or_else(|| in_text(name)))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => None,
    }
}

/// A name that stands there as a word: `…/errors/NOT_FOUND`, not `NOT_FOUND_AT_ALL`.
fn in_text(text: &str) -> Option<ErrorType> {
    let words: Vec<_> = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).collect();
    ErrorType::ALL.into_iter().find(|(_, name)| words.contains(name)).map(|(is, _)| is)
}

/// A body that is no JSON and may still be a sentence.
fn plain(body: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(body).ok()?.trim();
    // JSON that was cut is not a message, even where a piece of it sounds like one.
    let is_one = !text.is_empty() && !text.starts_with(['{', '[', '"']);
    is_one.then(|| quote(text))
}
