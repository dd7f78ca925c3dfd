//! The network between the desks and the marketplace: it loses, delays and cuts, on the way there and on the way back; and
//! gateways that answer by themselves.

use super::plan::Break;
use super::state::{Happening, State};
use crate::plan::{LONGEST_WAY, LONGEST_WORK};
use crate::px::Millis;
use pxdesk::subscription::{Amount, Call, Sku, Slot};
use std::task::Waker;

/// A request on its way, and what came back.
pub struct Flight {
    pub cargo: Cargo,
    /// The run that it belongs to.
    pub run: Option<u64>,
    pub back: Back,
    /// Whoever waits for what comes back.
    pub waker: Option<Waker>,
}

impl Flight {
    /// Nobody waits any more; what came back until now.
    pub fn hang_up(&mut self) -> Back {
        std::mem::replace(&mut self.back, Back::Broken)
    }
}

/// What a request is about.
#[derive(Clone, Debug)]
pub enum Cargo {
    Usage { slot: Slot, attempt: u32, amount: Amount },
    Skus { of: String, call: Call, skus: Vec<Sku>, attempt: u32, asked: bool },
}

/// What came back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Back {
    Awaited,
    /// The connection broke, or ended without an answer.
    Broken,
    /// An answer with this status.
    Answer(u16),
}

/// What a gateway answers by itself, without the marketplace: nothing was carried out, and nobody can know.
const FAULTS: [u16; 11] = [500, 502, 503, 504, 408, 409, 425, 429, 202, 204, 302];
/// Documented refusals. Three of them say that key, path or ids are wrong for all.
const REFUSALS: [u16; 6] = [400, 400, 422, 401, 403, 404];

impl State {
    /// A request leaves the machine, whole.
    pub fn depart(&mut self, cargo: Cargo) -> usize {
        let run = self.runs.get(&self.current).map(|(run, _)| *run);
        let flight = self.flights.len();
        self.trace.tell(self.now, format_args!("request {flight} leaves: {cargo:?}"));
        self.flights.push(Flight { cargo, run, back: Back::Awaited, waker: None });
        self.tally.calls += 1;
        if !self.rng.chance(self.plan.lost / 2) {
            let pause = self.on_the_way();
            self.after(pause, Happening::Arrive(flight));
        } else if self.rng.chance(300) {
            let pause = self.some_millis(1, 5_000);
            self.after(pause, Happening::Return(flight, None));
        }
        flight
    }

    /// Slow is up to 90 seconds each way; late is as much as the quiet period allows for.
    fn on_the_way(&mut self) -> Millis {
        if self.rng.chance(self.plan.late) {
            let broken = self.broken == Some(Break::LateRequests);
            self.some_millis(60_000, if broken { 900_000 } else { LONGEST_WAY })
        } else if self.rng.chance(self.plan.slow) {
            self.some_millis(1_000, 90_000)
        } else {
            self.some_millis(1, 200)
        }
    }

    fn some_of(&mut self, statuses: &[u16]) -> u16 {
        statuses[self.some_index(statuses.len())]
    }

    pub fn arrive(&mut self, flight: usize) {
        if self.rng.chance(self.plan.gateway) {
            let status = self.some_of(&FAULTS);
            return self.send_back(flight, status);
        }
        if self.rng.chance(self.plan.refused) {
            let status = self.some_of(&REFUSALS);
            return self.send_back(flight, status);
        }
        let slow = self.rng.chance(self.plan.slow);
        let work = if slow { self.some_millis(100, LONGEST_WORK) } else { self.some_millis(1, 100) };
        self.after(work, Happening::Apply(flight));
    }

    pub fn apply(&mut self, flight: usize) {
        let cargo = self.flights[flight].cargo.clone();
        let times = self.portal.apply(&cargo);
        self.trace.tell(self.now, format_args!("APPLIED: request {flight}, time {times}"));
        super::check::applied(self, &cargo, times);
        // What answers like a refusal, where it was carried out, contradicts the contract; all else may happen.
        let status = if self.rng.chance(self.plan.lookalike) { self.some_of(&FAULTS) } else { 200 };
        self.send_back(flight, status);
    }

    /// The answer leaves; what of it arrives is another matter.
    fn send_back(&mut self, flight: usize, status: u16) {
        let pause = self.on_the_way();
        if !self.rng.chance(self.plan.lost / 2) {
            self.after(pause, Happening::Return(flight, Some(status)));
        } else if self.rng.chance(500) {
            self.after(pause, Happening::Return(flight, None));
        }
    }

    pub fn come_back(&mut self, flight: usize, status: Option<u16>) {
        let Flight { back, waker, .. } = &mut self.flights[flight];
        if *back == Back::Awaited {
            *back = status.map_or(Back::Broken, Back::Answer);
            if let Some(waker) = waker.take() {
                waker.wake();
            }
        }
    }
}
