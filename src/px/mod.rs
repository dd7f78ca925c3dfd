//! Px on the wire: the four calls of `SubmitOrder`.
//!
//! `wire` (an order's values to bytes) and `reply` (a reply's bytes to an [`Outcome`](crate::order::Outcome)) are pure;
//! `token` fetches and keeps the OAuth token; `client` sends, over `http`; `pace` keeps our own limit; `repeat` knows
//! what may be asked again; `check` looks at the way there; `credentials` is the question for key and secret;
//! `blot` takes secrets out of what a server says.
//! May touch: the network, the file of authorities, and `order`'s value types. Never: the journal, the desk, the engine.
//!
//! Nothing in here sends what changes something at Px a second time, and nothing logs a body, a token or a secret.

mod blot;
mod check;
mod client;
mod credentials;
mod http;
mod pace;
mod repeat;
mod reply;
mod settings;
mod token;
mod wire;

pub use check::{Clocks, Server};
pub use client::{Answer, Client};
pub use credentials::{Credentials, Source};
pub use http::local_client;
pub use reply::{Reply, classify};
pub use settings::{Error, Paths, Settings, Timeouts, Transport};
#[cfg(fuzzing)]
pub use token::read as read_token;
pub use wire::Request;
