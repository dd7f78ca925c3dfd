//! The marketplace: deploys that are received, usage that is taken in, reports that are sent.

use crate::floor::{self, block_on};
use crate::table::Pair;
use crate::{call, in_turn, percentile};
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::routing::post;
use axum::serve::ListenerExt as _;
use futures_util::stream::{self, StreamExt as _};
use pxdesk::engine::{Clock, Engine, Intake, NewDeploy, Presence, ReportStep, Run, Usage, Ways};
use pxdesk::journal::{Journal, Options, Place, every_kind};
use pxdesk::market::{self, Client, Ids, Paths, Request};
use pxdesk::order::{Environment, Secret};
use pxdesk::subscription::{
    Amount, Answer, Billing, By, Calendar, Called, CustomerId, Line, Month, Plan, ProvisioningId,
    ReportState, Sku, read_deploy,
};
use pxdesk::webhook::{self, Deciding, Otherwise, Plans, Proof};
use pxdesk::wire::Transport;
use rusqlite::Connection;
use serde_json::json;
use std::cell::{Cell, RefCell};
use std::fmt::Write as _;
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

/// As many as the receiver serves at once.
const CONNECTIONS: usize = 64;
/// Deploys of one round.
const DEPLOYS: usize = 2_000;
/// Lines of usage that one command takes in.
const LINES: u32 = 100_000;
/// Lines that are recorded together, as the command does.
const GROUP: usize = 10_000;
/// Subscriptions that they are spread over.
const SUBSCRIPTIONS: u32 = 100;
/// Reports that are sent, each of a subscription of its own.
const REPORTS: u32 = 10_000;
/// The rounds that they are sent in.
const ROUNDS: u32 = 5;
/// As many reports as are under way at once, where nothing else is configured.
const AT_ONCE: usize = 4;
/// What is sold; the program itself knows it where people practice.
const SKU: &str = "PRACTICE-STORAGE";

/// Deploys a second that are stored and then answered, against a bare handler that commits as many bytes for each of them
/// by itself.
///
/// The receiver answers one request a connection, so the clients, the same for both, open a new one for each: at any time
/// there are so many, each with one request.
pub fn receiver() -> Pair {
    let floor = Receivers::start();
    let a_second = |times: Times| f64::from(u32::try_from(times.each.len()).unwrap()) / times.whole;
    in_turn(5, || a_second(floor.ours()), || a_second(floor.bare()))
}

/// Milliseconds from a connection until the answer on it is there as a whole, the 99th of a hundred.
pub fn answer() -> Pair {
    let floor = Receivers::start();
    in_turn(5, || percentile(floor.ours().each, 99), || percentile(floor.bare().each, 99))
}

/// The receiver, and the bare one.
struct Receivers {
    ours: SocketAddr,
    bare: SocketAddr,
    next: Cell<usize>,
    _dir: TempDir,
}

/// How long it took: the whole in seconds, each in milliseconds.
struct Times {
    whole: f64,
    each: Vec<f64>,
}

impl Receivers {
    fn start() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("pxdesk.db");
        let ours = {
            let file = file.clone();
            floor::serve(|listener| async move {
                let engine = engine(&file, Environment::Embedded, None).await;
                webhook::serve(listener, engine, receiving(), std::future::pending()).await.unwrap();
            })
        };
        let times = deploys(ours, 0..DEPLOYS);
        assert_eq!(times.each.len(), DEPLOYS);
        // Whether the last answers were taken is recorded after them: three events a deploy.
        std::thread::sleep(Duration::from_millis(500));
        let count = u32::try_from(3 * DEPLOYS).unwrap();
        let bytes = floor::bytes_of_last(&file, count).into_iter().sum::<usize>() / DEPLOYS;
        let raw = floor::sqlite(&dir.path().join("raw.db"));
        let bare = floor::serve(move |listener| async move {
            let raw = Raw::new(Mutex::new((raw, vec![0x5a; bytes])));
            let listener = listener.tap_io(|stream| stream.set_nodelay(true).unwrap());
            let router = Router::new().route("/deploy", post(bare_deploy)).with_state(raw);
            axum::serve(listener, router).await.unwrap();
        });
        deploys(bare, 0..DEPLOYS);
        Self { ours, bare, next: Cell::new(DEPLOYS), _dir: dir }
    }

    fn ours(&self) -> Times {
        let first = self.next.replace(self.next.get() + DEPLOYS);
        deploys(self.ours, first..first + DEPLOYS)
    }

    fn bare(&self) -> Times {
        deploys(self.bare, 0..DEPLOYS)
    }
}

/// A raw table, and the row that goes into it.
type Raw = Arc<Mutex<(Connection, Vec<u8>)>>;

async fn bare_deploy(State(raw): State<Raw>, _: Bytes) -> &'static str {
    let raw = raw.lock().unwrap();
    raw.0.prepare_cached(floor::INSERT).unwrap().execute([&raw.1]).unwrap();
    r#"{"customerId":"C-1"}"#
}

fn receiving() -> webhook::Options {
    let sold = (Billing::Manual, true, Some("GB".to_owned()));
    webhook::Options {
        path: "/deploy".to_owned(),
        first_version: None,
        proof: Proof::default(),
        tls: None,
        plans: Plans { skus: [(sku(), sold)].into(), calendar: Calendar::new().unwrap() },
        deciding: Deciding::Assign,
        assign: "C-{n}".to_owned().try_into().unwrap(),
        within: Duration::from_secs(10),
        otherwise: Otherwise::Assign,
        refusal: Answer::refusal("Please call us.").unwrap(),
        tell: |_| {},
    }
}

/// Sends these deploys.
fn deploys(to: SocketAddr, numbers: std::ops::Range<usize>) -> Times {
    let begun = Instant::now();
    let each = block_on(async {
        let mut running = JoinSet::new();
        for first in 0..CONNECTIONS {
            let numbers = numbers.clone().skip(first).step_by(CONNECTIONS);
            running.spawn(async move {
                let mut times = Vec::new();
                for n in numbers {
                    let request = request("/deploy", deploy(n).as_bytes());
                    let begun = Instant::now();
                    exchange(to, &request).await;
                    times.push(begun.elapsed().as_secs_f64() * 1000.0);
                }
                times
            });
        }
        running.join_all().await.concat()
    });
    Times { whole: begun.elapsed().as_secs_f64(), each }
}

fn deploy(n: usize) -> String {
    json!({
        "provisioningId": format!("p-{n:07}"), "productId": 123, "productSkus": [SKU],
        "contactEmail": "ann.okafor@buyer.example", "firstName": "Ann", "lastName": "Okafor",
        "companyName": "Okafor Tools", "userAlias": "ABCD",
    })
    .to_string()
}

fn request(path: &str, body: &[u8]) -> Vec<u8> {
    let head = format!(
        "POST {path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\nconnection: close\r\n\
         content-length: {}\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}

/// A request on a connection of its own, to its end.
async fn exchange(to: SocketAddr, request: &[u8]) {
    let mut stream = TcpStream::connect(to).await.unwrap();
    stream.set_nodelay(true).unwrap();
    stream.write_all(request).await.unwrap();
    let mut reply = Vec::with_capacity(512);
    stream.read_to_end(&mut reply).await.unwrap();
    assert!(reply.starts_with(b"HTTP/1.1 200 "), "{}", String::from_utf8_lossy(&reply));
}

/// Milliseconds for the command, from its start to its end, against raw commits of as many lines each, of the same bytes.
pub fn add() -> Pair {
    let month = bill_month();
    let home = tempfile::tempdir().unwrap();
    let raw = floor::sqlite(&home.path().join("raw.db"));
    let lines = lines(month, LINES);
    let lines: Vec<&[u8]> = lines.lines().map(str::as_bytes).collect();
    in_turn(
        3,
        || {
            // Anew each time: its reports would grow otherwise.
            Partner::new().adds(month, LINES, |_| ()).as_secs_f64() * 1000.0
        },
        || {
            let begun = Instant::now();
            let mut insert = raw.prepare(floor::INSERT).unwrap();
            for group in lines.chunks(GROUP) {
                raw.execute_batch("BEGIN IMMEDIATE").unwrap();
                for line in group {
                    insert.execute([line]).unwrap();
                }
                raw.execute_batch("COMMIT").unwrap();
            }
            begun.elapsed().as_secs_f64() * 1000.0
        },
    )
}

/// MB that the command takes at most, against those for a tenth of the lines.
pub fn memory() -> Pair {
    let month = bill_month();
    let peak = |lines| {
        let mut peak = 0;
        Partner::new().adds(month, lines, |pid| peak = peak_of(pid).unwrap_or(peak));
        f64::from(peak) / 1024.0
    };
    let few = peak(LINES / 10);
    Pair { ours: peak(LINES), floor: few }
}

/// The most that the process had resident so far, in KB; none once it has ended.
fn peak_of(pid: u32) -> Option<u32> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse().ok()
}

/// The home of a partner with some subscriptions.
struct Partner(TempDir);

impl Partner {
    fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        let data = home.path().join(".local/share/pxdesk");
        std::fs::create_dir_all(&data).unwrap();
        block_on(async {
            let engine = engine(&data.join("pxdesk.db"), Environment::Embedded, None).await;
            provision(&engine, SUBSCRIPTIONS).await;
            engine.journal().close().await;
        });
        Self(home)
    }

    /// Has the command take in so many lines of that month; how long it took. `look` is called all the while.
    fn adds(&self, month: Month, lines: u32, mut look: impl FnMut(u32)) -> Duration {
        let file = self.0.path().join("usage.jsonl");
        std::fs::write(&file, self::lines(month, lines)).unwrap();
        let begun = Instant::now();
        let mut command = Command::new(env!("CARGO_BIN_EXE_pxdesk"));
        command.args(["market", "usage", "add", "--output", "json", "--json"]).arg(&file);
        command.env_clear().env("HOME", self.0.path()).env("USER", "r.diaz").stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        while child.try_wait().unwrap().is_none() {
            look(child.id());
            std::thread::sleep(Duration::from_millis(1));
        }
        let took = begun.elapsed();
        let output = child.wait_with_output().unwrap();
        let told: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(told["added"], lines, "{told}");
        took
    }
}

/// Each with a key that no other has.
fn lines(month: Month, count: u32) -> String {
    let mut text = String::new();
    for n in 0..count {
        let (of, whole, part) = (n % SUBSCRIPTIONS, n % 977, n % 100);
        writeln!(
            text,
            r#"{{"customerId":"C-{of}","sku":"{SKU}","month":"{month}","count":{whole}.{part:02},"key":"meter-{month}-{n:08}"}}"#
        )
        .unwrap();
    }
    text
}

/// Reports a second, without a limit, against raw requests, each on a connection of its own as ours are, each between two
/// raw commits. The marketplace of both takes whatever comes.
pub fn send() -> Pair {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("pxdesk.db");
    let (theirs, bare) = (taking(), taking());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let engine = runtime.block_on(async {
        let engine = engine(&file, Environment::Sandbox, Some(marketplace(theirs))).await;
        provision(&engine, REPORTS).await;
        use_some(&engine).await;
        engine
    });
    let begun = Instant::now();
    let run = runtime.block_on(run(&engine));
    // The look at the month is once for all rounds.
    let looked = begun.elapsed() / ROUNDS;
    assert_eq!(run.reports.len(), REPORTS as usize);
    let round = REPORTS / ROUNDS;
    let mut rounds =
        run.reports.chunks(round as usize).map(|part| Run { reports: part.to_vec(), ..run.clone() });
    let mut ours = || {
        let part = rounds.next().unwrap();
        let begun = Instant::now();
        let mut taken = 0;
        let ran = runtime.block_on(engine.send_reports(&part, |step| {
            taken += u32::from(matches!(step, ReportStep::Sent(of) if of.state() == ReportState::Reported));
            true
        }));
        let took = begun.elapsed() + looked;
        assert_eq!(taken, round, "{:?}", ran.unwrap());
        f64::from(round) / took.as_secs_f64()
    };
    // The first round tells how many bytes an intent and an outcome are.
    let first = ours();
    let bytes = floor::bytes_of_last(&file, 3 * round).into_iter().sum::<usize>() / round as usize;
    let raw = floor::sqlite(&dir.path().join("raw.db"));
    let insert = RefCell::new(raw.prepare(floor::INSERT).unwrap());
    let half = vec![0x5a; bytes / 2];
    let request = request("/saas-usage/", &usage_body());
    let floor = || {
        let begun = Instant::now();
        runtime.block_on(async {
            let one = |_| async {
                insert.borrow_mut().execute([&half]).unwrap();
                exchange(bare, &request).await;
                insert.borrow_mut().execute([&half]).unwrap();
            };
            stream::iter(0..round).map(one).buffer_unordered(AT_ONCE).collect::<Vec<_>>().await;
        });
        f64::from(round) / begun.elapsed().as_secs_f64()
    };
    let mut first = Some(first);
    in_turn(ROUNDS as usize, || first.take().unwrap_or_else(&mut ours), floor)
}

/// A server that takes whatever comes.
fn taking() -> SocketAddr {
    floor::serve(|listener| async {
        let listener = listener.tap_io(|stream| stream.set_nodelay(true).unwrap());
        axum::serve(listener, Router::new().fallback(|_: Bytes| async {})).await.unwrap();
    })
}

fn marketplace(at: SocketAddr) -> Client {
    let timeout = Duration::from_secs(30);
    let (paths, transport, key) = (Paths::default(), Transport::default(), market::Source::practice());
    let base_url = format!("http://{at}");
    Client::new(market::Settings { base_url, paths, timeout, connect: timeout, transport, key }).unwrap()
}

fn usage_body() -> Vec<u8> {
    let ids = Ids {
        customer_id: customer(REPORTS),
        provisioning_id: ProvisioningId::new("p-0000000").unwrap(),
        product_id: 123,
    };
    Request::usage(&ids, &sku(), Amount::parse("100.5").unwrap())
        .body(&Secret::new(market::PRACTICE_KEY))
        .to_vec()
}

/// All reports of the month, as the command sends them.
async fn run(engine: &Engine) -> Run {
    let month = bill_month();
    engine.take_over_reporting(month, "Ann Okafor", None).await.unwrap();
    let gate = engine.gate(true).await.unwrap();
    if gate.check(engine.clock().now()).is_err() {
        // It is closed just now, which is not what is measured.
        engine.clock().set_offset(jiff::SignedDuration::from_hours(24));
    }
    let view = engine.month(month, &gate).await.unwrap();
    engine.run_of(&view, &[], gate, None, AT_ONCE).await.unwrap()
}

/// One line of usage of each subscription.
async fn use_some(engine: &Engine) {
    let mut intake = Intake::new(engine.clone(), Calendar::new().unwrap(), None);
    let month = bill_month();
    let usage = |n: u32| {
        let line = Line { key: format!("meter-{n:08}"), count: Amount::parse("100.5").unwrap() };
        Usage {
            of: Called::CustomerId(customer(n).as_str().to_owned()),
            also: Vec::new(),
            sku: sku(),
            month,
            line,
        }
    };
    let all: Vec<Usage> = (0..REPORTS).map(usage).collect();
    for group in all.chunks(GROUP) {
        assert!(intake.add(group).await.unwrap().iter().all(|taken| *taken == Ok(true)));
    }
}

/// So many subscriptions, each answered.
async fn provision(engine: &Engine, count: u32) {
    let plan = Plan {
        sku: sku(),
        billing: Billing::Manual,
        usage: true,
        unit: Some("GB".to_owned()),
        known: true,
        starts: None,
    };
    let new = |n: u32| NewDeploy {
        deploy: read_deploy(deploy(n as usize).as_bytes()).unwrap(),
        plans: vec![plan.clone()],
        first_version: false,
        answer: Some((Answer::Provisioned { customer_id: customer(n) }, By::Pattern)),
    };
    let all: Vec<u32> = (0..count).collect();
    for group in all.chunks(500) {
        for received in engine.receive(group.iter().copied().map(new).collect()).await.unwrap() {
            received.unwrap();
        }
    }
}

/// An engine as the program has it, with what it keeps apart from the journal.
async fn engine(file: &Path, environment: Environment, market: Option<Client>) -> Engine {
    let state = file.with_extension("state");
    let options = Options { create: true, state: Some(state.clone()), kinds: every_kind() };
    let journal = Journal::open_with(&Place::File(file.to_owned()), &options).await.unwrap();
    let (px, clock, presence) =
        (call::client("http://127.0.0.1:9"), Clock::default(), Presence::beside(file));
    let ways = Ways { px, market, registration: None };
    Engine::with_state(journal, ways, clock, presence, call::options(environment), &state)
}

fn customer(n: u32) -> CustomerId {
    CustomerId::new(format!("C-{n}")).unwrap()
}

fn sku() -> Sku {
    Sku::new(SKU).unwrap()
}

/// The month whose bill something would go on now.
fn bill_month() -> Month {
    Calendar::new().unwrap().bill_month(jiff::Timestamp::now())
}
