//! The journal: what is recorded reads back, and nothing else does.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use crate::shelf::{Shelf, on_both_stores};
use pxdesk::journal::{Counts, Error, Journal, Moment};
use pxdesk::order::{Environment, Event, Order, OrderId, State, Summary, Timestamp};
use rusqlite::Connection;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// What must never be found in the files.
const PERSONAL: [&str; 7] = [
    "Anna Okafor",
    "+13035550123",
    "anna@example.com",
    "1 Main Street",
    "tok_secret",
    "card_secret",
    "Your price is $55",
];

pub fn event(value: Value) -> Event {
    serde_json::from_value(value).unwrap()
}

pub fn opened(environment: &str, transaction: &str, partner_order: &str) -> Event {
    event(json!({"kind": "opened", "environment": environment, "salesCode": "S-1", "partnerId": "P-1",
        "partnerOrderId": partner_order, "transactionId": transaction, "addressDetailId": "A-1",
        "prepared_at": "2026-11-20T15:04:05Z", "language": "en",
        "personal": {"customer": {"name": PERSONAL[0], "phone": PERSONAL[1], "email": PERSONAL[2],
            "address": PERSONAL[3]}, "payment_token": PERSONAL[4], "gift_cards": [PERSONAL[5]]}}))
}

/// Every kind of event but the first and the last of an order's life.
fn every_kind() -> Vec<Event> {
    let hash = "ab".repeat(32);
    let error = json!({"api": "complete_order", "httpStatus": 401, "internalCode": "2000",
        "userMessage": "Missing or Invalid sales code; TxID 7", "txId": "7", "row": "complete_order/2000"});
    [
        json!({"kind": "amended", "sales_code": "S-2", "payment_token": true, "gift_cards": false,
            "personal": {"payment_token": PERSONAL[4]}}),
        json!({"kind": "call_started", "attempt": 1, "call": "send_rcc", "method": "sms", "owner": "host:1",
            "personal": {"to": {"sms": PERSONAL[1]}, "request": hash}}),
        json!({"kind": "rcc_retrieved", "attempt": 1, "sha256": hash, "sections": 1, "words": 4, "changed": false, "tx_id": "7",
            "personal": {"rcc": {"sections": [{"text": PERSONAL[6]}]}}}),
        json!({"kind": "rcc_sent", "attempt": 1, "method": "sms", "sha256": hash,
            "sent_at": "2026-11-20T15:05:05.123456789Z"}),
        json!({"kind": "acceptance_pending", "checks": 3, "answered": true}),
        json!({"kind": "acceptance_received", "method": "sms", "sha256": hash, "tx_id": "8"}),
        json!({"kind": "reading_started", "sha256": hash, "afresh": true}),
        json!({"kind": "passage_read", "passage": 0, "millis": 1200}),
        json!({"kind": "passage_read", "passage": 0, "millis": 1200, "words": 5,
            "uptime": {"boot": "b1", "seconds": 7, "millis": 250}}),
        json!({"kind": "reading_interrupted", "passage": 0}),
        json!({"kind": "reading_vouched", "sha256": hash}),
        json!({"kind": "declined", "method": "verbal"}),
        json!({"kind": "accepted_verbally", "sha256": hash, "personal": {"name": PERSONAL[0]}}),
        json!({"kind": "accepted_verbally", "sha256": hash, "personal": {"name": PERSONAL[0]},
            "read": {"timed": {"seconds": 26, "words_per_minute": 120}}}),
        json!({"kind": "call_refused", "attempt": 1, "error": error}),
        json!({"kind": "call_failed", "call": "complete_order", "failure": {"class": "not_sent", "why": "no route"}}),
        json!({"kind": "call_cut_off", "attempt": 1}),
        json!({"kind": "released", "reason": "cleared by phone"}),
        json!({"kind": "completed", "attempt": 1, "order_number": "N1",
            "personal": {"details": {"installAt": PERSONAL[3], "price": 55.5}}}),
        json!({"kind": "abandoned", "reason": "changed their mind"}),
    ]
    .map(event)
    .into()
}

/// Every kind of event but the first and the last.
pub fn whole_life() -> Vec<Event> {
    every_kind()
}

/// The event of that kind.
fn of_kind(kind: &str) -> Event {
    every_kind().into_iter().find(|event| event.kind() == kind).unwrap()
}

/// An order's events once each of those kinds has happened to it.
const ALL: u64 = 21;

pub fn now() -> Timestamp {
    "2026-11-20T15:10:00.123456789Z".parse().unwrap()
}

/// A home with a journal in it.
pub async fn journal() -> (tempfile::TempDir, PathBuf, Journal) {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("pxdesk.db");
    let journal = Journal::open(&file, true).await.unwrap();
    (home, file, journal)
}

pub async fn open(journal: &Journal, number: u64) -> Order {
    let (transaction, partner_order) = (format!("TX-{number}"), format!("PO-{number}"));
    let opened = opened("embedded", &transaction, &partner_order);
    journal.open_thing::<Order>(&OrderId::from_bits(number), opened, now(), "r.diaz").await.unwrap()
}

fn pending(checks: u32) -> Vec<Event> {
    vec![Event::AcceptancePending { checks, answered: false }]
}

/// Runs SQL on the file, past the journal.
pub async fn tamper(file: &Path, sql: &str) {
    tampered(file, sql).unwrap();
}

/// The same; says what SQLite says.
pub fn tampered(file: &Path, sql: &str) -> rusqlite::Result<()> {
    let conn = Connection::open(file)?;
    conn.busy_timeout(std::time::Duration::from_secs(5))?;
    conn.pragma_update(None, "foreign_keys", "OFF")?;
    conn.execute_batch(sql)
}

fn found_in(shelf: &Shelf, texts: &[&str]) -> Vec<String> {
    let bytes = shelf.bytes();
    let found = |text: &&&str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
    texts.iter().filter(found).map(ToString::to_string).collect()
}

on_both_stores!(
    every_event_reads_back_and_nothing_personal_is_in_the_files,
    several_events_are_recorded_together_or_not_at_all,
    what_was_decided_on_an_older_order_is_refused,
    an_identifier_is_used_once_in_an_environment,
    an_erasure_destroys_what_is_personal_and_the_chain_still_verifies,
    two_desks_on_one_journal_take_turns,
    an_append_that_nobody_waits_for_is_whole_or_not_there,
    the_queue_is_read_page_by_page_most_urgent_first,
);

async fn every_event_reads_back_and_nothing_personal_is_in_the_files(shelf: Shelf) {
    let journal = shelf.open().await;
    let mut order = open(&journal, 1).await;
    let mut expected = vec![opened("embedded", "TX-1", "PO-1")];
    for event in every_kind() {
        order = journal.append(&order, vec![event.clone()], now(), "r.diaz").await.unwrap();
        expected.push(event);
    }
    let events: Vec<_> =
        journal.history::<Order>(&order.id).await.unwrap().into_iter().map(|r| (r.seq, r.event)).collect();
    assert_eq!(events, (1..).zip(expected).collect::<Vec<_>>());
    assert_eq!(journal.load::<Order>(&order.id).await.unwrap(), order);

    assert_eq!(found_in(&shelf, &PERSONAL), [""; 0]);
    assert_eq!(found_in(&shelf, &["TX-1", "cleared by phone"]).len(), 2, "the search finds what is there");

    let again = shelf.open().await;
    assert_eq!(again.load::<Order>(&order.id).await.unwrap(), order);
    let mut last = None;
    let report = again.verify(None, |progress| last = Some(progress)).await.unwrap();
    assert_eq!((report.things.get("order"), report.events, report.problems), (Some(&1), ALL, vec![]));
    assert!(last.is_some_and(|p| p.done == p.total && p.total == ALL + 1));
}

async fn several_events_are_recorded_together_or_not_at_all(shelf: Shelf) {
    let journal = shelf.open().await;
    let order = open(&journal, 1).await;
    let all = journal.append(&order, every_kind(), now(), "r.diaz").await.unwrap();
    assert_eq!(all.seq, ALL);
    let twice =
        vec![Event::AcceptancePending { checks: 1, answered: false }, opened("embedded", "TX-2", "PO-2")];
    assert!(matches!(journal.append(&all, twice, now(), "r.diaz").await, Err(Error::Broken { .. })));
    assert_eq!(journal.append(&all, vec![], now(), "r.diaz").await.unwrap(), all);
    assert_eq!(journal.load::<Order>(&all.id).await.unwrap(), all);
}

async fn what_was_decided_on_an_older_order_is_refused(shelf: Shelf) {
    let journal = shelf.open().await;
    let old = open(&journal, 1).await;
    let elsewhere = shelf.open().await;
    let new = elsewhere.append(&old, pending(1), now(), "b").await.unwrap();
    for stale in [pending(2), vec![Event::Erased { reason: "asked".into() }]] {
        let refused = journal.append(&old, stale, now(), "a").await;
        assert!(
            matches!(&refused, Err(Error::Conflict { thing, .. }) if *thing == old.id.to_string()),
            "{refused:?}"
        );
    }
    assert_eq!(journal.load::<Order>(&old.id).await.unwrap(), new);
    let unknown = OrderId::from_bits(99);
    assert!(
        matches!(journal.load::<Order>(&unknown).await, Err(Error::NotFound { thing, .. }) if thing == unknown.to_string())
    );
}

async fn an_identifier_is_used_once_in_an_environment(shelf: Shelf) {
    let journal = shelf.open().await;
    let first = open(&journal, 1).await;
    let take = async |environment, transaction, partner_order, number| {
        let event = opened(environment, transaction, partner_order);
        journal.open_thing::<Order>(&OrderId::from_bits(number), event, now(), "a").await.map(|_| ())
    };
    for (transaction, partner_order, expected) in
        [("TX-1", "PO-2", "transactionId"), ("TX-2", "PO-1", "partnerOrderId")]
    {
        let refused = take("embedded", transaction, partner_order, 2).await;
        let Err(Error::Taken { field, thing, .. }) = refused else { panic!("{refused:?}") };
        assert_eq!((field, thing), (expected, first.id.to_string()));
    }
    take("sandbox", "TX-1", "PO-1", 2).await.unwrap();
    take("embedded", "PO-1", "TX-1", 3).await.unwrap();
    assert_eq!(journal.verify(None, |_| ()).await.unwrap().problems, []);
}

async fn an_erasure_destroys_what_is_personal_and_the_chain_still_verifies(shelf: Shelf) {
    let journal = shelf.open().await;
    let order = open(&journal, 1).await;
    let kept = open(&journal, 2).await;
    let order = journal.append(&order, every_kind(), now(), "a").await.unwrap();
    let key = shelf.sealed_key(order.id.as_str());
    let erased = vec![Event::Erased { reason: "the customer asked".into() }];
    let bare = journal.append(&order, erased, now(), "a").await.unwrap();

    assert!(bare.erased && bare.seq == ALL + 1);
    assert_eq!(bare.personal_values(), [""; 0]);
    assert_eq!(journal.load::<Order>(&order.id).await.unwrap(), bare);
    let shown = format!("{bare:?}");
    assert!(PERSONAL.iter().all(|text| !shown.contains(text)), "{shown}");
    let bytes = shelf.bytes();
    assert!(bytes.windows(key.len()).all(|window| window != key), "the key is still there");

    let late = journal.append(&bare, vec![of_kind("accepted_verbally")], now(), "a").await.unwrap();
    assert_eq!(
        journal.load::<Order>(&order.id).await.unwrap(),
        late,
        "nothing personal is taken in any more"
    );
    assert_eq!(journal.load::<Order>(&kept.id).await.unwrap(), kept);
    assert_eq!(journal.verify(None, |_| ()).await.unwrap().problems, []);
}

async fn two_desks_on_one_journal_take_turns(shelf: Shelf) {
    let one = shelf.open().await;
    let two = shelf.open().await;
    let (mut a, mut b) = (open(&one, 1).await, open(&two, 2).await);
    let version = one.data_version().await.unwrap();
    for n in 0..20 {
        let (left, right) =
            tokio::join!(one.append(&a, pending(n), now(), "a"), two.append(&b, pending(n), now(), "b"));
        (a, b) = (left.unwrap(), right.unwrap());
    }
    // On a server the word of a change takes a moment, a second at most.
    let until = std::time::Instant::now() + std::time::Duration::from_secs(10);
    while one.data_version().await.unwrap() == version {
        assert!(std::time::Instant::now() < until, "the other desk's commits are not noticed");
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    assert_eq!((one.load::<Order>(&b.id).await.unwrap(), two.load::<Order>(&a.id).await.unwrap()), (b, a));
    assert_eq!(one.verify(None, |_| ()).await.unwrap().problems, []);
}

async fn an_append_that_nobody_waits_for_is_whole_or_not_there(shelf: Shelf) {
    let journal = shelf.open().await;
    let id = open(&journal, 1).await.id;
    for yields in 0..30 {
        let order = journal.load::<Order>(&id).await.unwrap();
        let task = tokio::spawn({
            let journal = journal.clone();
            async move { journal.append(&order, every_kind(), now(), "a").await }
        });
        for _ in 0..yields {
            tokio::task::yield_now().await;
        }
        task.abort();
        let _ = task.await;
    }
    // Waits its turn behind what was given up.
    journal.data_version().await.unwrap();
    let mut order = journal.load::<Order>(&id).await.unwrap();
    let mut next = journal.append(&order, pending(1), now(), "a").await;
    if matches!(next, Err(Error::Conflict { .. })) {
        // A server was still at work on what was given up last; that was before this.
        order = journal.load::<Order>(&id).await.unwrap();
        next = journal.append(&order, pending(1), now(), "a").await;
    }
    assert_eq!((order.seq - 1) % (ALL - 1), 0);
    assert_eq!(next.unwrap().seq, order.seq + 1);
    assert_eq!(journal.verify(None, |_| ()).await.unwrap().problems, []);
}

async fn the_queue_is_read_page_by_page_most_urgent_first(shelf: Shelf) {
    let journal = shelf.open().await;
    let mut orders = Vec::new();
    for number in 0..25 {
        orders.push(open(&journal, number).await);
    }
    orders[3] = journal.append(&orders[3], vec![of_kind("completed")], now(), "a").await.unwrap(); // completed
    orders[7] = journal.append(&orders[7], vec![of_kind("call_refused")], now(), "a").await.unwrap(); // refused
    orders[9] = journal.append(&orders[9], vec![of_kind("call_started")], now(), "a").await.unwrap(); // under way

    let moment = Moment { now: now(), today: Timestamp::MIN };
    let queue = async |environment, limit| {
        let mut rows: Vec<Summary> = Vec::new();
        loop {
            let page = journal.queue(environment, moment, rows.last(), false, limit).await.unwrap();
            if page.is_empty() {
                return rows;
            }
            rows.extend(page);
        }
    };
    let mut expected: Vec<_> = orders.iter().map(Summary::of).collect();
    expected.sort_by_cached_key(|row| row.sort_key(now()));
    for limit in [1, 3, 10, 100] {
        assert_eq!(queue(Environment::Embedded, limit).await, expected, "pages of {limit}");
    }
    let pages = expected;
    assert_eq!(queue(Environment::Production, 10).await, []);
    let back = journal.queue(Environment::Embedded, moment, pages.last(), true, 5).await.unwrap();
    assert_eq!(back, pages[19..24], "a page backward is in the same order");
    let refused = journal.standing(Environment::Embedded, State::Refused).await.unwrap();
    assert_eq!(refused, [Summary::of(&orders[7])]);
    assert_eq!((&pages[0].id, &pages[24].id), (&orders[7].id, &orders[3].id));
    let counts = journal.order_counts(Environment::Embedded).await.unwrap();
    assert_eq!(counts, Counts { open: 24, attention: 1, alarms: 0, ready: 0, ended: 1 });
    assert_eq!(journal.order_counts(Environment::Production).await.unwrap(), Counts::default());
    assert_eq!(journal.under_way(Environment::Embedded).await.unwrap(), [Summary::of(&orders[9])]);
    assert_eq!(journal.under_way(Environment::Production).await.unwrap(), []);

    let find = async |text: &str| {
        let found = journal.find(Environment::Embedded, text).await.unwrap();
        found.into_iter().map(|s| s.id).collect::<Vec<_>>()
    };
    let id = |number: u64| OrderId::from_bits(number);
    assert_eq!(find(id(12).as_str()).await, [id(12)]);
    assert_eq!(find(&id(12).as_str().to_uppercase()).await, [id(12)]);
    assert_eq!(find("TX-12").await, [id(12)]);
    assert_eq!(find("PO-24").await, [id(24)]);
    assert_eq!(find("00000").await, [], "a part of an id names nobody's order");
    let search = async |text: &str| {
        let found = journal.search(Environment::Embedded, text).await.unwrap();
        found.into_iter().map(|s| s.id).collect::<Vec<_>>()
    };
    assert_eq!(search("00000").await.len(), 10, "all begin so");
    assert_eq!(search("TX-2").await[0], id(2), "before those that only begin so");
    assert!(search("TX-2").await.contains(&id(20)));
    assert_eq!(find("").await, []);
    assert_eq!(find("%").await, []);
    assert_eq!(journal.find(Environment::Production, "TX-12").await.unwrap(), []);
}
