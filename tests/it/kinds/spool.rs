//! An answer in hand is never given up, whatever becomes of the disk and of the desk.

use super::report::{Attempt, Came, Report};
use super::world::{Desk, Disk};
use super::{Journal, add, answers, begin, desk, reports, tried, written};
use pxdesk::engine::{Engine, Error, Unrecorded};
use std::time::Duration;

fn counted() -> Came {
    Came::Counted("42".to_owned())
}

/// A report whose answer has come while the disk was so.
async fn answered(disk: Disk) -> (Engine<Desk>, Journal, String) {
    let (engine, shared, id) = written().await;
    answers(&shared, &[counted()]);
    shared.lock().unwrap().then = Some(disk);
    (engine, shared, id)
}

/// The same, with the answer held, for the disk is full.
async fn held() -> (Engine<Desk>, Journal, String) {
    let (engine, shared, id) = answered(Disk::Full).await;
    let ended = reports(&engine).attempt(&id, add, begin).await;
    let Err(Error::Unrecorded { answer, .. }) = ended else { panic!("{ended:?}") };
    assert!(answer.contains("42"), "{answer}");
    (engine, shared, id)
}

fn disk(shared: &Journal, disk: Disk) {
    shared.lock().unwrap().disk = disk;
}

fn dies(shared: &Journal, desk: &str) {
    shared.lock().unwrap().alive.retain(|alive| alive != desk);
}

async fn attempts(engine: &Engine<Desk>, id: &String) -> Vec<Attempt> {
    let report: Report = reports(engine).load(id).await.unwrap();
    report.attempts
}

fn kept(shared: &Journal) -> usize {
    shared.lock().unwrap().spool.len()
}

fn events(shared: &Journal, id: &str) -> usize {
    shared.lock().unwrap().log[id].len()
}

#[tokio::test]
async fn what_a_full_disk_does_not_take_is_recorded_once_there_is_room() {
    let (engine, shared, id) = held().await;
    let held = Unrecorded {
        kind: "report",
        thing: id.clone(),
        answer: format!("{:?}", counted()),
        kept: true,
        remedy: Some("Make room on the disk."),
    };
    assert_eq!((engine.unrecorded(), kept(&shared)), (vec![held], 1));
    assert!(!reports(&engine).offer().await, "there is no room yet");
    assert_eq!(attempts(&engine, &id).await, [Attempt { owner: "desk-1".to_owned(), came: None }]);
    let other = desk("desk-2", &shared);
    reports(&other).recover().await.unwrap();
    assert_eq!(other.unrecorded(), [], "desk-1 lives, and it is its answer");
    assert_eq!(reports(&other).in_hand(&id), Some(format!("{:?}", counted())), "others show it all the same");
    disk(&shared, Disk::Well);
    reports(&engine).keep_offering().await;
    assert_eq!(attempts(&engine, &id).await, [tried("desk-1", counted())]);
    assert_eq!((engine.unrecorded(), kept(&shared)), (vec![], 0));
}

#[tokio::test]
async fn an_answer_is_held_while_others_keep_being_faster_too() {
    let (engine, shared, id) = answered(Disk::Others).await;
    let ended = reports(&engine).attempt(&id, add, begin).await;
    assert!(matches!(ended, Err(Error::Unrecorded { .. })), "{ended:?}");
    assert!(!reports(&engine).offer().await, "they still are");
    assert_eq!((engine.unrecorded().len(), kept(&shared)), (1, 1));
    disk(&shared, Disk::Well);
    reports(&engine).keep_offering().await;
    assert_eq!(attempts(&engine, &id).await, [tried("desk-1", counted())]);
    assert_eq!((engine.unrecorded(), kept(&shared)), (vec![], 0));
}

#[tokio::test]
async fn an_answer_that_a_dead_desk_left_comes_before_the_word_that_its_call_was_cut_off() {
    let (_engine, shared, id) = held().await;
    dies(&shared, "desk-1");
    let other = desk("desk-2", &shared);
    let _ = reports(&other).recover().await;
    assert_eq!(attempts(&other, &id).await, [Attempt { owner: "desk-1".to_owned(), came: None }]);
    assert_eq!(other.unrecorded().len(), 1, "it is in hand, and there is no room yet");
    disk(&shared, Disk::Well);
    let third = desk("desk-3", &shared);
    assert_eq!(reports(&third).recover().await.unwrap(), [""; 0], "nothing is cut off any more");
    assert_eq!(attempts(&third, &id).await, [tried("desk-1", counted())]);
    assert_eq!(kept(&shared), 0);
    reports(&other).keep_offering().await;
    assert_eq!(events(&shared, &id), 3, "recorded once");
}

#[tokio::test]
async fn an_answer_that_is_in_memory_alone_is_a_call_under_way() {
    let (engine, shared, id) = answered(Disk::FullEverywhere).await;
    let reports = reports(&engine);
    let mut call = Box::pin(reports.attempt(&id, add, begin));
    let waiting = tokio::time::timeout(Duration::from_millis(50), &mut call).await;
    assert!(waiting.is_err(), "{waiting:?}");
    assert!(!engine.is_idle() && !engine.unrecorded()[0].kept, "it is not safe to leave");
    disk(&shared, Disk::Well);
    assert_eq!(call.await.unwrap().thing.attempts, [tried("desk-1", counted())]);
    assert!(engine.is_idle() && engine.unrecorded().is_empty());
}

/// A journal that says nothing may never do: the answer is on disk before that is known.
#[tokio::test]
async fn an_answer_is_kept_while_its_first_write_takes_long() {
    let (engine, shared, id) = answered(Disk::Silent).await;
    let reports = reports(&engine);
    let mut call = Box::pin(reports.attempt(&id, add, begin));
    let waiting = tokio::time::timeout(Duration::from_millis(50), &mut call).await;
    assert!(waiting.is_err(), "{waiting:?}");
    assert_eq!((kept(&shared), reports.in_hand(&id)), (1, Some(format!("{:?}", counted()))));
    disk(&shared, Disk::Well);
    assert_eq!(call.await.unwrap().thing.attempts, [tried("desk-1", counted())]);
    assert_eq!((engine.unrecorded(), kept(&shared)), (vec![], 0), "the journal has it");
}

#[tokio::test]
async fn an_answer_that_comes_after_its_call_was_called_cut_off_is_still_recorded() {
    let (engine, shared, id) = held().await;
    dies(&shared, "desk-1");
    let spool = std::mem::take(&mut shared.lock().unwrap().spool);
    disk(&shared, Disk::Well);
    let other = desk("desk-2", &shared);
    assert_eq!(reports(&other).recover().await.unwrap(), [id.as_str()]);
    assert_eq!(attempts(&other, &id).await, [tried("desk-1", Came::CutOff)]);
    // It was stopped, not dead; and what it kept is found by others, too.
    shared.lock().unwrap().spool = spool;
    reports(&engine).keep_offering().await;
    assert_eq!(attempts(&other, &id).await, [tried("desk-1", counted())]);
    reports(&other).recover().await.unwrap();
    assert_eq!((events(&shared, &id), kept(&shared)), (4, 0), "recorded once");
}

#[tokio::test]
async fn a_disk_that_says_it_failed_and_did_not_records_once() {
    let (engine, shared, id) = answered(Disk::Lies).await;
    let ended = reports(&engine).attempt(&id, add, begin).await.unwrap();
    assert_eq!(ended.thing.attempts, [tried("desk-1", counted())]);
    assert_eq!((events(&shared, &id), kept(&shared)), (3, 0));
    assert!(engine.unrecorded().is_empty());
}

#[tokio::test]
async fn an_answer_to_an_attempt_that_an_older_copy_does_not_know_is_kept_for_the_right_journal() {
    let (_engine, shared, id) = held().await;
    dies(&shared, "desk-1");
    disk(&shared, Disk::Well);
    let whole = shared.lock().unwrap().log[&id].clone();
    shared.lock().unwrap().log.get_mut(&id).unwrap().truncate(1);
    let other = desk("desk-2", &shared);
    reports(&other).recover().await.unwrap();
    assert_eq!((attempts(&other, &id).await.len(), kept(&shared)), (0, 1));
    assert!(other.unrecorded()[0].remedy.is_some_and(|remedy| remedy.contains("right journal")));
    // An attempt of the same number that another process makes is not the one that was answered.
    shared.lock().unwrap().begun.clear();
    answers(&shared, &[Came::Unknown]);
    reports(&other).attempt(&id, add, begin).await.unwrap();
    assert!(!reports(&other).offer().await);
    assert_eq!((attempts(&other, &id).await, kept(&shared)), (vec![tried("desk-2", Came::Unknown)], 1));
    shared.lock().unwrap().log.insert(id.clone(), whole);
    reports(&other).keep_offering().await;
    assert_eq!((attempts(&other, &id).await, kept(&shared)), (vec![tried("desk-1", counted())], 0));
}
