//! The store on PostgreSQL, for a floor of desks.
//!
//! An append is one statement, and takes no lock that another thing's append would wait for: each thing has a head of its
//! own, positions are drawn in blocks, counts are kept in slots. Only terms that belong to one thing alone are recorded in
//! turn. That nothing was cut off or removed, the heads and the
//! checkpoints tell, all of them keyed, and what each machine keeps of what it saw.
//!
//! Pure: `address`, `grant`, `statement`, `value`, `event`, `heard`, `ahead`. I/O: `tls`, `session` (one connection), `line` (made anew when it
//! is lost), `server` (a desk's two), `poll`, `telling`, `tables`, `bring`, `open`, `positions`, `write` (of what is `ready`), `sole`, `read_back`,
//! `lease`, `read`, `checkpoint`, `stop`, `lines`, `seen`, `judge`, `look`, `witness`, `verify`, `columns`, `guards`, `soundness`, `catch_up`, `transfer`, `lists`;
//! `failure` and `refusal` say what an error means.

mod ahead;
mod address;
mod bring;
mod catch_up;
mod checkpoint;
mod columns;
mod event;
mod failure;
mod grant;
mod guards;
mod heard;
mod judge;
mod fence;
mod lease;
mod line;
mod lines;
mod lists;
mod look;
mod open;
mod password;
mod poll;
mod positions;
mod read;
mod read_back;
mod ready;
mod refusal;
mod seen;
mod server;
mod session;
mod sole;
mod soundness;
mod statement;
mod stop;
mod tables;
mod telling;
mod tls;
mod transfer;
mod value;
mod verify;
mod witness;
mod write;

pub use address::Address;
pub use ahead::ClockAhead;
pub use grant::{Granted, LONGEST_ROLE, grant};
pub use lease::{Lease, Standing};
pub use open::open;
pub use password::Password;
pub use server::Server;
pub use transfer::{Source, Target};
