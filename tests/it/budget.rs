//! What cannot be noisy: how much the journal reads for what a desk does all day, with few orders and with many; how often
//! it waits for the disk while usage is taken in.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use crate::journal::{now, opened};
use crate::server::{self, NOWHERE};
use pxdesk::engine::{Engine, Intake, NewDeploy, Usage};
use pxdesk::journal::{ChainKey, Head, Journal, KEY, Moment};
use pxdesk::kind::Kind;
use pxdesk::order::{Environment, Order, OrderId, State, Timestamp};
use pxdesk::subscription::{
    Amount, Answer, Billing, By, Calendar, Called, CustomerId, Line, Month, Plan, Sku, read_deploy,
};
use serde_json::json;
use std::path::Path;

/// A page of a new journal, in bytes.
const PAGE: u64 = 2048;

/// A tree that is a hundred times as large is a level or two deeper; each thing that is done looks into a few trees.
const DEEPER: u64 = 14;

/// Bytes that this thread has read so far, from files and from what the system keeps of them.
fn read_so_far() -> u64 {
    let io = std::fs::read_to_string("/proc/thread-self/io").unwrap();
    io.lines().find_map(|line| line.strip_prefix("rchar: ")).unwrap().parse().unwrap()
}

/// Pages that `work` reads.
async fn pages<T>(work: impl Future<Output = T>) -> (u64, T) {
    let before = read_so_far();
    let done = work.await;
    ((read_so_far() - before).div_ceil(PAGE), done)
}

/// A journal with so many orders, closed: one that the journal itself wrote, and copies of it under other ids. Their hashes
/// fit nothing, for nobody asks here; the head counts and sums them, so that the journal is trusted.
async fn fill(file: &Path, orders: u64) {
    let journal = Journal::open(file, true).await.unwrap();
    let first = opened("embedded", "TX-000000", "PO-000000");
    journal.open_thing::<Order>(&OrderId::from_bits(0), first, now(), "r.diaz").await.unwrap();
    let id = journal.id();
    let one = journal.checkpoint(now()).await.unwrap();
    journal.close().await;
    let columns = <Order as Kind>::LIST.columns.iter().map(|column| match column.name {
        "transaction_id" => "printf('TX-%06d', n)".to_owned(),
        "partner_order_id" => "printf('PO-%06d', n)".to_owned(),
        name => format!("orders.{name}"),
    });
    let columns = columns.collect::<Vec<_>>().join(", ");
    // Spread over all ids, as those that are drawn at random are.
    let sql = format!(
        "CREATE TEMP TABLE copies AS WITH RECURSIVE copies (n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM copies
            WHERE n < {orders} - 1) SELECT n, printf('%010d', (n * 7919) % 9999991) AS id FROM copies;
         INSERT INTO things SELECT copies.n + 1, kind, copies.id, sealed_key FROM copies, things WHERE things.n = 1;
         INSERT INTO events SELECT copies.n + 1, copies.n + 1, seq, before, at, by, event, clear, sealed, zeroblob(32)
            FROM copies, events WHERE pos = 1;
         INSERT INTO orders SELECT copies.n + 1, copies.id, orders.seq, copies.n + 1, {columns} FROM copies, orders WHERE orders.n = 1;
         UPDATE counts SET n = {orders};"
    )
    .replace("'TX-%06d', n", "'TX-%06d', copies.n")
    .replace("'PO-%06d', n", "'PO-%06d', copies.n");
    let conn = rusqlite::Connection::open(file).unwrap();
    conn.execute_batch(&sql).unwrap();
    let mut key = [0; KEY];
    let text = std::fs::read_to_string(file.with_extension("key")).unwrap();
    hex::decode_to_slice(text.trim(), &mut key).unwrap();
    let head = Head { events: orders.cast_signed(), sum: one.sum };
    let proof = ChainKey::derive(&key).head(id, &head);
    let update = "UPDATE journal SET events = ?, proof = ?";
    conn.execute(update, (head.events, proof.0.as_slice())).unwrap();
}

/// Pages read for a start of the desk, a page of the stalled orders, a page further on, three ways to find one, an intake,
/// and the orders in doubt.
async fn of_a_day(file: &Path) -> Vec<(&'static str, u64)> {
    let (embedded, moment) = (Environment::Embedded, Moment { now: now(), today: Timestamp::MIN });
    let (opening, journal) = pages(Journal::open(file, false)).await;
    let journal = journal.unwrap();
    let (queue, rows) = pages(journal.queue(embedded, moment, None, false, 64)).await;
    let rows = rows.unwrap();
    assert_eq!(rows.len(), 64);
    let (counts, _) = pages(journal.order_counts(embedded)).await;
    let (under_way, _) = pages(journal.under_way(embedded)).await;
    let (further, _) = pages(journal.queue(embedded, moment, rows.last(), false, 64)).await;
    let (stalled, _) = pages(journal.stalled(embedded, now(), None, 64)).await;
    let (in_doubt, _) = pages(journal.standing(embedded, State::InDoubt)).await;
    let (by_transaction, found) = pages(journal.find(embedded, "TX-000500")).await;
    assert_eq!(found.unwrap().len(), 1);
    let (by_id, _) = pages(journal.find(embedded, "0000007919")).await;
    let (by_beginning, _) = pages(journal.search(embedded, "TX-0005")).await;
    let new = opened("embedded", "TX-new", "PO-new");
    let (intake, order) = pages(journal.open_thing::<Order>(&OrderId::from_bits(5), new, now(), "a")).await;
    order.unwrap();
    let (taken, again) = pages(journal.open_thing::<Order>(
        &OrderId::from_bits(6),
        opened("embedded", "TX-000321", "PO-x"),
        now(),
        "a",
    ))
    .await;
    assert!(again.is_err());
    vec![
        ("opening", opening),
        ("the first page of the queue", queue),
        ("the numbers of orders", counts),
        ("calls under way", under_way),
        ("the next page", further),
        ("the stalled ones", stalled),
        ("those in doubt", in_doubt),
        ("by transaction id", by_transaction),
        ("by id", by_id),
        ("by how it begins", by_beginning),
        ("an intake", intake),
        ("one whose id is taken", taken),
    ]
}

#[tokio::test]
async fn a_day_reads_the_same_with_a_thousand_orders_and_a_hundred_thousand() {
    let home = tempfile::tempdir().unwrap();
    let (few, many) = (home.path().join("few.db"), home.path().join("many.db"));
    fill(&few, 1_000).await;
    fill(&many, 100_000).await;
    let (few, many) = (of_a_day(&few).await, of_a_day(&many).await);
    for ((what, few), (_, many)) in few.into_iter().zip(many) {
        println!("{what}: {few} pages, {many} pages");
        // A page of 64 rows comes from as many places of the table, each under a page that leads to it.
        let places = if what.contains("page") || what.contains("stalled") { 2 * 64 } else { 0 };
        assert!(many <= few + DEEPER + places, "{what}: {few} pages with few orders, {many} with many");
    }
}

/// What stands in the log of the journal at `file`: transactions, and pages that they wrote.
/// <https://www.sqlite.org/fileformat.html#the_write_ahead_log>
fn logged(file: &Path) -> (usize, usize) {
    let log = std::fs::read(file.with_extension("db-wal")).unwrap();
    let frames = log[32..].chunks(24 + usize::try_from(PAGE).unwrap());
    // The last page of a transaction says how large the file is after it.
    let last = |frame: &&[u8]| frame[4..8] != [0; 4];
    (frames.clone().filter(last).count(), frames.count())
}

/// So many subscriptions, each with a customer, in a journal of their own.
async fn provisioned(file: &Path, count: u32) -> Engine {
    let engine = server::engine(file, Environment::Embedded, NOWHERE).await;
    let sku = Sku::new("SKU").unwrap();
    let new = |n| {
        let body = json!({ "provisioningId": format!("p-{n}"), "productId": 1, "productSkus": ["SKU"] });
        let plan = Plan {
            sku: sku.clone(),
            billing: Billing::Manual,
            usage: true,
            unit: None,
            known: true,
            starts: None,
        };
        let customer_id = CustomerId::new(format!("C-{n}")).unwrap();
        NewDeploy {
            deploy: read_deploy(body.to_string().as_bytes()).unwrap(),
            plans: vec![plan],
            first_version: false,
            answer: Some((Answer::Provisioned { customer_id }, By::Pattern)),
        }
    };
    for received in engine.receive((0..count).map(new).collect()).await.unwrap() {
        received.unwrap();
    }
    engine
}

#[tokio::test]
async fn a_group_of_usage_is_one_transaction_and_a_page_for_a_few_lines() {
    const LINES: u32 = 2_000;
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("pxdesk.db");
    let engine = provisioned(&file, 100).await;
    let month: Month = Calendar::new().unwrap().bill_month(Timestamp::now());
    let mut intake = Intake::new(engine, Calendar::new().unwrap(), None);
    let mut group = async |first: u32| {
        let usage = |n: u32| {
            let line = Line { key: format!("key {n}"), count: Amount::parse("1.5").unwrap() };
            Usage {
                of: Called::CustomerId(format!("C-{}", n % 100)),
                also: Vec::new(),
                sku: Sku::new("SKU").unwrap(),
                month,
                line,
            }
        };
        let usage: Vec<_> = (first..first + LINES).map(usage).collect();
        let (transactions, pages) = logged(&file);
        let new = intake.add(&usage).await.unwrap().into_iter().filter(|taken| *taken == Ok(true)).count();
        let (transactions_after, pages_after) = logged(&file);
        (new, transactions_after - transactions, pages_after - pages)
    };
    for (what, first, all) in [("opened", 0, 2_000), ("added to", LINES, 2_000), ("known", 0, 0)] {
        let (new, transactions, pages) = group(first).await;
        println!("{what}: {transactions} transactions, {pages} pages");
        assert_eq!(new, all, "{what}");
        assert_eq!(transactions, usize::from(all > 0), "{what}");
        assert!(pages <= 120, "{what}: {pages} pages");
    }
}
