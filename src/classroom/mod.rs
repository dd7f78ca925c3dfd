//! Trainer and trainees, each at a terminal of their own, on one machine or on several.
//!
//! The trainer's side is a [`Hub`]: it listens, and lets in who knows its [`Code`]. A trainee's side is a [`Link`]: it joins,
//! tells the newest [`Snapshot`](crate::practice::Snapshot) of its run, and hands over the trainer's
//! [`Directive`](crate::practice::Directive)s, in order and each once, however often the connection breaks.
//!
//! Only made-up data goes over it, so it is plain HTTP. Everything is kept in memory, and gone with the process.
//!
//! | exchange | what it is for |
//! | --- | --- |
//! | `POST /classroom/join` | a seat, for a name and the code; with the seat one has: the same one again |
//! | `POST /classroom/seats/{seat}/snapshot` | how the run stands |
//! | `GET /classroom/seats/{seat}/directives?after=N` | what the trainer wants, after the Nth; waits up to 25 seconds for it |
//!
//! A seat's name in the address is drawn at random, and known to its trainee alone. No page of a browser can call any of
//! this: a header is needed that a page may not send, and whatever says that it comes from a page is refused.
//!
//! Imports run one way: `code`, `words` (what goes over the wire), `seats` (who is here; pure), `places` (how many
//! connections there may be), `hub`, `routes`, `link`.
//! May touch: the network, `practice`, `wire`'s client, `text`. Never: the desk, the journal, the servers.

mod code;
mod hub;
mod link;
mod places;
mod routes;
mod seats;
#[cfg(test)]
mod tests;
mod words;

pub use code::Code;
pub use hub::{Hub, Server};
pub use link::{Connection, Link, NotJoined};
pub use seats::Seat;
pub use words::{NAME_RULE, is_name};
