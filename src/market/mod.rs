//! The marketplace: the calls that a partner makes to it.
//!
//! `request` (values to bytes) and `reply` (what was seen to an [`Outcome`](crate::subscription::Outcome)) are pure;
//! `client` sends; `key` is the question for the provider key; `settings` says where it all is.
//! May touch: the network, through `wire`, `subscription`'s value types, `order`'s secret. Never: the journal, the desk,
//! the engine.
//!
//! Usage is added by the marketplace and has no key: nothing in here sends anything a second time. Nothing logs a body or
//! the provider key.

mod client;
mod key;
mod reply;
mod request;
mod settings;

pub use client::{Answer, Client};
pub use key::{PRACTICE_KEY, Source};
pub use reply::{Reply, Sent, classify};
pub use request::{Ids, Request};
pub use settings::{Paths, Settings, TIMEOUT};
