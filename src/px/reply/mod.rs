//! What a reply means. Pure: a status, a content type and bytes to an [`Outcome`].
//!
//! The body is read first and the status last: five documented business errors come with HTTP 401 (D), so 401 by
//! itself says nothing about the token. For Complete only a documented rejection is a clear refusal, only an order
//! number is a success, and only a listed fault means that the token was refused; everything else is unknown.

mod answer;
mod denial;
mod error;
mod fields;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
mod token_fault;

pub(super) use error::fault;

use crate::order::{Call, CallError, Failure, Given, Identity, Meaning, Outcome, remedy};
use crate::text::quote;
use answer::Lack;
use error::PxError;
use fields::{Field, Fields};
use serde_json::Value;
use std::collections::BTreeSet;

/// The longest message that is kept of an error, in characters; documented ones have fewer than 200.
const MESSAGE_CHARS: usize = 4096;

/// A reply.
#[derive(Clone, Copy)]
pub struct Reply<'a> {
    /// The HTTP status.
    pub status: u16,
    /// The `Content-Type`, if there is one that is text.
    pub content_type: Option<&'a str>,
    pub body: &'a [u8],
}

/// What a reply's body is, before anything is made of it.
enum Body<'a> {
    Json(Value),
    Text(&'a str),
    /// Nothing that can be read; says what it is.
    Opaque(&'static str),
}

/// What `reply` says about the `call` that was made for `identity`.
pub fn classify(call: Call, reply: &Reply, identity: &Identity) -> Outcome {
    match body(reply) {
        Body::Json(root) => {
            let outcome = classify_json(call, reply, &root, identity);
            with_what_it_names(call, outcome, &Fields::of(&root), identity)
        }
        Body::Text(text) => match error::px_error_in_text(call, text) {
            Some(error) => refused(call, reply.status, error, None),
            None => unclear(call, reply.status, &format!("with a text: {}", quote(text))),
        },
        Body::Opaque(kind) => unclear(call, reply.status, kind),
    }
}

/// Whether an object anywhere in `body` names a member twice: of two, a JSON reader keeps the last, and what the first one
/// said is lost.
fn names_a_member_twice(body: &[u8]) -> bool {
    serde_json::from_slice::<Given>(body).is_ok_and(|given| !given.twice.is_empty())
}

/// What the body holds, without a byte order mark and the blanks around it.
fn content<'a>(reply: &Reply<'a>) -> &'a [u8] {
    reply.body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(reply.body).trim_ascii()
}

fn body<'a>(reply: &Reply<'a>) -> Body<'a> {
    let bytes = content(reply);
    if bytes.is_empty() {
        return Body::Opaque("with an empty body");
    }
    if let Ok(root) = serde_json::from_slice(bytes) {
        return Body::Json(root);
    }
    let html = reply.content_type.is_some_and(|kind| kind.to_ascii_lowercase().contains("html"));
    if html || bytes.starts_with(b"<") {
        return Body::Opaque("with a page of HTML or XML");
    }
    // JSON that was cut or mangled is not a message, even where a piece of it sounds like one.
    match std::str::from_utf8(bytes) {
        Ok(text) if !text.starts_with(['{', '[', '"']) => Body::Text(text),
        Ok(_) | Err(_) => Body::Opaque("with a body that cannot be read"),
    }
}

/// Statuses of what stands in front of Px, which answers so when it has no answer of Px's. No documented row has one.
const OF_A_GATEWAY: [u16; 5] = [408, 429, 502, 503, 504];

fn classify_json(call: Call, reply: &Reply, root: &Value, identity: &Identity) -> Outcome {
    let status = reply.status;
    if names_a_member_twice(content(reply)) {
        return unclear(call, status, "with a body that says something twice");
    }
    let fields = Fields::of(root);
    let success = is_success(call, status);
    let answers = success && answer::bears(call, &fields);
    let error = error::px_error(call, status, &fields, success, answers);
    // The refusal of a pair may name the pair that its halves were first seen in.
    let of_the_pair = error
        .as_ref()
        .and_then(|e| e.row)
        .is_some_and(|row| Meaning::of(&row.id) == Some(Meaning::MixedPair));
    if !of_the_pair && is_for_another(&fields, identity) {
        return unknown("the reply is for another order: it bears other ids".to_owned());
    }
    if let Some(error) = error {
        if answers && call == Call::CompleteOrder {
            return unknown(format!("the reply bears an order number and an error{}", details(&error)));
        }
        return refused_with(call, status, error, &fields);
    }
    if let Some(fault) = error::fault(root) {
        let said = [&fault.code, &fault.message].map(|said| quote(said));
        let said = said.into_iter().filter(|said| !said.is_empty()).collect::<Vec<_>>().join(": ");
        let why = format!("with a fault of the gateway, {said}");
        // Complete is made again on nothing less than a listed fault; for the others a likeness will do.
        let token_refused = match call {
            Call::CompleteOrder => token_fault::is_listed(status, root),
            Call::RetrieveRcc | Call::SendRcc | Call::GetRccAcceptance => fault.is_about_credentials(status),
        };
        if token_refused {
            return credentials(status, &why);
        }
        if !answers || (call == Call::CompleteOrder && fault.distinct) {
            return unclear(call, status, &why);
        }
    }
    if !success {
        let why = error::message(&fields).map_or_else(
            || "with JSON that says no more".to_owned(),
            |message| format!("with the message: {}", quote(&message)),
        );
        return unclear(call, status, &why);
    }
    if let Some(why) = denial::denial(call, &fields) {
        return unknown(format!("Px answered HTTP {status}, but the reply {why}"));
    }
    if !root.is_object() {
        return unclear(call, status, "with a body that cannot be read");
    }
    answer::read(call, &fields).unwrap_or_else(|lack| match lack {
        Lack::NoRcc => refused(call, status, no_rcc(&fields), fields.text("txid")),
        Lack::Unreadable(why) => unknown(format!("Px answered HTTP {status}, but the reply {why}")),
    })
}

/// A Complete in doubt, with the order numbers that the reply names: no proof, and what the carrier is asked about.
fn with_what_it_names(call: Call, outcome: Outcome, fields: &Fields, identity: &Identity) -> Outcome {
    let Outcome::Failed(Failure::Unknown(why)) = outcome else { return outcome };
    let numbers = numbers(fields);
    if call != Call::CompleteOrder || numbers.is_empty() || is_for_another(fields, identity) {
        return unknown(why);
    }
    unknown(format!("{why}. It names the order number {numbers}, which by itself proves nothing"))
}

/// True when the reply bears a partner order id that is not ours, or a transaction id where it speaks of the order or its
/// error: a payment has a transaction of its own.
fn is_for_another(fields: &Fields, identity: &Identity) -> bool {
    let is_not = |id: &str, theirs: &Value| fields::text(theirs).is_some_and(|theirs| theirs.trim() != id);
    let of_the_call = |field: &&Field| (field.near || field.of_the_error) && field.key == "transactionid";
    fields.iter().filter(of_the_call).any(|field| is_not(identity.transaction_id.as_str(), field.value))
        || fields.all("partnerorderid").any(|theirs| is_not(identity.partner_order_id.as_str(), theirs))
}

/// The contract answers every call with 200. An order is not taken for placed on anything else.
fn is_success(call: Call, status: u16) -> bool {
    match call {
        Call::RetrieveRcc | Call::SendRcc | Call::GetRccAcceptance => (200..300).contains(&status),
        Call::CompleteOrder => status == 200,
    }
}

/// A refusal. One that bears an order number contradicts itself, but for that of an order which was submitted already: there the
/// number is told.
fn refused_with(call: Call, status: u16, mut error: PxError, fields: &Fields) -> Outcome {
    let tx_id = fields.text("txid");
    let numbers = if call == Call::CompleteOrder { numbers(fields) } else { String::new() };
    if numbers.is_empty() {
        return refused(call, status, error, tx_id);
    }
    let submitted = error.row.is_some_and(|row| Meaning::of(&row.id) == Some(Meaning::AlreadySubmitted));
    if !submitted {
        let what = match details(&error) {
            none if none.is_empty() && (200..300).contains(&status) => {
                ", which is not documented, with an order number".to_owned()
            }
            details => format!(" with an order number and an error{details}"),
        };
        return unknown(format!("Px answered HTTP {status}{what}"));
    }
    error.message += " (order number ";
    error.message += &numbers;
    error.message += ")";
    refused(call, status, error, tx_id)
}

/// The order numbers that a reply names, wherever, in words.
fn numbers(fields: &Fields) -> String {
    let told = |number: &Value| match number {
        // Its digits beyond the 19th or so are lost.
        Value::Number(rounded) if rounded.is_f64() => {
            Some(format!("(about {rounded}: too long to be read whole)"))
        }
        whole => fields::text(whole),
    };
    let numbers = fields.all("ordernumber").filter_map(told);
    let numbers: BTreeSet<String> =
        numbers.filter(|n| !answer::is_a_word_for_nothing(n)).map(|number| quote(number.trim())).collect();
    numbers.into_iter().collect::<Vec<_>>().join(", ")
}

/// A refusal; for Complete only if it is documented.
fn refused(call: Call, status: u16, error: PxError, tx_id: Option<String>) -> Outcome {
    if call == Call::CompleteOrder && (error.row.is_none() || OF_A_GATEWAY.contains(&status)) {
        let tx_id = tx_id.map_or_else(String::new, |id| format!(", TxID {}", quote(&id)));
        let kind = if (200..300).contains(&status) {
            "which is not documented"
        } else {
            "with an undocumented error"
        };
        return unclear(call, status, &format!("{kind}{tx_id}{}", details(&error)));
    }
    Outcome::Refused(CallError {
        api: call,
        http_status: status,
        // It stands in a column of the journal and in a line of every list.
        internal_code: error.code.map(|code| quote(&code)),
        tx_id: tx_id.or_else(|| error::tx_id_in(&error.message)),
        user_message: error.message.chars().take(MESSAGE_CHARS).collect(),
        row: error.row.map(|row| row.id.clone()),
    })
}

/// A 200 without a text is the documented "No RCC is returned" (4050, D), whatever it lacks to say so.
fn no_rcc(fields: &Fields) -> PxError {
    let row = Meaning::NoText.rows().iter().find_map(|id| remedy::by_id(id));
    let message = error::message(fields).unwrap_or_else(|| "Px sent no RCC text".to_owned());
    PxError { row, code: None, message }
}

/// No answer that could be used. A bare 401 can only be about the token, and the calls before Complete may be
/// repeated, so for them it counts as such.
fn unclear(call: Call, status: u16, why: &str) -> Outcome {
    match (call, status) {
        (Call::RetrieveRcc | Call::SendRcc | Call::GetRccAcceptance, 401) => credentials(status, why),
        _ => unknown(format!("Px answered HTTP {status} {why}{}", about_the_path(status))),
    }
}

/// What to look at after a status that says that nothing of Px's is at that address, or that it is elsewhere.
fn about_the_path(status: u16) -> &'static str {
    match status {
        300..=399 => ", a redirect, and none is followed; are base_url and the path of this call right?",
        404 | 405 => "; are base_url and the path of this call right?",
        _ => "",
    }
}

fn credentials(status: u16, why: &str) -> Outcome {
    let why = format!("the gateway refused the token: HTTP {status} {why}");
    Outcome::Failed(Failure::Credentials(why))
}

fn unknown(why: String) -> Outcome {
    Outcome::Failed(Failure::Unknown(why))
}

fn details(error: &PxError) -> String {
    let code = error.code.as_deref().map_or_else(String::new, |code| format!(", code {}", quote(code)));
    let message = quote(error.message.trim());
    if message.is_empty() { code } else { format!("{code}: {message}") }
}
