//! The rows of a journal on PostgreSQL, against bare statements by the same library, on a server that this program starts
//! itself, on a socket.

use crate::floor::block_on;
use crate::home::{id, opened, order};
use crate::postgres::{Database, Server};
use crate::pty::Terminal;
use crate::table::Pair;
use crate::{in_turn, percentile};
use pxdesk::journal::{Journal, Moment, Options, every_kind};
use pxdesk::kind::{Kind, List};
use pxdesk::order::{Digest, Environment, Event, NamePersonal, Order, Personal, Timestamp};
use std::path::Path;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio::runtime::Runtime;
use tokio_postgres::{AsyncMessage, Client, NoTls, Statement};

/// How long one round of appends lasts.
const ROUND: Duration = Duration::from_secs(1);
/// Orders that each connection appends to in turn.
const ORDERS: u32 = 50;
/// Rows of a page.
const PAGE: u32 = 64;
/// Changes that another desk's screen is to show.
const CHANGES: u32 = 200;
/// The list of orders.
const LIST: List = <Order as Kind>::LIST;

/// A server, and the folder that it is in.
pub struct Floor {
    server: Server,
    _folder: TempDir,
}

impl Floor {
    /// Started; none, said out loud, where PostgreSQL is not installed.
    pub fn start() -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let open = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        std::fs::set_permissions(folder.path(), open).unwrap();
        let settings = "shared_buffers = 256MB\nmax_wal_size = 4GB";
        let server = Server::start(&folder.path().join("pg"), settings)?;
        Some(Self { server, _folder: folder })
    }

    pub fn database(&self) -> Database {
        self.server.database()
    }
}

/// A bare connection; what others say on it goes to `heard`.
async fn bare(database: &Database, heard: Option<tokio::sync::mpsc::UnboundedSender<Instant>>) -> Client {
    let (client, mut connection) = tokio_postgres::connect(&url(database), NoTls).await.unwrap();
    tokio::spawn(async move {
        while let Some(Ok(message)) = std::future::poll_fn(|cx| connection.poll_message(cx)).await {
            if let (AsyncMessage::Notification(_), Some(heard)) = (message, &heard) {
                let _ = heard.send(Instant::now());
            }
        }
    });
    client
}

/// The address as the library reads it: the folder of the socket is not a host name.
fn url(database: &Database) -> String {
    let socket = database.socket();
    format!("host={} user=postgres dbname={}", socket.parent().unwrap().display(), database.name)
}

/// The journal in the database, as the desk of a machine whose folder is `state` holds it.
async fn journal(database: &Database, state: &Path) -> Journal {
    let options = Options { create: true, state: Some(state.to_owned()), kinds: every_kind() };
    Journal::open_with(&database.place(), &options).await.unwrap()
}

/// Appends a second by so many desks at once, each with a thread and a connection of its own, against as many bare
/// connections that commit one row of as many bytes each.
pub fn append(connections: u32) -> Option<Pair> {
    let floor = Floor::start()?;
    let database = floor.database();
    let home = tempfile::tempdir().unwrap();
    let mut desks = (0..connections).map(|n| Desk::new(&database, home.path(), n)).collect::<Vec<_>>();
    together(&mut desks, Desk::append, Duration::from_millis(200));
    let bytes = bytes_of_last(&database);
    database.sql("CREATE TABLE entries (id bigserial PRIMARY KEY, bytes bytea NOT NULL)").unwrap();
    let mut bare = (0..connections).map(|_| Bare::new(&database, bytes)).collect::<Vec<_>>();
    Some(in_turn(
        5,
        || together(&mut desks, Desk::append, ROUND),
        || together(&mut bare, Bare::insert, ROUND),
    ))
}

/// How often a second all of them do that together, each on a thread of its own.
fn together<T: Send>(all: &mut [T], once: impl Fn(&mut T, usize) + Copy + Send, round: Duration) -> f64 {
    let begun = Instant::now();
    let total: usize = std::thread::scope(|scope| {
        let threads: Vec<_> = all
            .iter_mut()
            .map(|one| {
                scope.spawn(move || {
                    let mut count = 0;
                    while begun.elapsed() < round {
                        once(one, count);
                        count += 1;
                    }
                    count
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).sum()
    });
    f64::from(u32::try_from(total).unwrap()) / begun.elapsed().as_secs_f64()
}

/// A desk and its orders.
struct Desk {
    runtime: Runtime,
    journal: Journal,
    orders: Vec<Order>,
}

impl Desk {
    fn new(database: &Database, home: &Path, n: u32) -> Self {
        let runtime = runtime();
        let (journal, orders) = runtime.block_on(async {
            let journal = journal(database, &home.join(n.to_string())).await;
            let now = Timestamp::now();
            let group = (n * ORDERS..(n + 1) * ORDERS).map(|n| (id(n), opened(order(n, now)))).collect();
            let orders = journal.open_many::<Order>(group, now, "r.diaz").await.unwrap();
            (journal, orders.into_iter().map(Result::unwrap).collect())
        });
        Self { runtime, journal, orders }
    }

    /// A yes of the customer: its name is sealed.
    fn append(&mut self, count: usize) {
        let personal = Some(NamePersonal { name: Personal::new("Ann Okafor") });
        let yes = Event::AcceptedVerbally { sha256: Digest([7; 32]), read: None, personal };
        let at = count % self.orders.len();
        let order = &mut self.orders[at];
        let append = self.journal.append(order, vec![yes], Timestamp::now(), "r.diaz");
        *order = self.runtime.block_on(append).unwrap();
    }
}

/// A bare connection, and the row that it inserts.
struct Bare {
    runtime: Runtime,
    client: Client,
    insert: Statement,
    row: Vec<u8>,
}

impl Bare {
    fn new(database: &Database, bytes: usize) -> Self {
        let runtime = runtime();
        let (client, insert) = runtime.block_on(async {
            let client = bare(database, None).await;
            let insert = client.prepare("INSERT INTO pxdesk.entries (bytes) VALUES ($1)").await.unwrap();
            (client, insert)
        });
        Self { runtime, client, insert, row: vec![0x5a; bytes] }
    }

    fn insert(&mut self, _: usize) {
        self.runtime.block_on(self.client.execute(&self.insert, &[&self.row])).unwrap();
    }
}

fn runtime() -> Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

/// How many bytes the last event has.
fn bytes_of_last(database: &Database) -> usize {
    let sql = "SELECT 40 + octet_length(by) + octet_length(event) + octet_length(clear)
        + coalesce(octet_length(sealed), 0) + octet_length(hash) FROM events ORDER BY pos DESC LIMIT 1";
    database.sql(sql).unwrap().parse().unwrap()
}

/// Milliseconds until the first page of the queue is read, with so many orders, against one indexed statement that brings as
/// many rows.
pub fn page(orders: u32) -> Option<Pair> {
    let floor = Floor::start()?;
    let database = floor.database();
    let home = tempfile::tempdir().unwrap();
    block_on(async {
        fill(&floor, &database, &home.path().join("first"), orders).await;
        let journal = journal(&database, &home.path().join("second")).await;
        let client = bare(&database, None).await;
        let columns = LIST.columns.iter().map(|column| column.name).collect::<Vec<_>>().join(", ");
        // The rows that the page begins with, in the order of their index.
        let sql = format!(
            "SELECT id, seq, {columns} FROM pxdesk.orders WHERE environment = 'embedded' AND attention = $1
             ORDER BY due, opened_at, id LIMIT {PAGE}"
        );
        let select = client.prepare(&sql).await.unwrap();
        let attention = client.query_one("SELECT min(attention) FROM pxdesk.orders", &[]).await.unwrap();
        let attention: i64 = attention.get(0);
        let (mut ours, mut bare) = (Vec::new(), Vec::new());
        for round in 0..220 {
            let begun = Instant::now();
            let moment = Moment { now: Timestamp::now(), today: Timestamp::MIN };
            let rows = journal.queue(Environment::Embedded, moment, None, false, PAGE).await.unwrap();
            let took = millis(begun.elapsed());
            assert_eq!(rows.len(), PAGE as usize);
            let begun = Instant::now();
            let rows = client.query(&select, &[&attention]).await.unwrap();
            assert_eq!(rows.len(), PAGE as usize);
            // The first ones find caches cold.
            if round >= 20 {
                ours.push(took);
                bare.push(millis(begun.elapsed()));
            }
        }
        Some(Pair { ours: percentile(ours, 50), floor: percentile(bare, 50) })
    })
}

/// One order that the journal itself wrote, and copies of it under other ids. Their hashes fit nothing: nobody asks here.
async fn fill(floor: &Floor, database: &Database, state: &Path, orders: u32) {
    let journal = journal(database, state).await;
    let now = Timestamp::now();
    journal.open_thing::<Order>(&id(0), opened(order(0, now)), now, "r.diaz").await.unwrap();
    journal.close().await;
    let names = LIST.columns.iter().map(|column| column.name).collect::<Vec<_>>().join(", ");
    let values = LIST.columns.iter().map(|column| match column.name {
        "transaction_id" => "'T-' || lpad(c.n::text, 7, '0')".to_owned(),
        "partner_order_id" => "'PO-' || lpad(c.n::text, 7, '0')".to_owned(),
        // As those of a day are: spread over its minutes.
        "due" => "l.due + c.n * 7919 % 5000 * 1000000".to_owned(),
        name => format!("l.{name}"),
    });
    let values = values.collect::<Vec<_>>().join(", ");
    let table = LIST.table;
    database
        .sql(&format!(
            "BEGIN; SET session_replication_role = replica;
             CREATE TEMP TABLE copies AS SELECT c AS n, lpad((c * 7919 % 9999991)::text, 10, '0') AS id
                FROM generate_series(2, {orders}::bigint) AS c;
             INSERT INTO things (n, kind, id, sealed_key, seq, hash, proof)
                SELECT c.n, t.kind, c.id, t.sealed_key, t.seq, t.hash, t.proof FROM copies c, things t WHERE t.n = 1;
             INSERT INTO events (pos, thing, seq, at, by, event, clear, sealed, hash, epoch)
                SELECT 1000 + c.n, c.n, e.seq, e.at, e.by, e.event, e.clear, e.sealed, e.hash, e.epoch
                FROM copies c, events e WHERE e.thing = 1;
             INSERT INTO {table} (n, id, seq, {names})
                SELECT c.n, c.id, l.seq, {values} FROM copies c, {table} l WHERE l.n = 1;
             UPDATE counts SET n = {orders}; COMMIT"
        ))
        .unwrap();
    floor.server.psql(&database.name, "VACUUM ANALYZE").unwrap();
}

/// Milliseconds, of 200 changes the third slowest: from the moment that a change of one desk is recorded until
/// the screen of another one shows it, against a bare NOTIFY until it is heard.
pub fn live() -> Option<Pair> {
    let floor = Floor::start()?;
    let database = floor.database();
    let home = tempfile::tempdir().unwrap();
    let config = home.path().join(".config/pxdesk");
    std::fs::create_dir_all(&config).unwrap();
    let (url, key) = (database.url(), database.key().display());
    std::fs::write(config.join("config.toml"), format!("[journal]\nurl = \"{url}\"\nkey_file = \"{key}\"\n"))
        .unwrap();
    let other = Other::start(&database, &home.path().join("other"));
    other.add(0);
    let mut desk = Terminal::start(env!("CARGO_BIN_EXE_pxdesk").as_ref(), None, home.path());
    let shows = |n: u32| move |screen: &vt100::Screen| screen.contents().contains(&format!("T-{n:07}"));
    desk.until(shows(0));
    desk.settle(Duration::from_millis(400));
    let (mut ours, mut bare) = (Vec::new(), Vec::new());
    for n in 1..=CHANGES {
        // The chosen row goes along to the top. Not in step with anything that is done at intervals.
        desk.send(b"\x1b[H");
        desk.settle(Duration::from_micros(150_000 + u64::from(n) * 7919 % 50_000));
        let sent = other.add(n);
        ours.push(millis(desk.until(shows(n)) - sent));
    }
    block_on(async {
        let (told, mut heard) = tokio::sync::mpsc::unbounded_channel();
        let listener = self::bare(&database, Some(told)).await;
        let speaker = self::bare(&database, None).await;
        listener.batch_execute("LISTEN bare").await.unwrap();
        let say = speaker.prepare("SELECT pg_notify('bare', 'order 0000000000')").await.unwrap();
        for _ in 0..CHANGES {
            let sent = Instant::now();
            speaker.query(&say, &[]).await.unwrap();
            bare.push(millis(heard.recv().await.unwrap() - sent));
        }
    });
    Some(Pair { ours: percentile(ours, 99), floor: percentile(bare, 99) })
}

/// Another desk, on a thread of its own, that takes orders in when it is asked to.
struct Other {
    ask: tokio::sync::mpsc::UnboundedSender<u32>,
    recorded: std::sync::mpsc::Receiver<Instant>,
}

impl Other {
    fn start(database: &Database, state: &Path) -> Self {
        let (ask, mut asked) = tokio::sync::mpsc::unbounded_channel();
        let (tell, recorded) = std::sync::mpsc::channel();
        let (place, state) = (database.place(), state.to_owned());
        std::thread::spawn(move || {
            block_on(async {
                let options = Options { create: true, state: Some(state), kinds: every_kind() };
                let journal = Journal::open_with(&place, &options).await.unwrap();
                let now = Timestamp::now();
                while let Some(n) = asked.recv().await {
                    // Each has less time left than the one before, and is above it.
                    let prepared_at = now - jiff::SignedDuration::from_secs(60 + i64::from(n));
                    let first = opened(order(n, prepared_at));
                    journal.open_thing::<Order>(&id(n), first, Timestamp::now(), "j.park").await.unwrap();
                    tell.send(Instant::now()).unwrap();
                }
            });
        });
        Self { ask, recorded }
    }

    /// Has it take in the order of that number; when that was recorded.
    fn add(&self, n: u32) -> Instant {
        self.ask.send(n).unwrap();
        self.recorded.recv().unwrap()
    }
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}
