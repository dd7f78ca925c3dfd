//! A command that is told to stop while the marketplace has not answered yet: the answer is recorded, and nothing else begins.

use super::floor::Floor;
use crate::kit::Ran;
use crate::pty::send;
use rustix::process::Signal;
use serde_json::{Value, json};
use std::process::Child;
use std::time::{Duration, Instant};

/// How often the marketplace was called so.
fn received(floor: &Floor, call: &str) -> usize {
    floor.look("ledger").as_array().unwrap().iter().filter(|line| line["call"] == call).count()
}

/// The command `args`, whose `call` has just arrived and is answered as `fault` says.
fn begun(floor: &Floor, args: &[&str], call: &str, fault: &Value) -> Child {
    let before = received(floor, call);
    floor.fault(call, fault);
    let child = floor.home.command(args).spawn().unwrap();
    let until = Instant::now() + Duration::from_secs(30);
    while received(floor, call) == before {
        assert!(Instant::now() < until, "{call} is never received");
        std::thread::sleep(Duration::from_millis(5));
    }
    child
}

/// The same, told to stop while it waits.
fn stopped(floor: &Floor, args: &[&str], call: &str) -> Ran {
    let child = begun(floor, args, call, &json!({ "latencySeconds": 1.5 }));
    send(child.id(), Signal::TERM);
    Ran::from(child.wait_with_output().unwrap())
}

#[test]
fn a_run_records_what_is_on_its_way_and_begins_no_other_report() {
    let floor = Floor::new();
    floor.sells(3);
    floor.adds(&[("C-1", "1", "a"), ("C-2", "2", "b"), ("C-3", "3", "c")]).with(0);
    floor.takes_over();
    let month = floor.bill_month();
    let ran = stopped(&floor, &["market", "usage", "send", "--month", &month], "usage").with(1);
    assert!(ran.err.contains("1 of 3 reported, 0 refused, 0 in doubt"), "{}", ran.err);
    assert!(ran.err.contains("somebody stopped it") && ran.err.contains("2 not begun"), "{}", ran.err);
    assert_eq!(floor.bill().as_array().unwrap().len(), 1);
    floor.sends().with(0);
    let bill = floor.bill();
    assert_eq!(bill.as_array().unwrap().len(), 3, "{bill}");
    assert!(bill.as_array().unwrap().iter().all(|line| line["reports"] == 1), "{bill}");
    floor.verifies();
}

#[test]
fn each_command_records_the_answer_to_the_call_in_progress() {
    let floor = Floor::new();
    floor.sells(2);
    floor.takes_over();
    stopped(&floor, &["market", "start-billing", "C-1"], "start_billing").with(0);
    floor.adds(&[("C-1", "1", "a")]).with(0);
    let month = floor.bill_month();
    // There was nothing left to begin.
    let send = ["market", "usage", "send", "--month", &month, "--only", "C-1"];
    stopped(&floor, &send, "usage").with(0);
    floor.adds(&[("C-2", "2", "b")]).with(0);
    let ran = stopped(&floor, &["market", "end", "C-2"], "usage").with(1);
    assert!(ran.err.contains("stopped; nothing was ended"), "{}", ran.err);
    assert_eq!(received(&floor, "usage_end"), 0);
    stopped(&floor, &["market", "end", "C-2"], "usage_end").with(0);
    assert_eq!(floor.json(&["market", "show", "C-2"])["state"], "ended");
    let bought = "2026-11-20T15:00:00Z";
    let track = ["market", "track", "--service", "S", "--customer-id", "C-1", "--purchased-at", bought];
    stopped(&floor, &track, "tracking").with(0);
    let reports = floor.json(&["market", "usage", "list", "--month", &month]);
    assert!(reports.as_array().unwrap().iter().all(|report| report["state"] == "reported"), "{reports}");
    floor.verifies();
}

#[test]
fn told_twice_it_ends_at_once_and_says_that_nobody_knows() {
    let floor = Floor::new();
    floor.sells(1);
    floor.takes_over();
    floor.adds(&[("C-1", "1", "a")]).with(0);
    let month = floor.bill_month();
    let hang = json!({ "hang": "after" });
    for (call, args) in [
        ("usage", &["market", "usage", "send", "--month", &month][..]),
        ("start_billing", &["market", "start-billing", "C-1"]),
    ] {
        let mut child = begun(&floor, args, call, &hang);
        // Whichever comes first is the first: the second is sent until it has ended.
        while child.try_wait().unwrap().is_none() {
            send(child.id(), Signal::TERM);
            std::thread::sleep(Duration::from_millis(50));
        }
        let ran = Ran::from(child.wait_with_output().unwrap()).with(4);
        assert!(ran.err.contains("nobody knows what became of"), "{call}: {}", ran.err);
    }
    floor.sends().with(4);
    assert_eq!(received(&floor, "usage"), 1, "it is not sent again");
}

#[test]
fn a_run_beside_another_says_what_is_in_progress_there_and_calls_it_no_doubt() {
    let floor = Floor::new();
    floor.sells(1);
    floor.adds(&[("C-1", "1", "a")]).with(0);
    floor.takes_over();
    let month = floor.bill_month();
    let send = ["market", "usage", "send", "--month", &month];
    let other = begun(&floor, &send, "usage", &json!({ "latencySeconds": 1.5 }));
    let ran = floor.sends().with(8);
    assert!(ran.err.contains("1 in progress at another desk") && !ran.err.contains("portal"), "{}", ran.err);
    Ran::from(other.wait_with_output().unwrap()).with(0);
    floor.sends().with(0);
}
