//! What cannot be noisy: how much the journal reads for what a desk does all day, with few orders and with many.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use crate::journal::{now, opened};
use pxdesk::journal::{Journal, Moment};
use pxdesk::order::{Environment, Order, OrderId, State, Timestamp};
use std::path::Path;

/// A page of SQLite, in bytes.
const PAGE: u64 = 4096;

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

fn id(n: u64) -> OrderId {
    OrderId::from_bits(n.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 14)
}

/// A journal with so many orders, closed.
async fn fill(file: &Path, orders: u64) {
    let journal = Journal::open(file, true).await.unwrap();
    for first in (0..orders).step_by(500) {
        let new = |n| (id(n), opened("embedded", &format!("TX-{n:06}"), &format!("PO-{n:06}")));
        let many = (first..orders.min(first + 500)).map(new).collect();
        for opened in journal.open_many::<Order>(many, now(), "r.diaz").await.unwrap() {
            opened.unwrap();
        }
    }
    journal.close().await;
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
    let (by_id, _) = pages(journal.find(embedded, id(17).as_str())).await;
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
        // A page of 64 rows comes from as many places of the table.
        let places = if what.contains("page") || what.contains("stalled") { 64 } else { 0 };
        assert!(many <= few + DEEPER + places, "{what}: {few} pages with few orders, {many} with many");
    }
}
