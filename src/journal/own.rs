//! What happens to the journal itself, kept in it as a thing of its own kind.

use crate::kind::{Column, Kind, List, Recorded, Value};
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
