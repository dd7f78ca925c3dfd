//! `EdgeGrid`, the scheme by which the gateway knows who calls: the `Authorization` header of a request. Pure.
//!
//! Not of the page, but of the vendor's public libraries and their test vectors (G).

use crate::kind::Timestamp;
use crate::order::Secret;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::tz::Offset;
use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;
use zeroize::Zeroizing;

/// How many bytes of a body are hashed where a credentials file does not say (G).
pub const MAX_BODY: usize = 131_072;

/// The length of a hash of 32 bytes in base64.
const HASH: usize = 44;

/// What the control center gives to a caller. `Debug` shows none of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credentials {
    pub client_token: Secret,
    pub client_secret: Secret,
    pub access_token: Secret,
    /// How many bytes of a POST's body are hashed at most.
    pub max_body: usize,
}

/// What of a request is signed: exactly as it is sent.
#[derive(Clone, Copy, Debug)]
pub struct Signable<'a> {
    /// In capitals.
    pub method: &'a str,
    /// `https`, or `http` on this machine.
    pub scheme: &'a str,
    /// As in the `Host` header: with the port where it is not the usual one.
    pub host: &'a str,
    /// From the first slash to the end of the query.
    pub path_and_query: &'a str,
    /// Names and values of the headers that are signed, in the order that the server expects; usually none.
    pub headers: &'a [(&'a str, &'a str)],
    pub body: &'a [u8],
}

/// The value of the `Authorization` header of `request`, sent at `now` by the caller's clock. The server takes a `nonce`
/// once, so each sending needs a new one, a repeat too.
pub fn sign(credentials: &Credentials, request: &Signable, now: Timestamp, nonce: &str) -> String {
    let Credentials { client_token, client_secret, access_token, max_body } = credentials;
    let (client_token, access_token) = (client_token.expose(), access_token.expose());
    let timestamp = timestamp(now);
    // Its final size at once: growing would leave a copy of the tokens behind.
    let room = 128 + client_token.len() + access_token.len() + nonce.len() + HASH;
    let mut header = String::with_capacity(room);
    for part in ["EG1-HMAC-SHA256 client_token=", client_token, ";access_token=", access_token] {
        header.push_str(part);
    }
    for part in [";timestamp=", &timestamp, ";nonce=", nonce, ";"] {
        header.push_str(part);
    }
    let key = Zeroizing::new(base64_of(mac(client_secret.expose().as_bytes(), &[timestamp.as_bytes()])));
    let signed = signed(request, *max_body);
    let signature = base64_of(mac(&*key, &[signed.as_bytes(), header.as_bytes()]));
    header.push_str("signature=");
    header.push_str(text(&signature));
    header
}

/// What is signed before the header itself: each part with a tab after it.
fn signed(request: &Signable, max_body: usize) -> String {
    let Signable { method, scheme, host, path_and_query, headers, body } = *request;
    let headers = canonical(headers);
    let body = body_hash(method, body, max_body);
    let parts = [method, scheme, host, path_and_query, &headers, body.as_ref().map_or("", text)];
    let mut signed = String::with_capacity(parts.iter().map(|part| part.len() + 1).sum());
    for part in parts {
        signed.push_str(part);
        signed.push('\t');
    }
    signed
}

/// `20261120T15:04:05+0000`: not RFC 3339. Digit by digit, for it would take as long as one of the hashes otherwise.
fn timestamp(now: Timestamp) -> String {
    let at = Offset::UTC.to_datetime(now);
    let year = at.year().unsigned_abs();
    let mut text = String::with_capacity(22);
    let mut two = |number: u16, after: &str| {
        for digit in [number / 10 % 10, number % 10] {
            text.push(char::from_digit(digit.into(), 10).unwrap_or('0'));
        }
        text.push_str(after);
    };
    two(year / 100, "");
    two(year % 100, "");
    for (number, after) in
        [(at.month(), ""), (at.day(), "T"), (at.hour(), ":"), (at.minute(), ":"), (at.second(), "+0000")]
    {
        two(number.unsigned_abs().into(), after);
    }
    text
}

/// The hash of what counts of a body. Of a POST alone: what a PUT carries is not signed, so nothing but TLS protects it.
fn body_hash(method: &str, body: &[u8], max_body: usize) -> Option<[u8; HASH]> {
    let counts = method == "POST" && !body.is_empty();
    counts.then(|| base64_of(Sha256::digest(&body[..body.len().min(max_body)]).into()))
}

/// The headers as they are signed: names in small letters, each run of blanks in a value as one.
fn canonical(headers: &[(&str, &str)]) -> String {
    let mut text = String::new();
    for (name, value) in headers {
        let words: Vec<_> = value.split_ascii_whitespace().collect();
        let tab = if text.is_empty() { "" } else { "\t" };
        // Writing to a text does not fail.
        let _ = write!(text, "{tab}{}:{}", name.to_ascii_lowercase(), words.join(" "));
    }
    text
}

fn mac(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    #[expect(clippy::expect_used, reason = "HMAC takes keys of any length")]
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("a key of any length");
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

fn base64_of(hash: [u8; 32]) -> [u8; HASH] {
    let mut text = [b'='; HASH];
    #[expect(clippy::expect_used, reason = "32 bytes are 44 characters")]
    BASE64_STANDARD.encode_slice(hash, &mut text).expect("room for 44 characters");
    text
}

fn text(hash: &[u8; HASH]) -> &str {
    // Base64 is ASCII, so the other case does not occur.
    std::str::from_utf8(hash).unwrap_or_default()
}

#[cfg(test)]
mod tests;
