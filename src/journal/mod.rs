//! The journal: append-only events, chained by their hashes, in one SQLite file.
//!
//! Personal data is sealed with a key per order, the keys with the journal's own, which stands in a file beside it
//! (`pxdesk.db` has `pxdesk.key`). The chain covers the sealed bytes: an erasure destroys an order's key, and the chain
//! still verifies. A process that is killed at any moment leaves a journal that opens and verifies.
//!
//! Pure: `record` (events as records), `entry` (records to an order and back), `seal`, `chain`. I/O: `open`, `keyfile`, `store`, `append`, `list`, `verify`.
//! May touch: `order`, SQLite through sqlx, its own two files, randomness. Never: clocks, `px`, `engine`, `desk`.

mod append;
mod chain;
mod entry;
mod error;
mod keyfile;
mod list;
mod open;
mod record;
mod row;
mod seal;
mod store;
mod verify;

#[cfg(test)]
mod tests;

pub use chain::{Head, link};
pub use entry::{Entry, Step, fold};
pub use error::Error;
pub use keyfile::path_of as key_file;
pub use record::{Record, kept};
pub use seal::{KEY, Key, NONCE};
pub use store::Journal;
pub use verify::{Problem, Progress, Report};

/// What the fuzz targets look into; part of no other build.
#[cfg(fuzzing)]
pub mod fuzzing {
    pub use super::chain::{Head, link};
    pub use super::record::{Parts, Record};
    pub use super::seal::{KEY, Key, NONCE};
}
