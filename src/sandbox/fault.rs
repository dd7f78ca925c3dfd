//! What a network, or a gateway on the way, can be made to do on demand, whichever server it is for.
//!
//! `{"cut":"before"|"after"}` the connection is cut before or after the work was done · `{"cutAfterBytes":100}` it is
//! done, and the connection cut after so many bytes of the reply, its head included · `{"hang":"before"|"after"}` no
//! answer ever · `{"body":"html"|"garbled"|"empty"|"truncated"|"other_ids"}` the work is done and the reply spoilt, with
//! `"status":502` or another, and with `"applied":false` without the work · `{"status":429,"retryAfter":5}` a bare
//! status, nothing done. `latencySeconds` goes with any of them, or alone: it is between the work and the reply.

use super::message::Message;
use super::planned::Answer;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// How much of a reply gets through when it is cut short: its head, and a little of its body.
const CUT_SHORT: usize = 180;
/// A head has at least so many bytes. Of a short body, half gets through.
const HEAD: usize = 108;

/// What goes wrong on the way. Stands inside a server's own fault, beside what only that server can do.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Transport {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cut: Option<When>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cut_after_bytes: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hang: Option<When>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<Spoilt>,
    #[serde(alias = "httpStatus", skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    #[serde(alias = "retryAfterSeconds", skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u64>,
    /// With `body`: whether the work is done first. By default it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub applied: Option<bool>,
    #[serde(alias = "latency_seconds", alias = "latency", skip_serializing_if = "Option::is_none")]
    pub latency_seconds: Option<f64>,
}

/// Before or after the work was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum When {
    Before,
    After,
}

/// How a reply is spoilt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Spoilt {
    Html,
    Garbled,
    Empty,
    Truncated,
    /// About something else than was asked; what that is, the server knows.
    OtherIds,
}

impl Transport {
    /// Says what does not fit; `others` are the kinds of fault that the server adds, present or not.
    pub fn check(&self, others: &[bool]) -> Result<(), String> {
        let own =
            [self.cut.is_some(), self.cut_after_bytes.is_some(), self.hang.is_some(), self.body.is_some()];
        match own.iter().chain(others).filter(|there| **there).count() {
            0 if self.status.is_none() && self.latency_seconds.is_none() => {
                return Err("the fault says nothing".to_owned());
            }
            0 | 1 => {}
            _ => return Err("the fault is more than one thing".to_owned()),
        }
        if self.status.is_some_and(|s| !(200..=599).contains(&s)) {
            return Err("status is not between 200 and 599".to_owned());
        }
        if self.latency_seconds.is_some_and(|s| !(0.0..=600.0).contains(&s)) {
            return Err("latencySeconds is not between 0 and 600".to_owned());
        }
        Ok(())
    }

    /// The status that is answered with nothing done, where there is one.
    pub fn bare_status(&self) -> Option<u16> {
        self.status.filter(|_| self.body.is_none())
    }

    /// Whether the work is done all the same.
    pub fn lets_work(&self) -> bool {
        let before = self.cut == Some(When::Before) || self.hang == Some(When::Before);
        // `applied` has the last word where the work could be done at all.
        !before && self.bare_status().is_none() && self.applied != Some(false)
    }

    /// How long the reply is held back.
    pub fn pause(&self) -> Duration {
        self.latency_seconds.map_or(Duration::ZERO, Duration::from_secs_f64)
    }

    /// What becomes of `message` on the way.
    pub fn under(&self, message: Message) -> Answer {
        if self.hang.is_some() {
            return Answer::Hang;
        }
        if self.cut.is_some() {
            return Answer::Cut;
        }
        let mut message = match self.body {
            Some(spoilt) => spoil(spoilt, self.status, message),
            None => message,
        };
        message.cut_after = self.cut_after_bytes.or(message.cut_after);
        message.retry_after = self.retry_after.or(message.retry_after);
        Answer::Message(message)
    }
}

fn spoil(spoilt: Spoilt, status: Option<u16>, message: Message) -> Message {
    let or = |otherwise| status.unwrap_or(otherwise);
    match spoilt {
        Spoilt::Html => {
            let page =
                "<html><head><title>502 Bad Gateway</title></head><body><h1>Bad Gateway</h1></body></html>";
            Message::text(or(502), "text/html", page.to_owned())
        }
        Spoilt::Garbled => {
            Message::text(or(200), "application/json", "{\"txId\":\"7f3a\",\"orderNum\u{1}".to_owned())
        }
        Spoilt::Empty => Message::text(or(200), "application/json", String::new()),
        Spoilt::Truncated => {
            let half = HEAD + message.body.len() / 2;
            Message { status: or(message.status), cut_after: Some(CUT_SHORT.min(half)), ..message }
        }
        Spoilt::OtherIds => Message { status: or(message.status), ..message },
    }
}
