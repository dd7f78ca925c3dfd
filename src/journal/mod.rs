//! The journal: append-only events, chained by their hashes, in one SQLite file.
//!
//! Personal data is sealed with a key per order, the keys with the journal's own, which stands in a file beside it
//! (`pxdesk.db` has `pxdesk.key`). The chain covers the sealed bytes: an erasure destroys an order's key, and the chain
//! still verifies. A process that is killed at any moment leaves a journal that opens and verifies.
//!
//! Pure: `record` (events as records), `seal`, `chain`. I/O: `open`, `keyfile`, `store`, `append`, `list`, `verify`.
//! May touch: `order`, SQLite through sqlx, its own two files, randomness. Never: clocks, `px`, `engine`, `desk`.

mod append;
mod chain;
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

pub use error::Error;
pub use store::Journal;
pub use verify::{Problem, Progress, Report};
