//! A contract: its plan against a bare sort-merge of the same keys, and its application against raw requests.

use crate::in_turn;
use crate::table::Pair;
use futures_util::StreamExt as _;
use pxdesk::engine::{Apply, Clock, Engine, Presence, Registration, Ways};
use pxdesk::journal::{Journal, Options, Place, every_kind};
use pxdesk::order::{Environment, Secret, Timestamp};
use pxdesk::registration::{
    Client, Credentials, MAX_BODY, PRACTICE_CREDENTIALS, Request, Settings, Signable, Source, sign,
};
use pxdesk::registry::{
    ContractId, Desired, Listed, ListedPair, Listing, Name, PairId, Plan, ProviderId, SurrogateId, Wanted,
};
use pxdesk::sandbox;
use pxdesk::wire::Transport;
use std::hint::black_box;
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use tokio::sync::watch;

const CUSTOMERS: u64 = 100_000;
const APPLICATIONS: u64 = 20;
/// Each customer has so many.
const EACH: u64 = 3;

const CREATES: u32 = 10_000;
const IN_FLIGHT: u8 = 16;

fn id(prefix: &str, n: u64) -> ProviderId {
    ProviderId::new(format!("{prefix}-{n:08}")).unwrap()
}

fn name(n: u64) -> Name {
    Name::new(format!("Customer number {n}")).unwrap()
}

/// The `n`th of `of`, in an order that is none.
fn shuffled(n: u64, of: u64) -> u64 {
    (n * 7_919 + 13) % of
}

/// The applications of a customer.
fn applications_of(customer: u64) -> impl Iterator<Item = u64> {
    (0..EACH).map(move |k| (customer + k * 7) % APPLICATIONS)
}

fn listing() -> Listing {
    let listed = |prefix, n: u64, name| Listed { id: id(prefix, n), name, surrogate: n.into() };
    let customers = || (0..CUSTOMERS).map(|n| shuffled(n, CUSTOMERS));
    let pairs = customers().flat_map(|c| applications_of(c).map(move |a| (c, a)));
    Listing {
        applications: (0..APPLICATIONS).map(|n| listed("app", n, None)).collect(),
        customers: customers().map(|n| listed("customer", n, Some(name(n)))).collect(),
        pairs: pairs
            .zip(0_u64..)
            .map(|((customer, application), n)| ListedPair {
                application: SurrogateId::from(application),
                customer: SurrogateId::from(customer),
                surrogate: n.into(),
            })
            .collect(),
        unusable: Vec::new(),
    }
}

/// The same with a hundredth of the customers gone, a hundredth new, and a hundredth with another name.
fn desired() -> Desired {
    let of = |n: u64| if n % 100 == 7 { n + CUSTOMERS } else { n };
    let kept = |n: &u64| n % 100 != 3;
    let wanted = |n: u64| Wanted {
        id: id("customer", of(n)),
        name: Some(name(if n % 100 == 11 { n + 1 } else { n })),
    };
    let applications = (0..APPLICATIONS).map(|n| Wanted { id: id("app", n), name: None }).collect();
    let pairs: Vec<_> = (0..CUSTOMERS)
        .filter(kept)
        .flat_map(|c| applications_of(c).map(move |a| (c, a)))
        .map(|(c, a)| PairId { customer: id("customer", of(c)), application: id("app", a) })
        .collect();
    Desired::new(applications, (0..CUSTOMERS).filter(kept).map(wanted).collect(), &pairs).unwrap()
}

/// Milliseconds of a plan for 100,000 customers and 300,000 pairs, a hundredth of which changes.
pub fn plan() -> Pair {
    let (desired, listing) = (desired(), listing());
    let millis = |begun: Instant| begun.elapsed().as_secs_f64() * 1e3;
    in_turn(
        7,
        || {
            let begun = Instant::now();
            let plan = Plan::new(black_box(&desired), black_box(&listing)).unwrap();
            assert!(!black_box(plan).is_empty());
            millis(begun)
        },
        || {
            let begun = Instant::now();
            black_box(sort_merge(black_box(&desired), black_box(&listing)));
            millis(begun)
        },
    )
}

/// How many keys of customers and of pairs stand on one side alone.
fn sort_merge(desired: &Desired, listing: &Listing) -> usize {
    let wanted: Vec<&str> = desired.customers().iter().map(|wanted| wanted.id.as_str()).collect();
    let there: Vec<&str> = listing.customers.iter().map(|listed| listed.id.as_str()).collect();
    let wanted_pairs: Vec<_> = desired.pairs().map(|(c, a)| (c.as_str(), a.as_str())).collect();
    // The same number of keys of the same length, whatever they are of.
    let there_pairs: Vec<_> = listing
        .pairs
        .iter()
        .zip(listing.customers.iter().cycle())
        .zip(listing.applications.iter().cycle())
        .map(|((_, c), a)| (c.id.as_str(), a.id.as_str()))
        .collect();
    merged(wanted, there) + merged(wanted_pairs, there_pairs)
}

fn merged<T: Ord>(mut one: Vec<T>, mut other: Vec<T>) -> usize {
    one.sort_unstable();
    other.sort_unstable();
    let (mut left, mut right, mut alone) = (one.iter().peekable(), other.iter().peekable(), 0);
    while let (Some(l), Some(r)) = (left.peek(), right.peek()) {
        let (take_left, take_right) = (l <= r, r <= l);
        alone += usize::from(take_left != take_right);
        if take_left {
            left.next();
        }
        if take_right {
            right.next();
        }
    }
    alone + left.count() + right.count()
}

/// What makes this program measure its memory, in a process of its own: one that did something else before has memory to
/// spare.
pub const MEMORY: &str = "memory-of-a-plan";

/// Megabytes of the listings with a plan being made from them, and of the listings alone.
pub fn memory() -> Pair {
    let me = std::env::current_exe().unwrap();
    let output = std::process::Command::new(me).arg(MEMORY).output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    let [ours, floor] = [0, 1].map(|n| said.split_whitespace().nth(n).unwrap().parse().unwrap());
    Pair { ours, floor }
}

/// Measures it, and prints both.
pub fn measure_memory() {
    let desired = desired();
    let before = megabytes("VmRSS");
    let listing = listing();
    let floor = megabytes("VmRSS") - before;
    // The highest mark begins anew.
    std::fs::write("/proc/self/clear_refs", "5").unwrap();
    let plan = Plan::new(&desired, &listing).unwrap();
    let ours = megabytes("VmHWM") - before;
    black_box((plan, listing));
    println!("{ours} {floor}");
}

fn megabytes(what: &str) -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(what)?.strip_prefix(':')).unwrap();
    line.trim().trim_end_matches(" kB").parse::<f64>().unwrap() / 1024.0
}

/// Creates a second, 16 in flight, recorded before and after, and looked for in a listing; against bare requests to the
/// same server.
pub fn apply() -> Pair {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let server = serve();
    let dir = tempfile::tempdir().unwrap();
    let (mut ours, mut raw) = (0, 0);
    in_turn(
        3,
        || {
            ours += 1;
            runtime.block_on(applied(server, &dir.path().join(format!("{ours}.db")), ours))
        },
        || {
            raw += 1;
            runtime.block_on(requests(server, raw))
        },
    )
}

async fn applied(server: SocketAddr, file: &std::path::Path, round: u64) -> f64 {
    let contract = ContractId::new(format!("A-{round}")).unwrap();
    let engine = engine(file, server, contract).await;
    let customers =
        (0..u64::from(CREATES)).map(|n| Wanted { id: id("customer", n), name: Some(name(n)) }).collect();
    let desired = Desired::new(Vec::new(), customers, &[]).unwrap();
    let listing = engine.list_contract().await.unwrap();
    let plan = Plan::new(&desired, &listing).unwrap();
    let stop = watch::channel(false).1;
    let apply = Apply { plan: &plan, listing: &listing, reason: None, create_again: false, stop };
    let begun = Instant::now();
    let done = engine.apply(&apply, &mut |_| {}).await.unwrap();
    let took = begun.elapsed();
    assert_eq!((done.done, done.failed.len(), done.halt.is_none()), (CREATES as usize, 0, true));
    f64::from(CREATES) / took.as_secs_f64()
}

/// Requests that were signed before, by a bare client that keeps its connections.
async fn requests(server: SocketAddr, round: u64) -> f64 {
    let client = pxdesk::wire::local_client().unwrap();
    let signed: Vec<_> = (0..u64::from(CREATES)).map(|n| signed(&client, server, round, n)).collect();
    let begun = Instant::now();
    let all = signed.into_iter().map(|request| async {
        let answer = client.execute(request).await.unwrap();
        let status = answer.status().as_u16();
        answer.bytes().await.unwrap();
        status
    });
    let answers: Vec<_> = futures_util::stream::iter(all).buffer_unordered(IN_FLIGHT.into()).collect().await;
    let took = begun.elapsed();
    assert!(answers.iter().all(|status| *status == 201));
    f64::from(CREATES) / took.as_secs_f64()
}

fn signed(client: &reqwest::Client, server: SocketAddr, round: u64, n: u64) -> reqwest::Request {
    let request = Request::create_customer(&id("customer", n), Some(&name(n)));
    let target = format!("/config-saas-registration/v1/customers?contractId=B-{round}");
    let host = server.to_string();
    let signable = Signable {
        method: request.method(),
        scheme: "http",
        host: &host,
        path_and_query: &target,
        headers: &[],
        body: request.body().as_bytes(),
    };
    let [client_token, client_secret, access_token] = PRACTICE_CREDENTIALS.map(Secret::new);
    let credentials = Credentials { client_token, client_secret, access_token, max_body: MAX_BODY };
    let nonce = format!("0b5cf3a4-9f1e-4d7e-{round:04}-{n:012}");
    client
        .post(format!("http://{host}{target}"))
        .header("Authorization", sign(&credentials, &signable, Timestamp::now(), &nonce))
        .header("Content-Type", "application/x-www-form-urlencoded")
        .body(request.body().to_owned())
        .build()
        .unwrap()
}

/// The embedded server, on a thread of its own.
fn serve() -> SocketAddr {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    listener.set_nonblocking(true).unwrap();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let scenario = sandbox::Scenario::named("practice").unwrap();
            let options =
                sandbox::Options { scenario, seed: 1, state_file: None, market: false, registration: true };
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            sandbox::serve(listener, options, std::future::pending()).await.unwrap();
        });
    });
    address
}

fn client(server: SocketAddr, contract: ContractId) -> Client {
    let timeout = Duration::from_secs(30);
    Client::new(Settings {
        base_url: Some(format!("http://{server}/")),
        contract,
        trailing_slash: false,
        timeout,
        connect: timeout,
        transport: Transport::default(),
        credentials: Source::practice(),
    })
    .unwrap()
}

async fn engine(file: &std::path::Path, server: SocketAddr, contract: ContractId) -> Engine {
    let state = file.with_extension("state");
    let options = Options { create: true, state: Some(state.clone()), kinds: every_kind() };
    let journal = Journal::open_with(&Place::File(file.to_owned()), &options).await.unwrap();
    let registration = Registration {
        client: client(server, contract.clone()),
        contract,
        quiet: jiff::SignedDuration::from_mins(1),
        concurrency: IN_FLIGHT,
        requests_per_second: None,
    };
    let px = crate::call::client("http://127.0.0.1:9");
    let ways = Ways { px, market: None, registration: Some(registration) };
    let options = crate::call::options(Environment::Sandbox);
    Engine::with_state(journal, ways, Clock::default(), Presence::beside(file), options, &state)
}
