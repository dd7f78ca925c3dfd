//! One seed from its beginning to its end: the executor, and the lives of the desks.

use super::check;
use super::ground::Ground;
use super::pause::Shared;
use super::people::{hand, supervise};
use super::plan::Break;
use super::receiver::serve;
use super::state::{Happening, Ready, State, TaskId, TaskWaker};
use super::tally::Tally;
use crate::plan::{QUIET, TIMEOUT};
use crate::px::Millis;
use jiff::SignedDuration;
use pxdesk::engine::{Engine, Options};
use pxdesk::order::Environment;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Waker};
use std::time::Duration;

/// How often a desk is started again.
const LIVES: u32 = 5;
/// How many polls a world may take; one that takes more goes round in circles.
const POLLS: u64 = 100_000;
/// The process that receives deploys, the desks after it, and the one who settles what is left.
const RECEIVER: usize = 0;
const SUPERVISOR: usize = 3;

struct Run {
    world: Shared,
    broken: Option<Break>,
    tasks: Vec<Option<Task>>,
    ready: Ready,
    /// The name of each desk that runs.
    desks: [Option<String>; 4],
    lives: [u32; 4],
    /// Until when each desk stands still.
    frozen: [Millis; 4],
}

struct Task {
    desk: usize,
    waker: Waker,
    future: Pin<Box<dyn Future<Output = ()>>>,
}

/// What becomes of a desk at one of its awaits.
enum Fate {
    GoesOn,
    Dies,
    /// Stands still for so long.
    Freezes(Millis),
}

/// Runs the world of `seed`.
pub fn run(seed: u64, broken: Option<Break>, show: bool) -> crate::range::Outcome<Tally> {
    let state = State::new(seed, broken, show);
    let ready = Arc::clone(&state.ready);
    let world = Shared(Arc::new(Mutex::new(state)));
    let (desks, tasks) = ([None, None, None, None], Vec::new());
    let mut run = Run { world, broken, tasks, ready, desks, lives: [0; 4], frozen: [0; 4] };
    run.until_rest();
    {
        let mut state = run.world.state();
        state.plan.calm_down();
        state.full = (0, false);
    }
    run.start(SUPERVISOR);
    run.until_rest();
    let mut state = run.world.state();
    check::at_the_end(&mut state);
    let (trace, tally) = (state.trace.hash(), state.tally);
    crate::range::Outcome { trace, wrong: std::mem::take(&mut state.wrong), tally }
}

impl Run {
    /// Goes on until nothing is about to happen any more.
    fn until_rest(&mut self) {
        loop {
            let ready = self.ready.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
            if let Some(task) = ready {
                self.poll(task);
            } else {
                let happening = self.world.state().next();
                match happening {
                    None => return,
                    Some(happening) => self.happen(happening),
                }
            }
            let mut state = self.world.state();
            if state.tally.polls > POLLS {
                return state.wrong("the world does not come to rest".to_owned());
            }
        }
    }

    fn happen(&mut self, happening: Happening) {
        match happening {
            Happening::Wake(waker) => waker.wake(),
            Happening::Start(desk) => self.start(desk),
            Happening::PowerCut => self.all_go_dark("loses power", State::power_cut),
            Happening::Restore => self.all_go_dark("closes", State::restore),
            Happening::Arrive(flight) => self.world.state().arrive(flight),
            Happening::Apply(flight) => self.world.state().apply(flight),
            Happening::Return(flight, status) => self.world.state().come_back(flight, status),
        }
    }

    /// Polls a task, or has its desk die or stop just there.
    fn poll(&mut self, task: TaskId) {
        let Some(Task { desk, future, waker }) = &mut self.tasks[task] else { return };
        let desk = *desk;
        let fate = {
            let state = &mut *self.world.state();
            state.tally.polls += 1;
            state.current = task;
            if state.now < self.frozen[desk] {
                let pause = self.frozen[desk] - state.now;
                return state.after(pause, Happening::Wake(waker.clone()));
            }
            if state.rng.chance(state.plan.crash) {
                Fate::Dies
            } else if state.rng.chance(state.plan.freeze) {
                Fate::Freezes(state.some_millis(1_000, 1_200_000))
            } else {
                Fate::GoesOn
            }
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
                state.after(pause, Happening::Wake(waker.clone()));
            }
            Fate::GoesOn => {
                if future.as_mut().poll(&mut Context::from_waker(waker)).is_ready() {
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
        (self.lives[desk], self.frozen[desk]) = (self.lives[desk] + 1, 0);
        let name = format!("desk-{desk}-{}", self.lives[desk]);
        let turns = {
            let mut state = self.world.state();
            let now = state.now;
            state.trace.tell(now, format_args!("{name} starts"));
            state.alive.push(name.clone());
            state.rng.between(2, 8)
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
        let ground = Ground { world: self.world.clone(), desk: name.clone() };
        let engine = Engine::over(ground, options);
        self.desks[desk] = Some(name);
        if desk == SUPERVISOR {
            return self.spawn(desk, supervise(engine, self.world.clone()));
        }
        for _ in 0..2 {
            let (engine, world) = (engine.clone(), self.world.clone());
            if desk == RECEIVER {
                self.spawn(desk, serve(engine, world, turns));
            } else {
                self.spawn(desk, hand(engine, world, turns));
            }
        }
    }

    fn spawn(&mut self, desk: usize, future: impl Future<Output = ()> + 'static) {
        let task = self.tasks.len();
        let waker = Waker::from(Arc::new(TaskWaker(task, Arc::clone(&self.ready))));
        waker.wake_by_ref();
        self.tasks.push(Some(Task { desk, waker, future: Box::pin(future) }));
    }

    /// A desk is gone, and with it all that it was doing.
    fn end(&mut self, desk: usize, how: &str) {
        let Some(name) = self.desks[desk].take() else { return };
        for (number, task) in self.tasks.iter_mut().enumerate() {
            if task.as_ref().is_some_and(|task| task.desk == desk) {
                *task = None;
                self.world.state().runs.remove(&number);
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

    /// Every desk at once.
    fn all_go_dark(&mut self, how: &str, then: impl Fn(&mut State)) {
        let running: Vec<usize> = (0..SUPERVISOR).filter(|desk| self.desks[*desk].is_some()).collect();
        for desk in &running {
            self.end(*desk, how);
        }
        then(&mut self.world.state());
        for desk in running {
            self.start_again(desk, 60_000);
        }
    }
}
