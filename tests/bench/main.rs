//! How fast it is: `cargo bench --bench measured`, or `cargo bench --bench measured -- NAME…` for some of the rows.
//!
//! Each row is measured in several rounds, ours and its floor in turn, and the medians are compared. A floor is the least
//! that could do the same work: a bare ratatui app, bare SQLite, bare axum. Absolute figures belong to one machine; the
//! ratios travel. Nothing leaves the machine, and all files are in a temporary directory.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a measurement that cannot be made ends the run"
)]
#![expect(clippy::print_stdout, reason = "the table is what it is for")]

mod append;
mod bare;
mod call;
mod floor;
mod home;
mod intake;
mod kit;
mod market;
#[cfg(target_os = "linux")]
#[path = "../it/postgres.rs"]
#[expect(dead_code, reason = "the tests use more of it")]
mod postgres;
mod pty;
#[path = "../it/relay.rs"]
#[expect(dead_code, reason = "of the tests alone")]
mod relay;
mod registration;
mod screen;
mod server;
mod shared;
mod signing;
mod table;
mod worker;

use home::Homes;
use table::{Goal, Pair, Row};

const ROWS: [Row; 36] = [
    Row::new("start", "start to first full frame, 10,000 orders", "ms", Goal::Times(2.5), |homes| {
        screen::start(&homes.ten_thousand)
    }),
    Row::new("million", "start to first full frame, 1,000,000 orders", "ms", Goal::Times(2.5), |homes| {
        screen::start(&homes.million)
    }),
    Row::new("cpu", "CPU of a start, 10,000 orders", "ms", Goal::AtMost(8.0), |homes| {
        screen::cpu(&homes.ten_thousand)
    }),
    Row::new("million", "CPU of a start, 1,000,000 orders", "ms", Goal::AtMost(8.0), |homes| {
        screen::cpu(&homes.million)
    }),
    Row::new("memory", "resident memory, 10,000 orders", "MB", Goal::AtMost(14.0), |homes| {
        screen::memory(&homes.ten_thousand)
    }),
    Row::new("million", "resident memory, 1,000,000 orders", "MB", Goal::AtMost(14.0), |homes| {
        screen::memory(&homes.million)
    }),
    Row::new("key", "key to first byte, p99 of 200", "ms", Goal::Times(1.2), |homes| {
        screen::key(&homes.ten_thousand)
    }),
    Row::new("burst", "200 keys at once until the screen is right", "ms", Goal::Times(3.0), |homes| {
        screen::burst(&homes.ten_thousand)
    }),
    Row::new("paste", "paste of 100 KB into a field", "ms", Goal::Times(3.0), |homes| {
        screen::paste(&homes.ten_thousand)
    }),
    Row::new("idle", "wake-ups a second, idle with clocks on screen", "/s", Goal::AtMost(1.0), |homes| {
        screen::idle_queue(&homes.ten_thousand)
    }),
    Row::new("idle", "wake-ups a second, idle without a clock", "/s", Goal::AtMost(0.0), |homes| {
        screen::idle_form(&homes.ten_thousand)
    }),
    Row::new("quit", "quit key to exit, terminal restored", "ms", Goal::AtMost(5.0), |homes| {
        screen::quit(&homes.ten_thousand)
    }),
    Row::new("intake", "intake, an order, after 1,000", "µs", Goal::Times(1.0), |homes| {
        intake::measure(&homes.thousand)
    }),
    Row::new("intake", "intake, an order, after 100,000", "µs", Goal::Times(1.0), |homes| {
        intake::measure(&homes.hundred_thousand)
    }),
    Row::new("call", "one Px call, two durable appends, p50", "µs", Goal::Times(1.3), |_| call::measure()),
    Row::new("append", "journal appends, one event a transaction", "/s", Goal::TimesAtLeast(0.8), |_| {
        append::measure()
    }),
    Row::new("backup", "backup of 100,000 orders", "ms", Goal::Times(3.0), |homes| {
        intake::backup(&homes.hundred_thousand)
    }),
    Row::new("server", "embedded Px, requests", "/s", Goal::TimesAtLeast(0.5), |_| server::measure()),
    Row::maybe("pg-append", "PostgreSQL, appends, 1 connection", "/s", Goal::TimesAtLeast(0.5), |_| {
        shared::append(1)
    }),
    Row::maybe("pg-append", "PostgreSQL, appends, 8 connections", "/s", Goal::TimesAtLeast(0.5), |_| {
        shared::append(8)
    }),
    Row::maybe("pg-append", "PostgreSQL, appends, 32 connections", "/s", Goal::TimesAtLeast(0.5), |_| {
        shared::append(32)
    }),
    Row::maybe(
        "pg-live",
        "PostgreSQL, on another's screen, p99 of 200",
        "ms",
        Goal::TimesAndAtMost(3.0, 100.0),
        |_| shared::live(),
    ),
    Row::maybe("pg-page", "PostgreSQL, first page of 10,000 orders", "ms", Goal::Times(2.0), |_| {
        shared::page(10_000)
    }),
    Row::maybe("pg-page", "PostgreSQL, first page of 1,000,000 orders", "ms", Goal::Times(2.0), |_| {
        shared::page(1_000_000)
    }),
    Row::new("worker", "worker, acceptance checks", "/s", Goal::TimesAtLeast(0.5), |_| worker::checks()),
    Row::new("worker-memory", "worker, memory, 10,000 waiting orders", "MB", Goal::AtMost(40.0), |_| {
        worker::memory()
    }),
    Row::new(
        "worker-takeover",
        "worker, takeover after a kill, p99 of 9",
        "ms",
        Goal::AtMost(1000.0),
        |_| worker::takeover(),
    ),
    Row::new("receiver", "deploys received, 64 connections", "/s", Goal::TimesAtLeast(0.4), |_| {
        market::receiver()
    }),
    Row::new("receiver", "a deploy's answer, 64 connections, p99", "ms", Goal::Times(3.0), |_| {
        market::answer()
    }),
    Row::new("usage-add", "100,000 lines of usage added", "ms", Goal::Times(1.5), |_| market::add()),
    Row::new("usage-memory", "peak memory, 100,000 lines against 10,000", "MB", Goal::Times(1.25), |_| {
        market::memory()
    }),
    Row::new("usage-send", "reports sent", "/s", Goal::TimesAtLeast(0.5), |_| market::send()),
    Row::new("plan", "plan of 100,000 customers, 300,000 pairs", "ms", Goal::Times(3.0), |_| {
        registration::plan()
    }),
    Row::new("plan-memory", "listings with their plan, memory", "MB", Goal::Times(2.0), |_| {
        registration::memory()
    }),
    Row::new("apply", "apply of 10,000 creates, 16 in flight", "/s", Goal::TimesAtLeast(0.5), |_| {
        registration::apply()
    }),
    Row::new("signing", "a signature of the registration", "ns", Goal::Times(1.5), |_| signing::measure()),
];

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match args.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        // The program is also its own helpers; see `bare`, `home` and `registration`.
        [bare::ARGUMENT] => return bare::run().unwrap(),
        [registration::MEMORY] => return registration::measure_memory(),
        [home::ARGUMENT, file, orders] => return home::fill(file.as_ref(), orders.parse().unwrap()),
        _ => {}
    }
    // As part of `cargo test --all-targets` there is nothing to do.
    if !args.iter().any(|arg| arg == "--bench") {
        return;
    }
    let wanted: Vec<&String> = args.iter().filter(|arg| !arg.starts_with('-')).collect();
    let homes = Homes::new();
    println!("{}", table::HEAD);
    for row in ROWS.iter().filter(|row| wanted.is_empty() || wanted.iter().any(|name| *name == row.name)) {
        // What cannot be measured here has been said to be skipped.
        if let Some(pair) = row.measured(&homes) {
            println!("{}", row.line(&pair));
        }
    }
}

/// Medians over `rounds`, ours and the floor in turn, so that a busy moment of the machine meets both.
fn in_turn(rounds: usize, mut ours: impl FnMut() -> f64, mut floor: impl FnMut() -> f64) -> Pair {
    let (mut all_ours, mut all_floor) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        all_ours.push(ours());
        all_floor.push(floor());
    }
    Pair { ours: percentile(all_ours, 50), floor: percentile(all_floor, 50) }
}

/// The value that `percent` of the values do not exceed.
fn percentile(mut values: Vec<f64>, percent: usize) -> f64 {
    values.sort_by(f64::total_cmp);
    let at = (values.len() * percent / 100).min(values.len() - 1);
    values[at]
}
