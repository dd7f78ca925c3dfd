//! Many seeds, on every core; the result does not depend on how many there are.

use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::fmt::Display;
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

/// How many seeds a core takes at once.
const CHUNK: u64 = 250;

/// What happened, counted.
pub trait Counts: Default + Display + Send {
    fn add(&mut self, other: &Self);
}

/// What came of a seed.
pub struct Outcome<T> {
    pub trace: [u8; 32],
    /// What should not have happened.
    pub wrong: Vec<String>,
    pub tally: T,
}

/// Runs the world of a seed, with something broken on purpose or not, shown or not.
pub type World<B, T> = fn(u64, Option<B>, bool) -> Outcome<T>;

pub struct Report<T> {
    seeds: Range<u64>,
    wrong: Vec<(u64, Vec<String>)>,
    tally: T,
    trace: [u8; 32],
    seconds: f64,
}

#[derive(Default)]
struct Found<T> {
    wrong: Vec<(u64, Vec<String>)>,
    tally: T,
    /// The hash over each chunk's traces.
    traces: Vec<(u64, [u8; 32])>,
}

/// Runs them all.
fn run_all<B: Copy + Sync, T: Counts>(seeds: &Range<u64>, world: World<B, T>, broken: Option<B>) -> Found<T> {
    let next = AtomicU64::new(seeds.start);
    let found = Mutex::new(Found::<T>::default());
    on_every_core(|| {
        loop {
            let from = next.fetch_add(CHUNK, Ordering::Relaxed);
            if from >= seeds.end {
                return;
            }
            let chunk = chunk(from..seeds.end.min(from + CHUNK), world, broken);
            let mut found = found.lock().unwrap_or_else(PoisonError::into_inner);
            found.wrong.extend(chunk.wrong);
            found.tally.add(&chunk.tally);
            found.traces.extend(chunk.traces);
        }
    });
    found.into_inner().unwrap_or_else(PoisonError::into_inner)
}

fn chunk<B: Copy, T: Counts>(seeds: Range<u64>, world: World<B, T>, broken: Option<B>) -> Found<T> {
    let mut found = Found::<T>::default();
    let (from, mut hasher) = (seeds.start, Sha256::new());
    for seed in seeds {
        let outcome = world(seed, broken, false);
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
pub fn run<B: Copy + Sync, T: Counts>(seeds: Range<u64>, world: World<B, T>, broken: Option<B>) -> Report<T> {
    let started = Instant::now();
    let Found { mut wrong, tally, mut traces } = run_all(&seeds, world, broken);
    wrong.sort();
    traces.sort_unstable();
    let mut hasher = Sha256::new();
    for (_, trace) in &traces {
        hasher.update(trace);
    }
    let trace = hasher.finalize().into();
    Report { seeds, wrong, tally, trace, seconds: started.elapsed().as_secs_f64() }
}

impl<T: Counts> Report<T> {
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

/// A short range, one seed twice, and each break.
pub fn short<B: Copy + Sync, T: Counts>(
    about: &str,
    seeds: u64,
    world: World<B, T>,
    breaks: impl IntoIterator<Item = (B, &'static str)>,
    looked_for: fn(B) -> Range<u64>,
) -> bool {
    println!("simulation: {about}");
    let mut good = run(0..seeds, world, None).tell();
    let twice = [(); 2].map(|()| world(7, None, false).trace);
    if twice[0] != twice[1] {
        println!("simulation: the same seed gave two traces");
        good = false;
    }
    let breaks: Vec<_> = breaks.into_iter().collect();
    for ((broken, name), noticed) in breaks.iter().zip(look_for(&breaks, world, looked_for)) {
        if let Some((seed, what)) = noticed {
            println!("simulation: {name} is noticed at seed {seed}: {what}");
        } else {
            let seeds = looked_for(*broken);
            println!("simulation: {name} is not noticed among the seeds {}..{}", seeds.start, seeds.end);
            good = false;
        }
    }
    good
}

/// Where each break is first noticed, and what is wrong there. Each core looks for another break.
fn look_for<B: Copy + Sync, T: Counts>(
    breaks: &[(B, &'static str)],
    world: World<B, T>,
    looked_for: fn(B) -> Range<u64>,
) -> Vec<Option<(u64, String)>> {
    let (left, found) = (Mutex::new(breaks.iter().enumerate()), Mutex::new(vec![None; breaks.len()]));
    on_every_core(|| {
        loop {
            let next = left.lock().unwrap_or_else(PoisonError::into_inner).next();
            let Some((at, &(broken, _))) = next else { return };
            let first = looked_for(broken).find_map(|seed| {
                let wrong = world(seed, Some(broken), false).wrong;
                wrong.into_iter().next().map(|what| (seed, what))
            });
            found.lock().unwrap_or_else(PoisonError::into_inner)[at] = first;
        }
    });
    found.into_inner().unwrap_or_else(PoisonError::into_inner)
}

/// Does the work once on each core, at the same time.
fn on_every_core(work: impl Fn() + Sync) {
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(&work);
        }
    });
}
