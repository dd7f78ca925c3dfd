//! What every client shares: HTTP/1.1 over TLS, one exchange at a time and of bounded size; and what it means when one
//! fails.
//!
//! Two ways, and nothing that could be sent on the one when it belongs on the other: [`Http::send_once`] for what
//! changes something at the other side, on a connection of its own, with every written byte counted; [`exchange`] over
//! kept connections for tokens and for what may be repeated. No redirects, no proxy but the configured one.
//!
//! `pace` keeps our own limit on calls, `backoff` says how long a busy server is left alone, `redact` takes secrets out
//! of what a server says, `server` looks at the way to one, `settings` says what of a configuration is refused.
//! May touch: the network, the file of authorities, `text`. Never: any other room.

mod backoff;
mod counted;
mod failure;
mod http;
mod kept;
mod once;
mod pace;
mod reason;
mod received;
mod redact;
mod server;
mod settings;
pub mod tls;
mod url;

pub use backoff::{Backoff, retry_after};
pub use failure::Failure;
pub use http::{Http, local_client};
pub use kept::exchange;
pub use once::Exchange;
pub use pace::Pace;
pub use received::{LONGEST_REPLY, Received};
pub use redact::{holds, redact, redact_text};
pub use server::{Clocks, Server, http_date};
pub use settings::{Error, Transport, headers};
pub use url::{below, host, root, url};
