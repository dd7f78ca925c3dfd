//! The journal: append-only events of things of any kind, in chains that are keyed, in one SQLite file.
//!
//! Personal data is sealed with a key per thing, the keys with the journal's own, which stands in a file beside it
//! (`pxdesk.db` has `pxdesk.key`). The chains cover the sealed bytes: an erasure destroys a thing's key, and its chain
//! still verifies. A process that is killed at any moment leaves a journal that opens and verifies.
//!
//! What a kind is, the journal learns from [`crate::kind::Kind`] alone; `orders` asks the orders' list what only orders
//! are asked.
//!
//! Pure: `record` (events as records), `entry` (records to a thing and back), `kinds`, `seal`, `chain`, `schema`. I/O:
//! `sqlite`, `random`, `blind`, `keyfile`, `memory`, `guard`, `fold`, `rows`, `stored`, `head`, `copy`, `make`, `migrate`, `open`,
//! `store`, `append`, `select`, `orders`, `verify`, `checkpoint`, `backup`, `own`.
//! May touch: `kind`, `order`'s row, SQLite, its own files, randomness. Never: clocks, `px`, `engine`, `desk`.

#![expect(clippy::unused_async, reason = "a journal elsewhere than in a file has to be waited for")]

mod append;
mod backup;
mod blind;
mod chain;
mod checkpoint;
mod copy;
mod entry;
mod error;
mod failure;
mod fold;
mod guard;
mod head;
mod keyfile;
mod kinds;
mod make;
mod memory;
mod migrate;
mod open;
mod orders;
mod own;
mod random;
mod record;
mod rows;
mod schema;
mod seal;
mod select;
mod sqlite;
mod store;
mod stored;
mod verify;

#[cfg(test)]
mod tests;

pub use chain::{ChainKey, Head, JournalId};
pub use checkpoint::{Checkpoint, Misfit};
pub use entry::{Entry, Step, fold};
pub use error::{Error, Lost};
pub use keyfile::path_of as key_file;
pub use kinds::Registered;
pub use memory::Doubt;
pub use open::Options;
pub use orders::{Counts, Moment};
pub use record::{Record, kept};
pub use seal::{KEY, Key, NONCE};
pub use select::Select;
pub use store::Journal;
pub use verify::{Problem, Progress, Report};

/// The kinds of things that pxdesk keeps.
pub fn every_kind() -> Vec<Registered> {
    vec![Registered::of::<crate::order::Order>(), Registered::of::<own::OwnHistory>()]
}

/// What the fuzz targets look into; part of no other build.
#[cfg(fuzzing)]
pub mod fuzzing {
    pub use super::chain::{ChainKey, Head};
    pub use super::record::{Parts, Record};
    pub use super::seal::{KEY, Key, NONCE};
}
