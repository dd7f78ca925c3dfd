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
        }
    }

    fn erases(event: &Event) -> bool {
        match event {
            Event::Accepted { .. } => false,
        }
    }

    fn open(id: &String, first: &Recorded<Event>) -> Option<Self> {
        Some(Self { id: id.clone(), seq: first.seq, accepted: 1 })
    }

    fn follow(&mut self, recorded: &Recorded<Event>) -> bool {
        self.seq = recorded.seq;
        self.accepted += 1;
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
