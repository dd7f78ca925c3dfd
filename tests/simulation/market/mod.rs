//! The marketplace: the real engine, subscriptions, reports and journal records against a model marketplace that adds up
//! whatever arrives and has no key, in virtual time, with everything that can go wrong going wrong.
//!
//! Two or three processes of one machine share a journal: one receives deploys, the others take usage in, report it and
//! settle what is in doubt, after a look at the portal. In part of the worlds a closing passes; in a few an older copy of
//! the journal is put back.

mod book;
mod check;
mod ground;
mod net;
mod pause;
mod people;
mod plan;
mod portal;
mod receiver;
mod run;
mod sending;
mod state;
mod stock;
mod tally;

pub use plan::Break;
pub use run::run;

use std::ops::Range;

/// How many seeds run without arguments.
pub const SHORT: u64 = 200;

/// The seeds among which a break must be noticed. One that few worlds meet is looked for where it shows, so that the test
/// stays short.
pub fn looked_for(broken: Break) -> Range<u64> {
    let from = match broken {
        Break::LateRequests => 640,
        Break::NoLastLook => 8_400,
        Break::NoSlotIndex => 2_300,
        Break::NoQuiet => 370,
        Break::ClockTakenForRight => 290,
        Break::NoExpectedSeq => 230,
        _ => 0,
    };
    from..from + 1_000
}

/// What `cargo test` runs of it.
pub fn short() -> bool {
    if !receiver::has_calendar() {
        println!("simulation: the marketplace's zone is not known on this machine");
        return false;
    }
    crate::range::short("the marketplace", SHORT, run, Break::ALL, looked_for)
}
