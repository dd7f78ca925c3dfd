//! The floors of journal and wire: bare SQLite and bare axum, as durable and as fast as they can be had.

use axum::Router;
use axum::body::Bytes;
use axum::http::header::CONTENT_TYPE;
use axum::routing::post;
use axum::serve::ListenerExt as _;
use rusqlite::Connection;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use tokio::net::TcpListener;

/// The path that is asked for, of either server.
pub const PATH: &str = "/pxRetrieveRCC";

/// One row, one commit.
pub const INSERT: &str = "INSERT INTO entries (bytes) VALUES (?)";

/// A table of bytes, written through a log that is synced at each commit: as durable as the journal. Its log has its
/// full length, as that of a journal in use: to sync a file that grows takes far longer.
pub fn sqlite(file: &Path) -> Connection {
    let connection = Connection::open(file).unwrap();
    connection
        .execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
             CREATE TABLE entries (id INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT;
             INSERT INTO entries (bytes) VALUES (zeroblob(5000000)); DELETE FROM entries;",
        )
        .unwrap();
    connection
}

/// How many bytes the last `count` events of the journal at `file` have, the last one first.
pub fn bytes_of_last(file: &Path, count: u32) -> Vec<usize> {
    let connection = Connection::open(file).unwrap();
    let sizes = "SELECT 10 + length(by) + length(event) + length(clear) + coalesce(length(sealed), 0)
            + length(hash) + 3 * 8 FROM events ORDER BY pos DESC LIMIT ?";
    let mut query = connection.prepare(sizes).unwrap();
    let sizes = query.query_map([count], |row| row.get::<_, u32>(0)).unwrap();
    sizes.map(|size| size.unwrap() as usize).collect()
}

/// How many bytes the last row of the queue has.
pub fn bytes_of_row(file: &Path) -> usize {
    let connection = Connection::open(file).unwrap();
    let text = "length(id) + length(environment) + length(transaction_id) + length(partner_order_id) + length(standing)
        + length(agent) + 6 * 8";
    let size = format!("SELECT {text} FROM orders ORDER BY n DESC LIMIT 1");
    connection.query_row(&size, [], |row| row.get::<_, u32>(0)).unwrap() as usize
}

/// A server that answers every request with `reply`.
pub fn axum(reply: Vec<u8>) -> SocketAddr {
    let reply = Bytes::from(reply);
    let answer = move |_: Bytes| async move { ([(CONTENT_TYPE, "application/json")], reply) };
    serve(|listener| async {
        let listener = listener.tap_io(|stream| stream.set_nodelay(true).unwrap());
        axum::serve(listener, Router::new().route(PATH, post(answer))).await.unwrap();
    })
}

/// The embedded Px, its state in memory.
pub fn embedded_px() -> SocketAddr {
    use pxdesk::sandbox::{Options, Scenario, serve as serve_px};
    let options = Options {
        scenario: Scenario::default(),
        seed: 1,
        state_file: None,
        market: false,
        registration: false,
    };
    serve(|listener| async { serve_px(listener, options, std::future::pending()).await.unwrap() })
}

/// Serves on a thread of its own, which ends with the program.
pub fn serve<F: Future<Output = ()>>(server: impl FnOnce(TcpListener) -> F + Send + 'static) -> SocketAddr {
    let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    listener.set_nonblocking(true).unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || block_on(async { server(TcpListener::from_std(listener).unwrap()).await }));
    address
}

/// Runs `future` on a runtime of this thread, as the program does.
pub fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}
