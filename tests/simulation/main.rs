//! The simulation: the real order core, engine and journal records against a model Px, in virtual time, with everything
//! that can go wrong going wrong. One seed decides all of it, so the same seed is the same run, to the last line.
//!
//! `cargo test --release --test simulation -- --seeds 0..1000000` runs a range; `--trace SEED` shows one seed, line by
//! line; `--break NAME` breaks the world under the engine, which must be noticed. Without arguments a short range runs,
//! each break is tried, and one seed is run twice.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "what came of it is what it is for")]

mod args;
mod book;
mod check;
mod doubts;
mod ground;
mod net;
mod people;
mod plan;
mod px;
mod range;
mod rng;
mod run;
mod server;
mod shared;
mod state;
mod tally;
mod trace;

use args::Args;
use plan::Break;
use std::ops::Range;
use std::process::ExitCode;

/// How many seeds run without arguments.
const SHORT: u64 = 2_000;
/// The seeds among which a break must be noticed. One that few worlds meet is looked for where it shows, so that the test
/// stays short.
fn looked_for(broken: Break) -> Range<u64> {
    match broken {
        Break::LateRequests => 2_000..4_000,
        Break::ReadByTheWall => 10_000..10_500,
        Break::NoLastLook => 3_000..3_100,
        _ => 0..2_000,
    }
}

fn main() -> ExitCode {
    match Args::read(std::env::args().skip(1)) {
        Err(why) => {
            eprintln!("simulation: {why}");
            ExitCode::from(2)
        }
        Ok(Args::Skip) => ExitCode::SUCCESS,
        Ok(Args::List) => {
            println!("simulation: test");
            ExitCode::SUCCESS
        }
        Ok(Args::Trace { seed, broken }) => {
            let outcome = run::run(seed, broken, true);
            println!("trace {}", hex::encode(outcome.trace));
            exit(outcome.wrong.is_empty())
        }
        Ok(Args::Range { seeds, broken }) => exit(range::run(seeds, broken).tell()),
        Ok(Args::Short) => exit(short()),
    }
}

fn exit(good: bool) -> ExitCode {
    if good { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// What `cargo test` runs.
fn short() -> bool {
    let mut good = range::run(0..SHORT, None).tell();
    let twice = [(); 2].map(|()| run::run(7, None, false).trace);
    if twice[0] != twice[1] {
        println!("simulation: the same seed gave two traces");
        good = false;
    }
    for (broken, name) in Break::ALL {
        let seeds = looked_for(broken);
        let noticed = seeds.clone().find_map(|seed| {
            let wrong = run::run(seed, Some(broken), false).wrong;
            wrong.into_iter().next().map(|what| (seed, what))
        });
        if let Some((seed, what)) = noticed {
            println!("simulation: {name} is noticed at seed {seed}: {what}");
        } else {
            println!("simulation: {name} is not noticed among the seeds {}..{}", seeds.start, seeds.end);
            good = false;
        }
    }
    good
}
