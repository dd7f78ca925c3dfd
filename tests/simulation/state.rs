//! The world of one seed: its time, its network, its disk, its desks; and the queue of all that is about to happen.

use crate::book::{Book, Write};
use crate::net::Flight;
use crate::plan::{Break, Plan};
use crate::px::{Millis, Px, Reply, Transaction};
use crate::rng::Rng;
use crate::server::Server;
use crate::tally::Tally;
use crate::trace::Trace;
use jiff::SignedDuration;
use pxdesk::journal::Error;
use pxdesk::order::{Event, Order, OrderId, Timestamp, Uptime};
use std::collections::BTreeMap;

/// The wall clock, in milliseconds since 1970, when the world begins.
const BEGINNING: Millis = 1_795_186_800_000;

pub type TaskId = usize;

/// What is about to happen.
pub enum Happening {
    /// The task is polled, if it has not been woken otherwise since.
    Poll {
        task: TaskId,
        turn: u64,
    },
    /// A request arrives at the gateway.
    Arrive(usize),
    /// A Complete that was looked at is carried out.
    Apply {
        flight: usize,
        transaction: usize,
    },
    /// A reply arrives; the connection breaks when there is none.
    Return(usize, Option<Reply>),
    /// Another system of the partner submits an order.
    Foreign(usize),
    /// The machine's wall clock jumps.
    Jump(Millis),
    PowerCut,
    /// A desk begins.
    Start(usize),
    /// The server has carried out a statement.
    Work(usize),
    ServerDies,
}

/// What becomes of a desk at one of its awaits.
pub enum Fate {
    GoesOn,
    Dies,
    /// Stands still for so long.
    Freezes(Millis),
}

/// A Complete that left, for the record.
pub struct Departure {
    pub transaction: usize,
    pub attempt: u32,
    pub at: Millis,
}

pub struct State {
    pub rng: Rng,
    pub plan: Plan,
    pub broken: Option<Break>,
    pub now: Millis,
    wall_offset: Millis,
    boot: u32,
    booted_at: Millis,
    /// When the section that is read of an order was really lit.
    pub lit: BTreeMap<OrderId, Millis>,
    pub book: Book,
    pub server: Server,
    /// Appends that the disk works on, each with the desk that waits for it.
    pub writes: Vec<Option<(String, Write)>>,
    pub px: Px,
    pub flights: Vec<Flight>,
    pub departures: Vec<Departure>,
    /// The desks that run, by the names that they sign their calls with.
    pub alive: Vec<String>,
    /// The orders that people were told are recorded.
    pub promised: Vec<OrderId>,
    /// The next order that the order system hands over.
    pub intake: usize,
    /// Until when the disk is full, and whether there is room for nothing else on it either.
    pub full: (Millis, bool),
    /// Answers that are kept outside of the journal, by the machine that they are on and their names.
    pub spool: BTreeMap<(usize, String), Vec<u8>>,
    /// The orders that are completed by an answer that was said to be kept.
    pub kept: Vec<OrderId>,
    /// The tasks whose person has asked for a probe.
    pub probing: Vec<TaskId>,
    pub trace: Trace,
    pub wrong: Vec<String>,
    pub tally: Tally,
    queue: BTreeMap<(Millis, u64, u64), Happening>,
    queued: u64,
    /// The turn of each task, and the one that is polled now.
    turns: Vec<u64>,
    pub current: TaskId,
    /// The request whose answer a task waits for.
    pub waiting: Vec<Option<usize>>,
}

impl State {
    pub fn new(seed: u64, broken: Option<Break>, show: bool) -> Self {
        let mut rng = Rng::new(seed);
        let plan = Plan::draw(seed, &mut rng);
        let mut transactions = Vec::new();
        for n in 0..plan.orders {
            let prepared = -Millis::try_from(rng.between(0, 110 * 60_000)).unwrap_or_default();
            transactions.push(Transaction::new(format!("T{n}"), format!("PO{n}"), prepared));
        }
        let mut state = Self {
            broken,
            now: 0,
            wall_offset: 0,
            boot: 1,
            booted_at: 0,
            lit: BTreeMap::new(),
            book: Book::new(broken),
            server: Server::default(),
            writes: Vec::new(),
            px: Px::new(transactions),
            flights: Vec::new(),
            departures: Vec::new(),
            alive: Vec::new(),
            promised: Vec::new(),
            intake: 0,
            full: (0, false),
            spool: BTreeMap::new(),
            kept: Vec::new(),
            probing: Vec::new(),
            trace: Trace::new(show),
            wrong: Vec::new(),
            tally: Tally::default(),
            queue: BTreeMap::new(),
            queued: 0,
            turns: Vec::new(),
            current: 0,
            waiting: Vec::new(),
            rng,
            plan,
        };
        state.schedule_fate();
        state
    }

    /// What befalls the world whatever the desks do.
    fn schedule_fate(&mut self) {
        for desk in 0..2 {
            let at = self.some_millis(0, 3_000);
            self.after(at, Happening::Start(desk));
        }
        for _ in 0..self.plan.power_cuts {
            let at = self.some_millis(1_000, 400_000);
            self.after(at, Happening::PowerCut);
        }
        for _ in 0..self.plan.jumps {
            let at = self.some_millis(0, 600_000);
            let far = self.some_millis(0, 1_200_000) - 600_000;
            self.after(at, Happening::Jump(far));
        }
        for _ in 0..self.plan.server.deaths {
            let at = self.some_millis(1_000, 400_000);
            self.after(at, Happening::ServerDies);
        }
        if self.plan.foreign {
            let at = self.some_millis(0, 600_000);
            let transaction = self.some_index(self.px.transactions.len());
            self.after(at, Happening::Foreign(transaction));
        }
    }

    /// By the machine's wall clock.
    pub fn wall(&self, machine: usize) -> Timestamp {
        let far = self.wall_offset + self.plan.server.clocks[machine];
        Timestamp::from_millisecond(BEGINNING + self.now + far).unwrap_or(Timestamp::MAX)
    }

    /// How long the machine has been up. Nobody sets that.
    pub fn uptime(&self, machine: usize) -> Uptime {
        let up = SignedDuration::from_millis(self.now - self.booted_at);
        if self.plan.server.shared {
            // One machine has been up for longer than another.
            let days = SignedDuration::from_hours(i64::try_from(24 * machine).unwrap_or_default());
            return Uptime::of(format!("{machine} {}", self.boot), up + days);
        }
        Uptime::of(self.boot.to_string(), up)
    }

    /// All goes dark; what was synced stays.
    pub fn power_cut(&mut self) {
        self.boot += 1;
        self.booted_at = self.now;
        self.tally.crashes += 1;
        if self.plan.server.shared {
            self.server_dies();
        }
        if let Err(why) = self.book.power_cut() {
            self.wrong(format!("the journal does not open after a power cut: {why}"));
        }
    }

    /// By a clock that is right.
    pub fn wall_at(at: Millis) -> Timestamp {
        Timestamp::from_millisecond(BEGINNING + at).unwrap_or(Timestamp::MAX)
    }

    pub fn some_millis(&mut self, from: u64, to: u64) -> Millis {
        Millis::try_from(self.rng.between(from, to)).unwrap_or_default()
    }

    pub fn some_index(&mut self, length: usize) -> usize {
        usize::try_from(self.rng.below(length as u64)).unwrap_or_default()
    }

    pub fn wrong(&mut self, what: String) {
        self.trace.tell(self.now, format_args!("WRONG: {what}"));
        self.wrong.push(what);
    }

    /// Puts `happening` into the queue. What is due at the same time comes in an order that the seed chooses.
    pub fn after(&mut self, pause: Millis, happening: Happening) {
        self.queued += 1;
        let tie = self.rng.next();
        self.queue.insert((self.now + pause, tie, self.queued), happening);
    }

    /// The next thing; time moves on to it.
    pub fn next(&mut self) -> Option<Happening> {
        let ((at, _, _), happening) = self.queue.pop_first()?;
        self.now = at;
        Some(happening)
    }

    /// A new task, which is polled at once.
    pub fn add_task(&mut self) -> TaskId {
        let task = self.turns.len();
        self.turns.push(0);
        self.waiting.push(None);
        self.wake(task, 0);
        task
    }

    /// Polls the task after `pause`, and not before.
    pub fn wake(&mut self, task: TaskId, pause: Millis) {
        self.turns[task] += 1;
        let turn = self.turns[task];
        self.after(pause, Happening::Poll { task, turn });
    }

    pub fn fate(&mut self) -> Fate {
        if self.rng.chance(self.plan.crash) {
            Fate::Dies
        } else if self.rng.chance(self.plan.freeze) {
            Fate::Freezes(self.some_millis(1_000, 1_200_000))
        } else {
            Fate::GoesOn
        }
    }

    pub fn is_due(&self, task: TaskId, turn: u64) -> bool {
        self.turns[task] == turn
    }

    /// A desk is gone, orderly or not. Of what the disk was working on for it, each write is done or not.
    pub fn desk_ends(&mut self, name: &str) {
        self.alive.retain(|alive| alive != name);
        if self.plan.server.shared {
            return self.line_ends(name);
        }
        for at in 0..self.writes.len() {
            if let Some((_, write)) = self.writes[at].take_if(|(desk, _)| desk == name)
                && self.rng.chance(500)
            {
                let _ = self.commit(write);
            }
        }
    }

    /// A Complete leaves. In some worlds something fills the disk just now, for a while that mostly outlasts the answer.
    pub fn perhaps_full(&mut self) {
        if self.rng.chance(self.plan.full) {
            self.full = (self.now + self.some_millis(100, 400_000), self.rng.chance(100));
            let until = self.full.0;
            self.trace.tell(self.now, format_args!("the disk is full until {until} ms"));
        }
    }

    pub fn is_full(&self) -> bool {
        self.now < self.full.0
    }

    /// Keeps an answer outside of the journal.
    pub fn keep(&mut self, machine: usize, name: &str, answer: &[u8]) -> Result<(), String> {
        if self.is_full() && self.full.1 {
            return Err("there is no room for it".to_owned());
        }
        if self.broken != Some(Break::NoSpool) {
            self.spool.insert((machine, name.to_owned()), answer.to_owned());
        }
        self.tally.kept += 1;
        self.trace.tell(self.now, format_args!("kept outside of the journal: {name}"));
        crate::check::kept(self, answer);
        Ok(())
    }

    /// Puts an append on the disk.
    pub fn commit(&mut self, write: Write) -> Result<Order, Error> {
        let kinds = write.events.iter().map(Event::kind).collect::<Vec<_>>().join(", ");
        let events = write.events.clone();
        let order = self.book.commit(write).cloned();
        match &order {
            Ok(order) => {
                self.trace.tell(self.now, format_args!("journal: {} {} {kinds}", order.id, order.seq));
                crate::check::recorded(self, order);
                crate::check::read(self, order, &events);
            }
            Err(error) => self.trace.tell(self.now, format_args!("journal: not {kinds}: {error}")),
        }
        order
    }

    /// Everything but tasks and desks, which are the executor's.
    pub fn happen(&mut self, happening: Happening) {
        match happening {
            Happening::Arrive(flight) => self.arrive(flight),
            Happening::Apply { flight, transaction } => {
                let reply = self.px.apply(transaction);
                self.tally.applied += 1;
                self.trace.tell(self.now, format_args!("APPLIED: request {flight}"));
                let body = self.flights[flight].body.clone();
                crate::check::applied(self, transaction, &body);
                self.send_back_placed(flight, reply);
            }
            Happening::Return(flight, reply) => self.come_back(flight, reply),
            Happening::Foreign(transaction) => {
                let known = &mut self.px.transactions[transaction];
                if !known.is_submitted() {
                    known.foreign = true;
                    self.trace.tell(self.now, format_args!("T{transaction} is submitted by another system"));
                }
            }
            Happening::Jump(far) => {
                self.wall_offset += far;
                self.trace.tell(self.now, format_args!("the wall clock jumps by {far} ms"));
            }
            Happening::Work(work) => self.work(work),
            Happening::ServerDies => self.server_dies(),
            Happening::Poll { .. } | Happening::PowerCut | Happening::Start(_) => {}
        }
    }
}
