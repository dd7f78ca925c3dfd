//! The receiver of deploys: what the marketplace sends is on disk before it is answered.
//!
//! `serve` takes connections, one request each, so that it is known whether the last byte of an answer was taken; `proof`
//! says whether the sender is the marketplace; `receive` goes from a body to an answer; `clerk` records what comes at the
//! same time together; `answering` has a deploy decided, once; `decide` and `program` ask whoever decides; `watched` knows
//! whether the sender had closed its side; `standing` says when deploys are refused, and when they are taken again;
//! `strangers` counts who did not prove who they are.
//! May touch: the network, a partner's program, `engine`, `subscription`. Never: the journal behind the engine's back.

mod answering;
mod clerk;
mod decide;
mod options;
mod program;
mod proof;
mod receive;
mod serve;
mod standing;
mod strangers;
mod watched;

pub use decide::Forward;
pub use options::{Deciding, Options, Otherwise, Plans};
pub use program::startable;
pub use proof::{Proof, tls, validity};
pub use serve::serve;
