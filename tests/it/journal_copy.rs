//! Copies of a journal from one store to the other, and back.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use crate::journal::{now, open, whole_life};
use crate::shelf::Shelf;
use pxdesk::journal::{Error, Journal, Misfit, Options, Place, every_kind};
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

/// What a checkpoint of a server has seen can be told there alone, which is no sign of anything.
#[tokio::test]
async fn a_checkpoint_of_a_server_cannot_be_compared_in_a_file() {
    let (file, Some(server)) = (Shelf::file(), Shelf::postgres()) else { return };
    let there = server.open().await;
    open(&there, 1).await;
    let point = there.checkpoint(now()).await.unwrap();
    assert_eq!(there.has_made(&point), Ok(()));
    there.close().await;
    share_key(&server, &file);
    copy(&server.place(), &file.place()).await.unwrap();
    let copied = Journal::open_with(&file.place(), &options()).await.unwrap();
    assert_eq!(copied.has_made(&point), Err(Misfit::OnServer));
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
    assert!(said[0].what.contains("Verify it there"), "{said:?}");
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

/// The machine that wrote the file remembers where it ended, and nothing of the positions that a server skipped after that.
#[tokio::test]
async fn a_journal_that_was_on_a_server_meanwhile_goes_on_in_a_file_where_it_was_in_one_before() {
    let (file, back) = (Shelf::file(), Shelf::file());
    let Some(server) = Shelf::postgres() else { return };
    let journal = file.open_remembered().await;
    let mut orders = Vec::new();
    for number in 0..3 {
        orders.push(open(&journal, number).await);
    }
    journal.close().await;
    for to in [&server, &back] {
        share_key(&file, to);
    }
    copy(&file.place(), &server.place()).await.unwrap();
    let (one, two) = (server.open().await, server.open().await);
    for desk in [&two, &one] {
        let order = desk.load::<Order>(&orders[0].id).await.unwrap();
        desk.append(&order, pending(), now(), "b").await.unwrap();
    }
    for journal in [one, two] {
        journal.close().await;
    }
    copy(&server.place(), &back.place()).await.unwrap();
    let journal = back.try_open(Some(&file.state())).await.unwrap();
    assert_eq!(journal.doubt(), None);
    journal.append(&orders[1], pending(), now(), "c").await.unwrap();
    journal.close().await;
    // What this machine saw is still missed when it is gone.
    back.tamper("DELETE FROM events WHERE pos = 2");
    back.tamper("UPDATE journal SET events = events - 1");
    assert!(back.try_open(Some(&file.state())).await.unwrap().doubt().is_some());
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

/// A copy that was made and verified is nothing that this machine has seen of the journal; and one that came back from a file
/// has all that it has seen, whatever the epochs.
#[tokio::test]
async fn copies_are_made_on_a_machine_that_remembers_the_journal() {
    let (Some(floor), Some(rehearsed), Some(back)) =
        (Shelf::postgres(), Shelf::postgres(), Shelf::postgres())
    else {
        return;
    };
    let options = Options { state: Some(floor.state()), ..options() };
    let copy =
        async |from: &Place, to: &Place| Journal::copy(from, to, &options, |_| ()).await.unwrap().events;
    let journal = floor.open_remembered().await;
    let order = open(&journal, 1).await;
    for number in 2..4 {
        journal.checkpoint(now()).await.unwrap();
        open(&journal, number).await;
    }
    journal.checkpoint(now()).await.unwrap();
    journal.close().await;
    let file = Shelf::file();
    for to in [&rehearsed, &back, &file] {
        share_key(&floor, to);
    }
    assert_eq!(copy(&floor.place(), &rehearsed.place()).await, 3);
    // Looked at and copied on, it is still nothing that was seen where the journal is.
    let further = Shelf::file();
    share_key(&floor, &further);
    assert_eq!(copy(&rehearsed.place(), &further.place()).await, 3);
    let looked = Journal::open_to_look(&rehearsed.place(), &options).await.unwrap();
    assert_eq!(looked.verify(None, |_| ()).await.unwrap().problems, []);
    looked.close().await;
    let journal = floor.open_remembered().await;
    assert_eq!(journal.doubt(), None, "the copy's own checkpoint was never in it");
    journal.append(&order, pending(), now(), "a").await.unwrap();
    journal.close().await;

    copy(&floor.place(), &file.place()).await;
    assert_eq!(copy(&file.place(), &back.place()).await, 4);
    let journal = Journal::open_with(&back.place(), &options).await.unwrap();
    assert_eq!(journal.doubt(), None, "its one checkpoint is over all of it");
    journal.checkpoint(now()).await.unwrap();
    journal.close().await;
    assert_eq!(Journal::open_with(&back.place(), &options).await.unwrap().doubt(), None);
    // The rehearsal lacks what came after it.
    assert!(Journal::open_with(&rehearsed.place(), &options).await.unwrap().doubt().is_some());
}

/// What is wrong with a copy is found before it is there.
#[tokio::test]
async fn a_copy_that_does_not_verify_is_not_made() {
    let (Some(floor), Some(to)) = (Shelf::postgres(), Shelf::postgres()) else { return };
    open(&floor.open().await, 1).await;
    to.open().await.close().await;
    to.tamper("DROP INDEX pxdesk.orders_under_way");
    share_key(&floor, &to);
    for _ in 0..2 {
        let refused = copy(&floor.place(), &to.place()).await.unwrap_err().to_string();
        assert!(refused.contains("was not copied: the index `orders_under_way`"), "{refused}");
    }
}

#[tokio::test]
async fn a_copy_removes_what_a_killed_one_left_and_nothing_whose_writer_lives() {
    let (file, to) = (Shelf::file(), Shelf::file());
    let journal = file.open().await;
    open(&journal, 1).await;
    journal.close().await;
    share_key(&file, &to);
    let Place::File(path) = to.place() else { panic!() };
    let at = |name: &str| path.with_file_name(name);
    let (gone, alive) = (at("pxdesk.db.new-01"), at("pxdesk.db.new-02"));
    for left in [&gone, &at("pxdesk.db.new-01-journal"), &at("pxdesk.db.new-01.held"), &alive] {
        fs::write(left, "").unwrap();
    }
    let writer = fs::File::create(at("pxdesk.db.new-02.held")).unwrap();
    writer.lock().unwrap();
    copy(&file.place(), &to.place()).await.unwrap();
    assert!(!gone.exists() && !at("pxdesk.db.new-01.held").exists());
    assert!(!at("pxdesk.db.new-01-journal").exists());
    assert!(alive.exists(), "one is at work");
    let names = fs::read_dir(path.parent().unwrap()).unwrap().map(|entry| entry.unwrap().file_name());
    let drafts = names.filter(|name| name.to_string_lossy().contains(".new-")).count();
    assert_eq!(drafts, 2, "nothing of its own stays behind: {drafts}");
}
