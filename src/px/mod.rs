//! Px on the wire: the four calls of `SubmitOrder`, each sent exactly once.
//!
//! `wire` (an order's values to bytes) and `reply` (a reply's bytes to an [`Outcome`](crate::order::Outcome)) are pure;
//! `token` fetches and keeps the OAuth token; `client` sends; `credentials` reads the file with key and secret.
//! May touch: the network, that one file, and `order`'s value types. Never: the journal, the desk, the engine.
//!
//! Nothing in here sends a request a second time by itself, and nothing logs a body, a token or a secret.

mod client;
pub mod credentials;
mod http;
mod reply;
mod settings;
mod token;
mod wire;

pub use client::{Answer, Client};
pub use credentials::{Credentials, Source};
pub use http::local_client;
pub use reply::{Reply, classify};
pub use settings::{Error, Paths, Settings, Timeouts};
pub use wire::Request;
