//! The Registration API: the calls that list and change what a contract holds.
//!
//! `edgegrid` (the signature), `request` (values to bytes) and `reply` (what was seen to an
//! [`Outcome`](crate::registry::Outcome) or a list) are pure; `client` sends; `key` is the question for the credentials;
//! `settings` says where it all is.
//! May touch: the network, through `wire`, `registry`'s value types, `order`'s secret. Never: the journal, the desk, the
//! engine.
//!
//! Nothing in here sends anything a second time: what may be repeated, and when, is for the engine to know. Nothing logs a
//! body or a secret.

mod client;
mod edgegrid;
mod key;
mod reply;
mod request;
mod settings;

pub use client::{Answer, Client};
pub use edgegrid::{Credentials, MAX_BODY, Signable, sign};
pub use key::{Identity, PRACTICE_CONTRACT, PRACTICE_CREDENTIALS, Source};
pub use reply::{Object, Objects, Reply, Unread, classify, object, objects};
pub use request::Request;
pub use settings::{Settings, TIMEOUT};
