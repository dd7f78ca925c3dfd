//! The simulation: the real order core, engine and journal records against a model Px, in virtual time, with everything
//! that can go wrong going wrong. One seed decides all of it, so the same seed is the same run, to the last line.
//! `market` is the same for the marketplace, as a kind of its own.
//!
//! `cargo test --release --test simulation -- --seeds 0..1000000` runs a range; `--trace SEED` shows one seed, line by
//! line; `--break NAME` breaks the world under the engine, which must be noticed; `--kind market` is about the
//! marketplace. Without arguments a short range of both kinds runs, each break is tried, and one seed is run twice.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "what came of it is what it is for")]

mod args;
mod book;
mod check;
mod doubts;
mod ground;
mod market;
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

use args::{Args, Broken};
use plan::Break;
use std::ops::Range;
use std::process::ExitCode;

/// How many seeds run without arguments.
const SHORT: u64 = 2_000;
/// The seeds among which a break must be noticed. One that few worlds meet is looked for where it shows, so that the test
/// stays short.
fn looked_for(broken: Break) -> Range<u64> {
    match broken {
        Break::LateRequests => 15_900..16_000,
        Break::ReadByTheWall => 12_500..12_600,
        Break::NoLastLook => 1_900..2_000,
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
        Ok(Args::Trace { seed, broken: Broken::Orders(broken) }) => shown(&run::run(seed, broken, true)),
        Ok(Args::Trace { seed, broken: Broken::Market(broken) }) => shown(&market::run(seed, broken, true)),
        Ok(Args::Range { seeds, broken: Broken::Orders(broken) }) => {
            exit(range::run(seeds, run::run, broken).tell())
        }
        Ok(Args::Range { seeds, broken: Broken::Market(broken) }) => {
            exit(range::run(seeds, market::run, broken).tell())
        }
        Ok(Args::Short { orders, market }) => {
            let orders = !orders || range::short("orders", SHORT, run::run, Break::ALL, looked_for);
            let market = !market || market::short();
            exit(orders && market)
        }
    }
}

fn shown<T>(outcome: &range::Outcome<T>) -> ExitCode {
    println!("trace {}", hex::encode(outcome.trace));
    exit(outcome.wrong.is_empty())
}

fn exit(good: bool) -> ExitCode {
    if good { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
