//! The worker: how fast it asks for acceptances, how much memory many waiting orders take, and how soon another one takes
//! its place.

use crate::call::engine;
use crate::floor::{self, block_on};
use crate::home::order;
use crate::table::Pair;
use crate::{in_turn, percentile, server};
use jiff::SignedDuration;
use pxdesk::engine::{Engine, Plan, Until, Worker, WorkerOptions};
use pxdesk::order::errand::Backoff;
use pxdesk::order::{Contact, Email, Method, OrderId, Pauses, Timestamp};
use pxdesk::px::Request;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::Ordering::Relaxed;
use std::time::{Duration, Instant};
use tokio::sync::watch;
use tokio::task::JoinSet;

/// Orders that are asked about in one round.
const ORDERS: u32 = 1_000;
/// As many as the worker has under way together.
const AT_ONCE: usize = 16;
/// Orders that wait in memory.
const WAITING: u32 = 10_000;

/// Checks a second of orders that nobody accepts, without a limit, against the same requests over as many connections.
pub fn checks() -> Pair {
    let dir = tempfile::tempdir().unwrap();
    let px = floor::embedded_px();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (engine, ids) = runtime.block_on(async {
        let engine = engine(&dir.path().join("pxdesk.db"), &format!("http://{px}")).await;
        let ids = sent(&engine, ORDERS).await;
        (engine, ids)
    });
    let identity = runtime.block_on(engine.journal().load::<pxdesk::order::Order>(&ids[0])).unwrap().identity;
    let body = Request::acceptance(&identity).body.to_vec();
    let raw = Raw { url: format!("http://{px}/pxGetRCCAcceptance"), token: server::token(px), body };
    let now = Backoff { first: SignedDuration::ZERO, longest: SignedDuration::ZERO };
    let mut worker = Worker::new(engine, WorkerOptions { checks: now, retries: now, at_once: AT_ONCE });
    let (_go_on, stop) = watch::channel(false);
    let a_second = |begun: Instant| f64::from(ORDERS) / begun.elapsed().as_secs_f64();
    in_turn(
        7,
        || {
            let before = worker.tally().checks.load(Relaxed);
            let begun = Instant::now();
            runtime.block_on(worker.round(&stop)).unwrap();
            let rate = a_second(begun);
            let made = worker.tally().checks.load(Relaxed) - before;
            assert_eq!(made, u64::from(ORDERS), "each order is asked about");
            rate
        },
        || {
            let begun = Instant::now();
            runtime.block_on(raw.round());
            a_second(begun)
        },
    )
}

/// The same request, again and again.
#[derive(Clone)]
struct Raw {
    url: String,
    token: String,
    body: Vec<u8>,
}

impl Raw {
    async fn round(&self) {
        let client = pxdesk::wire::local_client().unwrap();
        let mut running = JoinSet::new();
        for n in 0..AT_ONCE {
            let (raw, client) = (self.clone(), client.clone());
            let times = (n..ORDERS as usize).step_by(AT_ONCE).count();
            running.spawn(async move {
                for _ in 0..times {
                    let request = client.post(&raw.url).bearer_auth(&raw.token);
                    let request = request.header("content-type", "application/json").body(raw.body.clone());
                    let reply = request.send().await.unwrap();
                    assert!(reply.status().is_success(), "{}", reply.status());
                    reply.bytes().await.unwrap();
                }
            });
        }
        running.join_all().await;
    }
}

/// So many new orders whose text was sent, and that wait for their customers.
async fn sent(engine: &Engine, orders: u32) -> Vec<OrderId> {
    let plan = Plan {
        method: Method::Email,
        until: Until::Delivered,
        to: Email::new("ann.okafor@example.com").ok().map(Contact::Email),
        accepted_by: None,
        take_over: false,
        pauses: Pauses {
            first: SignedDuration::ZERO,
            longest: SignedDuration::ZERO,
            give_up_after: SignedDuration::ZERO,
        },
    };
    let mut ids = Vec::new();
    for n in 0..orders {
        let id = engine.open(order(n, Timestamp::now())).await.unwrap().id;
        engine.walk(&id, &plan, &mut |_| ()).await.unwrap();
        ids.push(id);
    }
    ids
}

/// Resident memory of the program itself, in MB, while so many orders wait.
pub fn memory() -> Pair {
    let home = tempfile::tempdir().unwrap();
    let data = home.path().join(".local/share/pxdesk");
    std::fs::create_dir_all(&data).unwrap();
    let config = home.path().join(".config/pxdesk");
    std::fs::create_dir_all(&config).unwrap();
    // None of them is due while it is looked at.
    let pauses = "[acceptance]\nfirst_pause = \"10m\"\nlongest_pause = \"10m\"\n";
    std::fs::write(config.join("config.toml"), pauses).unwrap();
    block_on(async {
        let px = floor::embedded_px();
        let engine = engine(&data.join("pxdesk.db"), &format!("http://{px}")).await;
        sent(&engine, WAITING).await;
        engine.journal().close().await;
    });
    let worker = Process::start(home.path());
    worker.until("waiting", WAITING.into());
    std::thread::sleep(Duration::from_secs(3));
    Pair { ours: worker.memory(), floor: f64::NAN }
}

/// Milliseconds from the end of the active worker, killed, until another one is active. On one machine the system lets go of
/// the lease at once.
pub fn takeover() -> Pair {
    let home = tempfile::tempdir().unwrap();
    let mut active = Process::start(home.path());
    active.until("active", 1);
    let mut times = Vec::new();
    for n in 0..9 {
        let next = Process::start(home.path());
        next.until("active", 0);
        // Not in step with how often it looks.
        std::thread::sleep(Duration::from_millis(300 + n * 379 % 1000));
        active.child.kill().unwrap();
        let killed = Instant::now();
        active.child.wait().unwrap();
        next.until("active", 1);
        times.push(killed.elapsed().as_secs_f64() * 1000.0);
        active = next;
    }
    Pair { ours: percentile(times, 99), floor: f64::NAN }
}

/// A worker in a process of its own, with its metrics; killed when dropped.
struct Process {
    child: Child,
    metrics: SocketAddr,
}

impl Process {
    fn start(home: &Path) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_pxdesk"));
        command.args(["worker", "--metrics", "0"]).env_clear().env("HOME", home).env("USER", "r.diaz");
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let line: serde_json::Value = serde_json::from_str(&line).unwrap();
        let address = line["listening"].as_str().unwrap();
        let address = address.trim_start_matches("http://").trim_end_matches("/metrics");
        Self { child, metrics: address.parse().unwrap() }
    }

    /// Waits until the metric is so much.
    fn until(&self, name: &str, wanted: u64) {
        let begun = Instant::now();
        while self.metric(name) != wanted {
            assert!(begun.elapsed() < Duration::from_mins(1), "{name} is never {wanted}");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    fn metric(&self, name: &str) -> u64 {
        let mut stream = TcpStream::connect(self.metrics).unwrap();
        write!(stream, "GET /metrics HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").unwrap();
        let mut page = String::new();
        stream.read_to_string(&mut page).unwrap();
        let line = page.lines().find_map(|line| line.strip_prefix(&format!("pxdesk_worker_{name} ")));
        line.unwrap().parse().unwrap()
    }

    fn memory(&self) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        let kilobytes: u32 = line.split_whitespace().next().unwrap().parse().unwrap();
        f64::from(kilobytes) / 1024.0
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
