//! Who reports usage, in an environment: said once, before the first report of a journal; and what came to the receiver
//! that belongs to no subscription.

use super::{Month, Refusal};
use crate::kind::{Column, Kind, List, Recorded, Timestamp, Value};
use crate::order::{Environment, Personal};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What happens to a sender, in the past tense.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum SenderEvent {
    /// The environment is known. Always the first event.
    SenderKnown { environment: Environment },
    /// This journal reports from this bill month on; what is earlier was reported by others.
    ReportingTakenOver {
        from: Month,
        name: String,
        /// Why reports of this journal are left behind, where some are.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    /// A proved sender sent what is no deploy: kept, sealed.
    UnreadableDeploy { why: String, personal: Option<UnreadablePersonal> },
    /// So many requests came from somebody who did not prove who they are.
    Strangers { count: u64, since: Timestamp },
    /// A person has looked at these: they are not among the requests any more.
    SetAside {
        /// Unreadable deploys, by their numbers from 1.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        unreadable: Vec<u64>,
        /// So many requests of strangers, all that there were.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        strangers: Option<u64>,
        reason: String,
    },
}

/// The personal part of [`SenderEvent::UnreadableDeploy`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct UnreadablePersonal {
    /// The body, as far as it is text.
    pub body: Personal,
    /// What it is where it is no text of UTF-8.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub odd: Option<OddBytes>,
}

/// Bytes that are no plain text of UTF-8: nobody can tell what in them is a password.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OddBytes {
    pub bytes: u64,
    /// What they look like.
    pub encoding: String,
}

impl OddBytes {
    /// What is to be said of `body`, where it is no plain text. That its last character was cut off is nothing.
    pub fn of(body: &[u8]) -> Option<Self> {
        let is_text = std::str::from_utf8(body).map_or_else(|error| error.error_len().is_none(), |_| true);
        let zeros = |odd: usize| body.iter().skip(odd).step_by(2).filter(|byte| **byte == 0).count();
        let encoding = match body {
            [0xff, 0xfe, ..] => "UTF-16, little-endian",
            [0xfe, 0xff, ..] => "UTF-16, big-endian",
            _ if !body.contains(&0) && is_text => return None,
            _ if zeros(1) * 4 > body.len() && zeros(0) == 0 => "UTF-16, little-endian",
            _ if zeros(0) * 4 > body.len() && zeros(1) == 0 => "UTF-16, big-endian",
            _ if is_text => "UTF-8 with zero bytes",
            _ => "no encoding that is known here",
        };
        let bytes = u64::try_from(body.len()).unwrap_or(u64::MAX);
        Some(Self { bytes, encoding: encoding.to_owned() })
    }

    /// The same of a body of which the journal has only the text that came of it.
    pub fn kept(body: &str) -> Option<Self> {
        body.contains(['\0', '\u{fffd}']).then(|| Self {
            bytes: u64::try_from(body.len()).unwrap_or(u64::MAX),
            encoding: "no encoding that is known here".to_owned(),
        })
    }
}

/// The sender of an environment as its events make it.
#[derive(Clone, Debug, PartialEq)]
pub struct Sender {
    pub id: String,
    pub environment: Environment,
    pub takeover: Option<Takeover>,
    pub unreadable: u64,
    /// The last reason why a deploy could not be read, and when.
    pub last_unreadable: Option<(Timestamp, String)>,
    pub strangers: u64,
    /// The unreadable deploys, by their numbers, and so many requests of strangers that a person has set aside.
    pub unreadable_aside: BTreeSet<u64>,
    pub strangers_aside: u64,
    pub seq: u64,
}

/// Who reports, and from which month on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Takeover {
    pub from: Month,
    pub name: String,
    pub at: Timestamp,
}

impl Sender {
    /// The id of the sender of `environment`.
    pub fn id_of(environment: Environment) -> String {
        format!("sender-{}", environment.name())
    }

    /// Nothing, when this journal may report from the month `from` on. Once it has `sent` a report the month only moves on:
    /// what is earlier was reported by others.
    ///
    /// # Errors
    /// [`Refusal::TakenOverLater`].
    pub fn may_report_from(&self, from: Month, sent: bool) -> Result<(), Refusal> {
        match &self.takeover {
            Some(before) if sent && from < before.from => Err(Refusal::TakenOverLater { from: before.from }),
            Some(_) | None => Ok(()),
        }
    }

    /// How many unreadable deploys nobody has set aside.
    pub fn open_unreadable(&self) -> u64 {
        self.unreadable.saturating_sub(u64::try_from(self.unreadable_aside.len()).unwrap_or(u64::MAX))
    }

    /// How many requests of strangers nobody has set aside.
    pub fn open_strangers(&self) -> u64 {
        self.strangers.saturating_sub(self.strangers_aside)
    }

    /// Nothing, when all of these are there and nobody has set them aside.
    ///
    /// # Errors
    /// [`Refusal::NothingToSetAside`].
    pub fn may_set_aside(&self, unreadable: &[u64], strangers: bool) -> Result<(), Refusal> {
        let is_open =
            |number: &u64| (1..=self.unreadable).contains(number) && !self.unreadable_aside.contains(number);
        let some = strangers || !unreadable.is_empty();
        let all = unreadable.iter().all(is_open) && (!strangers || self.open_strangers() > 0);
        if some && all { Ok(()) } else { Err(Refusal::NothingToSetAside) }
    }

    fn take(&mut self, recorded: &Recorded<SenderEvent>) -> bool {
        match &recorded.event {
            SenderEvent::SenderKnown { .. } => return false,
            SenderEvent::ReportingTakenOver { from, name, .. } => {
                self.takeover = Some(Takeover { from: *from, name: name.clone(), at: recorded.at });
            }
            SenderEvent::UnreadableDeploy { why, .. } => {
                self.unreadable += 1;
                self.last_unreadable = Some((recorded.at, why.clone()));
            }
            SenderEvent::Strangers { count, .. } => self.strangers += count,
            SenderEvent::SetAside { unreadable, strangers, .. } => {
                self.unreadable_aside.extend(unreadable);
                self.strangers_aside = self.strangers_aside.max(strangers.unwrap_or_default());
            }
        }
        self.seq = recorded.seq;
        true
    }
}

impl Kind for Sender {
    const NAME: &'static str = "sender";
    const LIST: List = List {
        table: "senders",
        columns: &[
            Column::text("environment").fixed(),
            Column::text("reports_from").optional(),
            Column::integer("unreadable"),
            Column::integer("strangers"),
        ],
        unique: &[],
        indexes: &[],
        counted: &[],
    };
    const RESERVED: &'static [&'static str] = &["reporting_taken_over", "set_aside"];
    type Id = String;
    type Row = (String, u64);
    type Event = SenderEvent;

    fn parse_id(text: &str) -> Option<String> {
        Environment::named(text.strip_prefix("sender-")?).map(|_| text.to_owned())
    }

    fn id(&self) -> &String {
        &self.id
    }

    fn seq(&self) -> u64 {
        self.seq
    }

    fn event_name(event: &SenderEvent) -> &'static str {
        match event {
            SenderEvent::SenderKnown { .. } => "sender_known",
            SenderEvent::ReportingTakenOver { .. } => "reporting_taken_over",
            SenderEvent::UnreadableDeploy { .. } => "unreadable_deploy",
            SenderEvent::Strangers { .. } => "strangers",
            SenderEvent::SetAside { .. } => "set_aside",
        }
    }

    fn open(id: &String, first: &Recorded<SenderEvent>) -> Option<Self> {
        let SenderEvent::SenderKnown { environment } = &first.event else { return None };
        Some(Self {
            id: id.clone(),
            environment: *environment,
            takeover: None,
            unreadable: 0,
            last_unreadable: None,
            strangers: 0,
            unreadable_aside: BTreeSet::new(),
            strangers_aside: 0,
            seq: first.seq,
        })
    }

    fn follow(&mut self, recorded: &Recorded<SenderEvent>) -> bool {
        self.take(recorded)
    }

    fn row(&self) -> Vec<Value> {
        let count = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
        vec![
            self.environment.name().into(),
            self.takeover.as_ref().map(|takeover| takeover.from.to_string()).into(),
            count(self.unreadable).into(),
            count(self.strangers).into(),
        ]
    }

    fn read_row(id: &str, seq: u64, _: &[Value]) -> Result<(String, u64), String> {
        Ok((id.to_owned(), seq))
    }
}
