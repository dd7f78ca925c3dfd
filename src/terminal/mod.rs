//! The terminal: raw mode, input, signals, and the loop that joins the pure desk to the engine.
//!
//! One queue of messages. A batch of input is drained before anything is drawn; nothing in the loop waits for the
//! journal or the network; a frame that equals the last one is not sent. May touch: everything. Never: an order's rules.

mod clipboard;
mod effects;
mod input;
mod practice;
mod queue;
mod screen;
mod signals;

use crate::config::Settings;
use crate::desk::{Effect, Model, Msg, Setup, ThemeName, next_tick, update};
use crate::order::{Environment, Pauses};
use crate::session::{Exit, Failed, Session, block_on};
use effects::Effects;
use screen::Screen;
use std::io::IsTerminal as _;
use tokio::sync::mpsc;
use tokio::time::{Duration, Instant, sleep_until};

/// Opens the desk and returns when the person leaves.
///
/// # Errors
/// When there is no terminal, or the journal cannot be opened. Whatever happens, the terminal is given back.
pub fn run(settings: &Settings) -> Result<Exit, Failed> {
    if !std::io::stdout().is_terminal() || !std::io::stdin().is_terminal() {
        return Err(Failed {
            exit: Exit::BadInput,
            what: "the desk needs a terminal, and standard input or output is not one".to_owned(),
            next: Some("Without a screen, use `pxdesk order open`, `walk`, `list` and `show`; `pxdesk --help` lists them.".to_owned()),
        });
    }
    block_on(open(settings))
}

async fn open(settings: &Settings) -> Result<Exit, Failed> {
    let session = Session::open_with_px(settings).await?;
    let rows = queue::first_rows(&session, settings).await?;
    let mut screen = Screen::enter(theme())
        .map_err(|e| Failed::new(Exit::Unexpected, format!("cannot use the terminal: {e}")))?;
    let now = session.engine.clock().now();
    let (mut model, effects) = Model::new(setup(settings), theme(), now, screen.size());
    // The first frame already shows the most urgent orders.
    let complete = rows.len() < queue::FIRST as usize;
    update(&mut model, Msg::Queue { rows, first: true, last: complete }, now);
    screen.draw(&model);
    let (sender, receiver) = mpsc::unbounded_channel();
    let runner = Effects::new(session, settings, sender);
    runner.start(effects);
    let left = Loop { model, runner, receiver, input: input::start(), dirty: false, looked: Instant::now() }
        .run(&mut screen)
        .await;
    drop(screen);
    left
}

fn setup(settings: &Settings) -> Setup {
    let acceptance = &settings.acceptance;
    Setup {
        environment: settings.environment,
        agent: settings.agent.clone(),
        pauses: Pauses {
            first: acceptance.first_pause.signed(),
            longest: acceptance.longest_pause.signed(),
            give_up_after: acceptance.give_up_after.signed(),
        },
        complete_room: settings.timeouts.complete_order.signed(),
        quiet_period: settings.doubt.quiet_period.signed(),
    }
}

fn theme() -> ThemeName {
    let no_color = std::env::var_os("NO_COLOR").is_some_and(|v| !v.is_empty());
    if no_color { ThemeName::Plain } else { ThemeName::Dark }
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
    dirty: bool,
    /// When the journal was last looked at for other desks' changes.
    looked: Instant,
}

/// What woke the loop.
enum Woken {
    Input(Vec<input::Event>),
    Message(Msg),
    Signal(signals::Signal),
    Tick,
    TerminalGone,
}

impl Loop {
    async fn run(mut self, screen: &mut Screen) -> Result<Exit, Failed> {
        let mut signals = signals::Signals::listen()
            .map_err(|e| Failed::new(Exit::Unexpected, format!("cannot listen for signals: {e}")))?;
        loop {
            let quit = match self.wait(&mut signals).await {
                Woken::Input(events) => self.take_input(events, screen),
                Woken::Message(msg) => self.take(msg, screen),
                Woken::Tick => {
                    self.look_at_journal(LOOK_NOW_AND_THEN);
                    self.take(Msg::Tick, screen)
                }
                Woken::Signal(signals::Signal::Resized) => self.resized(screen),
                Woken::Signal(signals::Signal::Continued) => {
                    screen.refresh();
                    self.resized(screen)
                }
                Woken::Signal(signals::Signal::Terminate) => self.take(Msg::AskedToQuit, screen),
                Woken::Signal(signals::Signal::Hangup) | Woken::TerminalGone => {
                    screen.lose();
                    self.take(Msg::AskedToQuit, screen)
                }
            };
            if quit || screen::panicked() {
                break;
            }
            // Whatever else is there already is taken in before the frame is drawn.
            while let Ok(events) = self.input.try_recv() {
                if self.take_input(events, screen) {
                    return Self::leave();
                }
            }
            while let Ok(msg) = self.receiver.try_recv() {
                if self.take(msg, screen) {
                    return Self::leave();
                }
            }
            if self.dirty {
                self.dirty = false;
                let clickable = screen.draw(&self.model);
                self.runner.clickable(clickable);
            }
        }
        Self::leave()
    }

    fn leave() -> Result<Exit, Failed> {
        if screen::panicked() { Err(Failed::new(Exit::Unexpected, "")) } else { Ok(Exit::Done) }
    }

    async fn wait(&mut self, signals: &mut signals::Signals) -> Woken {
        let tick = next_tick(&self.model, self.runner.now()).map(|d| Instant::now() + d.unsigned_abs());
        tokio::select! {
            biased;
            events = self.input.recv() => events.map_or(Woken::TerminalGone, Woken::Input),
            Some(msg) = self.receiver.recv() => Woken::Message(msg),
            signal = signals.next() => Woken::Signal(signal),
            () = sleep_until(tick.unwrap_or_else(Instant::now)), if tick.is_some() => Woken::Tick,
        }
    }

    fn take_input(&mut self, events: Vec<input::Event>, screen: &mut Screen) -> bool {
        self.look_at_journal(LOOK_AGAIN);
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

    /// Updates the model and starts what it asks for; true when it asks to leave.
    fn take(&mut self, msg: Msg, screen: &mut Screen) -> bool {
        self.dirty = true;
        let now = self.runner.now();
        let effects = update(&mut self.model, msg, now);
        let mut rest = Vec::with_capacity(effects.len());
        for effect in effects {
            match effect {
                Effect::Quit => return true,
                Effect::Suspend => screen.suspend(),
                Effect::Copy(text) => screen.copy(&text),
                other => rest.push(other),
            }
        }
        self.runner.start(rest);
        false
    }

    fn look_at_journal(&mut self, pause: Duration) {
        if self.looked.elapsed() >= pause {
            self.looked = Instant::now();
            self.runner.look_for_changes();
        }
    }
}

/// True in the environment whose Px a trainer may play with.
fn is_practice(environment: Environment) -> bool {
    environment == Environment::Embedded
}
