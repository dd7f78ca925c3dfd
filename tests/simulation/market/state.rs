//! The world of one seed: its time, its disk, its desks, the marketplace; and the queue of all that is about to happen.

use super::book::{Book, Shelf, Write};
use super::net::Flight;
use super::plan::{Break, Plan};
use super::portal::Portal;
use super::stock::Stock;
use super::tally::Tally;
use crate::px::Millis;
use crate::rng::Rng;
use crate::trace::Trace;
use jiff::SignedDuration;
use pxdesk::journal::Error;
use pxdesk::kind::{Timestamp, Uptime};
use pxdesk::subscription::{Calendar, CustomerId, Month, Report, Subscription};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::task::{Wake, Waker};

pub static CALENDAR: LazyLock<Option<Calendar>> = LazyLock::new(|| Calendar::new().ok());

/// A closing under standard time, and one under daylight saving, in milliseconds since 1970.
const CLOSINGS: [Millis; 2] = [1_796_075_100_000, 1_793_479_500_000];
/// How long before the closing a world begins that passes through it, at most; and every other one.
const BEFORE: u64 = 9_000_000;
const FAR_BEFORE: Millis = 900_000_000;

pub type TaskId = usize;

/// What is about to happen.
pub enum Happening {
    /// Whoever waits for this moment goes on.
    Wake(Waker),
    /// A request arrives at the marketplace.
    Arrive(usize),
    /// It is carried out.
    Apply(usize),
    /// An answer arrives; the connection breaks when there is none.
    Return(usize, Option<u16>),
    PowerCut,
    /// An older copy of the journal is put back.
    Restore,
    /// A desk begins.
    Start(usize),
}

pub struct State {
    pub rng: Rng,
    pub plan: Plan,
    pub broken: Option<Break>,
    pub now: Millis,
    /// By a clock that is right, when the world begins, in milliseconds since 1970.
    begins: Millis,
    boot: u32,
    booted_at: Millis,
    pub book: Book,
    /// Appends that the disk works on, each with the desk that waits for it.
    pub writes: Vec<Option<(String, Write)>>,
    pub portal: Portal,
    pub stock: Stock,
    pub flights: Vec<Flight>,
    /// The desks that run, by the names that they sign their calls with.
    pub alive: Vec<String>,
    /// What the marketplace was answered with, by provisioning ids.
    pub promised: BTreeMap<String, CustomerId>,
    /// The keys of lines that the partner's system was told are taken in.
    pub taken: BTreeSet<String>,
    /// Until when the disk is full, and whether there is room for nothing else on it either.
    pub full: (Millis, bool),
    /// Answers that are kept outside of the journal.
    pub spool: BTreeMap<String, Vec<u8>>,
    /// The reports that were taken by an answer that was said to be kept.
    pub kept: Vec<String>,
    /// How often each call was begun, as the machine knows it apart from the journal.
    pub begun: BTreeMap<String, usize>,
    /// True once an older copy of the journal was put back.
    pub restored: bool,
    /// The run that each task is at: its number, and how many of its reports were taken.
    pub runs: BTreeMap<TaskId, (u64, u64)>,
    pub trace: Trace,
    pub wrong: Vec<String>,
    pub tally: Tally,
    queue: BTreeMap<(Millis, u64, u64), Happening>,
    queued: u64,
    /// The tasks that can go on.
    pub ready: Ready,
    pub current: TaskId,
}

/// The tasks that can go on, in the order in which they were woken.
pub type Ready = Arc<Mutex<VecDeque<TaskId>>>;

/// Wakes one task.
pub struct TaskWaker(pub TaskId, pub Ready);

impl Wake for TaskWaker {
    fn wake(self: Arc<Self>) {
        let mut ready = self.1.lock().unwrap_or_else(PoisonError::into_inner);
        if !ready.contains(&self.0) {
            ready.push_back(self.0);
        }
    }
}

impl State {
    pub fn new(seed: u64, broken: Option<Break>, show: bool) -> Self {
        let mut rng = Rng::new(seed ^ 0x6d61_726b_6574);
        let plan = Plan::draw(&mut rng);
        let closes = CLOSINGS[usize::from(rng.chance(500))];
        let before = Millis::try_from(rng.below(BEFORE)).unwrap_or_default();
        let begins = closes - if plan.closing { before } else { FAR_BEFORE };
        let month = CALENDAR.as_ref().map(|calendar| calendar.bill_month(at(begins)));
        let stock = Stock::draw(&plan, month, &mut rng);
        let mut state = Self {
            broken,
            now: 0,
            begins,
            boot: 1,
            booted_at: 0,
            book: Book::new(broken),
            writes: Vec::new(),
            portal: Portal::default(),
            stock,
            flights: Vec::new(),
            alive: Vec::new(),
            promised: BTreeMap::new(),
            taken: BTreeSet::new(),
            full: (0, false),
            spool: BTreeMap::new(),
            kept: Vec::new(),
            begun: BTreeMap::new(),
            restored: false,
            runs: BTreeMap::new(),
            trace: Trace::new(show),
            wrong: Vec::new(),
            tally: Tally::default(),
            queue: BTreeMap::new(),
            queued: 0,
            ready: Ready::default(),
            current: 0,
            rng,
            plan,
        };
        state.schedule_fate();
        state
    }

    /// What befalls the world whatever the desks do.
    fn schedule_fate(&mut self) {
        for desk in 0..=self.plan.desks {
            let at = self.some_millis(0, 3_000);
            self.after(at, Happening::Start(desk));
        }
        for _ in 0..self.plan.power_cuts {
            let at = self.some_millis(1_000, 400_000);
            self.after(at, Happening::PowerCut);
        }
        if self.plan.restored {
            let at = self.some_millis(20_000, 600_000);
            self.after(at, Happening::Restore);
        }
    }

    /// By the machine's wall clock.
    pub fn wall(&self) -> Timestamp {
        at(self.begins + self.now + self.plan.clock)
    }

    /// By a clock that is right.
    pub fn true_wall(&self) -> Timestamp {
        at(self.begins + self.now)
    }

    /// The month whose bill something would go on now.
    pub fn bill(&self) -> Option<Month> {
        CALENDAR.as_ref().map(|calendar| calendar.bill_month(self.wall()))
    }

    /// How long the machine has been up. Nobody sets that.
    pub fn uptime(&self) -> Uptime {
        Uptime::of(self.boot.to_string(), SignedDuration::from_millis(self.now - self.booted_at))
    }

    /// All goes dark; what was synced stays.
    pub fn power_cut(&mut self) {
        (self.boot, self.booted_at) = (self.boot + 1, self.now);
        self.tally.crashes += 1;
        if let Err(why) = self.book.power_cut() {
            self.wrong(format!("the journal does not open after a power cut: {why}"));
        }
    }

    /// An older copy of the journal is put back. What it does not know, nobody can ask of it.
    pub fn restore(&mut self) {
        let events = self.some_index(self.book.events() + 1);
        self.tally.restored += 1;
        self.restored = true;
        self.trace.tell(self.now, format_args!("a copy of the journal with {events} events is put back"));
        if let Err(why) = self.book.go_back_to(events) {
            self.wrong(format!("an older copy of the journal does not open: {why}"));
        }
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
        self.now = self.now.max(at);
        Some(happening)
    }

    /// A desk is gone, orderly or not. Of what the disk was working on for it, each write is done or not.
    pub fn desk_ends(&mut self, name: &str) {
        self.alive.retain(|alive| alive != name);
        for at in 0..self.writes.len() {
            if let Some((_, write)) = self.writes[at].take_if(|(desk, _)| desk == name)
                && self.rng.chance(500)
            {
                match write {
                    Write::Subscription(append) => drop(self.commit::<Subscription>(append)),
                    Write::Report(append) => drop(self.commit::<Report>(append)),
                }
            }
        }
    }

    /// A report leaves. In some worlds something fills the disk just now, for a while that mostly outlasts the answer.
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
    pub fn keep(&mut self, name: &str, answer: &[u8]) -> Result<(), String> {
        if self.is_full() && self.full.1 {
            return Err("there is no room for it".to_owned());
        }
        if self.broken != Some(Break::NoSpool) {
            self.spool.insert(name.to_owned(), answer.to_owned());
        }
        self.tally.kept += 1;
        self.trace.tell(self.now, format_args!("kept outside of the journal: {name}"));
        super::check::kept(self, answer);
        Ok(())
    }

    /// Puts an append on the disk.
    pub fn commit<K: Shelf>(&mut self, append: super::book::Append<K>) -> Result<K, Error> {
        let kinds = append.events.iter().map(K::event_name).collect::<Vec<_>>().join(", ");
        let done = self.book.commit(append);
        match &done {
            Ok(thing) => {
                let (id, seq) = (thing.id(), thing.seq());
                self.trace.tell(self.now, format_args!("journal: {} {id} {seq} {kinds}", K::NAME));
            }
            Err(error) => self.trace.tell(self.now, format_args!("journal: not {kinds}: {error}")),
        }
        done
    }
}

fn at(millis: Millis) -> Timestamp {
    Timestamp::from_millisecond(millis).unwrap_or(Timestamp::MAX)
}
