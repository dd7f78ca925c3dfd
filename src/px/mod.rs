//! Px: the four calls of `SubmitOrder`.
//!
//! `request` (an order's values to bytes) and `reply` (a reply's bytes to an [`Outcome`](crate::order::Outcome)) are
//! pure; `token` keeps the OAuth token, `grant` has one given; `client` sends; `repeat` knows what may be asked again; `check` looks
//! at the way there; `credentials` is the question for key and secret.
//! May touch: the network, through `wire`, `order`'s value types, and how its calls declare that they may be repeated. Never: the journal, the desk, the engine.
//!
//! Nothing in here sends what changes something at Px a second time, and nothing logs a body, a token or a secret.

mod answer;
mod check;
mod client;
mod credentials;
mod grant;
mod repeat;
mod reply;
mod request;
mod settings;
mod token;
mod without;

pub use answer::Answer;
pub use client::Client;
pub use credentials::{Credentials, Source};
#[cfg(fuzzing)]
pub use grant::read as read_token;
pub use reply::{Reply, classify};
pub use request::Request;
pub use settings::{Paths, Settings, Timeouts};
