//! Copies of a journal from one store to the other, and back.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use crate::journal::{now, open, whole_life};
use crate::shelf::Shelf;
use pxdesk::journal::{Error, Journal, Options, Place, every_kind};
use pxdesk::order::{Event, Order, OrderId};
use std::fs;

fn options() -> Options {
    Options { create: false, state: None, kinds: every_kind() }
}

fn share_key(from: &Shelf, to: &Shelf) {
    fs::copy(from.place().key_file(), to.place().key_file()).unwrap();
}

async fn copy(from: &Place, to: &Place) -> Result<u64, Error> {
    Journal::copy(from, to, &options(), |_| ()).await.map(|report| report.events)
}

fn pending() -> Vec<Event> {
    vec![Event::AcceptancePending { checks: 1, answered: false }]
}

#[tokio::test]
async fn there_and_back_is_identical() {
    let (file, back) = (Shelf::file(), Shelf::file());
    let Some(server) = Shelf::postgres() else { return };
    let journal = file.open().await;
    let mut orders = Vec::new();
    for number in 0..30 {
        orders.push(open(&journal, number).await);
    }
    let lived = journal.append(&orders[3], whole_life(), now(), "a").await.unwrap();
    let erased = vec![Event::Erased { reason: "asked".into() }];
    journal.append(&orders[4], erased, now(), "a").await.unwrap();
    let point = journal.checkpoint(now()).await.unwrap();
    journal.close().await;
    for to in [&server, &back] {
        share_key(&file, to);
    }
    let events = copy(&file.place(), &server.place()).await.unwrap();
    assert_eq!(server.dump(), file.dump());
    let there = server.open().await;
    assert_eq!(there.load::<Order>(&lived.id).await.unwrap(), lived);
    let held = there.verify(Some(&point), |_| ()).await.unwrap().problems;
    assert_eq!(held, [], "a checkpoint of the file holds there");
    assert_eq!(there.id(), Journal::open_with(&file.place(), &options()).await.unwrap().id());
    there.close().await;
    assert_eq!(copy(&server.place(), &back.place()).await.unwrap(), events);
    assert_eq!(back.dump(), file.dump(), "there and back");
}

/// On a server, positions stay unused: a copy in a file keeps them as they are, and goes on after them.
#[tokio::test]
async fn a_copy_in_a_file_goes_on_and_is_copied_again() {
    let (Some(server), Some(other)) = (Shelf::postgres(), Shelf::postgres()) else { return };
    let (one, two) = (server.open().await, server.open().await);
    for number in 0..10 {
        let order = open(&one, number).await;
        let order = two.append(&order, pending(), now(), "b").await.unwrap();
        // With positions drawn earlier than those that the other desk has just used.
        let order = one.load::<Order>(&order.id).await.unwrap();
        one.append(&order, pending(), now(), "a").await.unwrap();
    }
    let elsewhere = one.checkpoint(now()).await.unwrap();
    for journal in [one, two] {
        journal.close().await;
    }
    let file = Shelf::file();
    for to in [&file, &other] {
        share_key(&server, to);
    }
    copy(&server.place(), &file.place()).await.unwrap();
    assert_eq!(file.dump(), server.dump());

    let journal = file.open_remembered().await;
    let order = journal.load::<Order>(&OrderId::from_bits(6)).await.unwrap();
    journal.append(&order, pending(), now(), "c").await.unwrap();
    open(&journal, 41).await;
    let point = journal.checkpoint(now()).await.unwrap();
    let order = open(&journal, 42).await;
    assert_eq!(journal.verify(Some(&point), |_| ()).await.unwrap().problems, []);
    let said = journal.verify(Some(&elsewhere), |_| ()).await.unwrap().problems;
    assert!(said[0].what.contains("verify it there"), "{said:?}");
    journal.close().await;
    let journal = file.open_remembered().await;
    assert_eq!(journal.doubt(), None);
    journal.append(&order, pending(), now(), "c").await.unwrap();
    journal.close().await;

    copy(&file.place(), &other.place()).await.unwrap();
    assert_eq!(other.dump(), file.dump());
    let journal = other.open().await;
    open(&journal, 43).await;
    assert_eq!(journal.verify(None, |_| ()).await.unwrap().problems, []);
    // What went from the end of a journal with gaps is missed on the machine that wrote it.
    file.tamper("DELETE FROM events WHERE pos = (SELECT max(pos) FROM events)");
    assert!(file.open_remembered().await.doubt().is_some());
    assert!(!file.open().await.verify(None, |_| ()).await.unwrap().problems.is_empty());
}

#[tokio::test]
async fn only_a_whole_journal_is_copied_and_only_where_there_is_none() {
    let (file, to) = (Shelf::file(), Shelf::file());
    let Some(server) = Shelf::postgres() else { return };
    open(&file.open().await, 1).await;
    // Without the key, and with another.
    let refused = copy(&file.place(), &server.place()).await.unwrap_err();
    assert!(matches!(refused, Error::NoKey { .. }), "{refused}");
    open(&to.open().await, 1).await;
    share_key(&to, &server);
    let refused = copy(&file.place(), &server.place()).await.unwrap_err();
    assert!(matches!(refused, Error::WrongKey { .. }), "{refused}");
    share_key(&file, &server);
    // Where there is one.
    share_key(&file, &to);
    let refused = copy(&file.place(), &to.place()).await.unwrap_err().to_string();
    assert!(refused.contains("is there already"), "{refused}");
    copy(&file.place(), &server.place()).await.unwrap();
    let refused = copy(&file.place(), &server.place()).await.unwrap_err().to_string();
    assert!(refused.contains("only an empty one"), "{refused}");
    // One that is not whole.
    file.tamper("UPDATE events SET by = 'x'");
    let fresh = Shelf::file();
    share_key(&file, &fresh);
    let refused = copy(&file.place(), &fresh.place()).await.unwrap_err().to_string();
    assert!(refused.contains("was not copied"), "{refused}");
    assert!(!fresh.place().file().unwrap().exists());
}

#[tokio::test]
async fn an_empty_journal_on_a_server_gives_way_to_the_copy() {
    let file = Shelf::file();
    let Some(server) = Shelf::postgres() else { return };
    open(&file.open().await, 1).await;
    let empty = server.open().await;
    let id = empty.id();
    empty.close().await;
    fs::remove_file(server.place().key_file()).unwrap();
    share_key(&file, &server);
    copy(&file.place(), &server.place()).await.unwrap();
    let journal = server.open().await;
    assert_ne!(journal.id(), id);
    assert_eq!(journal.id(), file.open().await.id());
}
