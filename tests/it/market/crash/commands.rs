//! The commands that begin and end billing, and that take usage in.

use super::super::floor::{Floor, deploy, sent};
use super::{FILES, campaign, runs};
use crate::crash::strace::{self, Ended, Point};
use serde_json::{Value, json};
use std::process::Command;

const STRIDE: usize = 149;

#[test]
fn commands_that_are_cut_short_here_and_there_lose_nothing_and_double_nothing() {
    every(STRIDE);
}

#[test]
#[ignore = "all of the runs: some minutes"]
fn commands_that_are_cut_short_anywhere_lose_nothing_and_double_nothing() {
    every(1);
}

/// A command, and what must hold when it was cut short.
struct Scene {
    name: &'static str,
    prepare: fn(&Floor) -> Command,
    /// Says what was found.
    check: fn(&Floor, &Ended, &str) -> String,
}

const SCENES: [Scene; 3] = [
    Scene { name: "start-billing", prepare: start, check: started },
    Scene {
        name: "end",
        prepare: |floor| {
            floor.run(&START).with(0);
            // Nothing is to be reported before the end.
            floor.takes_over();
            floor.adds(&[("C-1", "0", "zero")]).with(0);
            floor.sends().with(0);
            floor.home.command(&END)
        },
        check: ended,
    },
    Scene { name: "usage add", prepare: add, check: added },
];

const START: [&str; 3] = ["market", "start-billing", "C-1"];
const END: [&str; 3] = ["market", "end", "C-1"];

fn every(stride: usize) {
    if !crate::crash::can_trace() {
        return crate::kit::skip("strace, or the right to trace");
    }
    for Scene { name, prepare, check } in SCENES {
        let counted = ready();
        let points = strace::points(&prepare(&counted), &FILES, counted.home.path());
        campaign(name, &runs(points, stride, Point::takes), stride, |point, fault| {
            let floor = ready();
            let command = prepare(&floor);
            let ended = strace::with_fault(&command, point, fault, floor.home.path());
            let what = format!("{name}, {fault:?} at {point:?}: {}{}", ended.out, ended.err);
            floor.verifies();
            let found = check(&floor, &ended, &what);
            floor.verifies();
            (ended.hit, found)
        });
    }
}

/// A customer that every marketplace of practice knows.
fn ready() -> Floor {
    let floor = Floor::new();
    let receiver = floor.receiver();
    assert_eq!(sent(&receiver.url, &deploy("PRACTICE-1")).0, 200);
    receiver.ends();
    floor
}

fn start(floor: &Floor) -> Command {
    floor.home.command(&START)
}

fn started(floor: &Floor, ended: &Ended, what: &str) -> String {
    once(floor, ended, &START, ["start_billing", "start_billing", "billing"], what)
}

fn ended(floor: &Floor, ended: &Ended, what: &str) -> String {
    once(floor, ended, &END, ["end_usage", "usage_end", "ended"], what)
}

/// It arrived once at most, also when it was asked for again without a reason; what was said to be done is; and with a
/// reason a person comes to the end of it. `there` is the marketplace's name of the call.
fn once(
    floor: &Floor,
    ended: &Ended,
    command: &[&str],
    [call, there, state]: [&str; 3],
    what: &str,
) -> String {
    let shown = floor.json(&["market", "show", "C-1"]);
    let found = last(&shown, call);
    if ended.status == Some(0) {
        assert_eq!((arrived(floor, there), &shown["state"]), (1, &json!(state)), "{what}");
    }
    let status = floor.run(command).status;
    let many = arrived(floor, there);
    assert!(many <= 1, "it arrived {many} times: {what}");
    let shown = floor.json(&["market", "show", "C-1"]);
    if many == 1 {
        assert_ne!(last(&shown, call), "nothing", "what arrived was begun on disk: {what}");
    }
    if shown["state"] != state {
        assert_ne!(status, 0, "{what}");
        floor.run(&[command, &["--reason", "the portal does not show it"]].concat()).with(0);
        assert_eq!(floor.json(&["market", "show", "C-1"])["state"], state, "{what}");
    }
    format!("{found}, asked for again: {status}")
}

/// How often the marketplace received it.
fn arrived(floor: &Floor, call: &str) -> usize {
    floor.look("ledger").as_array().unwrap().iter().filter(|line| line["call"] == call).count()
}

/// What came of the last call of this name.
fn last(shown: &Value, call: &str) -> String {
    let attempt = shown["attempts"].as_array().unwrap().iter().rfind(|attempt| attempt["call"] == call);
    attempt.map_or_else(
        || "nothing".to_owned(),
        |attempt| attempt["outcome"].as_str().unwrap_or("begun").to_owned(),
    )
}

/// Three lines of usage, and one of them again.
fn add(floor: &Floor) -> Command {
    let month = floor.bill_month();
    let line = |(count, key): (&str, &str)| {
        format!(
            r#"{{"customerId":"C-1","sku":"PRACTICE-STORAGE","month":"{month}","count":{count},"key":"{key}"}}"#
        )
    };
    let lines = [("1", "a"), ("2.5", "b"), ("1", "a"), ("4", "c")].map(line);
    let file = floor.home.path().join("usage.json");
    std::fs::write(&file, lines.join("\n")).unwrap();
    floor.home.command(&["market", "usage", "add", "--json", file.to_str().unwrap()])
}

fn added(floor: &Floor, ended: &Ended, what: &str) -> String {
    let month = floor.bill_month();
    let amount = || {
        let preview = floor.json(&["market", "usage", "preview", "--month", &month]);
        preview["lines"][0]["amount"].clone()
    };
    let found = amount();
    if ended.out.contains(" added, ") || ended.status == Some(0) {
        assert_eq!(found, "7.5", "{what}");
    }
    let file = floor.home.path().join("usage.json");
    let again = floor.run(&["market", "usage", "add", "--json", file.to_str().unwrap()]).with(0);
    assert_eq!(amount(), "7.5", "{} then, before {found}: {what}", again.out);
    let known = floor.run(&["market", "usage", "add", "--json", file.to_str().unwrap()]).with(0);
    assert!(known.out.starts_with("0 added"), "{}: {what}", known.out);
    found.as_str().unwrap_or("nothing").to_owned()
}
