//! A disk that fails while many orders are recorded together, in the middle of their transaction too: what was printed is
//! recorded, and the rest is not; the head, the counts and the events agree; and the same lines can be added again.

use super::strace::{self, Ended, Fault, Point};
use crate::kit::{Home, Ran, order, skip};
use serde_json::json;
use std::collections::BTreeSet;
use std::process::Command;

const DATABASE: &str = ".local/share/pxdesk/pxdesk.db";
const LOG: &str = ".local/share/pxdesk/pxdesk.db-wal";

/// What is added.
#[derive(Clone, Copy, Debug)]
enum Lines {
    /// More than one group, into a journal that is larger than what is kept of it in memory: its pages are read while the
    /// group is under way.
    Many,
    /// One group, larger than the memory that it has: its pages are written before it is whole.
    Wide,
}

/// A call that fails.
struct Failing {
    call: &'static str,
    file: &'static str,
    fault: Fault,
    /// What had been handed to the disk by then may be there all the same.
    may_be_there: bool,
    /// Which of the calls fail in the test that is always run: those within a group.
    here_and_there: &'static [usize],
}

const fn failing(
    call: &'static str,
    file: &'static str,
    fault: Fault,
    here_and_there: &'static [usize],
) -> Failing {
    Failing { call, file, fault, may_be_there: false, here_and_there }
}

const FAILING: [Failing; 6] = [
    failing("pwrite64", LOG, Fault::Enospc, &[]),
    failing("pwrite64", LOG, Fault::EnospcForGood, &[150]),
    failing("pwrite64", LOG, Fault::Eio, &[40]),
    failing("pread64", DATABASE, Fault::Eio, &[40]),
    failing("pread64", LOG, Fault::Eio, &[1]),
    Failing { may_be_there: true, ..failing("fdatasync", LOG, Fault::Eio, &[1, 2]) },
];

/// All runs try each call up to this one.
const LAST: usize = 400;

#[test]
fn a_disk_that_fails_within_a_group_leaves_what_was_printed_and_nothing_else() {
    every(|failing| failing.here_and_there.to_vec());
}

/// `cargo test --test it crash::group -- --ignored --nocapture`
#[test]
#[ignore = "each call of each kind: some minutes"]
fn a_disk_that_fails_anywhere_within_a_group_leaves_what_was_printed_and_nothing_else() {
    every(|_| (1..=LAST).collect());
}

fn every(calls: impl Fn(&Failing) -> Vec<usize>) {
    if !super::can_trace() {
        return skip("strace, or the right to trace");
    }
    let mut failed = 0;
    for lines in [Lines::Many, Lines::Wide] {
        let begun = Begun::new(lines);
        for failing in &FAILING {
            for nth in calls(failing) {
                let run = Run { begun: &begun, point: Point::on(failing.file, failing.call, nth), failing };
                match run.make() {
                    // There are no more of these calls.
                    None => break,
                    Some(status) => failed += usize::from(status != 0),
                }
            }
        }
    }
    crate::kit::say(&format!("a group: {failed} runs failed, and each said the truth"));
    assert!(failed >= 8, "most faults are noticed: {failed}");
}

/// A journal with some orders, and lines to be added to it.
struct Begun {
    home: Home,
    lines: Lines,
    text: String,
}

impl Begun {
    fn new(lines: Lines) -> Self {
        let home = Home::at("http://127.0.0.1:9");
        let before: Vec<_> = (0..400).map(|n| order(&format!("before-{n}")).to_string()).collect();
        home.run_with(&["order", "open", "--json", "-"], &before.join("\n")).with(0);
        let text: Vec<_> = match lines {
            Lines::Many => (0..300).map(|n| order(&n.to_string()).to_string()).collect(),
            Lines::Wide => (0..31).map(wide).collect(),
        };
        Self { home, lines, text: text.join("\n") }
    }

    /// The same again, to be spoilt.
    fn copy(&self) -> Home {
        let home = Home::at("http://127.0.0.1:9");
        for folder in [".local/share/pxdesk", ".local/state/pxdesk/journals"] {
            let (from, to) = (self.home.path().join(folder), home.path().join(folder));
            std::fs::create_dir_all(&to).unwrap();
            for entry in std::fs::read_dir(from).unwrap().map(Result::unwrap) {
                if entry.file_type().unwrap().is_file() {
                    std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
                }
            }
        }
        std::fs::write(home.path().join("orders.jsonl"), &self.text).unwrap();
        home
    }
}

/// An order of some twenty kilobytes.
fn wide(n: usize) -> String {
    let mut order = order(&n.to_string());
    let cards: Vec<_> = (0..20).map(|card| format!("{card:0>1000}")).collect();
    order["giftCards"] = json!(cards);
    order.to_string()
}

struct Run<'a> {
    begun: &'a Begun,
    point: Point,
    failing: &'a Failing,
}

impl Run<'_> {
    /// The command's status; none when it did not meet its fault.
    fn make(&self) -> Option<i32> {
        let home = self.begun.copy();
        let before = listed(&home);
        let ended = strace::with_fault(&add(&home), &self.point, self.failing.fault, home.path());
        if !ended.hit {
            return None;
        }
        let status = ended.status.expect("it is not killed");
        let Self { begun, point, failing: Failing { fault, .. } } = self;
        let what = format!("{:?}, {fault:?} at {point:?}: {status} {}", begun.lines, ended.err);
        // As the fault left it, before anything else is written.
        let verified = home.run(&["journal", "verify"]);
        assert_eq!(verified.status, 0, "{verified:?} after {what}");
        self.is_true(&ended, &(&listed(&home) - &before), &what);
        let again = Ran::from(add(&home).output().unwrap());
        assert!(matches!(again.status, 0 | 8), "{again:?} after {what}");
        let all = begun.text.lines().count();
        assert_eq!((&listed(&home) - &before).len(), all, "each line once: {what}");
        home.verifies();
        Some(status)
    }

    /// What was printed is recorded, and the rest is not.
    fn is_true(&self, ended: &Ended, recorded: &BTreeSet<String>, what: &str) {
        let printed: BTreeSet<_> = ended.out.lines().map(str::to_owned).collect();
        assert!(printed.is_subset(recorded), "printed, and not recorded: {what}");
        if self.failing.may_be_there && ended.status != Some(0) {
            let told = ended.err.contains("not certain") && ended.err.contains("may be added as well");
            assert!(told || printed == *recorded, "recorded, and it is said that it is not: {what}");
        } else {
            assert_eq!(printed, *recorded, "recorded, and not printed: {what}");
        }
    }
}

fn add(home: &Home) -> Command {
    let file = home.path().join("orders.jsonl");
    let mut command = home.command(&["order", "open", "--json", file.to_str().unwrap()]);
    command.env("PXDESK_LOG", "error");
    command
}

/// The ids of all orders.
fn listed(home: &Home) -> BTreeSet<String> {
    let listed = home.run(&["order", "list", "--output", "json"]).with(0).json();
    listed.as_array().unwrap().iter().map(|order| order["id"].as_str().unwrap().to_owned()).collect()
}
