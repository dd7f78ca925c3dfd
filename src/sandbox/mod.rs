//! The embedded servers: the other side of the wire, for practice and for tests: Px, the Cloud
//! Marketplace, and the SaaS registration.
//!
//! Written from the contracts and the documented error table, and from nothing else: it shares no code with the clients, so
//! that a mistake made on one side shows on the other. It has the real one's clock, rules and refusals. Beside it, under
//! `/_sandbox`, it does what a trainer asks: moves its clock, lets the customer accept, fails on demand, and says in a
//! ledger what arrived and what was done.
//!
//! `px` is the other side of Px, `market` that of the marketplace, `registration` that of the registration; each is
//! a folder with a field of its own in `state`.
//! A scenario, which is `px`'s, has settings of the registration in it. `control` is the trainer's side and knows them all; none of them knows `control`. `server` puts them together,
//! with `lesson`, which teaches a developer the calls of Px at `/docs`. What they share stands below them: `shared` (what a request can reach), `store` (where the state is kept), `message`,
//! `planned` and `send` (what goes back, and when), `fault` (what a network does on demand), `cut` (connections that
//! can be cut), `clock`, `chance`, `options`, `error`. Imports go one way, from `server` down.
//!
//! May touch: axum, tokio, its own state file, receivers of deploys on this machine. Never: any other room of this
//! program.

mod chance;
mod clock;
mod control;
mod cut;
mod error;
mod fault;
mod lesson;
mod market;
mod message;
mod options;
mod planned;
mod px;
mod registration;
mod send;
mod server;
mod shared;
mod state;
mod store;

pub use control::practice::practice_orders;
pub use error::Error;
pub use market::practice::{PROVIDER_KEY as PRACTICE_PROVIDER_KEY, practice_deploys};
pub use options::Options;
pub use px::scenario::{Scenario, Special};
pub use registration::practice::{PRACTICE_CONTRACT, PRACTICE_EDGEGRID};
pub use store::clock_offset;

use std::net::SocketAddr;
use tokio::net::TcpListener;
use tokio::sync::watch;

/// Listens on `address`; port 0 picks a free one.
pub async fn bind(address: SocketAddr) -> Result<TcpListener, Error> {
    TcpListener::bind(address).await.map_err(|e| match e.kind() {
        std::io::ErrorKind::AddrInUse => {
            Error(format!("{address} is taken by another program; name another port, or 0 for a free one"))
        }
        _ => Error(format!("cannot listen on {address}: {e}")),
    })
}

/// Reads the state that `options` name, as it will be read when it is served.
///
/// # Errors
/// Names its file, and says what to do.
pub fn read_state(options: &Options) -> Result<(), Error> {
    store::Store::new(options.state_file.clone()).map(|_| ())
}

/// Serves on `listener` until `shutdown` is over.
pub async fn serve(
    listener: TcpListener,
    options: Options,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<(), Error> {
    let (ends, ending) = watch::channel(());
    let shutdown = async move {
        shutdown.await;
        drop(ends);
    };
    let service = server::router(options, ending)?.into_make_service_with_connect_info::<cut::Cutter>();
    let serving = axum::serve(cut::Cuttable(listener), service).with_graceful_shutdown(shutdown);
    serving.await.map_err(|e| Error(format!("the embedded Px ended: {e}")))
}
