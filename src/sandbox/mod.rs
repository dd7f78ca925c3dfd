//! The embedded Px: the other side of the wire, for practice and for tests.
//!
//! Written from the contract (`assets/openapi.json`) and the documented error table, and from nothing else: it shares no
//! code with the client, so that a mistake made on one side shows on the other. It has the real one's clock, rules and
//! refusals; beside it, under `/_sandbox`, it does what a trainer asks: moves its clock, lets the customer accept, fails
//! on demand, and says in a ledger what arrived and what was done.
//!
//! A request goes through `http` (bytes, connections) to `service` (let in, met by a fault or worked on), which asks
//! `gateway` (tokens), `rules` (the four services; with `complete`, `rows`, `rcc`, `scenario`) and `answer` (what a fault
//! makes of the reply); all but `http` are pure. `control` is the trainer's side, `store` keeps the state, `wire` cuts
//! connections, `practice` has a trainee's orders.
//!
//! May touch: axum, tokio, its own state file. Never: any other room of this program.

mod answer;
mod complete;
mod control;
mod fault;
mod gateway;
mod guard;
mod http;
mod practice;
mod rcc;
mod rows;
mod rules;
mod scenario;
mod service;
mod state;
mod store;
mod wire;

#[cfg(test)]
mod tests;

pub use practice::practice_orders;
pub use scenario::Scenario;
pub use store::clock_offset;

use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use tokio::net::TcpListener;
use tokio::sync::watch;

/// What it serves.
#[derive(Clone, Debug)]
pub struct Options {
    pub scenario: Scenario,
    /// What is left to chance is drawn from this.
    pub seed: u64,
    /// Where its state is kept, shared by all processes that serve it; in memory when absent.
    pub state_file: Option<PathBuf>,
}

/// What went wrong, for people: names the address, or the file, line and field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error(pub String);

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Error {}

/// Listens on `address`; port 0 picks a free one.
pub async fn bind(address: SocketAddr) -> Result<TcpListener, Error> {
    TcpListener::bind(address).await.map_err(|e| match e.kind() {
        std::io::ErrorKind::AddrInUse => {
            Error(format!("{address} is taken by another program; name another port, or 0 for a free one"))
        }
        _ => Error(format!("cannot listen on {address}: {e}")),
    })
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
    let service = http::router(options, ending)?.into_make_service_with_connect_info::<wire::Cutter>();
    let serving = axum::serve(wire::Cuttable(listener), service).with_graceful_shutdown(shutdown);
    serving.await.map_err(|e| Error(format!("the embedded Px ended: {e}")))
}
