//! A create and a removal over a connection that is cut at every byte of the request and of the reply, whether it was
//! carried out or not: afterwards the world is what was planned, and nothing is there twice.
//!
//! A part of these runs is made with every `cargo test`. All of them:
//! `cargo test --test it registration::cuts:: -- --ignored --nocapture`.

use super::floor::told;
use crate::kit::{get, post};
use pxdesk::engine::{Apply, Clock, Engine, Options, Presence, Registration, Ways};
use pxdesk::journal::{self, Journal, Place, every_kind};
use pxdesk::order::{Environment, Pace, Role};
use pxdesk::registration::{Client, PRACTICE_CONTRACT, Settings, Source};
use pxdesk::registry::file::{Format, read};
use pxdesk::registry::{ContractId, Desired, Plan};
use pxdesk::sandbox;
use pxdesk::wire::Transport;
use serde_json::json;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;

/// Every how manieth byte the short test cuts at.
const STRIDE: usize = 53;

/// Where the connection of the change is cut.
#[derive(Clone, Copy, Debug)]
enum Cut {
    /// After so many bytes of the request, which the server may have by then.
    Request(usize),
    /// The whole request arrives, and so many bytes of the reply come back.
    Reply(usize),
}

/// What is done.
#[derive(Clone, Copy, Debug)]
struct Case {
    /// Whether a customer is removed, or created.
    removes: bool,
    cut: Cut,
}

#[test]
fn cut_here_and_there_nothing_is_there_twice() {
    every(STRIDE);
}

#[test]
#[ignore = "every byte: a minute or two"]
fn cut_anywhere_nothing_is_there_twice() {
    every(1);
}

fn every(stride: usize) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = listener.local_addr().unwrap();
        let scenario = sandbox::Scenario::named("practice").unwrap();
        let options =
            sandbox::Options { scenario, seed: 1, state_file: None, market: false, registration: true };
        tokio::spawn(sandbox::serve(listener, options, std::future::pending()));
        let mut cases = Vec::new();
        for removes in [false, true] {
            let (request, reply) = lengths(server, removes).await;
            let cuts = (0..=request).map(Cut::Request).chain((0..=reply).map(Cut::Reply));
            cases.extend(cuts.map(|cut| Case { removes, cut }));
        }
        let cases: Vec<_> = cases.into_iter().step_by(stride).collect();
        let (limit, count) = (Arc::new(Semaphore::new(24)), cases.len());
        let mut runs = JoinSet::new();
        for (n, case) in cases.into_iter().enumerate() {
            let limit = Arc::clone(&limit);
            runs.spawn(async move {
                let _permit = limit.acquire_owned().await.unwrap();
                one(server, n, case).await;
            });
        }
        while let Some(run) = runs.join_next().await {
            run.unwrap();
        }
        crate::kit::say(&format!("{count} connections were cut\n"));
    });
}

/// How many bytes the request and its reply have, from a run that is not cut.
async fn lengths(server: SocketAddr, removes: bool) -> (usize, usize) {
    let proxy = Proxy::start(server, None).await;
    let number = if removes { 900_001 } else { 900_000 };
    run(server, &proxy, number, removes).await;
    (proxy.request.load(Ordering::SeqCst), proxy.reply.load(Ordering::SeqCst))
}

async fn one(server: SocketAddr, n: usize, case: Case) {
    let proxy = Proxy::start(server, Some(case.cut)).await;
    run(server, &proxy, n, case.removes).await;
    assert!(proxy.has_cut.load(Ordering::SeqCst), "{case:?}: nothing was cut");
}

/// A customer with an application is created, or removed; applied until it is done.
async fn run(server: SocketAddr, proxy: &Proxy, n: usize, removes: bool) {
    let contract = ContractId::new(format!("A-{n}")).unwrap();
    assert_ne!(contract.as_str(), PRACTICE_CONTRACT);
    let home = tempfile::tempdir().unwrap();
    let engine = engine(&home.path().join("pxdesk.db"), proxy.address, contract.clone()).await;
    let start = json!({
        "contract": contract, "create": {
            "applications": [{ "id": "mail" }], "customers": [{ "id": "old" }],
            "pairs": [{ "customer": "old", "application": "mail" }],
        },
    });
    let base = format!("http://{server}/_sandbox/registration");
    let (url, looks) = (format!("{base}/change"), format!("{base}/contracts/{contract}"));
    let (status, said) = tokio::task::spawn_blocking(move || post(&url, &start)).await.unwrap();
    assert_eq!(status, 200, "{said}");
    let text =
        if removes { "application,customer\nmail,\n" } else { "application,customer\nmail,old\n,new\n" };
    let desired = read(text, Format::Csv).unwrap();
    let mut attempts = 0;
    while !applied(&engine, &desired).await {
        attempts += 1;
        assert!(attempts < 4, "{n}: it is never done");
    }
    let world = tokio::task::spawn_blocking(move || get(&looks)).await.unwrap();
    let expected: &[&str] = if removes {
        &["application mail null"]
    } else {
        &["application mail null", "customer new null", "customer old null", "pair old mail"]
    };
    assert_eq!(told(&world), expected, "{n}");
    engine.journal().close().await;
}

/// Plans and applies; true once there is nothing left to do.
async fn applied(engine: &Engine, desired: &Desired) -> bool {
    let stop = watch::channel(false).1;
    engine.finish_run(&mut |_| {}, &stop, false).await.unwrap();
    let listing = engine.list_contract().await.unwrap();
    let plan = Plan::new(desired, &listing).unwrap();
    if plan.is_empty() {
        return true;
    }
    let apply = Apply { plan: &plan, listing: &listing, reason: None, create_again: false, stop };
    engine
        .apply(&apply, &mut |_| {})
        .await
        .is_ok_and(|applied| applied.halt.is_none() && applied.failed.is_empty())
}

/// An engine whose journal is that file, and whose registration is at that address.
pub async fn engine(file: &Path, address: SocketAddr, contract: ContractId) -> Engine {
    let state = file.with_extension("state");
    let options = journal::Options { create: true, state: Some(state.clone()), kinds: every_kind() };
    let journal = Journal::open_with(&Place::File(file.to_owned()), &options).await.unwrap();
    let timeout = Duration::from_secs(5);
    let client = Client::new(Settings {
        base_url: Some(format!("http://{address}/")),
        contract: contract.clone(),
        trailing_slash: false,
        timeout,
        connect: timeout,
        transport: Transport::default(),
        credentials: Source::practice(),
    })
    .unwrap();
    let quiet = jiff::SignedDuration::from_millis(300);
    let registration = Registration { client, contract, quiet, concurrency: 4, requests_per_second: None };
    let px =
        pxdesk::px::Client::new(crate::server::settings("http://127.0.0.1:9", "http://127.0.0.1:9/token"));
    let ways = Ways { px: px.unwrap(), market: None, registration: Some(registration) };
    let options = Options {
        environment: Environment::Sandbox,
        agent: "r.diaz".to_owned(),
        complete_room: jiff::SignedDuration::from_secs(2),
        quiet: jiff::SignedDuration::from_secs(2),
        market_quiet: jiff::SignedDuration::from_secs(2),
        fastest: Pace::new(60_000).unwrap(),
        role: Role::Supervisor,
        two_people: false,
    };
    Engine::with_state(journal, ways, Clock::default(), Presence::beside(file), options, &state)
}

/// Between the client and the server; cuts the first change once.
struct Proxy {
    address: SocketAddr,
    has_cut: Arc<AtomicBool>,
    /// How long the last change was, and its reply.
    request: Arc<AtomicUsize>,
    reply: Arc<AtomicUsize>,
}

impl Proxy {
    async fn start(server: SocketAddr, cut: Option<Cut>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let proxy = Self {
            address: listener.local_addr().unwrap(),
            has_cut: Arc::default(),
            request: Arc::default(),
            reply: Arc::default(),
        };
        let (has_cut, request, reply) =
            (Arc::clone(&proxy.has_cut), Arc::clone(&proxy.request), Arc::clone(&proxy.reply));
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let (has_cut, request, reply) =
                    (Arc::clone(&has_cut), Arc::clone(&request), Arc::clone(&reply));
                tokio::spawn(async move { pass(client, server, cut, (&has_cut, &request, &reply)).await });
            }
        });
        proxy
    }
}

/// Passes requests on, one after the other, each over a connection of its own.
async fn pass(
    mut client: TcpStream,
    server: SocketAddr,
    cut: Option<Cut>,
    (has_cut, request_length, reply_length): (&AtomicBool, &AtomicUsize, &AtomicUsize),
) -> Option<()> {
    loop {
        let request = message(&mut client).await?;
        let changes = request.starts_with(b"POST") || request.starts_with(b"DELETE");
        let cut = cut.filter(|_| changes && !has_cut.swap(true, Ordering::SeqCst));
        let mut upstream = TcpStream::connect(server).await.ok()?;
        if let Some(Cut::Request(bytes)) = cut {
            upstream.write_all(&request[..bytes.min(request.len())]).await.ok()?;
            // What arrived whole is carried out before the connection is seen to be gone.
            tokio::time::sleep(Duration::from_millis(20)).await;
            return None;
        }
        upstream.write_all(&request).await.ok()?;
        let reply = message(&mut upstream).await?;
        if changes {
            request_length.store(request.len(), Ordering::SeqCst);
            reply_length.store(reply.len(), Ordering::SeqCst);
        }
        if let Some(Cut::Reply(bytes)) = cut {
            client.write_all(&reply[..bytes.min(reply.len())]).await.ok()?;
            return None;
        }
        client.write_all(&reply).await.ok()?;
    }
}

/// A whole message; none when the connection ends before.
async fn message(from: &mut TcpStream) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    loop {
        if let Some(head) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            let text = String::from_utf8_lossy(&bytes[..head]).to_lowercase();
            let length = text.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
            if bytes.len() >= head + 4 + length.unwrap_or(0_usize) {
                return Some(bytes);
            }
        }
        if from.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
}
