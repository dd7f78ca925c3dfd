//! The trainer's side.

use super::code::Code;
use super::seats::{Seat, Seats};
use super::words::Numbered;
use crate::practice::{Directive, Snapshot};
use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, UdpSocket};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until, timeout_at};

/// How many wrong codes from one address are told so in a second; who tries from there then has to wait.
const WRONG: u32 = 3;
const SECOND: Duration = Duration::from_secs(1);

/// The trainer's side of a classroom. Cheap to clone.
#[derive(Clone)]
pub struct Hub(Arc<Shared>);

struct Shared {
    address: SocketAddr,
    code: Code,
    /// Which classroom it is.
    id: String,
    seats: Mutex<Seats>,
    /// Counts what has changed: for the trainer's screen, and for trainees who wait for something.
    version: watch::Sender<u64>,
    /// Wrong codes: since when they are counted, and how many there were, by the address that they came from.
    wrong: Mutex<HashMap<IpAddr, (Instant, u32)>>,
}

/// Listens already, and serves once it is run.
pub struct Server {
    pub(super) listener: TcpListener,
    pub(super) hub: Hub,
}

impl Hub {
    /// Opens a classroom at `address`; port 0 picks a free one. Without `code` it draws one.
    ///
    /// # Errors
    /// In words: the address cannot be listened on, or the system has no random numbers.
    pub fn bind(address: SocketAddr, code: Option<Code>) -> Result<(Self, Server), String> {
        let listener = TcpListener::bind(address).map_err(|error| match error.kind() {
            std::io::ErrorKind::AddrInUse => {
                format!("{address} is taken by another program; name another port, or 0 for a free one")
            }
            _ => format!("cannot listen on {address}: {error}"),
        })?;
        let failed = |error| format!("cannot listen on {address}: {error}");
        listener.set_nonblocking(true).map_err(failed)?;
        let shared = Shared {
            address: listener.local_addr().map_err(failed)?,
            code: code.map_or_else(Code::new, Ok)?,
            id: random()?,
            seats: Mutex::default(),
            version: watch::Sender::new(0),
            wrong: Mutex::default(),
        };
        let hub = Self(Arc::new(shared));
        Ok((hub.clone(), Server { listener, hub }))
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.0.address
    }

    /// The address that trainees type: where it listens on all of this machine's, the one that others reach it at.
    pub fn reached_at(&self) -> SocketAddr {
        let mut address = self.0.address;
        if address.ip().is_unspecified() {
            let here = match address {
                SocketAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
                SocketAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
            };
            address.set_ip(outward().unwrap_or(here));
        }
        address
    }

    /// What lets a trainee in.
    pub fn code(&self) -> &Code {
        &self.0.code
    }

    /// Who is here, in the order in which they joined.
    pub fn seats(&self) -> Vec<Seat> {
        let mut seats = self.lock();
        seats.mark_away(Instant::now());
        seats.all()
    }

    /// Wants something of the trainee at the seat of this number; false when there is no such seat, or too much waits there.
    pub fn direct(&self, seat: u32, directive: Directive) -> bool {
        let there = self.lock().direct(seat, directive);
        self.bump();
        there
    }

    /// Waits until something has changed since the version `seen`, at first 0, or somebody is away; gives the new version.
    pub async fn changed(&self, seen: u64) -> u64 {
        let mut versions = self.0.version.subscribe();
        loop {
            let away = self.lock().next_away();
            let newer = async { versions.wait_for(|version| *version > seen).await.map(|version| *version) };
            tokio::select! {
                version = newer => match version {
                    Ok(version) => return version,
                    // The sender is this hub's own.
                    Err(_) => std::future::pending::<()>().await,
                },
                () = sleep_until(away.unwrap_or_else(Instant::now)), if away.is_some() => {
                    if self.lock().mark_away(Instant::now()) {
                        self.bump();
                    }
                }
            }
        }
    }

    /// Whether another code may be tried from there now.
    pub(super) fn may_try(&self, from: IpAddr) -> bool {
        let wrong = self.0.wrong.lock().unwrap_or_else(PoisonError::into_inner);
        wrong.get(&from).is_none_or(|(since, count)| *count < WRONG || since.elapsed() >= SECOND)
    }

    /// Counts a try from there that was wrong.
    pub(super) fn wrong_code(&self, from: IpAddr) {
        let mut wrong = self.0.wrong.lock().unwrap_or_else(PoisonError::into_inner);
        wrong.retain(|_, (since, _)| since.elapsed() < SECOND);
        wrong.entry(from).or_insert_with(|| (Instant::now(), 0)).1 += 1;
    }

    pub(super) fn id(&self) -> &str {
        &self.0.id
    }

    /// A seat for `name`, and the name that it goes by; `given`: the name that they had with us before, `had`: their seat.
    pub(super) fn join(
        &self,
        name: &str,
        given: Option<&str>,
        had: Option<&str>,
    ) -> Result<Option<(String, String)>, String> {
        let key = random()?;
        let seat = {
            let mut seats = self.lock();
            let name = seats.known_as(name, given);
            let key = seats.join(name, had, key, Instant::now());
            key.and_then(|key| seats.name(&key).map(|name| (key, name)))
        };
        self.bump();
        Ok(seat)
    }

    pub(super) fn tell(&self, seat: &str, snapshot: Snapshot) -> bool {
        let told = self.lock().tell(seat, snapshot, Instant::now());
        self.bump();
        told
    }

    /// What waits for a seat, which has all up to the number `after`. When that is nothing, waits for it, up to `patience`.
    pub(super) async fn wanted(&self, seat: &str, after: u64, patience: Duration) -> Option<Vec<Numbered>> {
        let until = Instant::now() + patience;
        let mut versions = self.0.version.subscribe();
        // Bound first: the seats are not to be held while this is told.
        let arrived = self.lock().arrived(seat, after, Instant::now())?;
        if arrived {
            self.bump();
        }
        loop {
            versions.borrow_and_update();
            let wanted = self.lock().wanted(seat)?;
            if !wanted.is_empty() || timeout_at(until, versions.changed()).await.is_err() {
                return Some(wanted);
            }
        }
    }

    fn bump(&self) {
        self.0.version.send_modify(|version| *version += 1);
    }

    fn lock(&self) -> MutexGuard<'_, Seats> {
        self.0.seats.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// 32 digits that nobody guesses.
fn random() -> Result<String, String> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|error| format!("this system has no random numbers: {error}"))?;
    Ok(hex::encode(bytes))
}

/// The address of this machine on the network that leads elsewhere. Nothing is sent to find it out.
fn outward() -> Option<IpAddr> {
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).ok()?;
    // An address that is for documentation alone (RFC 5737).
    socket.connect((Ipv4Addr::new(192, 0, 2, 1), 9)).ok()?;
    Some(socket.local_addr().ok()?.ip())
}
