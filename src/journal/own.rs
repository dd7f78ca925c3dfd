//! What happens to the journal itself, kept in it as a thing of its own kind.

use super::error::Error;
use super::memory::Doubt;
use super::store::Journal;
use crate::kind::{Column, Kind, List, Recorded, Timestamp, Value};
use serde::{Deserialize, Serialize};

/// What happens to a journal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Event {
    /// A supervisor said that this journal is to be used although it is not what the machine had last seen.
    Accepted { doubt: String, name: String, reason: String },
    /// It was brought from a version whose chain had no key, with so many events.
    Brought { version: i64, events: u64 },
}

/// The journal, as a thing in it.
#[derive(Clone, Debug, PartialEq)]
pub struct OwnHistory {
    id: String,
    seq: u64,
    accepted: u64,
}

impl Kind for OwnHistory {
    const NAME: &'static str = "journal";
    const LIST: List = List {
        table: "journals",
        columns: &[Column::integer("accepted")],
        unique: &[],
        indexes: &[],
        counted: &[],
    };
    const RESERVED: &'static [&'static str] = &["accepted"];
    type Id = String;
    type Row = u64;
    type Event = Event;

    fn parse_id(text: &str) -> Option<String> {
        Some(text.to_owned())
    }

    fn id(&self) -> &String {
        &self.id
    }

    fn seq(&self) -> u64 {
        self.seq
    }

    fn is_erased(&self) -> bool {
        false
    }

    fn event_name(event: &Event) -> &'static str {
        match event {
            Event::Accepted { .. } => "accepted",
            Event::Brought { .. } => "brought",
        }
    }

    fn erases(event: &Event) -> bool {
        match event {
            Event::Accepted { .. } | Event::Brought { .. } => false,
        }
    }

    fn open(id: &String, first: &Recorded<Event>) -> Option<Self> {
        let mut own = Self { id: id.clone(), seq: 0, accepted: 0 };
        own.follow(first).then_some(own)
    }

    fn follow(&mut self, recorded: &Recorded<Event>) -> bool {
        self.seq = recorded.seq;
        match recorded.event {
            Event::Accepted { .. } => self.accepted += 1,
            Event::Brought { .. } => {}
        }
        true
    }

    fn row(&self) -> Vec<Value> {
        vec![self.accepted.cast_signed().into()]
    }

    fn read_row(_: &str, _: u64, values: &[Value]) -> Result<u64, String> {
        match values {
            [Value::Integer(accepted)] => Ok(accepted.cast_unsigned()),
            _ => Err("the column `accepted` does not hold a number".to_owned()),
        }
    }
}

impl Journal {
    /// How many of its events had a chain without a key, of a version before: that nobody changed them then is not proven.
    pub(super) async fn brought(&self) -> Result<Option<u64>, Error> {
        match self.history::<OwnHistory>(&self.inner.id.to_string()).await {
            Ok(history) => Ok(history.iter().find_map(|recorded| match recorded.event {
                Event::Brought { events, .. } => Some(events),
                Event::Accepted { .. } => None,
            })),
            Err(Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    pub(super) async fn note_acceptance(
        &self,
        doubt: &Doubt,
        name: &str,
        reason: &str,
        at: Timestamp,
        by: &str,
    ) -> Result<(), Error> {
        let event =
            Event::Accepted { doubt: doubt.to_string(), name: name.to_owned(), reason: reason.to_owned() };
        let id = self.inner.id.to_string();
        match self.load::<OwnHistory>(&id).await {
            Ok(own) => self.append(&own, vec![event], at, by).await.map(|_| ()),
            Err(Error::NotFound { .. }) => {
                self.open_thing::<OwnHistory>(&id, event, at, by).await.map(|_| ())
            }
            Err(error) => Err(error),
        }
    }
}
