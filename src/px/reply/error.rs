//! What in a reply says that the call was refused: Px's own errors, and the faults of the gateway in front of it.

use super::fields::{Field, Fields, member, plain, text};
use crate::order::Call;
use crate::order::remedy::{self, Remedy};
use crate::order::{Reopens, Retry};
use serde_json::{Map, Value};

/// Where a message for people may stand, the best first.
const MESSAGES: [&str; 8] = [
    "usermessage",
    "message",
    "errormessage",
    "error",
    "faultstring",
    "description",
    "errordescription",
    "detail",
];

/// Statuses that say of themselves that nothing was done: 401 and 410 of the table (D), and what else says so.
const OF_A_REFUSAL: [u16; 6] = [400, 401, 403, 409, 410, 422];

/// An error in Px's own words.
#[derive(Debug)]
pub struct PxError {
    /// The documented row, if it is one.
    pub row: Option<&'static Remedy>,
    pub code: Option<String>,
    pub message: String,
}

/// A fault of the gateway: Px has not seen the request.
#[derive(Debug)]
pub struct Fault {
    pub code: String,
    pub message: String,
    /// True for the shapes that only the gateway sends. A bare `code` and `message` could also be Px's.
    pub distinct: bool,
}

/// The Px error that a JSON reply bears: a documented one by its code, then by its wording; then an undocumented one.
///
/// `success`: the status is one of success. `answers`: the reply also bears what the call is answered with, so only
/// what can be nothing else counts as an error: order details may well hold a product's `code`.
pub fn px_error(call: Call, status: u16, fields: &Fields, success: bool, answers: bool) -> Option<PxError> {
    let documented = match call {
        Call::CompleteOrder => gravest(
            documented_codes(call, status, fields, answers)
                .chain(documented_wordings(call, status, fields, answers))
                .collect(),
        ),
        Call::RetrieveRcc | Call::SendRcc | Call::GetRccAcceptance => {
            documented_codes(call, status, fields, answers)
                .next()
                .or_else(|| documented_wordings(call, status, fields, answers).next())
        }
    };
    documented.or_else(|| undocumented(call, status, fields, success, answers))
}

/// Of several errors in one refusal, the one that forbids most: an order that was submitted already is not completed with
/// another card. The others are told with it.
fn gravest(mut errors: Vec<PxError>) -> Option<PxError> {
    let gravity = |error: &PxError| {
        error.row.map(|row| {
            let reopens = match row.reopens {
                Reopens::Anytime => 0,
                Reopens::Accept => 1,
                Reopens::Mend => 2,
                Reopens::Release => 3,
                Reopens::Never => 4,
            };
            (row.retry == Retry::Dangerous, reopens)
        })
    };
    let mut seen = Vec::new();
    errors.retain(|error| {
        let id = error.row.map(|row| row.id.as_str());
        let is_new = !seen.contains(&id);
        seen.push(id);
        is_new
    });
    // The first of several that are as grave.
    let at = (0..errors.len()).rev().max_by_key(|at| gravity(&errors[*at]))?;
    let mut first = errors.swap_remove(at);
    for also in errors {
        let code = also.row.map_or("", |row| row.code.as_str());
        first.message += [" Also:", code, &also.message].join(" ").trim_end();
    }
    Some(first)
}

fn documented_codes<'a>(
    call: Call,
    status: u16,
    fields: &'a Fields<'a>,
    answers: bool,
) -> Box<dyn Iterator<Item = PxError> + 'a> {
    let row = move |(code, object): (String, &Map<String, Value>)| {
        let row = remedy::by_code(call, code.trim())?;
        let message = message_in(object).or_else(|| message(fields)).unwrap_or_default();
        Some(PxError { row: Some(row), code: Some(code), message })
    };
    // A number alone says too little under any other status: the documented wording must be there, too.
    let is_enough = move |error: &PxError| {
        OF_A_REFUSAL.contains(&status)
            || by_wording(call, &error.message)
                .is_some_and(|said| error.row.is_some_and(|row| row.id == said.id))
    };
    match call {
        Call::CompleteOrder => Box::new(own_codes(fields).filter_map(row).filter(is_enough)),
        Call::RetrieveRcc | Call::SendRcc | Call::GetRccAcceptance => {
            Box::new(codes(fields, answers).filter_map(row))
        }
    }
}

fn documented_wordings<'a>(
    call: Call,
    status: u16,
    fields: &'a Fields<'a>,
    answers: bool,
) -> impl Iterator<Item = PxError> + 'a {
    let is_of_the_call = move |field: &&Field| call != Call::CompleteOrder || field.of_the_error;
    let may_be = move |field: &&Field| !answers || MESSAGES.contains(&field.key.as_str());
    fields.iter().filter(is_of_the_call).filter(may_be).filter_map(move |field| {
        let message = field.value.as_str()?;
        let row = by_wording(call, message)?;
        let code = other_code(fields, status, answers);
        Some(PxError { row: Some(row), code, message: message.to_owned() })
    })
}

fn undocumented(call: Call, status: u16, fields: &Fields, success: bool, answers: bool) -> Option<PxError> {
    let message = message(fields).unwrap_or_default();
    let internal = fields.text("internalmessagecode");
    let is_px = if success {
        // Zeros are a code of success. A Retrieve without a text has a row of its own (4050).
        let words = !answers && call != Call::RetrieveRcc && fields.text("usermessage").is_some();
        words || internal.as_ref().is_some_and(|code| code.trim().bytes().any(|b| b != b'0'))
    } else {
        let tx_id = fields.text("txid").or_else(|| tx_id_in(&message));
        internal.is_some() || tx_id.is_some() || fields.text("usermessage").is_some()
    };
    let code = || internal.or_else(|| other_code(fields, status, answers));
    is_px.then(|| PxError { row: None, code: code(), message })
}

/// A code that is not just the status once more.
fn other_code(fields: &Fields, status: u16, answers: bool) -> Option<String> {
    codes(fields, answers).map(|(code, _)| code).find(|code| *code != status.to_string())
}

/// The error that a reply in plain text bears, if it bears a documented wording.
pub fn px_error_in_text(call: Call, message: &str) -> Option<PxError> {
    let row = by_wording(call, message)?;
    Some(PxError { row: Some(row), code: None, message: message.to_owned() })
}

/// The row that a message is; for Complete only when it says that and nothing else.
fn by_wording(call: Call, message: &str) -> Option<&'static Remedy> {
    match call {
        Call::CompleteOrder => remedy::by_whole_wording(call, message),
        Call::RetrieveRcc | Call::SendRcc | Call::GetRccAcceptance => remedy::by_wording(call, message),
    }
}

/// Internal codes by the names that an error's own code has (A), where the call's own error stands, a bare `code` only with
/// a message beside it. For Complete, where a refusal makes it safe to send again: an offer's code, a plan's, or that of an
/// earlier attempt may be the number of a row, too.
fn own_codes<'a>(fields: &'a Fields) -> impl Iterator<Item = (String, &'a Map<String, Value>)> {
    const NAMES: [&str; 7] = [
        "internalmessagecode",
        "internalcode",
        "internalerrorcode",
        "messagecode",
        "errorcode",
        "pxcode",
        "faultcode",
    ];
    fields.iter().filter_map(|field| {
        let object = field.object?;
        let key = field.key.as_str();
        let own = NAMES.contains(&key) || (key == "code" && message_in(object).is_some());
        (own && field.of_the_error).then_some((text(field.value)?, object))
    })
}

/// Whatever could be an internal code, with the object it stands in.
fn codes<'a>(fields: &'a Fields, answers: bool) -> impl Iterator<Item = (String, &'a Map<String, Value>)> {
    fields.iter().filter_map(move |field| {
        let object = field.object?;
        is_code(&field.key, object, answers).then_some(())?;
        Some((text(field.value)?, object))
    })
}

fn is_code(key: &str, object: &Map<String, Value>, answers: bool) -> bool {
    const OTHER_CODES: [&str; 9] =
        ["status", "http", "sales", "zip", "postal", "area", "country", "product", "promo"];
    const OF_AN_ERROR: [&str; 7] = ["error", "message", "internal", "fault", "reason", "result", "px"];
    let named = |words: &[&str]| words.iter().any(|word| key.contains(word));
    if !key.contains("code") || named(&OTHER_CODES) {
        return false;
    }
    !answers || named(&OF_AN_ERROR) || (key == "code" && message_in(object).is_some())
}

/// The gateway's fault, in one of the shapes that it is known to use (O).
pub fn fault(root: &Value) -> Option<Fault> {
    let object = match root {
        Value::Array(list) => list.first()?,
        other => other,
    };
    let object = object.as_object()?;
    let words = |object: &Map<String, Value>, keys: &[&str]| member(object, keys).and_then(text);
    let fault = if let Some(fault) = member(object, &["fault"]).and_then(Value::as_object) {
        let detail = member(fault, &["detail"]).and_then(Value::as_object);
        let code = detail.and_then(|detail| words(detail, &["errorcode"])).unwrap_or_default();
        Fault { code, message: words(fault, &["faultstring"])?, distinct: true }
    } else if let Some(code) = words(object, &["errorcode"]) {
        Fault { code, message: words(object, &["error"])?, distinct: true }
    } else {
        let distinct = member(object, &["reason", "info"]).is_some();
        Fault { code: words(object, &["code"])?, message: words(object, &["message"])?, distinct }
    };
    // Px's internal codes are numbers of four digits; the gateway's numbers are statuses.
    let px_code = fault.code.len() > 3 && fault.code.bytes().all(|b| b.is_ascii_digit());
    (!px_code).then_some(fault)
}

impl Fault {
    /// True when, with this status, it seems to say that our key, secret or token was refused. Enough for a call that may
    /// be repeated; never for Complete.
    pub fn is_about_credentials(&self, status: u16) -> bool {
        const WORDS: [&str; 7] =
            ["credential", "invalidclient", "accesstoken", "invalidtoken", "apikey", "oauth", "unauthorized"];
        let said = plain(&self.code) + " " + &plain(&self.message);
        let named = WORDS.iter().any(|word| said.contains(word));
        match status {
            401 => self.distinct || named || self.code == "401",
            403 => named,
            _ => false,
        }
    }
}

/// The message nearest to the root.
pub fn message(fields: &Fields) -> Option<String> {
    MESSAGES.iter().find_map(|key| fields.text(key))
}

fn message_in(object: &Map<String, Value>) -> Option<String> {
    MESSAGES.iter().find_map(|key| member(object, &[key]).and_then(text))
}

/// The id that a message quotes: `…; TxID 7f3a-1`.
pub fn tx_id_in(message: &str) -> Option<String> {
    // Lower case of ASCII only: the offsets stay those of `message`.
    let at = message.to_ascii_lowercase().rfind("txid")?;
    let rest = message[at + "txid".len()..].trim_start_matches([' ', ':', '=', '#', '<', '"']);
    let id: String = rest.chars().take_while(|c| c.is_alphanumeric() || "-_.:/".contains(*c)).collect();
    let id = id.trim_end_matches(['.', ':', '/']);
    (!id.is_empty()).then(|| id.to_owned())
}
