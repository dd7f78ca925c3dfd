//! `registration apply` is cut short at every call by which it writes, syncs, sends or receives, by every way of failing:
//! once it is applied again the world is what the file says, and nothing is there twice.
//!
//! A part of these runs is made with every `cargo test`. All of them:
//! `cargo test --test it registration::crash:: -- --ignored --nocapture`.

use super::floor::Floor;
use crate::crash::strace::{self, Fault, Point};
use crate::market::crash::{FILES, campaign, runs};

/// Every how manieth run the short test makes.
const STRIDE: usize = 149;

const FILE: &str = "application,customer\nmail,\nmail,new\n";

const WORLD: [&str; 3] = ["application mail null", "customer new null", "pair new mail"];

#[test]
fn an_apply_that_is_cut_short_here_and_there_makes_nothing_twice() {
    every(STRIDE);
}

#[test]
#[ignore = "all of the runs: some minutes"]
fn an_apply_that_is_cut_short_anywhere_makes_nothing_twice() {
    every(1);
}

/// A contract in which a customer is to go and another one to come.
fn ready() -> (Floor, String) {
    let floor = Floor::new();
    let before = floor.file("before.csv", "application,customer\nmail,old\n");
    floor.run(&["apply", "--file", &before]).with(0);
    let file = floor.file("contract.csv", FILE);
    (floor, file)
}

fn every(stride: usize) {
    if !crate::crash::can_trace() {
        return crate::kit::skip("strace, or the right to trace");
    }
    let (counted, file) = ready();
    let apply = apply(&file);
    let points = strace::points(&counted.home.command(&apply), &FILES, counted.home.path());
    campaign("registration apply", &runs(points, stride, Point::takes), stride, one);
}

fn apply(file: &str) -> [&str; 6] {
    ["registration", "apply", "--file", file, "--allow-removals", "1"]
}

/// One run; whether the fault was met, and how the command ended.
fn one(point: &Point, fault: Fault) -> (bool, String) {
    let (floor, file) = ready();
    let apply = apply(&file);
    let ended = strace::with_fault(&floor.home.command(&apply), point, fault, floor.home.path());
    let what = format!("{fault:?} at {point:?}: {}{}", ended.out, ended.err);
    floor.home.verifies();
    let again = floor.home.run(&apply);
    assert_eq!(again.status, 0, "{what}\nthen {again:?}");
    assert_eq!(floor.world(), WORLD, "{what}");
    floor.run(&["plan", "--file", &file]).with(0);
    floor.home.verifies();
    (ended.hit, "what the file says".to_owned())
}
