//! Who may ask the control side: programs and pages of this machine, never a page of another site.
//!
//! A browser sends what any page tells it to, even to this machine. Three things such a page cannot choose: the `Host` it
//! calls (a name that was made to point here is still not this machine's own), the `Origin` it comes from, and that it
//! cannot say `application/json` without asking first. Each of them alone is enough to be refused.

use crate::sandbox::message::{Message, respond};
use axum::body::HttpBody as _;
use axum::extract::Request;
use axum::http::header::{CONTENT_TYPE, HOST, HeaderName, ORIGIN};
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::Response;
use serde_json::json;
use std::net::{Ipv4Addr, Ipv6Addr};

/// From where a browser says that the request comes.
const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// What every refusal of a caller ends with.
const HOW: &str = "call it from this machine as http://127.0.0.1, http://localhost or http://[::1], with the port it listens on";

/// Lets a request through to the control side, or refuses it before anything is read or changed.
pub async fn guard(request: Request, next: Next) -> Response {
    let has_body = !request.body().is_end_stream();
    let (head, body) = request.into_parts();
    match check(&head, has_body) {
        Ok(()) => next.run(Request::from_parts(head, body)).await,
        Err((status, why)) => respond(Message::json(status, &json!({ "message": why }))),
    }
}

type Refused = (u16, String);

fn check(head: &Parts, has_body: bool) -> Result<(), Refused> {
    let called = called(head).map_err(|why| (403, format!("{why}; {HOW}")))?;
    from_here(head, called).map_err(|why| (403, format!("{why}; {HOW}")))?;
    is_json(head, has_body).map_err(|why| (415, format!("{why}; send `content-type: application/json`")))
}

/// By which of this machine's own names the caller reached it, and at which port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Loopback {
    name: Name,
    port: u16,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Name {
    Localhost,
    V4(Ipv4Addr),
    V6,
}

impl Name {
    fn read(host: &str) -> Option<Self> {
        if host.eq_ignore_ascii_case("localhost") {
            return Some(Self::Localhost);
        }
        match host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            Some(address) => address.parse().ok().filter(Ipv6Addr::is_loopback).map(|_| Self::V6),
            None => host.parse().ok().filter(Ipv4Addr::is_loopback).map(Self::V4),
        }
    }
}

impl Loopback {
    /// Reads `host` or `host:port`; `None` for anything but a loopback name.
    fn read(authority: &str) -> Option<Self> {
        let bracket = authority.find(']').map_or(0, |at| at + 1);
        let end = authority[bracket..].find(':').map_or(authority.len(), |at| bracket + at);
        let (name, port) = authority.split_at(end);
        let name = Name::read(name)?;
        let port = match port.strip_prefix(':') {
            Some(digits) if digits.bytes().all(|b| b.is_ascii_digit()) => digits.parse().ok()?,
            None if port.is_empty() => 80,
            Some(_) | None => return None,
        };
        Some(Self { name, port })
    }
}

/// The one name that was called. A request target that names a host as well must name the same.
fn called(head: &Parts) -> Result<Loopback, String> {
    let host = only(head, &HOST)?.ok_or("the request does not say which host it calls")?;
    let read = |authority: &str| {
        Loopback::read(authority).ok_or_else(|| {
            format!("the control side is for this machine alone, and `{}` may be another", shown(authority))
        })
    };
    let called = read(host)?;
    match head.uri.authority() {
        Some(target) if read(target.as_str())? != called => {
            Err(format!("the request calls both `{}` and `{}`", shown(target.as_str()), shown(host)))
        }
        Some(_) | None => Ok(called),
    }
}

/// Refuses what a browser says comes from elsewhere. Programs say neither.
fn from_here(head: &Parts, called: Loopback) -> Result<(), String> {
    if let Some(origin) = only(head, &ORIGIN)?
        && origin.strip_prefix("http://").and_then(Loopback::read) != Some(called)
    {
        return Err(format!("a page from `{}` may not use the control side", shown(origin)));
    }
    match only(head, &FETCH_SITE)? {
        None | Some("same-origin" | "none") => Ok(()),
        Some(site) => Err(format!("a page from elsewhere (`{}`) may not use the control side", shown(site))),
    }
}

/// A body must be said to be JSON; and where no body comes, nothing else may be said.
fn is_json(head: &Parts, has_body: bool) -> Result<(), String> {
    match only(head, &CONTENT_TYPE)? {
        None if has_body => Err("the body is not said to be JSON".to_owned()),
        None => Ok(()),
        Some(kind) => {
            let essence = kind.split(';').next().unwrap_or_default().trim();
            let json = essence.eq_ignore_ascii_case("application/json");
            if json { Ok(()) } else { Err(format!("the body is said to be `{}`, not JSON", shown(kind))) }
        }
    }
}

/// The value of a header that may be there once, in text.
fn only<'a>(head: &'a Parts, name: &HeaderName) -> Result<Option<&'a str>, String> {
    let mut values = head.headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (None, _) => Ok(None),
        (Some(value), None) => {
            value.to_str().map(Some).map_err(|_| format!("the header `{name}` is not plain text"))
        }
        (Some(_), Some(_)) => Err(format!("the header `{name}` is there more than once")),
    }
}

/// The start of it: enough to recognise.
fn shown(text: &str) -> String {
    text.chars().take(80).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_of_this_machine_are_its_own() {
        for good in [
            "localhost",
            "LOCALHOST:8080",
            "127.0.0.1",
            "127.0.0.1:1",
            "127.200.3.4:65535",
            "[::1]",
            "[::1]:8080",
            "[0:0:0:0:0:0:0:1]:8080",
        ] {
            assert!(Loopback::read(good).is_some(), "{good}");
        }
        for foreign in [
            "",
            ":80",
            "evil.example",
            "evil.example:80",
            "localhost.evil.example",
            "evil.localhost",
            "localhost.",
            "127.0.0.1.evil.example",
            "127.1",
            "0127.0.0.1",
            "2130706433",
            "0.0.0.0:80",
            "10.0.0.1",
            "::1",
            "[::]",
            "[::2]:80",
            "[::ffff:127.0.0.1]",
            "[::1",
            "[::1]80",
            "[::1]evil.example",
            "localhost:",
            "localhost:+80",
            "localhost:65536",
            "localhost:80:80",
            "user@localhost",
            "localhost@evil.example",
            "localhost:80@evil.example",
            " localhost",
        ] {
            assert_eq!(Loopback::read(foreign), None, "{foreign}");
        }
    }

    #[test]
    fn the_same_place_by_another_name_is_another_origin() {
        let read = |authority| Loopback::read(authority).unwrap();
        assert_eq!(read("localhost"), read("Localhost:80"));
        assert_ne!(read("localhost:8080"), read("127.0.0.1:8080"));
        assert_ne!(read("localhost:8080"), read("localhost:3000"));
    }
}
