//! The loop: one queue of messages, a frame after each batch of them, and what the desk wants after the frame.

use super::effects::Effects;
use super::practice::Player;
use super::screen::Screen;
use super::{input, panics, signals};
use crate::classroom::{Connection, Link};
use crate::desk::{Effect, Model, Msg, awaited, next_tick, update, watches_journal};
use crate::practice::Directive;
use std::sync::Arc;
use tokio::sync::mpsc;
use tokio::time::{Duration, Instant, sleep_until};

/// How long to leave the journal alone between two looks for other desks' changes: while somebody types, while the desk
/// shows what others write all the time, and while only a clock runs.
const LOOK_AGAIN: Duration = Duration::from_secs(1);
const LOOK_WATCHED: Duration = Duration::from_secs(2);
const LOOK_NOW_AND_THEN: Duration = Duration::from_secs(10);

/// A desk in its terminal: what wakes it, and what it does then.
pub struct Loop {
    pub model: Model,
    runner: Effects,
    receiver: mpsc::UnboundedReceiver<Msg>,
    pub input: mpsc::Receiver<Vec<input::Event>>,
    /// False once the terminal is gone.
    reads: bool,
    /// How many questions had come up when the last frame was drawn.
    asked: u64,
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
    pub player: Option<Player>,
}

/// What woke the loop.
enum Woken {
    Input(Vec<input::Event>),
    Message(Msg),
    Signal(signals::Signal),
    Tick,
    /// It is time to look for other desks' changes; nothing is drawn unless there are some.
    Look,
    TerminalGone,
    Panicked,
    /// Something is due in a run of practice.
    Due,
    /// The trainer did something.
    Directed(Directive),
    /// The trainer can no longer be reached, or again.
    Reached(Connection),
}

impl Loop {
    /// A desk that has just opened.
    pub fn new(
        model: Model,
        runner: Effects,
        receiver: mpsc::UnboundedReceiver<Msg>,
        input: mpsc::Receiver<Vec<input::Event>>,
        player: Option<Player>,
    ) -> Self {
        Self {
            model,
            runner,
            receiver,
            input,
            reads: true,
            asked: 0,
            told: false,
            dirty: false,
            wanted: Vec::new(),
            look_after: LOOK_NOW_AND_THEN,
            looked: Instant::now(),
            player,
        }
    }

    /// Runs until it is time to leave; returns the desk as it was then.
    pub async fn run(mut self, screen: &mut Screen, signals: &mut signals::Signals) -> Self {
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
                self.draw(screen);
            }
            // After the frame: nobody waits for these.
            self.runner.start(std::mem::take(&mut self.wanted));
            let pause = std::mem::replace(&mut self.look_after, LOOK_NOW_AND_THEN);
            self.look_at_journal(pause);
        }
    }

    /// Draws a frame, tells the desk what of a text could be read on it, and draws what follows from that.
    fn draw(&mut self, screen: &mut Screen) {
        let mut layout = screen.draw(&self.model);
        let known = self.model.order.as_ref().and_then(|order| order.seen);
        if let Some(seen) = layout.seen.filter(|seen| known != Some(*seen)) {
            self.take(Msg::Shown(seen), screen);
            layout = screen.draw(&self.model);
        }
        self.dirty = false;
        self.asked = self.model.frame.asked;
        self.runner.clickable(layout);
        if let Some(player) = &mut self.player {
            player.record(screen.shown());
        }
    }

    /// Does what it was woken for; true when it is time to leave.
    fn wake(&mut self, woken: Woken, screen: &mut Screen) -> bool {
        match woken {
            Woken::Input(events) => self.take_input(events, screen),
            Woken::Message(msg) => self.take(msg, screen),
            Woken::Tick => self.take(Msg::Tick, screen),
            Woken::Look => {
                self.look_after = LOOK_WATCHED;
                false
            }
            Woken::Signal(signals::Signal::Resized) => self.resized(screen),
            Woken::Signal(signals::Signal::Suspend) => {
                screen.suspend();
                self.continued(screen)
            }
            Woken::Signal(signals::Signal::Continued) => {
                screen.take_again();
                self.continued(screen)
            }
            Woken::Signal(signals::Signal::Terminate) => {
                let again = std::mem::replace(&mut self.told, true);
                again | self.end(screen)
            }
            // A terminal that lives on is given back; one that is gone says so by itself.
            Woken::Signal(signals::Signal::Hangup) => self.end(screen),
            Woken::TerminalGone => {
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
            Woken::Reached(connection) => {
                if let Some(player) = &mut self.player {
                    player.reaches(connection);
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

    /// True when the program itself is to end, and not this desk alone.
    pub fn is_told_to_end(&self) -> bool {
        self.told || !self.reads
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
        let (now, moved) = self.runner.clock().now_and_offset();
        self.model.moved = moved;
        let tick = next_tick(&self.model, now).map(|d| Instant::now() + d.unsigned_abs());
        let waits = self.runner.looks_for_changes() || awaited(&self.model).is_some();
        let looks = waits && watches_journal(&self.model);
        let look = looks.then(|| self.looked + LOOK_WATCHED);
        let due = self.player.as_ref().and_then(Player::next).map(|left| Instant::now() + left);
        let link = self.player.as_ref().and_then(Player::link);
        let known = self.player.as_ref().map_or(Connection::Joined, Player::connection);
        tokio::select! {
            biased;
            events = self.input.recv(), if self.reads => events.map_or(Woken::TerminalGone, Woken::Input),
            Some(msg) = self.receiver.recv() => Woken::Message(msg),
            signal = signals.next() => Woken::Signal(signal),
            () = panics::next() => Woken::Panicked,
            () = sleep_until(due.unwrap_or_else(Instant::now)), if due.is_some() => Woken::Due,
            connection = reached(link.clone(), known), if self.player.is_some() => Woken::Reached(connection),
            directive = directed(link), if self.player.is_some() => Woken::Directed(directive),
            () = sleep_until(look.unwrap_or_else(Instant::now)), if look.is_some() => Woken::Look,
            () = sleep_until(tick.unwrap_or_else(Instant::now)), if tick.is_some() => Woken::Tick,
        }
    }

    fn take_input(&mut self, events: Vec<input::Event>, screen: &mut Screen) -> bool {
        self.look_after = LOOK_AGAIN;
        let mut quit = false;
        for event in events {
            let msg = match event {
                // Typed before the question could be seen: that is no answer to it.
                input::Event::Msg(Msg::Key(key)) if self.asked != self.model.frame.asked => {
                    Some(Msg::Held(key))
                }
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

    /// The program was stopped, and the terminal may have another size now.
    fn continued(&mut self, screen: &mut Screen) -> bool {
        self.take(Msg::Continued, screen) | self.resized(screen)
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
        let (now, moved) = clock.now_and_offset();
        self.model.moved = moved;
        let effects = update(&mut self.model, msg, now);
        if let Some(player) = &mut self.player {
            player.saw(&self.model, key);
        }
        for effect in effects {
            match effect {
                Effect::Quit => return true,
                Effect::Suspend => {
                    screen.suspend();
                    // At once: a key that was typed ahead comes before the signal.
                    self.continued(screen);
                }
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
            self.runner.look_for_changes(awaited(&self.model));
        }
    }
}

/// Waits until the trainer can be reached when they could not, or no longer; for ever, where there is none.
async fn reached(link: Option<Arc<Link>>, known: Connection) -> Connection {
    match link {
        Some(link) => link.connection_changed(known).await,
        None => std::future::pending().await,
    }
}

/// What the trainer does next; never, where there is none.
async fn directed(link: Option<Arc<Link>>) -> Directive {
    match link {
        Some(link) => link.next().await,
        None => std::future::pending().await,
    }
}
