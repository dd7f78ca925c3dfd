//! The terminal: raw mode, input, signals, and the loop that joins the pure desk to the engine.
//!
//! One queue of messages. A batch of input is drained before anything is drawn; nothing in the loop waits for the
//! journal or the network; a frame that equals the last one is not sent. May touch: everything. Never: an order's rules.

mod classroom;
mod clipboard;
mod day;
mod effects;
mod floor;
mod held;
mod input;
mod items;
mod loaded;
mod market;
mod panics;
pub mod practice;
mod queue;
mod registration;
mod screen;
mod setup;
mod signals;
mod simulation;
mod tell;
mod tour;
mod worker;

use crate::classroom::Link;
use crate::config::Settings;
use crate::desk::{Effect, Model, Msg, next_tick, update};
use crate::engine::Engine;
use crate::order::{Call, OrderId, Recorded};
use crate::practice::Directive;
use crate::session::{Exit, Failed, Session, block_on};
use effects::Effects;
use practice::Player;
use screen::Screen;
use setup::is_practice;
pub use setup::{setup, theme};
use std::io::{IsTerminal as _, Write as _};
use std::sync::Arc;
use tokio::sync::mpsc;
use tokio::time::{Duration, Instant, sleep_until};
use worker::Worker;

pub use classroom::Teaching;

/// Opens the desk and returns when the person leaves.
///
/// # Errors
/// When there is no terminal, or the journal cannot be opened. Whatever happens, the terminal is given back.
pub fn run(settings: &Settings) -> Result<Exit, Failed> {
    needs_terminal(
        "Without a screen, use `pxdesk order open`, `walk`, `list` and `show`; `pxdesk --help` lists them.",
    )?;
    block_on(Box::pin(async {
        let session = Session::open_for_desk(settings).await?;
        Box::pin(open(settings, session, Front::default())).await?.ended
    }))
}

/// The same at the trainer's screen, with a classroom open. Whoever calls this has a terminal.
///
/// # Errors
/// As [`run`].
pub fn train(settings: &Settings, teaching: Teaching) -> Result<Exit, Failed> {
    block_on(Box::pin(async {
        let session = Session::open_for_desk(settings).await?;
        let front = Front { teaching: Some(teaching), ..Front::default() };
        Box::pin(open(settings, session, front)).await?.ended
    }))
}

/// Refuses what needs a screen where there is none; `next` says what can be done without one.
fn needs_terminal(next: &str) -> Result<(), Failed> {
    if std::io::stdout().is_terminal() && std::io::stdin().is_terminal() {
        return Ok(());
    }
    Err(Failed {
        exit: Exit::BadInput,
        what: "the desk needs a terminal, and standard input or output is not one".to_owned(),
        next: Some(next.to_owned()),
    })
}

/// What a desk is opened for, besides orders.
#[derive(Default)]
struct Front {
    /// A classroom.
    teaching: Option<Teaching>,
    /// A run of practice.
    practice: Option<practice::Beginning>,
    /// A replay of what became of an order.
    replay: Option<(OrderId, Vec<Recorded>)>,
    /// What a desk before this one read the keys from: there is one reader in a process.
    input: Option<mpsc::Receiver<Vec<input::Event>>>,
}

/// A desk that was left.
struct Left {
    ended: Result<Exit, Failed>,
    /// The desk as it was then; none after an error of our own.
    desk: Option<Loop>,
}

async fn open(settings: &Settings, session: Session, front: Front) -> Result<Left, Failed> {
    let Front { mut teaching, practice, replay, input } = front;
    let page = queue::first_page(&session, settings).await?;
    let mut screen = Screen::enter(theme())
        .map_err(|e| Failed::new(Exit::Unexpected, format!("cannot use the terminal: {e}")))?;
    let mut signals = signals::Signals::listen()
        .map_err(|e| Failed::new(Exit::Unexpected, format!("cannot listen for signals: {e}")))?;
    let now = session.engine.clock().now();
    let mut model = Model::opening(setup(settings), theme(), now, screen.size());
    model.setup.practice_offered &= practice.is_none();
    if let Some((id, events)) = replay {
        let opened = model.opens_for(&id, events);
        opened.map_err(|why| Failed::new(Exit::BadInput, format!("the run cannot be replayed: {why}")))?;
    }
    let newcomer = model.setup.practice_offered && teaching.is_none() && model.replay.is_none();
    let offer = newcomer.then(|| tour::Offer::find(&settings.places.state)).flatten();
    if offer.is_some() {
        model.offer_tour();
    }
    if let Some(teaching) = &mut teaching {
        teaching.show(&mut model);
    }
    // The first frame already shows the most urgent orders.
    let mut effects = update(&mut model, Msg::Queue(Box::new(page)), now);
    if let Err(error) = session.engine.journal().trust() {
        effects.extend(update(&mut model, tell::failed(None, &error.into(), false), now));
    }
    screen.draw(&model);
    if let Some(page) = queue::second_page(&session, &model).await {
        effects.extend(update(&mut model, Msg::Queue(Box::new(page)), now));
        // On most screens it lies below what is shown.
        if usize::from(screen.size().1) > queue::FIRST {
            screen.draw(&model);
        }
    }
    let (sender, receiver) = mpsc::unbounded_channel();
    let engine = session.engine.clone();
    let worker = Worker::start()?;
    // From here on it is used on that thread.
    engine.journal().rest().await;
    let clock = engine.clock().clone();
    let player = practice.map(|beginning| Player::new(beginning, clock, sender.clone(), worker.handle()));
    let runner = Effects::new(session, settings, sender, worker.handle(), teaching);
    runner.start(effects);
    if let Some(offer) = offer {
        // It has been seen, and nobody waits for this.
        worker.handle().spawn(async move { offer.remember() });
    }
    let desk = Loop {
        model,
        runner,
        receiver,
        input: input.unwrap_or_else(input::start),
        reads: true,
        told: false,
        dirty: false,
        wanted: Vec::new(),
        look_after: LOOK_NOW_AND_THEN,
        looked: Instant::now(),
        player,
    };
    let desk = Box::pin(panics::caught(desk.run(&mut screen, &mut signals))).await;
    drop(screen);
    let ended = if panics::met() {
        Err(wait_for_calls(&engine, &mut signals).await)
    } else {
        ended(&engine, desk.as_ref().map(|desk| &desk.model))
    };
    // Nothing writes any more, so the file alone is whole from here on.
    drop(worker);
    engine.journal().close().await;
    Ok(Left { ended, desk })
}

/// How a desk ended that met no error of its own.
fn ended(engine: &Engine, left: Option<&Model>) -> Result<Exit, Failed> {
    if engine.is_idle() {
        return Ok(Exit::Done);
    }
    let running = left.map(|model| model.running.iter()).into_iter().flatten();
    let complete = running.into_iter().find(|(_, (call, _))| *call == Some(Call::CompleteOrder));
    let (exit, what) = match complete {
        Some((id, _)) => (Exit::InDoubt, format!("left while Complete was under way for order {id}")),
        None => (Exit::Unexpected, "left while a call to Px was under way".to_owned()),
    };
    let next = "Its outcome was not waited for. Start pxdesk again: it shows what is known of the order, and what may be done.";
    Err(Failed { exit, what, next: Some(next.to_owned()) })
}

/// After an error of our own: what Px answers to the calls under way is still recorded, unless a person will not wait.
async fn wait_for_calls(engine: &Engine, signals: &mut signals::Signals) -> Failed {
    if !engine.is_idle() {
        let mut err = std::io::stderr().lock();
        let _ = writeln!(
            err,
            "A call to Px is under way, and its outcome is waited for. Ctrl-C ends pxdesk at once."
        );
    }
    loop {
        tokio::select! {
            _idle = engine.idle() => break,
            signal = signals.next() => if signal == signals::Signal::Terminate { break },
        }
    }
    Failed::new(Exit::Unexpected, "")
}

/// How long to leave the journal alone between two looks for other desks' changes: while somebody types, and while only
/// a clock runs.
const LOOK_AGAIN: Duration = Duration::from_secs(1);
const LOOK_NOW_AND_THEN: Duration = Duration::from_secs(10);

struct Loop {
    model: Model,
    runner: Effects,
    receiver: mpsc::UnboundedReceiver<Msg>,
    input: mpsc::Receiver<Vec<input::Event>>,
    /// False once the terminal is gone.
    reads: bool,
    /// True once a signal has told the desk to end.
    told: bool,
    dirty: bool,
    /// What the desk asked for since the last frame.
    wanted: Vec<Effect>,
    /// How long after the last look the next one is due.
    look_after: Duration,
    /// When the journal was last looked at for other desks' changes.
    looked: Instant,
    /// The run of practice that this desk is for.
    player: Option<Player>,
}

/// What woke the loop.
enum Woken {
    Input(Vec<input::Event>),
    Message(Msg),
    Signal(signals::Signal),
    Tick,
    TerminalGone,
    Panicked,
    /// Something is due in a run of practice.
    Due,
    /// The trainer did something.
    Directed(Directive),
}

impl Loop {
    /// Runs until it is time to leave; returns the desk as it was then.
    async fn run(mut self, screen: &mut Screen, signals: &mut signals::Signals) -> Self {
        if let Some(player) = &mut self.player {
            player.begin();
            player.saw(&self.model, false);
        }
        loop {
            let woken = self.wait(signals).await;
            if self.wake(woken, screen) || panics::met() || self.take_the_rest(screen) {
                return self;
            }
            if self.dirty {
                self.dirty = false;
                let clickable = screen.draw(&self.model);
                self.runner.clickable(clickable);
                if let Some(player) = &mut self.player {
                    player.record(screen.shown());
                }
            }
            // After the frame: nobody waits for these.
            self.runner.start(std::mem::take(&mut self.wanted));
            let pause = std::mem::replace(&mut self.look_after, LOOK_NOW_AND_THEN);
            self.look_at_journal(pause);
        }
    }

    /// Does what it was woken for; true when it is time to leave.
    fn wake(&mut self, woken: Woken, screen: &mut Screen) -> bool {
        match woken {
            Woken::Input(events) => self.take_input(events, screen),
            Woken::Message(msg) => self.take(msg, screen),
            Woken::Tick => self.take(Msg::Tick, screen),
            Woken::Signal(signals::Signal::Resized) => self.resized(screen),
            Woken::Signal(signals::Signal::Suspend) => {
                screen.suspend();
                self.resized(screen)
            }
            Woken::Signal(signals::Signal::Continued) => {
                screen.take_again();
                self.resized(screen)
            }
            Woken::Signal(signals::Signal::Terminate) => {
                let again = std::mem::replace(&mut self.told, true);
                again | self.end(screen)
            }
            Woken::Signal(signals::Signal::Hangup) | Woken::TerminalGone => {
                self.reads = false;
                screen.lose();
                self.end(screen)
            }
            Woken::Panicked => true,
            Woken::Due => {
                if let Some(player) = &mut self.player {
                    player.tick();
                }
                false
            }
            // A run that is under way ends with the next one.
            Woken::Directed(directive) => {
                let leaves = matches!(directive, Directive::Start { .. });
                if let Some(player) = &mut self.player {
                    player.direct(directive);
                }
                leaves
            }
        }
    }

    /// Ends as soon as the calls under way have ended, which is at their time-outs at the latest: what Px answers is
    /// worth more than a fast end. Who cannot wait for that sends SIGTERM again; a Complete is in doubt then.
    fn end(&mut self, screen: &mut Screen) -> bool {
        self.take(Msg::AskedToQuit, screen)
    }

    /// Takes in whatever else is there already, before the frame is drawn.
    fn take_the_rest(&mut self, screen: &mut Screen) -> bool {
        while let Ok(events) = self.input.try_recv() {
            if self.take_input(events, screen) {
                return true;
            }
        }
        while let Ok(msg) = self.receiver.try_recv() {
            if self.take(msg, screen) {
                return true;
            }
        }
        false
    }

    async fn wait(&mut self, signals: &mut signals::Signals) -> Woken {
        let tick =
            next_tick(&self.model, self.runner.clock().now()).map(|d| Instant::now() + d.unsigned_abs());
        let due = self.player.as_ref().and_then(Player::next).map(|left| Instant::now() + left);
        let link = self.player.as_ref().and_then(Player::link);
        tokio::select! {
            biased;
            events = self.input.recv(), if self.reads => events.map_or(Woken::TerminalGone, Woken::Input),
            Some(msg) = self.receiver.recv() => Woken::Message(msg),
            signal = signals.next() => Woken::Signal(signal),
            () = panics::next() => Woken::Panicked,
            () = sleep_until(due.unwrap_or_else(Instant::now)), if due.is_some() => Woken::Due,
            directive = directed(link), if self.player.is_some() => Woken::Directed(directive),
            () = sleep_until(tick.unwrap_or_else(Instant::now)), if tick.is_some() => Woken::Tick,
        }
    }

    fn take_input(&mut self, events: Vec<input::Event>, screen: &mut Screen) -> bool {
        self.look_after = LOOK_AGAIN;
        let mut quit = false;
        for event in events {
            let msg = match event {
                input::Event::Msg(msg) => Some(msg),
                input::Event::Click { column, row } => self.runner.target_at(column, row).map(Msg::Clicked),
                input::Event::Resized => {
                    self.resized(screen);
                    None
                }
            };
            if let Some(msg) = msg {
                quit |= self.take(msg, screen);
            }
        }
        quit
    }

    fn resized(&mut self, screen: &mut Screen) -> bool {
        let (width, height) = screen.size();
        self.take(Msg::Resized { width, height }, screen)
    }

    /// Updates the model, and notes what it asks for; true when it asks to leave.
    fn take(&mut self, msg: Msg, screen: &mut Screen) -> bool {
        self.dirty = true;
        let key = matches!(msg, Msg::Key(_));
        let clock = self.runner.clock();
        self.model.uptime = clock.uptime();
        self.model.steady = Some(clock.steady());
        let effects = update(&mut self.model, msg, clock.now());
        if let Some(player) = &mut self.player {
            player.saw(&self.model, key);
        }
        for effect in effects {
            match effect {
                Effect::Quit => return true,
                Effect::Suspend => screen.suspend(),
                Effect::Copy(text) => screen.copy(&text),
                Effect::Notify(text) => screen.notify(&text),
                Effect::Talk(to) => {
                    if let Some(player) = &mut self.player {
                        player.talk(to);
                    }
                }
                other => self.wanted.push(other),
            }
        }
        false
    }

    fn look_at_journal(&mut self, pause: Duration) {
        if self.looked.elapsed() >= pause {
            self.looked = Instant::now();
            self.runner.look_for_changes();
        }
    }
}

/// What the trainer does next; never, where there is none.
async fn directed(link: Option<Arc<Link>>) -> Directive {
    match link {
        Some(link) => link.next().await,
        None => std::future::pending().await,
    }
}
