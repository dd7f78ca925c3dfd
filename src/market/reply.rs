//! What a reply, or the want of one, says of the call: pure.
//!
//! The status alone decides. A body is kept where it says in words why something was refused, and nothing depends on it (D).

use crate::kind::Repeat;
use crate::subscription::{Call, Failure, Outcome};
use crate::text::quote;
use serde_json::Value;

/// The members in which a server may say why (A).
const MESSAGES: [&str; 4] = ["message", "errorMessage", "error", "detail"];

/// A reply.
#[derive(Clone, Copy, Debug)]
pub struct Reply<'a> {
    /// The HTTP status.
    pub status: u16,
    /// The `Content-Type`, if there is one that is text.
    pub content_type: Option<&'a str>,
    pub body: &'a [u8],
}

/// How much of the request left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sent {
    /// No byte.
    Nothing,
    /// Some bytes, and certainly not all.
    Part,
    /// All, as far as can be told from here.
    Whole,
}

impl Sent {
    /// What `written` bytes of a request are, `whole` being false when they cannot have been all of it.
    pub fn of(written: u64, whole: bool) -> Self {
        match (written, whole) {
            (0, _) => Self::Nothing,
            (_, false) => Self::Part,
            (_, true) => Self::Whole,
        }
    }

    /// What is known of a request that so much left of, and that nobody answered.
    pub fn failure(self, why: String) -> Failure {
        match self {
            Self::Nothing => Failure::NotSent { why },
            Self::Part => Failure::Partly { why },
            Self::Whole => Failure::Unknown { why },
        }
    }
}

/// What came of `call`: `reply` is what was answered, or in words why there is no whole answer.
pub fn classify(call: Call, reply: Result<&Reply, &str>, sent: Sent) -> Outcome {
    let failed = |failure| Outcome::Failed { failure };
    let reply = match reply {
        Ok(reply) => reply,
        Err(why) => return failed(sent.failure(why.to_owned())),
    };
    let status = reply.status;
    if call.succeeds_with(status) {
        // Nobody carries out what has not arrived whole; whoever says so may speak of something else.
        return match sent {
            Sent::Whole => Outcome::Done { status },
            Sent::Part | Sent::Nothing => failed(Failure::Unknown {
                why: format!("HTTP {status} was answered before the request had left whole"),
            }),
        };
    }
    if is_refusal(call, status) {
        return Outcome::Refused { status, message: message(reply) };
    }
    let said = message(reply).map_or_else(String::new, |message| format!(": {message}"));
    let why = format!("the marketplace answered HTTP {status}{said}");
    // Who answers was sent something.
    let sent = if sent == Sent::Nothing { Sent::Whole } else { sent };
    failed(sent.failure(why))
}

/// The statuses that say that a call which adds something up was not carried out, each with what it says of the request.
/// The pages name "40x" alone, which is these up to 407; every other one may be of a gateway that had handed the request on
/// already.
const REFUSALS: [(u16, &str); 14] = [
    (400, "it is not right"),
    (401, "nobody is proved by it"),
    (402, "it is not paid for"),
    (403, "it is not allowed"),
    (404, "there is nothing at its path, or of its ids"),
    (405, "its path takes another method"),
    (406, "it accepts no form of an answer that there is"),
    (407, "a proxy does not know who sends it"),
    (410, "there is nothing at its path any more"),
    (411, "its length is missing"),
    (413, "it is too large"),
    (414, "its path is too long"),
    (415, "its form is not taken"),
    (422, "its members do not fit"),
];

/// Those that are in doubt for every call: a time-out, a conflict, a request that came too early and one too many may each
/// have been carried out, or be the answer to another one.
const DOUBTFUL: [u16; 4] = [408, 409, 425, 429];

/// True for the statuses that say that nothing was done.
fn is_refusal(call: Call, status: u16) -> bool {
    match call.repeat() {
        Repeat::ByVerdictOnly => REFUSALS.iter().any(|(refusal, _)| *refusal == status),
        _ => (400..500).contains(&status) && !DOUBTFUL.contains(&status),
    }
}

/// What the server says in words; a page of HTML, and JSON that says no more, are none.
fn message(reply: &Reply) -> Option<String> {
    let kind = reply.content_type.map(str::to_ascii_lowercase).unwrap_or_default();
    let bytes = reply.body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(reply.body).trim_ascii();
    if kind.contains("html") || kind.contains("xml") || bytes.starts_with(b"<") {
        return None;
    }
    let said = match serde_json::from_slice(bytes) {
        Ok(Value::String(text)) => text,
        Ok(Value::Object(members)) => in_members(&members)?.to_owned(),
        // A number or a word that is JSON by chance is a text as well as any.
        Ok(Value::Null | Value::Array(_)) => return None,
        Ok(Value::Bool(_) | Value::Number(_)) | Err(_) => {
            let is_plain = kind.is_empty() || kind.starts_with("text/plain");
            let text = std::str::from_utf8(bytes).ok().filter(|_| is_plain)?;
            // JSON that was cut or mangled is not a message, even where a piece of it sounds like one.
            if text.starts_with(['{', '[', '"']) {
                return None;
            }
            text.to_owned()
        }
    };
    let quoted = quote(&said);
    (!quoted.is_empty() && !quoted.starts_with('<')).then_some(quoted)
}

fn in_members(members: &serde_json::Map<String, Value>) -> Option<&str> {
    let said = |members: &serde_json::Map<String, Value>, name: &str| match members.get(name) {
        Some(Value::String(text)) if !text.trim().is_empty() => true,
        Some(_) | None => false,
    };
    let name = MESSAGES.iter().find(|name| said(members, name));
    match name {
        Some(name) => members.get(*name)?.as_str(),
        // `{"error":{"message":"…"}}`
        None => in_members(members.get("error")?.as_object()?),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const JSON: Option<&str> = Some("application/json; charset=utf-8");

    fn outcome(call: Call, status: u16, content_type: Option<&str>, body: &str, sent: Sent) -> Outcome {
        classify(call, Ok(&Reply { status, content_type, body: body.as_bytes() }), sent)
    }

    fn is_unknown(outcome: &Outcome) -> bool {
        matches!(outcome, Outcome::Failed { failure: Failure::Unknown { .. } })
    }

    fn is_partly(outcome: &Outcome) -> bool {
        matches!(outcome, Outcome::Failed { failure: Failure::Partly { .. } })
    }

    #[test]
    fn without_an_answer_it_counts_how_much_had_left() {
        for call in Call::ALL {
            let of = |written, whole| classify(call, Err("it broke"), Sent::of(written, whole));
            let failed = |failure| Outcome::Failed { failure };
            assert_eq!(of(0, false), failed(Failure::NotSent { why: "it broke".to_owned() }));
            assert_eq!(of(1, false), failed(Failure::Partly { why: "it broke".to_owned() }));
            assert_eq!(of(300, true), failed(Failure::Unknown { why: "it broke".to_owned() }));
        }
    }

    #[test]
    fn every_status_has_its_class() {
        for call in Call::ALL {
            for status in 100..600 {
                let whole = outcome(call, status, None, "", Sent::Whole);
                let part = outcome(call, status, None, "", Sent::Part);
                match status {
                    _ if call.succeeds_with(status) => {
                        assert_eq!(whole, Outcome::Done { status });
                        assert!(is_unknown(&part), "{part:?}");
                    }
                    408 | 409 | 425 | 429 => assert!(is_unknown(&whole) && is_partly(&part), "{whole:?}"),
                    412 | 416..=421 | 423..500 if matches!(call, Call::ReportUsage | Call::UpdateCount) => {
                        assert!(is_unknown(&whole) && is_partly(&part), "{status}: {whole:?}");
                    }
                    400..500 => {
                        let refused = Outcome::Refused { status, message: None };
                        assert_eq!((&whole, &part), (&refused, &refused));
                    }
                    _ => assert!(is_unknown(&whole) && is_partly(&part), "{status}: {whole:?} {part:?}"),
                }
            }
        }
        let statuses = |call: Call| (200..300).filter(|s| call.succeeds_with(*s)).collect::<Vec<u16>>();
        assert_eq!((statuses(Call::ReportUsage), statuses(Call::UpdateCount)), (vec![200], vec![201]));
    }

    #[test]
    fn a_success_is_one_whatever_its_body() {
        for body in ["", "{}", "<html>", "{\"error\":\"no\"}", "\u{0}"] {
            let outcome = outcome(Call::ReportUsage, 200, JSON, body, Sent::Whole);
            assert_eq!(outcome, Outcome::Done { status: 200 });
        }
    }

    #[test]
    fn a_refusal_says_what_the_server_said() {
        let said = |kind, body: &str| match outcome(Call::ReportUsage, 400, kind, body, Sent::Whole) {
            Outcome::Refused { status: 400, message } => message,
            other => panic!("{other:?}"),
        };
        let some = |text: &str| Some(text.to_owned());
        for (kind, body, expected) in [
            (Some("text/plain"), "customerId is required\n", some("customerId is required")),
            (None, "no such SKU", some("no such SKU")),
            (None, "\u{feff}no such SKU", some("no such SKU")),
            (JSON, r#"{"message":"no such SKU"}"#, some("no such SKU")),
            (JSON, r#"{"error":"no such SKU","code":4}"#, some("no such SKU")),
            (JSON, r#"{"errorMessage":"a\u001bb"}"#, some("a<U+001B>b")),
            (JSON, r#"{"detail":"late","message":"  "}"#, some("late")),
            (JSON, r#"{"error":{"message":"deep"}}"#, some("deep")),
            (JSON, r#""a bare text""#, some("a bare text")),
            (Some("text/plain"), r#"{"message":"m"}"#, some("m")),
            (Some("text/plain"), "42", some("42")),
            (Some("text/html"), "sorry", None),
            (None, "<html>sorry</html>", None),
            (JSON, r#"{"message":"<b>no</b>"}"#, None),
            (JSON, r#"{"message":"cut of"#, None),
            (JSON, r#"{"code":4}"#, None),
            (JSON, "[1]", None),
            (JSON, "not JSON", None),
            (Some("application/octet-stream"), "abc", None),
            (None, "", None),
        ] {
            assert_eq!(said(kind, body), expected, "{kind:?} {body}");
        }
        assert_eq!(said(None, &"x".repeat(5000)).unwrap().chars().count(), 200);
        assert_eq!(said(None, "a\u{fffd}").as_deref(), Some("a\u{fffd}"));
    }

    #[test]
    fn a_doubt_says_what_was_answered() {
        let doubt = outcome(Call::ReportUsage, 502, Some("text/plain"), "upstream", Sent::Whole);
        let Outcome::Failed { failure } = doubt else { panic!("{doubt:?}") };
        assert_eq!(failure.why(), "the marketplace answered HTTP 502: upstream");
    }
}
