//! One call of Px with its two appends: the intent before the request leaves, the outcome before anyone is told.

use crate::home::order;
use crate::table::Pair;
use crate::{floor, in_turn, percentile, server};
use pxdesk::engine::{Clock, Engine, Options, Presence};
use pxdesk::journal::Journal;
use pxdesk::order::{Environment, OrderId, Timestamp};
use pxdesk::px::{Client, Paths, Request, Settings, Source, Timeouts};
use pxdesk::wire::Transport;
use std::path::Path;
use std::time::Instant;

const ROUNDS: usize = 7;
/// Each to an order of its own, as long a history as orders have at that point.
const CALLS: usize = 130;

pub fn measure() -> Pair {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("pxdesk.db");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let px = floor::embedded_px();
    let engine = runtime.block_on(engine(&file, &format!("http://{px}")));
    let mut orders = runtime.block_on(open_orders(&engine)).into_iter();
    let first = orders.next().unwrap();
    runtime.block_on(engine.retrieve(&first)).unwrap();
    let order = runtime.block_on(engine.journal().load::<pxdesk::order::Order>(&first)).unwrap();
    let request = Request::retrieve(&order.identity).body.to_vec();
    let raw = Raw::new(server::reply_to(px, &request), request, &floor::bytes_of_last(&file, 2));
    let connection = floor::sqlite(&dir.path().join("raw.db"));
    let mut insert = connection.prepare(floor::INSERT).unwrap();
    in_turn(
        ROUNDS,
        || {
            let times = orders.by_ref().take(CALLS).map(|id| {
                let begun = Instant::now();
                let done = runtime.block_on(engine.retrieve(&id)).unwrap();
                let took = begun.elapsed().as_secs_f64() * 1e6;
                assert!(done.order.retrieval.is_some(), "{:?}", done.order.trouble);
                took
            });
            percentile(times.collect(), 50)
        },
        || {
            let times = (0..CALLS).map(|_| {
                let begun = Instant::now();
                runtime.block_on(raw.call(&mut insert));
                begun.elapsed().as_secs_f64() * 1e6
            });
            percentile(times.collect(), 50)
        },
    )
}

pub async fn engine(file: &Path, base: &str) -> Engine {
    let journal = Journal::open(file, true).await.unwrap();
    Engine::new(
        journal,
        client(base),
        Clock::default(),
        Presence::beside(file),
        options(Environment::Embedded),
    )
}

/// What an engine needs to know besides.
pub fn options(environment: Environment) -> Options {
    let complete_order = Timeouts::default().complete_order;
    Options {
        environment,
        agent: "r.diaz".to_owned(),
        complete_room: complete_order.try_into().unwrap(),
        quiet: (complete_order * 2).try_into().unwrap(),
        market_quiet: (complete_order * 2).try_into().unwrap(),
        fastest: pxdesk::order::Pace::FASTEST,
        role: pxdesk::order::Role::Supervisor,
        two_people: false,
    }
}

/// The way to the Px at `base`.
pub fn client(base: &str) -> Client {
    let client = Client::new(Settings {
        base_url: base.to_owned(),
        token_url: format!("{base}/oauth/v2/token"),
        paths: Paths::default(),
        headers: Vec::new(),
        timeouts: Timeouts::default(),
        transport: Transport::default(),
        credentials: Source::practice(),
    });
    client.unwrap()
}

async fn open_orders(engine: &Engine) -> Vec<OrderId> {
    let now = Timestamp::now();
    let mut orders = Vec::new();
    for n in 0..=ROUNDS * CALLS {
        let new = order(u32::try_from(n).unwrap(), now);
        orders.push(engine.open(new).await.unwrap().id);
    }
    orders
}

/// The same bytes to a bare server and into a bare table.
struct Raw {
    client: reqwest::Client,
    url: String,
    request: Vec<u8>,
    /// What the intent and the outcome take up in the journal.
    intent: Vec<u8>,
    outcome: Vec<u8>,
}

impl Raw {
    /// `sizes`: of the outcome and of the intent.
    fn new(reply: Vec<u8>, request: Vec<u8>, sizes: &[usize]) -> Self {
        Self {
            client: pxdesk::wire::local_client().unwrap(),
            url: format!("http://{}{}", floor::axum(reply), floor::PATH),
            request,
            intent: vec![0x5a; sizes[1]],
            outcome: vec![0x5a; sizes[0]],
        }
    }

    async fn call(&self, insert: &mut rusqlite::Statement<'_>) {
        insert.execute([&self.intent]).unwrap();
        let request = self.client.post(&self.url).header("content-type", "application/json");
        let reply = request.body(self.request.clone()).send().await.unwrap();
        assert!(reply.status().is_success());
        reply.bytes().await.unwrap();
        insert.execute([&self.outcome]).unwrap();
    }
}
