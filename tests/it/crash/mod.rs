//! The real program is cut short at every call by which it writes, syncs or sends, by every way of failing: no order is
//! lost, none is completed twice, the journal verifies, and what was begun can be taken up again.
//!
//! A part of these runs is made with every `cargo test`. All of them:
//! `cargo test --test it crash:: -- --ignored --nocapture`.
//!
//! What is not tested so: the machine itself losing power. A process that is killed leaves its writes to the system.

mod files;
mod full;
mod group;
mod scene;
mod spool;
pub mod strace;

use crate::kit::Sandbox;
use scene::{Aftermath, FILES, SCENES, Scene, Stage};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use strace::{Fault, Point};

/// Every how manieth run the short test makes: odd, so that it meets each fault and, by and by, each call.
const STRIDE: usize = 193;

/// One run: this fault at this call of this scene.
struct Run {
    scene: &'static Scene,
    point: Point,
    fault: Fault,
}

#[test]
fn cut_short_here_and_there_nothing_is_lost_and_nothing_is_double() {
    every(STRIDE);
}

#[test]
#[ignore = "all of the runs: some minutes"]
fn cut_short_anywhere_nothing_is_lost_and_nothing_is_double() {
    every(1);
}

fn every(stride: usize) {
    if !can_trace() {
        return crate::kit::skip("strace, or the right to trace");
    }
    let px = Sandbox::serve(&[]);
    let runs: Vec<_> = SCENES.iter().flat_map(|scene| runs_of(scene, &px)).step_by(stride).collect();
    let tally = Mutex::new(Tally::default());
    let (next, failed) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                while let Some((number, run)) = nth(&runs, &next) {
                    // One that fails says so, and the others are made all the same.
                    let made = catch_unwind(AssertUnwindSafe(|| run.make(&px, number, &tally)));
                    failed.fetch_add(usize::from(made.is_err()), Ordering::Relaxed);
                }
            });
        }
    });
    let tally = tally.into_inner().unwrap();
    let failed = failed.into_inner();
    if stride == 1 {
        crate::kit::say(&tally.table(runs.len(), failed));
    }
    assert_eq!(failed, 0, "runs have failed; each says above what it found");
    assert!(tally.met * 2 > runs.len(), "most faults are met");
}

/// True when strace is here and may trace.
pub fn can_trace() -> bool {
    strace::works()
}

fn nth<'a>(runs: &'a [Run], next: &AtomicUsize) -> Option<(usize, &'a Run)> {
    let number = next.fetch_add(1, Ordering::Relaxed);
    runs.get(number).map(|run| (number, run))
}

/// Runs the scene once without a fault, and makes a run of each of its calls and each fault that it can have.
fn runs_of(scene: &'static Scene, px: &Sandbox) -> Vec<Run> {
    let stage = Stage::new(px, format!("counted-{}", scene.name.replace(' ', "-")));
    let command = stage.prepare(scene);
    let points = strace::points(&command, &FILES, stage.home.path());
    let with = |point: Point| {
        Fault::ALL
            .into_iter()
            .filter(|fault| point.takes(*fault))
            .map(|fault| Run { scene, point: point.clone(), fault })
            .collect::<Vec<_>>()
    };
    points.into_iter().flat_map(with).collect()
}

impl Run {
    fn make(&self, px: &Sandbox, number: usize, tally: &Mutex<Tally>) {
        let stage = Stage::new(px, format!("run-{number}"));
        let command = stage.prepare(self.scene);
        let ended = strace::with_fault(&command, &self.point, self.fault, stage.home.path());
        let what =
            format!("{}, {:?} at {:?}: {}{}", self.scene.name, self.fault, self.point, ended.out, ended.err);
        let aftermath = self.scene.check(&stage, &ended, &what);
        tally.lock().unwrap().count(self, ended.hit, &aftermath);
    }
}

/// How the runs went.
#[derive(Default)]
struct Tally {
    met: usize,
    by_fault: BTreeMap<(&'static str, Fault), usize>,
    by_end: BTreeMap<(&'static str, String, String), usize>,
}

impl Tally {
    fn count(&mut self, run: &Run, hit: bool, Aftermath { found, left }: &Aftermath) {
        self.met += usize::from(hit);
        if hit {
            *self.by_fault.entry((run.scene.name, run.fault)).or_default() += 1;
            *self.by_end.entry((run.scene.name, found.clone(), left.clone())).or_default() += 1;
        }
    }

    fn table(&self, runs: usize, failed: usize) -> String {
        let mut text = format!("{runs} runs, {} of which met their fault; {failed} failed\n", self.met);
        for ((scene, fault), n) in &self.by_fault {
            writeln!(text, "{n:>5}  {scene}: {fault:?}").unwrap();
        }
        for ((scene, found, left), n) in &self.by_end {
            writeln!(text, "{n:>5}  {scene}: found {found}, taken up again: {left}").unwrap();
        }
        text
    }
}
