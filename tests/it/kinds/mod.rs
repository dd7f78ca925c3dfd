//! A kind that the tests bring is driven like an order, without a line of the engine for it.

mod report;
mod spool;
mod world;

use jiff::SignedDuration;
use pxdesk::engine::{Driver, Engine, Error, Options};
use pxdesk::kind::Signature;
use pxdesk::order::{Environment, Pace};
use report::{Attempt, Call, Came, Command, Event, Refusal, Report};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use world::{Desk, Request, Shared};

type Journal = Arc<Mutex<Shared>>;

fn desk(name: &'static str, shared: &Journal) -> Engine<Desk> {
    shared.lock().unwrap().alive.push(name.to_owned());
    let options = Options {
        environment: Environment::Embedded,
        agent: "ann".to_owned(),
        complete_room: SignedDuration::from_secs(1),
        quiet: SignedDuration::from_secs(1),
        market_quiet: SignedDuration::from_secs(1),
        fastest: Pace::FASTEST,
        role: pxdesk::order::Role::Supervisor,
        two_people: false,
    };
    Engine::over(Desk { name, shared: Arc::clone(shared) }, options)
}

/// A desk, and a report that was written down.
async fn written() -> (Engine<Desk>, Journal, String) {
    let shared = Journal::default();
    let (engine, id) = (desk("desk-1", &shared), "r1".to_owned());
    let first = Event::Meant { attempt: 0, owner: String::new(), personal: Some("Ann Okafor".to_owned()) };
    reports(&engine).open(&id, first).await.unwrap();
    (engine, shared, id)
}

fn reports(engine: &Engine<Desk>) -> Driver<'_, Desk, Report> {
    engine.of()
}

fn answers(shared: &Journal, answers: &[Came]) {
    shared.lock().unwrap().answers.extend(answers.iter().cloned());
}

fn add(_: &Report) -> Request {
    Request(Call::Add)
}

fn begin(_: &Request, by: Signature) -> Command {
    Command::Add(by)
}

fn tried(owner: &str, came: Came) -> Attempt {
    Attempt { owner: owner.to_owned(), came: Some(came) }
}

#[tokio::test]
async fn the_intent_is_on_disk_before_the_call_leaves_and_the_outcome_before_anyone_is_told() {
    let (engine, shared, id) = written().await;
    answers(&shared, &[Came::Counted("42".to_owned())]);
    let ended = reports(&engine).attempt(&id, add, begin).await.unwrap();
    assert_eq!(ended.thing.attempts, [tried("desk-1", Came::Counted("42".to_owned()))]);
    let shared = shared.lock().unwrap();
    assert_eq!(shared.sent, [(Call::Add, 2)], "written down, and meant");
    assert_eq!(shared.log[&id].len(), 3);
    assert_eq!(shared.log[&id][2].by, "ann");
}

#[tokio::test]
async fn a_call_that_was_turned_away_is_made_once_more_as_an_attempt_of_its_own() {
    let (engine, shared, id) = written().await;
    answers(&shared, &[Came::TurnedAway, Came::TurnedAway, Came::Counted("never".to_owned())]);
    let ended = reports(&engine).attempt(&id, add, begin).await.unwrap();
    assert_eq!(ended.thing.attempts, [tried("desk-1", Came::TurnedAway), tried("desk-1", Came::TurnedAway)]);
    assert_eq!(shared.lock().unwrap().sent.len(), 2, "never a third time");
}

#[tokio::test]
async fn what_may_have_been_done_is_not_sent_again_even_where_the_kind_forgets_to_say_no() {
    let (engine, shared, id) = written().await;
    answers(&shared, &[Came::Unknown]);
    reports(&engine).attempt(&id, add, begin).await.unwrap();
    let again = reports(&engine).attempt(&id, add, begin).await;
    assert!(matches!(again, Err(Error::NotRepeatable { .. })), "{again:?}");
    let probe = reports(&engine).probe(&id, add, begin).await;
    assert!(matches!(probe, Err(Error::NotRepeatable { .. })), "its call declares no probe: {probe:?}");
    assert_eq!(shared.lock().unwrap().sent.len(), 1);
}

#[tokio::test]
async fn a_call_whose_process_is_gone_is_found_and_one_that_lives_is_left_alone() {
    let (engine, shared, id) = written().await;
    let reports_of_one = reports(&engine);
    let call = reports_of_one.attempt(&id, add, begin);
    assert!(tokio::time::timeout(Duration::from_millis(20), call).await.is_err(), "no answer ever comes");
    let other = desk("desk-2", &shared);
    assert_eq!(reports(&other).recover().await.unwrap(), [""; 0], "desk-1 lives");
    shared.lock().unwrap().alive.retain(|alive| alive != "desk-1");
    assert_eq!(reports(&other).recover().await.unwrap(), [id.as_str()]);
    let found = reports(&other).load(&id).await.unwrap();
    assert_eq!(found.attempts, [tried("desk-1", Came::CutOff)]);
    assert_eq!(reports(&other).recover().await.unwrap(), [""; 0]);
}

#[tokio::test]
async fn what_only_asks_writes_nothing_before_and_an_erasure_is_the_end() {
    let (engine, shared, id) = written().await;
    answers(&shared, &[Came::Counted("42".to_owned())]);
    let reports = reports(&engine);
    let look = |_: &Report| Request(Call::Look);
    reports.ask(&id, look, Command::Looked, |_| Command::Looked).await.unwrap();
    assert_eq!(shared.lock().unwrap().sent, [(Call::Look, 1)]);
    let erased = reports.command(&id, Command::Erase).await.unwrap();
    assert_eq!((erased.erased, erased.customer), (true, None));
    let refused = reports.attempt(&id, add, begin).await;
    assert!(matches!(refused, Err(Error::Refusal(Refusal::NotNow))), "{refused:?}");
    let first = Event::Meant { attempt: 0, owner: String::new(), personal: None };
    let again = reports.open(&id, first).await;
    assert!(matches!(again, Err(Error::Refusal(Refusal::Taken))), "{again:?}");
}

#[tokio::test]
async fn what_an_older_copy_of_the_journal_does_not_know_of_is_not_sent_again() {
    let (engine, shared, id) = written().await;
    let copy = shared.lock().unwrap().log.clone();
    answers(&shared, &[Came::TurnedAway, Came::Counted("42".to_owned()), Came::Counted("43".to_owned())]);
    reports(&engine).attempt(&id, add, begin).await.unwrap();
    let now = std::mem::replace(&mut shared.lock().unwrap().log, copy);
    let again = reports(&engine).attempt(&id, add, begin).await;
    assert!(matches!(again, Err(Error::BegunElsewhere { .. })), "{again:?}");
    assert!(again.unwrap_err().to_string().contains("not sent again"));
    {
        let shared = shared.lock().unwrap();
        assert_eq!(
            (shared.sent.len(), shared.log[&id].len()),
            (2, 3),
            "nothing left, and what may have been sent is in doubt"
        );
    }
    // With the right journal put back, it is the kind's own rules that count.
    shared.lock().unwrap().log = now;
    reports(&engine).attempt(&id, add, begin).await.unwrap();
    assert_eq!(shared.lock().unwrap().sent.len(), 3);
}

#[tokio::test]
async fn nothing_is_asked_that_could_not_be_recorded() {
    let (engine, shared, id) = written().await;
    shared.lock().unwrap().lost = true;
    let look = |_: &Report| Request(Call::Look);
    let asked = reports(&engine).ask(&id, look, Command::Looked, |_| Command::Looked).await;
    assert!(matches!(asked, Err(Error::Journal(_))), "{asked:?}");
    assert_eq!(shared.lock().unwrap().sent, []);
}
