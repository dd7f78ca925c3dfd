//! A relay between a client and PostgreSQL that can lose an answer: the server has done its work, and the client never hears.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

/// A relay; it ends with the process.
pub struct Relay {
    pub port: u16,
    state: Arc<State>,
}

#[derive(Default)]
struct State {
    armed: AtomicBool,
    swallowed: AtomicUsize,
    silent: AtomicBool,
    pools: AtomicBool,
    /// The clients' ends of the connections so far.
    clients: Mutex<Vec<TcpStream>>,
}

impl Relay {
    /// To the server behind the socket `to`.
    pub fn to(to: &Path) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let state = Arc::new(State::default());
        let (to, shared) = (to.to_owned(), Arc::clone(&state));
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let (to, state) = (to.clone(), Arc::clone(&shared));
                std::thread::spawn(move || pass(client, &to, &state));
            }
        });
        Self { port, state }
    }

    /// From now on clients have no say in how a connection to the server begins, as with a pooler.
    pub fn pool(&self) {
        self.state.pools.store(true, Ordering::SeqCst);
    }

    /// The answer to the next statement that records events is lost, and the connection with it.
    pub fn swallow_the_next_answer(&self) {
        self.state.armed.store(true, Ordering::SeqCst);
    }

    /// From now on nothing comes from the server any more, and no connection ends.
    pub fn fall_silent(&self) {
        self.state.silent.store(true, Ordering::SeqCst);
    }

    /// The clients lose the connections that they have; the server does not notice.
    pub fn cut(&self) {
        for client in self.state.clients.lock().unwrap().drain(..) {
            let _ = client.shutdown(Shutdown::Both);
        }
    }

    /// How many were.
    pub fn swallowed(&self) -> usize {
        self.state.swallowed.load(Ordering::SeqCst)
    }
}

/// Passes bytes both ways. A message to the server that holds the name of our event is one that records.
fn pass(mut client: TcpStream, to: &PathBuf, state: &Arc<State>) {
    let mut server = UnixStream::connect(to).unwrap();
    state.clients.lock().unwrap().push(client.try_clone().unwrap());
    let (mut from_client, mut to_server) = (client.try_clone().unwrap(), server.try_clone().unwrap());
    let recording = Arc::new(AtomicBool::new(false));
    let (seen, armed) = (Arc::clone(&recording), Arc::clone(state));
    std::thread::spawn(move || {
        let mut bytes = vec![0; 65536];
        if armed.pools.load(Ordering::SeqCst) {
            let n = from_client.read(&mut bytes).unwrap();
            to_server.write_all(&without_options(&bytes[..n])).unwrap();
        }
        while let Ok(n @ 1..) = from_client.read(&mut bytes) {
            let records = bytes[..n].windows(18).any(|window| window == b"acceptance_pending");
            if records && armed.armed.swap(false, Ordering::SeqCst) {
                seen.store(true, Ordering::SeqCst);
            }
            if to_server.write_all(&bytes[..n]).is_err() {
                break;
            }
        }
        let _ = to_server.shutdown(Shutdown::Both);
    });
    let mut bytes = vec![0; 65536];
    while let Ok(n @ 1..) = server.read(&mut bytes) {
        // It says that it is done when it is ready for the next statement.
        if recording.load(Ordering::SeqCst) && bytes[..n].windows(6).any(|w| w == b"Z\0\0\0\x05I") {
            state.swallowed.fetch_add(1, Ordering::SeqCst);
            break;
        }
        while state.silent.load(Ordering::SeqCst) {
            std::thread::park();
        }
        if client.write_all(&bytes[..n]).is_err() {
            break;
        }
    }
    let _ = client.shutdown(Shutdown::Both);
    let _ = server.shutdown(Shutdown::Both);
}

/// The first message of a connection without what it asks for as `options`: its length, its version, and names and values.
fn without_options(first: &[u8]) -> Vec<u8> {
    let mut rest: Vec<&[u8]> = first[8..first.len() - 1].split_inclusive(|byte| *byte == 0).collect();
    let at = rest.iter().position(|part| *part == b"options\0").unwrap();
    rest.drain(at..at + 2);
    let rest = rest.concat();
    let length = u32::try_from(rest.len() + 9).unwrap();
    [&length.to_be_bytes(), &first[4..8], &rest, b"\0"].concat()
}
