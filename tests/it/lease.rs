//! The lease of a floor's workers: one works, and one that was held up for too long does nothing any more.

use crate::floor::machine;
use crate::journal::open;
use crate::journal_server::append;
use crate::kit::{Home, Sandbox, order};
use crate::postgres::{self, Server};
use crate::worker::{Worker, accept, sent, signal, soon};
use pxdesk::journal::{Error, Standing};
use rustix::process::Signal;
use serde_json::json;
use std::process::Stdio;
use std::time::{Duration, Instant};

/// What a takeover may take on top of the lease: a second, and what a busy machine adds to that.
const SLACK: Duration = Duration::from_secs(4);

/// Every append names the lease: what a worker wants to record once another one has it is refused, whatever it believes.
#[tokio::test]
async fn what_a_worker_records_is_refused_once_another_one_has_the_lease() {
    const LENGTH: Duration = Duration::from_secs(3);
    let Some(database) = postgres::database() else { return };
    let (desk, one, two) = (database.open().await, database.open().await, database.open().await);
    let order = open(&desk, 1).await;
    let mut first = one.lease("one", LENGTH).unwrap();
    let refused = append(&one, &order).await.unwrap_err();
    assert!(matches!(refused, Error::Fenced { .. }), "before it has the lease: {refused}");
    assert_eq!(first.take().await.unwrap(), Standing::Active);
    let mut second = two.lease("two", LENGTH).unwrap();
    assert_eq!(second.take().await.unwrap(), Standing::StandingBy);
    assert!(one.holds().is_ok() && two.holds().is_err() && desk.holds().is_ok());
    let order = append(&one, &order).await.unwrap();

    // Renewed it lasts.
    tokio::time::sleep(LENGTH / 2).await;
    assert_eq!(first.take().await.unwrap(), Standing::Active);
    tokio::time::sleep(LENGTH * 3 / 4).await;
    assert_eq!(second.take().await.unwrap(), Standing::StandingBy);

    // Held up for too long: it sends nothing even before anybody has taken over, and records nothing once somebody has.
    tokio::time::sleep(LENGTH / 2).await;
    assert!(matches!(one.trust(), Err(Error::Fenced { .. })));
    assert_eq!(second.take().await.unwrap(), Standing::Active);
    let refused = append(&one, &order).await.unwrap_err();
    assert!(matches!(refused, Error::Fenced { .. }), "{refused}");
    assert!(refused.to_string().contains("sends nothing more"), "{refused}");
    assert_eq!(append(&two, &order).await.unwrap().seq, order.seq + 1, "nothing was recorded before");
    assert_eq!(first.take().await.unwrap(), Standing::Superseded);
    assert_eq!(first.take().await.unwrap(), Standing::StandingBy);

    // A desk is no worker; and what is given up need not run out.
    let other = open(&desk, 2).await;
    append(&desk, &other).await.unwrap();
    second.give_up().await;
    assert_eq!(first.take().await.unwrap(), Standing::Active);
    let order = one.load(&order.id).await.unwrap();
    append(&one, &order).await.unwrap();
    assert_eq!(database.sql("SELECT number, holder FROM lease").unwrap(), "3|one");
    assert_eq!(desk.verify(None, |_| ()).await.unwrap().problems, []);
}

/// The file that the worker of this home speaks to.
fn says(home: &Home) -> Stdio {
    std::fs::File::create(home.path().join("said")).unwrap().into()
}

fn said(home: &Home) -> String {
    std::fs::read_to_string(home.path().join("said")).unwrap()
}

#[test]
fn a_worker_that_is_held_up_or_killed_is_replaced_and_does_nothing_twice() {
    const LEASE: Duration = Duration::from_secs(4);
    let Some(database) = postgres::database() else { return };
    let px = Sandbox::serve(&[]);
    let (here, there) = (machine(&px, &database), machine(&px, &database));
    let ids: Vec<String> = (1..=7).map(|n| sent(&here, &n.to_string())).collect();
    let state = |n: usize| here.show(&ids[n - 1])["state"].clone();
    let mut first = Worker::start_with(&here, &["--lease", "4"], says(&here));
    soon("the first worker", || first.metric("active") == 1);
    let second = Worker::start_with(&there, &["--lease", "4"], says(&there));
    (1..=2).for_each(|n| accept(&px, &n.to_string()));
    soon("two acceptances", || state(1) == "accepted" && state(2) == "accepted");
    assert_eq!((second.metric("active"), second.metric("checks_total")), (0, 0));

    // Stopped with checks under way, some of which bring an acceptance.
    px.control(
        "faults",
        &json!({ "call": "get_rcc_acceptance", "times": 500, "fault": { "latencySeconds": 0.3 } }),
    );
    std::thread::sleep(Duration::from_millis(700));
    (3..=6).for_each(|n| accept(&px, &n.to_string()));
    signal(&first.child, Signal::STOP);
    let begun = Instant::now();
    soon("the takeover", || second.metric("active") == 1);
    let took = begun.elapsed();
    soon("four acceptances", || (3..=6).all(|n| state(n) == "accepted"));

    // It wakes late.
    signal(&first.child, Signal::CONT);
    soon("the first worker's word", || said(&here).contains("another one has taken over"));
    soon("standing by", || first.metric("active") == 0 && said(&here).ends_with("standing by\n"));
    let checks = [&first, &second].map(|worker| worker.metric("checks_total"));
    std::thread::sleep(Duration::from_secs(2));
    assert_eq!(first.metric("checks_total"), checks[0], "it asks no more");
    assert!(second.metric("checks_total") > checks[1] && second.metric("active") == 1);

    // Killed, the other one is replaced by the first.
    let begun = Instant::now();
    drop(second);
    soon("the second takeover", || first.metric("active") == 1);
    let then = begun.elapsed();
    crate::kit::say(&format!("lease {LEASE:?}: taken over after {took:?} (stopped) and {then:?} (killed)"));
    assert!(took <= LEASE + SLACK && then <= LEASE + SLACK, "{took:?} {then:?}");
    accept(&px, "7");
    soon("the last acceptance", || state(7) == "accepted");

    // What is given up need not run out.
    signal(&first.child, Signal::TERM);
    assert_eq!(first.child.wait().unwrap().code(), Some(0), "{}", said(&here));
    there.run(&["worker", "--once"]).with(0);
    let received = "SELECT count(*), count(DISTINCT thing) FROM events WHERE event = 'acceptance_received'";
    assert_eq!(database.sql(received).unwrap(), "7|7", "each once");
    here.verifies();
}

/// A worker that has recorded nothing for a while knows how far the journal came by others, whether it works or stands by.
#[test]
fn a_worker_knows_an_older_copy_by_what_other_machines_recorded() {
    let Some(database) = postgres::database() else { return };
    let px = Sandbox::serve(&[]);
    let desk = machine(&px, &database);
    let machines = [machine(&px, &database), machine(&px, &database)];
    let id = desk.open(&order("1"));
    let workers = machines.each_ref().map(|home| Worker::start_with(home, &[], says(home)));
    soon("one works", || workers.iter().any(|worker| worker.metric("active") == 1));
    desk.walk(&id).with(0);
    // Each looks about once a second.
    std::thread::sleep(Duration::from_secs(4));
    database.come_back_older();
    for home in &machines {
        soon("its word", || said(home).contains("came back with an older copy"));
        home.walk(&id).with(6);
    }
    assert_eq!(px.ledger("T-1")["completesReceived"], 1);
}

/// A worker whose database goes away for longer than its lease works again by itself when it is back.
#[test]
fn a_worker_outlives_its_database_s_outage() {
    let home = tempfile::tempdir().unwrap();
    std::fs::set_permissions(home.path(), std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let Some(server) = Server::start(&home.path().join("pg"), "") else { return };
    let (database, px) = (server.database(), Sandbox::serve(&[]));
    let here = machine(&px, &database);
    let id = sent(&here, "1");
    let worker = Worker::start_with(&here, &["--lease", "2"], says(&here));
    soon("the worker", || worker.metric("active") == 1 && worker.metric("checks_total") > 0);
    server.kill();
    soon("the end of its lease", || worker.metric("active") == 0);
    let checks = worker.metric("checks_total");
    std::thread::sleep(Duration::from_secs(1));
    assert_eq!(worker.metric("checks_total"), checks, "nothing is sent without a journal");
    assert!(said(&here).contains("the journal cannot be reached"), "{}", said(&here));
    accept(&px, "1");
    server.run();
    soon("the acceptance", || here.show(&id)["state"] == "accepted");
    assert!(said(&here).ends_with("working\n"), "{}", said(&here));
    here.verifies();
}

/// A worker whose database came back with an older copy says so, and not that another worker has taken over; once a supervisor
/// has accepted the copy it works again by itself.
#[test]
fn a_worker_says_that_its_database_came_back_with_an_older_copy() {
    let Some(database) = postgres::database() else { return };
    let px = Sandbox::serve(&[]);
    let here = machine(&px, &database);
    sent(&here, "1");
    let worker = Worker::start_with(&here, &["--lease", "2"], says(&here));
    soon("the worker", || worker.metric("active") == 1 && worker.metric("checks_total") > 0);
    database.come_back_older();
    soon("the word", || said(&here).contains("came back with an older copy"));
    std::thread::sleep(Duration::from_secs(3));
    let told = said(&here);
    assert_eq!(told.matches("came back with an older copy").count(), 1, "{told}");
    assert!(
        told.contains("Nothing is sent or recorded with it") && told.contains("journal accept"),
        "{told}"
    );
    assert!(!told.contains("another") && told.matches("working").count() == 1, "{told}");
    let once = here.run(&["worker", "--once"]);
    assert!([6, 8].contains(&once.status), "{once:?}");
    here.run(&["journal", "accept", "--by", "M. Ruiz", "--reason", "restored from the night's copy"]).with(0);
    soon("its work", || said(&here).ends_with("working\n"));
}
