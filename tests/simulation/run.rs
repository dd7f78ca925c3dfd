//! One seed from its beginning to its end: the executor, and the lives of the desks.

use crate::check;
use crate::doubts::{hand_in, supervise};
use crate::ground::{Ground, Shared};
use crate::people::hand;
use crate::plan::{Break, QUIET, TIMEOUT};
use crate::px::Millis;
use crate::range::Outcome;
use crate::state::{Fate, Happening, State, TaskId};
use crate::tally::Tally;
use jiff::SignedDuration;
use pxdesk::engine::{Engine, Options};
use pxdesk::order::Environment;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Waker};
use std::time::Duration;

/// How often a desk is started again.
const LIVES: u32 = 5;
/// How many polls a world may take; one that takes more goes round in circles.
const POLLS: u64 = 100_000;
/// The desk of the one who settles what is left.
const SUPERVISOR: usize = 2;

struct Run {
    world: Shared,
    broken: Option<Break>,
    tasks: Vec<Option<Task>>,
    /// The name of each desk that runs.
    desks: [Option<String>; 3],
    lives: [u32; 3],
    /// Until when each desk stands still.
    frozen: [Millis; 3],
    /// True once the desks only hand in what they have.
    closing: bool,
}

struct Task {
    desk: usize,
    future: Pin<Box<dyn Future<Output = ()>>>,
}

/// Runs the world of `seed`.
pub fn run(seed: u64, broken: Option<Break>, show: bool) -> Outcome<Tally> {
    let world = Shared(Arc::new(Mutex::new(State::new(seed, broken, show))));
    let mut run = Run {
        world,
        broken,
        tasks: Vec::new(),
        desks: [None, None, None],
        lives: [0; 3],
        frozen: [0; 3],
        closing: false,
    };
    run.until_rest();
    {
        let mut state = run.world.state();
        state.plan.calm_down();
        state.full = (0, false);
    }
    // Each machine has answers of its own to hand in.
    for desk in 0..SUPERVISOR {
        run.closing = true;
        run.start(desk);
        run.until_rest();
    }
    run.start(SUPERVISOR);
    run.until_rest();
    let mut state = run.world.state();
    check::at_the_end(&mut state);
    Outcome { trace: state.trace.hash(), wrong: std::mem::take(&mut state.wrong), tally: state.tally }
}

impl Run {
    /// Goes on until nothing is about to happen any more.
    fn until_rest(&mut self) {
        loop {
            let happening = self.world.state().next();
            match happening {
                None => return,
                Some(Happening::Poll { task, turn }) => self.poll(task, turn),
                Some(Happening::Start(desk)) => self.start(desk),
                Some(Happening::PowerCut) => self.power_cut(),
                Some(other) => self.world.state().happen(other),
            }
            let mut state = self.world.state();
            if state.tally.polls > POLLS {
                return state.wrong("the world does not come to rest".to_owned());
            }
        }
    }

    /// Polls a task, or has its desk die or stop just there.
    fn poll(&mut self, task: TaskId, turn: u64) {
        let Some(Task { desk, future }) = &mut self.tasks[task] else { return };
        let desk = *desk;
        let fate = {
            let mut state = self.world.state();
            if !state.is_due(task, turn) {
                return;
            }
            state.tally.polls += 1;
            state.current = task;
            if state.now < self.frozen[desk] {
                let pause = self.frozen[desk] - state.now;
                return state.wake(task, pause);
            }
            state.fate()
        };
        match fate {
            Fate::Dies => {
                self.world.state().tally.crashes += 1;
                self.end(desk, "dies");
                self.start_again(desk, 30_000);
            }
            Fate::Freezes(pause) => {
                let mut state = self.world.state();
                let now = state.now;
                state.trace.tell(now, format_args!("desk {desk} stops for {pause} ms"));
                self.frozen[desk] = now + pause;
                state.wake(task, pause);
            }
            Fate::GoesOn => {
                if future.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_ready() {
                    self.tasks[task] = None;
                    if !self.tasks.iter().flatten().any(|other| other.desk == desk) {
                        self.end(desk, "closes");
                    }
                }
            }
        }
    }

    fn start(&mut self, desk: usize) {
        if self.desks[desk].is_some() {
            return;
        }
        self.lives[desk] += 1;
        self.frozen[desk] = 0;
        let name = format!("desk-{desk}-{}", self.lives[desk]);
        let turns = {
            let mut state = self.world.state();
            let now = state.now;
            state.trace.tell(now, format_args!("{name} starts"));
            state.alive.push(name.clone());
            state.rng.between(2, 5)
        };
        let signed = |time| SignedDuration::try_from(time).unwrap_or_default();
        let options = Options {
            environment: Environment::Sandbox,
            agent: format!("agent {desk}"),
            complete_room: signed(TIMEOUT),
            quiet: signed(if self.broken == Some(Break::NoQuiet) { Duration::ZERO } else { QUIET }),
            market_quiet: signed(if self.broken == Some(Break::NoQuiet) { Duration::ZERO } else { QUIET }),
            fastest: pxdesk::order::Pace::FASTEST,
            role: pxdesk::order::Role::Supervisor,
            two_people: false,
        };
        let machine = if self.world.state().plan.server.shared { desk } else { 0 };
        let ground = Ground { world: self.world.clone(), desk: name.clone(), machine };
        let engine = Engine::over(ground, options);
        self.desks[desk] = Some(name);
        if desk == SUPERVISOR {
            return self.spawn(desk, supervise(engine, self.world.clone()));
        }
        if self.closing {
            return self.spawn(desk, hand_in(engine, self.world.clone()));
        }
        for _ in 0..2 {
            self.spawn(desk, hand(engine.clone(), self.world.clone(), turns));
        }
    }

    fn spawn(&mut self, desk: usize, future: impl Future<Output = ()> + 'static) {
        let task = self.world.state().add_task();
        debug_assert_eq!(task, self.tasks.len(), "tasks are numbered one after the other");
        self.tasks.push(Some(Task { desk, future: Box::pin(future) }));
    }

    /// A desk is gone, and with it all that it was doing.
    fn end(&mut self, desk: usize, how: &str) {
        let Some(name) = self.desks[desk].take() else { return };
        for task in &mut self.tasks {
            if task.as_ref().is_some_and(|task| task.desk == desk) {
                *task = None;
            }
        }
        let mut state = self.world.state();
        let now = state.now;
        state.trace.tell(now, format_args!("{name} {how}"));
        state.desk_ends(&name);
    }

    fn start_again(&mut self, desk: usize, within: u64) {
        if self.lives[desk] < LIVES {
            let mut state = self.world.state();
            let pause = state.some_millis(0, within);
            state.after(pause, Happening::Start(desk));
        }
    }

    /// Every desk at once, and what the disk did not have.
    fn power_cut(&mut self) {
        let running: Vec<usize> = (0..2).filter(|desk| self.desks[*desk].is_some()).collect();
        for desk in &running {
            self.end(*desk, "loses power");
        }
        self.world.state().power_cut();
        for desk in running {
            self.start_again(desk, 60_000);
        }
    }
}
