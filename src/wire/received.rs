//! A reply as it comes off the wire: all of it, or why not.

use super::reason::reason;
use reqwest::header::{
    CONTENT_RANGE, CONTENT_TYPE, DATE, HeaderMap, HeaderName, LINK, LOCATION, RETRY_AFTER,
};
use std::error::Error;
use std::time::Duration;

/// The longest reply that is read, in bytes, where it is not a list. An RCC text has some thousand characters.
pub const LONGEST_REPLY: usize = 1 << 20;

/// A whole reply.
pub struct Received {
    pub status: u16,
    pub content_type: Option<String>,
    pub location: Option<String>,
    /// What it says of other pages: every `Link`, with commas between them.
    pub link: Option<String>,
    /// Which part of the whole it says to be.
    pub range: Option<String>,
    pub retry_after: Option<String>,
    /// The server's clock.
    pub date: Option<String>,
    pub body: Vec<u8>,
}

/// Why there is no whole reply.
pub(super) enum Lack {
    /// Not in time.
    Late,
    /// The connection ended, or what came over it is not HTTP.
    Broken(Box<dyn Error + Send + Sync>),
    /// More than this many bytes, with this status.
    TooLong { status: u16, longest: usize },
}

impl Lack {
    pub fn of(error: reqwest::Error) -> Self {
        if error.is_timeout() { Self::Late } else { Self::Broken(Box::new(error)) }
    }

    /// In words; `sent` says how much of the request had been sent, if that is known.
    pub fn words(&self, host: &str, limit: Duration, sent: &str) -> String {
        match self {
            Self::Late => {
                // What was left of the limit is a little less than what is configured.
                let limit = limit + Duration::from_micros(500);
                let limit = Duration::from_millis(u64::try_from(limit.as_millis()).unwrap_or(u64::MAX));
                format!("no whole answer from {host} within {limit:?}{sent}")
            }
            Self::Broken(error) => format!("the connection to {host} broke{sent}: {}", reason(&**error)),
            Self::TooLong { status, longest } => {
                format!("the reply of {host} (HTTP {status}) is longer than {} MiB", longest >> 20)
            }
        }
    }
}

/// The whole of a reply of `longest` bytes at most.
pub(super) async fn read(mut response: reqwest::Response, longest: usize) -> Result<Received, Lack> {
    let text = |name| header(response.headers(), name);
    let (content_type, retry_after, date) = (text(CONTENT_TYPE), text(RETRY_AFTER), text(DATE));
    let (location, link) = (text(LOCATION), links(response.headers()));
    let range = text(CONTENT_RANGE);
    let status = response.status().as_u16();
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(Lack::of)? {
        if body.len() + chunk.len() > longest {
            return Err(Lack::TooLong { status, longest });
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Received { status, content_type, location, link, range, retry_after, date, body })
}

fn links(headers: &HeaderMap) -> Option<String> {
    let links: Vec<_> = headers.get_all(LINK).iter().filter_map(|value| value.to_str().ok()).collect();
    (!links.is_empty()).then(|| links.join(", "))
}

fn header(headers: &HeaderMap, name: HeaderName) -> Option<String> {
    headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
}
