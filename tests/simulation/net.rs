//! The network between the desks and Px: it loses, delays, tears and doubles, on the way there and on the way back.

use crate::plan::{Break, LONGEST_WAY, LONGEST_WORK};
use crate::px::{Handled, Millis, Reply, gateway_fault, gateway_gave_up, gateway_lookalike};
use crate::state::{Happening, State, TaskId};
use pxdesk::order::Call;

/// A request on its way, and what came back.
pub struct Flight {
    task: TaskId,
    call: Call,
    pub body: Vec<u8>,
    pub back: Back,
}

/// What came back.
pub enum Back {
    Awaited,
    /// The connection broke, or ended without a reply.
    Broken,
    Reply(Reply),
}

impl State {
    /// A request leaves the machine.
    pub fn depart(&mut self, call: Call, body: &[u8]) -> usize {
        self.tally.calls += 1;
        let flight = self.flights.len();
        self.flights.push(Flight { task: self.current, call, body: body.to_vec(), back: Back::Awaited });
        self.trace.tell(self.now, format_args!("request {flight} leaves: {}", call.name()));
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

    pub fn arrive(&mut self, flight: usize) {
        if self.rng.chance(self.plan.gateway) {
            let reply = gateway_fault(&mut self.rng);
            return self.send_back(flight, reply);
        }
        let Flight { call, body, .. } = &self.flights[flight];
        match self.px.handle(*call, body, self.now, &self.plan, &mut self.rng) {
            Handled::Answered(reply) => {
                let status = reply.status;
                self.trace.tell(self.now, format_args!("Px answers request {flight} with {status}"));
                self.send_back(flight, reply);
            }
            Handled::Checked { .. } if self.rng.chance(self.plan.dying) => {
                self.trace.tell(self.now, format_args!("the server dies over request {flight}"));
                let reply = gateway_gave_up(&mut self.rng);
                self.send_back(flight, reply);
            }
            Handled::Checked { transaction } => {
                let slow = self.rng.chance(self.plan.slow);
                let work = if slow { self.some_millis(100, LONGEST_WORK) } else { self.some_millis(1, 100) };
                self.after(work, Happening::Apply { flight, transaction });
            }
        }
    }

    /// A Complete was carried out, and its reply leaves; in some worlds the gateway puts one of its own in its place.
    pub fn send_back_placed(&mut self, flight: usize, reply: Reply) {
        if !self.rng.chance(self.plan.lookalike) {
            return self.send_back(flight, reply);
        }
        let reply = gateway_lookalike(&mut self.rng);
        self.trace.tell(self.now, format_args!("the gateway answers request {flight} with {}", reply.status));
        self.send_back(flight, reply);
    }

    /// The reply leaves; what of it arrives is another matter.
    pub fn send_back(&mut self, flight: usize, reply: Reply) {
        if self.rng.chance(self.plan.lost) {
            if self.rng.chance(500) {
                let pause = self.some_millis(1, 5_000);
                self.after(pause, Happening::Return(flight, None));
            }
            return;
        }
        let reply = if self.rng.chance(self.plan.torn) { self.tear(reply) } else { Some(reply) };
        let pause = self.on_the_way();
        if self.rng.chance(self.plan.twice) {
            let later = pause + self.on_the_way();
            self.after(later, Happening::Return(flight, reply.clone()));
        }
        self.after(pause, Happening::Return(flight, reply));
    }

    /// Cut by the connection, cut by something that closed it properly, or replaced by the gateway.
    fn tear(&mut self, mut reply: Reply) -> Option<Reply> {
        match self.rng.below(3) {
            0 => None,
            1 => {
                let length = self.some_index(reply.body.len());
                reply.body.truncate(length);
                Some(reply)
            }
            _ => Some(gateway_gave_up(&mut self.rng)),
        }
    }

    /// The first that comes counts: the connection is read once.
    pub fn come_back(&mut self, flight: usize, reply: Option<Reply>) {
        let Flight { task, back, .. } = &mut self.flights[flight];
        if !matches!(back, Back::Awaited) {
            return;
        }
        *back = reply.map_or(Back::Broken, Back::Reply);
        let task = *task;
        self.trace.tell(self.now, format_args!("request {flight} has its answer"));
        // A task that has given up, or whose desk has died, is not woken by what comes late.
        if self.waiting[task] == Some(flight) {
            self.wake(task, 0);
        }
    }
}
