//! `usage send`, the receiver, and the other commands that write are cut short at every call by which they write, sync,
//! send or receive, by every way of failing: nothing is billed twice, nothing that was answered is lost, and the journal
//! verifies.
//!
//! A part of these runs is made with every `cargo test`. All of them:
//! `cargo test --test it market::crash:: -- --ignored --nocapture`.

mod commands;
mod receiver;

use super::floor::{Floor, deploy};
use crate::crash::strace::{self, Fault, Point};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Every how manieth run of `usage send` the short test makes.
const STRIDE: usize = 107;

pub const FILES: [&str; 8] = [
    ".local/share/pxdesk",
    ".local/share/pxdesk/pxdesk.db",
    ".local/share/pxdesk/pxdesk.db-wal",
    ".local/share/pxdesk/pxdesk.db-shm",
    ".local/share/pxdesk/pxdesk.db-journal",
    ".local/share/pxdesk/pxdesk.key",
    "stdout",
    "stderr",
];

#[test]
fn a_report_that_is_cut_short_here_and_there_is_billed_once() {
    every(STRIDE);
}

#[test]
#[ignore = "all of the runs: some minutes"]
fn a_report_that_is_cut_short_anywhere_is_billed_once() {
    every(1);
}

/// A customer with usage to be reported, on a marketplace of its own.
fn ready() -> Floor {
    let floor = Floor::new();
    let sale = serde_json::json!({
        "provisioningId": "p-1", "customerId": "C-1", "productId": 123, "productSkus": ["PRACTICE-STORAGE"],
    });
    let receiver = floor.receiver();
    assert_eq!(super::floor::sent(&receiver.url, &deploy("p-1")).0, 200);
    receiver.ends();
    floor.market.control("market/provisionings", &sale);
    floor.takes_over();
    floor.adds(&[("C-1", "10", "a")]).with(0);
    floor
}

fn every(stride: usize) {
    if !crate::crash::can_trace() {
        return crate::kit::skip("strace, or the right to trace");
    }
    let counted = ready();
    let month = counted.bill_month();
    let send = ["market", "usage", "send", "--month", &month];
    let points = strace::points(&counted.home.command(&send), &FILES, counted.home.path());
    campaign("usage send", &runs(points, stride, Point::takes), stride, one);
}

/// A call, and how it fails.
pub type Run = (Point, Fault);

/// Each `stride`th run: at each of these calls by each fault that it `takes`.
pub fn runs(points: BTreeSet<Point>, stride: usize, takes: fn(&Point, Fault) -> bool) -> Vec<Run> {
    let with = |point: Point| {
        let faults = Fault::ALL.into_iter().filter(|fault| takes(&point, *fault));
        faults.map(|fault| (point.clone(), fault)).collect::<Vec<_>>()
    };
    points.into_iter().flat_map(with).step_by(stride).collect()
}

/// Makes the runs with `one`, which says whether the fault was met and what was found; all of them end in a table.
pub fn campaign(
    name: &str,
    runs: &[Run],
    stride: usize,
    one: impl Fn(&Point, Fault) -> (bool, String) + Sync,
) {
    let (next, met, failed) = (AtomicUsize::new(0), AtomicUsize::new(0), AtomicUsize::new(0));
    let tally = Mutex::new([BTreeMap::<String, usize>::new(), BTreeMap::new()]);
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                while let Some((point, fault)) = runs.get(next.fetch_add(1, Ordering::Relaxed)) {
                    // One that fails says so, and the others are made all the same.
                    match catch_unwind(AssertUnwindSafe(|| one(point, *fault))) {
                        Ok((hit, end)) => {
                            met.fetch_add(usize::from(hit), Ordering::Relaxed);
                            let [by_fault, by_end] = &mut *tally.lock().unwrap();
                            if hit {
                                *by_fault.entry(format!("{fault:?} at {}", point.call)).or_default() += 1;
                                *by_end.entry(format!("found {end}")).or_default() += 1;
                            }
                        }
                        Err(_) => {
                            failed.fetch_add(1, Ordering::Relaxed);
                        }
                    }
                }
            });
        }
    });
    let (met, failed) = (met.into_inner(), failed.into_inner());
    if stride == 1 {
        let all = runs.len();
        let mut table = format!("{name}: {all} runs, {met} of which met their fault; {failed} failed\n");
        for (what, n) in tally.into_inner().unwrap().iter().flatten() {
            writeln!(table, "{n:>5}  {what}").unwrap();
        }
        crate::kit::say(&table);
    }
    assert_eq!(failed, 0, "{name}: runs have failed; each says above what it found");
    assert!(met * 2 > runs.len(), "{name}: most faults are met: {met} of {}", runs.len());
}

/// One run; whether the fault was met, and what was found afterwards.
fn one(point: &Point, fault: Fault) -> (bool, String) {
    let floor = ready();
    let month = floor.bill_month();
    let send = ["market", "usage", "send", "--month", &month];
    let ended = strace::with_fault(&floor.home.command(&send), point, fault, floor.home.path());
    let what = format!("{fault:?} at {point:?}: {}{}", ended.out, ended.err);
    floor.verifies();
    floor.sends();
    let list = floor.json(&["market", "usage", "list", "--month", &month]);
    let state = list[0]["state"].as_str().unwrap().to_owned();
    let received = billed(&floor);
    if state == "in_doubt" {
        let said = if received == 1 { "--reported" } else { "--not-reported" };
        floor.settles(&[
            "market",
            "usage",
            "resolve",
            "C-1",
            "PRACTICE-STORAGE",
            "--month",
            &month,
            said,
            "--reference",
            "T",
            "--by",
            "Ann",
        ]);
        floor.sends();
    }
    assert_eq!(billed(&floor), 1, "{what}");
    let bill = floor.bill();
    assert_eq!(bill[0]["amount"], "10", "{what}: {bill}");
    let list = floor.json(&["market", "usage", "list", "--month", &month]);
    assert_eq!(list[0]["state"], "reported", "{what}");
    floor.verifies();
    (ended.hit, state)
}

/// How often it was added to the bill.
fn billed(floor: &Floor) -> u64 {
    floor
        .bill()
        .as_array()
        .and_then(|bill| bill.first())
        .map_or(0, |line: &Value| line["reports"].as_u64().unwrap())
}
