//! What a reply says of the call: pure.
//!
//! The HTTP status decides; what stands in a body is kept where it says why something was refused. Texts of the server are
//! quoted here, so everything that leaves this file is fit for a line of ours.

mod objects;
mod problem;

pub use objects::{Object, Objects};

use crate::kind::Timestamp;
use crate::registry::{Call, Collection, Failure, Outcome, Problem, SurrogateId, Verb};
use std::fmt;

/// A whole reply.
#[derive(Clone, Copy, Debug)]
pub struct Reply<'a> {
    /// The HTTP status.
    pub status: u16,
    /// The `Content-Type`, if there is one that is text.
    pub content_type: Option<&'a str>,
    /// The `Location`, if there is one that is text.
    pub location: Option<&'a str>,
    /// What it says of other pages.
    pub link: Option<&'a str>,
    /// The `Content-Range`, if there is one that is text.
    pub range: Option<&'a str>,
    /// The `Date`, if there is one that is text.
    pub date: Option<&'a str>,
    pub body: &'a [u8],
    /// Our clock when the request was signed.
    pub signed: Timestamp,
    /// True when something secret was taken out of the body: it is not what the server said.
    pub redacted: bool,
}

/// The status of a part of what was asked for.
const PARTIAL: u16 = 206;

/// Why something was not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unread {
    /// The server says that it may not be, or that there is no such thing.
    Refused(Problem),
    /// Something in the list cannot be what it should be; in words. Asked again, the server says the same.
    Unfit(String),
    /// No answer, or none that could be relied on.
    Failed(Failure),
}

impl fmt::Display for Unread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(problem) => write!(f, "{problem}"),
            Self::Unfit(why) => f.write_str(why),
            Self::Failed(failure) => f.write_str(failure.why()),
        }
    }
}

impl From<Unread> for Outcome {
    fn from(unread: Unread) -> Self {
        match unread {
            Unread::Refused(problem) => Self::Refused { problem },
            Unread::Unfit(why) => Self::Failed { failure: Failure::Unknown { why } },
            Unread::Failed(failure) => Self::Failed { failure },
        }
    }
}

/// What came of `call`. A create that the server has taken, with another success than the documented one, counts as done: a
/// listing is still to show it, and it is not sent again.
pub fn classify(call: Call, reply: &Reply) -> Outcome {
    let status = reply.status;
    let read = match call.verb {
        Verb::List => objects(call.collection, reply).map(drop),
        Verb::Get => object(call.collection, reply).map(drop),
        Verb::Create if is_taken(reply) => Ok(()),
        Verb::Create | Verb::Modify | Verb::Remove => answered(call, reply),
    };
    let surrogate = match call.verb {
        // That of another success may be of anything.
        Verb::Create if status == call.succeeds_with() => reply.location.and_then(last_part),
        Verb::Create | Verb::List | Verb::Get | Verb::Modify | Verb::Remove => None,
    };
    match read {
        Ok(()) => Outcome::Done { status, surrogate },
        Err(unread) => unread.into(),
    }
}

/// The objects of a collection, from the reply to the call that lists them.
///
/// # Errors
/// Why there are none to rely on. One entry of which nobody knows what it is makes the whole of a list worth nothing: it
/// would be taken for absent, and created again.
pub fn objects(collection: Collection, reply: &Reply) -> Result<Objects, Unread> {
    if reply.status == PARTIAL || reply.range.is_some_and(|range| !is_whole(range)) {
        return Err(unknown(format!(
            "the server sent a part of the list of {collection}, which the API does not document; a part of it is no list"
        )));
    }
    answered(Call { verb: Verb::List, collection }, reply)?;
    if reply.link.is_some_and(has_next) {
        let why = format!(
            "the list of {collection} goes on on another page, which the API does not document; a part of it is no list"
        );
        return Err(unknown(why));
    }
    is_as_said(reply, format_args!("the list of {collection}"))?;
    objects::list(collection, json(reply)?)
}

/// One object, from the reply to the call that gets it.
///
/// # Errors
/// As [`objects`]; 404 says that there is none, or that it is somebody else's (D).
pub fn object(collection: Collection, reply: &Reply) -> Result<Object, Unread> {
    answered(Call { verb: Verb::Get, collection }, reply)?;
    is_as_said(reply, format_args!("the {}", collection.one()))?;
    objects::one(collection, json(reply)?).map_err(unknown)
}

/// Whether the status says that the call was done.
fn answered(call: Call, reply: &Reply) -> Result<(), Unread> {
    let status = reply.status;
    if status == call.succeeds_with() {
        return Ok(());
    }
    if is_refusal(status) {
        return Err(Unread::Refused(problem::read(reply)));
    }
    let problem = problem::read(reply);
    Err(unknown(match status {
        200..300 => format!("the server answered HTTP {status} where {} was expected", call.succeeds_with()),
        300..400 => format!("the server answered HTTP {status}; it was not followed elsewhere"),
        _ => format!("the server answered {problem}"),
    }))
}

/// True for a success to a create, be it the documented one or not: the server has the request, and may carry it out later.
/// A page for a browser is somebody else's answer.
fn is_taken(reply: &Reply) -> bool {
    (200..300).contains(&reply.status) && !is_page(reply)
}

/// True for the statuses that say that nothing was done. A time-out, a request that came too early and one too many may
/// each have been carried out.
fn is_refusal(status: u16) -> bool {
    (400..500).contains(&status) && !matches!(status, 408 | 425 | 429)
}

/// Nothing, when the body is what the server said. An id without a part of it is another one.
fn is_as_said(reply: &Reply, what: fmt::Arguments<'_>) -> Result<(), Unread> {
    if reply.redacted {
        return Err(Unread::Unfit(format!(
            "{what} cannot be used: a text in it is one of the credentials, or holds one, and is not shown. Tokens that \
             are words of your own may stand in an id or a name: then use others"
        )));
    }
    Ok(())
}

fn unknown(why: String) -> Unread {
    Unread::Failed(Failure::Unknown { why })
}

/// The body of a success, where it may be JSON.
fn json<'a>(reply: &Reply<'a>) -> Result<&'a [u8], Unread> {
    let body = reply.body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(reply.body).trim_ascii();
    let status = reply.status;
    if is_page(reply) {
        let why = format!(
            "the server answered HTTP {status} with a page of HTML, not with JSON; is base_url right?"
        );
        return Err(unknown(why));
    }
    if body.is_empty() {
        return Err(unknown(format!("the server answered HTTP {status} without a body")));
    }
    Ok(body)
}

/// True for a page for a browser: a proxy's, or another server's.
fn is_page(reply: &Reply) -> bool {
    let kind = reply.content_type.unwrap_or_default().to_ascii_lowercase();
    kind.contains("html") || reply.body.trim_ascii_start().starts_with(b"<")
}

/// Whether a `Link` names a next page.
fn has_next(link: &str) -> bool {
    let is_next = |part: &str| {
        let (name, value) = part.split_once('=').unwrap_or_default();
        let mut kinds = value.trim().trim_matches('"').split_ascii_whitespace();
        name.trim().eq_ignore_ascii_case("rel") && kinds.any(|kind| kind.eq_ignore_ascii_case("next"))
    };
    link.split([';', ',']).any(is_next)
}

/// Whether a `Content-Range` names all there is, as `items 0-99/100` does. Where it does not say how much that is, nobody knows.
fn is_whole(range: &str) -> bool {
    let parts = || {
        let (_, told) = range.trim().split_once(' ')?;
        let (part, all) = told.split_once('/')?;
        let all: u64 = all.trim().parse().ok()?;
        if part.trim() == "*" {
            return Some(all == 0);
        }
        let (first, last) = part.split_once('-')?;
        let (first, last): (u64, u64) = (first.trim().parse().ok()?, last.trim().parse().ok()?);
        Some(first == 0 && last.checked_add(1) == Some(all))
    };
    parts().unwrap_or(false)
}

/// The new object's id: the last part of the path in a `Location`. Its host is not looked at: nothing is sent there (R).
fn last_part(location: &str) -> Option<SurrogateId> {
    let path = location.split(['?', '#']).next()?.trim().trim_end_matches('/');
    SurrogateId::new(path.rsplit('/').next()?).ok()
}

#[cfg(test)]
mod tests;
