//! Many seeds, on every core; the result does not depend on how many there are.

use crate::plan::Break;
use crate::run::run as run_one;
use crate::tally::Tally;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

/// How many seeds a core takes at once.
const CHUNK: u64 = 250;

pub struct Report {
    seeds: Range<u64>,
    wrong: Vec<(u64, Vec<String>)>,
    tally: Tally,
    trace: [u8; 32],
    seconds: f64,
}

#[derive(Default)]
struct Found {
    wrong: Vec<(u64, Vec<String>)>,
    tally: Tally,
    /// The hash over each chunk's traces.
    traces: Vec<(u64, [u8; 32])>,
}

/// Runs them all.
fn run_all(seeds: &Range<u64>, broken: Option<Break>) -> Found {
    let next = AtomicU64::new(seeds.start);
    let found = Mutex::new(Found::default());
    let work = || {
        loop {
            let from = next.fetch_add(CHUNK, Ordering::Relaxed);
            if from >= seeds.end {
                return;
            }
            let chunk = chunk(from..seeds.end.min(from + CHUNK), broken);
            let mut found = found.lock().unwrap_or_else(PoisonError::into_inner);
            found.wrong.extend(chunk.wrong);
            found.tally.add(&chunk.tally);
            found.traces.extend(chunk.traces);
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(work);
        }
    });
    found.into_inner().unwrap_or_else(PoisonError::into_inner)
}

fn chunk(seeds: Range<u64>, broken: Option<Break>) -> Found {
    let mut found = Found::default();
    let (from, mut hasher) = (seeds.start, Sha256::new());
    for seed in seeds {
        let outcome = run_one(seed, broken, false);
        hasher.update(outcome.trace);
        found.tally.add(&outcome.tally);
        if !outcome.wrong.is_empty() {
            found.wrong.push((seed, outcome.wrong));
        }
    }
    found.traces.push((from, hasher.finalize().into()));
    found
}

/// Runs them all, and takes the time.
pub fn run(seeds: Range<u64>, broken: Option<Break>) -> Report {
    let started = Instant::now();
    let Found { mut wrong, tally, mut traces } = run_all(&seeds, broken);
    wrong.sort();
    traces.sort_unstable();
    let mut hasher = Sha256::new();
    for (_, trace) in &traces {
        hasher.update(trace);
    }
    let trace = hasher.finalize().into();
    Report { seeds, wrong, tally, trace, seconds: started.elapsed().as_secs_f64() }
}

impl Report {
    /// Says what came of it; true when nothing went wrong.
    pub fn tell(&self) -> bool {
        let Self { seeds, wrong, tally, trace, seconds } = self;
        let mut kinds: BTreeMap<&str, (u64, usize)> = BTreeMap::new();
        for (seed, what) in wrong.iter().flat_map(|(seed, all)| all.iter().map(move |what| (*seed, what))) {
            // Which order it was is not what matters.
            let kind = what.split_once(": ").map_or(what.as_str(), |(_, kind)| kind);
            kinds.entry(kind).or_insert((seed, 0)).1 += 1;
        }
        for (kind, (seed, times)) in kinds {
            println!("simulation: {times} times, first at seed {seed}: {kind}");
        }
        println!("simulation: seeds {}..{}: {} wrong; {tally}", seeds.start, seeds.end, wrong.len());
        println!("simulation: trace {}; {seconds:.1} s", hex::encode(&trace[..8]));
        wrong.is_empty()
    }
}
