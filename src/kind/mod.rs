//! What every kind of thing in the journal has in common, pure: an order, a report of usage, a contract.
//!
//! A kind is a state that events make. It says how its events are named, which of them open, change and erase a thing,
//! and what the row of its list holds. The journal records, seals, chains, lists and verifies things of any kind by
//! this alone. May touch: std, serde, value libraries. Never: any other room.

mod driven;
mod instant;
mod list;
mod recorded;
mod row;
mod short_id;
mod span;
mod uptime;

pub use driven::{Begun, Driven, Pending, Reached, Repeat, Signature, Told, Weight};
pub use instant::instant;
pub use list::{Column, Index, List, Type, Unique, Value};
pub use recorded::{Digest, Recorded};
pub use row::Row;
pub use short_id::ShortId;
pub use span::{off, span};
pub use uptime::Uptime;

/// An instant, in UTC; serialised as RFC 3339.
pub use jiff::Timestamp;

use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fmt;

/// A kind of thing. The implementing type is the thing's state, as its events make it.
pub trait Kind: Clone + Send + Sync + Sized + 'static {
    /// The kind's name in the journal: short, lower case, never changed.
    const NAME: &'static str;

    /// The table of its list.
    const LIST: List;

    /// The names of the events that only a supervisor may record.
    const RESERVED: &'static [&'static str] = &[];

    /// Where a term of [`Kind::blind_terms`] belongs to one thing alone: the column of the list whose things share none where
    /// they have the same value in it. An append that would share one is a conflict. None where terms may be shared.
    const SOLE_TERMS: Option<&'static str> = None;

    /// What tells one thing from another. Its text is what is stored.
    type Id: Clone + Eq + std::hash::Hash + fmt::Display + fmt::Debug + Send + Sync;

    /// What the row of its list says.
    type Row: Send;

    /// What happens to a thing. As JSON: an object whose member `kind` is [`Kind::event_name`], and whose member
    /// `personal`, where there is one, may be absent. The journal seals that member alone.
    type Event: Clone + Serialize + DeserializeOwned + Send + Sync;

    /// The id that `text` spells.
    fn parse_id(text: &str) -> Option<Self::Id>;

    /// The thing's id.
    fn id(&self) -> &Self::Id;

    /// The number of its last event: what an append must name.
    fn seq(&self) -> u64;

    /// True once its personal data was destroyed. A kind with anything personal has both this and [`Kind::erases`]; one without
    /// has neither.
    fn is_erased(&self) -> bool {
        false
    }

    /// The event's name, as it stands in JSON and in the journal.
    fn event_name(event: &Self::Event) -> &'static str;

    /// True for the event that destroys the thing's personal data. See [`Kind::is_erased`].
    fn erases(event: &Self::Event) -> bool {
        let _ = event;
        false
    }

    /// The thing that its first event makes; none when that event opens nothing.
    fn open(id: &Self::Id, first: &Recorded<Self::Event>) -> Option<Self>;

    /// The thing with one more event; false, and unchanged, when the event cannot follow.
    fn follow(&mut self, recorded: &Recorded<Self::Event>) -> bool;

    /// The row of its list: a value for each of the list's columns.
    fn row(&self) -> Vec<Value>;

    /// What it can be found by that must not stand anywhere in clear: none after an erasure. Sorted, each once.
    fn blind_terms(&self) -> Vec<String> {
        Vec::new()
    }

    /// What `event` makes of a thing that is known by its row alone: the row after it, and the terms that it has from then on
    /// besides those before. None where that takes more than the row says: the thing is read then.
    fn follow_row(_row: &[Value], _event: &Self::Event) -> Option<(Vec<Value>, Vec<String>)> {
        None
    }

    /// What a row says: the thing's id, the number of its last event, and the values of [`Kind::row`].
    ///
    /// # Errors
    /// Says which column holds what it cannot hold.
    fn read_row(id: &str, seq: u64, values: &[Value]) -> Result<Self::Row, String>;
}
