//! The journal: append-only events of things of any kind, in chains that are keyed, in one SQLite file or on PostgreSQL.
//!
//! Personal data is sealed with a key per thing, the keys with the journal's own, which stands in a file beside it
//! (`pxdesk.db` has `pxdesk.key`). The chains cover the sealed bytes: an erasure destroys a thing's key, and its chain
//! still verifies. A process that is killed at any moment leaves a journal that opens and verifies.
//!
//! What a kind is, the journal learns from [`crate::kind::Kind`] alone; `orders` asks the orders' list what only orders
//! are asked.
//!
//! What is sealed, chained, folded and judged is the same for both stores. `things`, `listed` and `store` are what others see;
//! `either` asks the one or the other store, which is given values (`change`) and knows no kind.
//!
//! Pure: `record` (events as records), `entry` (records to a thing and back), `kinds`, `seal`, `chain`, `schema`, `change`,
//! `check` and `report` (verifying), `raw`, `carried`. The file: `disk`, `append`, `sqlite`, `guard`, `fold`, `rows`, `stored`,
//! `head`, `make`, `migrate`, `open`, `links`, `memory`, `kept`, `copy`, `backup`, `from_disk`, `onto_disk`. The server: `postgres`. Both:
//! `random`, `keyfile`, `lock`, `place`, `select`, `orders`, `verify`, `checkpoint`, `transfer`, `history` of the journal itself, which is a kind of its own (`own`).
//! May touch: `files`, `kind`, `order`'s row, the types of the kinds for their list, SQLite, PostgreSQL, `wire`'s TLS, its own files, randomness. Never: clocks, `px`,
//! `engine`, `desk`.

mod append;
mod backup;
mod blind;
mod carried;
mod chain;
mod change;
mod check;
mod checkpoint;
mod copy;
mod disk;
mod either;
mod entry;
mod error;
mod failure;
mod fold;
mod from_disk;
mod guard;
mod head;
mod history;
mod kept;
mod keyfile;
mod kinds;
mod links;
mod listed;
mod lock;
mod lookup;
mod make;
mod memory;
mod migrate;
mod onto_disk;
mod open;
mod orders;
mod own;
mod place;
mod postgres;
mod random;
mod raw;
mod record;
mod report;
mod rows;
mod schema;
mod seal;
mod select;
mod sole;
mod sqlite;
mod store;
mod stored;
mod things;
mod transfer;
mod verify;

#[cfg(test)]
mod tests;

pub use backup::stands_beside;
pub use chain::{ChainKey, Head, JournalId};
pub use checkpoint::{Checkpoint, Misfit};
pub use entry::{Entry, Step, fold};
pub use error::{Error, Lost};
pub use kinds::Registered;
pub use links::real;
pub use listed::Listed;
pub use memory::Doubt;
pub use open::{Options, remembered};
pub use orders::{Counts, Moment};
pub use place::Place;
pub use postgres::{Address, ClockAhead, Granted, LONGEST_ROLE, Lease, Password, Standing, grant};
pub use record::{Record, kept};
pub use report::{Problem, Progress, Report};
pub use seal::{KEY, Key, NONCE};
pub use select::Select;
pub use store::Journal;

/// The kinds of things that pxdesk keeps.
pub fn every_kind() -> Vec<Registered> {
    use crate::subscription::{Notice, Report, Sender, Subscription};
    vec![
        Registered::of::<crate::order::Order>(),
        Registered::of::<own::OwnHistory>(),
        Registered::of::<Subscription>(),
        Registered::of::<Report>(),
        Registered::of::<Notice>(),
        Registered::of::<Sender>(),
        Registered::of::<crate::registry::Run>(),
    ]
}

/// What the fuzz targets look into; part of no other build.
#[cfg(fuzzing)]
pub mod fuzzing {
    pub use super::chain::{ChainKey, Head};
    pub use super::record::{Parts, Record};
    pub use super::seal::{KEY, Key, NONCE};
}
