//! The shell around a run: what the desk shows goes in, what happens around the trainee comes out and is done.

use super::opened::Px;
use crate::cast::Cast;
use crate::classroom::{Connection, Link};
use crate::desk::{Model, Msg, OrderScreen, PlayView, Screen, Talk};
use crate::engine::Clock;
use crate::kind::{ShortId, Timestamp, Uptime};
use crate::order::Recorded;
use crate::practice::{By, Facts, Play, Report, What};
use crate::session::{Failed, Training};
use crate::terminal::tell::tell;
use kept::Kept;
use ratatui::buffer::Buffer;
use serde_json::{Value, json};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::sync::mpsc::UnboundedSender;

mod happens;
mod kept;
#[cfg(test)]
mod tests;
mod told;

/// A run with its desk.
pub struct Player {
    play: Play,
    clock: Clock,
    begun: Uptime,
    px: Px,
    link: Option<Arc<Link>>,
    connection: Connection,
    sender: UnboundedSender<Msg>,
    worker: Handle,
    /// Whether the trainer has paused it. The desk's clock stands still then.
    paused: bool,
    /// When it ended, in milliseconds since it began, and because of whom.
    ended: Option<(u64, By)>,
    /// When the order's window closes, as far as is known.
    expires: Option<Timestamp>,
    /// What the order's history held when it was last on the screen.
    history: Arc<Vec<Recorded>>,
    shown: Option<PlayView>,
    /// How much was asked of the embedded Px and is not answered yet.
    asking: Arc<AtomicUsize>,
    /// What its ledger says, as it was last read.
    ledger: Arc<Mutex<Option<Value>>>,
    /// What was on the screen.
    cast: Option<Cast>,
    /// A scenario that the trainer has started meanwhile.
    next: Option<String>,
    /// Where its report is kept; nowhere, where a script plays.
    kept: Option<Kept>,
}

/// A run that is about to begin.
pub struct Beginning {
    pub play: Play,
    pub px: Px,
    /// The way to the trainer, where there is one.
    pub link: Option<Arc<Link>>,
    /// Its place in the journal of runs; none where the report is kept nowhere.
    pub place: Option<(Training, ShortId)>,
}

impl Player {
    /// A run at a desk that goes by `clock`; what happens is told through `sender`.
    pub fn new(beginning: Beginning, clock: Clock, sender: UnboundedSender<Msg>, worker: Handle) -> Self {
        let Beginning { play, px, link, place } = beginning;
        let begun = clock.steady();
        Self {
            play,
            clock,
            begun,
            px,
            link,
            sender,
            worker,
            connection: Connection::Joined,
            paused: false,
            ended: None,
            expires: None,
            history: Arc::default(),
            shown: None,
            asking: Arc::default(),
            ledger: Arc::default(),
            cast: None,
            next: None,
            kept: place.map(Kept::new),
        }
    }

    /// Milliseconds since it began, without pauses, in which the clock stands still; no later than its end.
    fn at(&self) -> u64 {
        if let Some((at, _)) = self.ended {
            return at;
        }
        let since = self.clock.steady().since_exactly(&self.begun).unwrap_or_default();
        u64::try_from(since.as_millis()).unwrap_or_default()
    }

    /// It begins.
    pub fn begin(&mut self) {
        let cues = self.play.start();
        self.perform(cues);
    }

    /// The desk has changed; `key`: by a key that was pressed.
    pub fn saw(&mut self, model: &Model, key: bool) {
        if self.ended.is_some() {
            return self.tell(model);
        }
        let order = self.order(model);
        if let Some(screen) = order {
            self.expires = screen.order.window().expires_at();
            self.history = screen.history.clone();
        }
        let facts = Facts {
            order: order.map(|screen| (&*screen.order, screen.history.as_slice())),
            at_order: order.is_some() && model.screen == Screen::Order,
            too_soon: order.filter(|screen| screen.too_soon).map(|screen| screen.section),
            // Keys do nothing meanwhile.
            key: key && !self.paused,
            window: self.expires.map(|expires| expires.duration_since(model.now).as_secs()),
        };
        let before = self.play.seen();
        let cues = self.play.look(&facts, self.at());
        self.perform(cues);
        self.ends_with_its_last_move();
        self.show();
        if self.link.is_some() {
            if self.play.seen() != before {
                self.read_ledger();
            }
            self.tell(model);
        }
    }

    /// The order that it is about, if it is the one that is open. A trainee may add others.
    fn order<'a>(&self, model: &'a Model) -> Option<&'a OrderScreen> {
        let is_ours = |screen: &&OrderScreen| {
            screen.order.identity.transaction_id.as_str() == self.px.transaction_id.as_str()
        };
        model.order.as_ref().filter(is_ours)
    }

    /// The trainee talks to somebody.
    pub fn talk(&mut self, to: Talk) {
        if self.ended.is_some() {
            return;
        }
        let at = self.at();
        let cues = match to {
            Talk::Customer => self.play.did(What::AskedCustomer, at),
            Talk::Carrier => self.play.calls_carrier(self.at_px().as_ref(), at),
        };
        self.perform(cues);
        self.ends_with_its_last_move();
        self.show();
    }

    /// This frame is on the screen now.
    pub fn record(&mut self, frame: &Buffer) {
        let title = &self.play.scenario().title;
        let now = Timestamp::now();
        let size = (frame.area.width, frame.area.height);
        let cast = self.cast.get_or_insert_with(|| Cast::new(size, now, title, 1.0));
        cast.frame(now, frame);
    }

    /// What was on the screen, as a recording; none where nothing was.
    pub fn recording(&mut self) -> Option<String> {
        self.cast.take().map(Cast::finish)
    }

    /// The way to the trainer, where there is one.
    pub fn link(&self) -> Option<Arc<Link>> {
        self.link.clone()
    }

    /// Whether the trainer can be reached, as far as the desk knows.
    pub fn connection(&self) -> Connection {
        self.connection
    }

    /// That has changed.
    pub fn reaches(&mut self, connection: Connection) {
        self.connection = connection;
        self.show();
    }

    /// A scenario that the trainer started in this one's place.
    pub fn next_scenario(&mut self) -> Option<String> {
        self.next.take()
    }

    /// Time has passed.
    pub fn tick(&mut self) {
        if !self.paused && self.ended.is_none() {
            let cues = self.play.tick(self.at());
            self.perform(cues);
            self.show();
        }
    }

    /// How long until something is due.
    pub fn next(&self) -> Option<Duration> {
        if self.paused || self.ended.is_some() {
            return None;
        }
        self.play.next().map(|due| Duration::from_millis(due.saturating_sub(self.at())))
    }

    fn show(&mut self) {
        let scenario = self.play.scenario();
        let over = self.ended.map(|_| Arc::new(self.report()));
        let view = PlayView {
            title: scenario.title.clone(),
            teaches: scenario.teaches.clone(),
            said: self.play.said().to_vec(),
            on: self.play.is_on(),
            paused: self.paused,
            lost: self.connection != Connection::Joined,
            over: self.shown.as_ref().and_then(|shown| shown.over.clone()).or(over),
        };
        if self.shown.as_ref() != Some(&view) {
            self.shown = Some(view.clone());
            tell(&self.sender, Msg::Practice(Box::new(view)));
        }
    }

    /// What the run is worth so far, or, once it has ended, for good.
    pub fn report(&self) -> Report {
        self.play.report(self.ended)
    }

    /// The same with the order's events, for a replay.
    pub fn whole_report(&self) -> Report {
        let event = |r: &Recorded| json!({ "seq": r.seq, "at": r.at, "by": r.by, "event": r.event });
        Report { events: self.history.iter().map(event).collect(), ..self.report() }
    }

    /// What came of keeping the report, which began when the run ended; none where nothing is kept, or where nobody knows.
    pub async fn was_kept(&mut self) -> Option<Result<(), Failed>> {
        self.kept.as_mut()?.outcome().await
    }

    /// The trainee leaves: nothing more will come.
    pub fn leave(&mut self) {
        // Nor does anything go on behind the desk: what was not kept by then is kept by whoever opened it.
        self.kept = self.kept.take().filter(|_| self.ended.is_some());
        self.end(By::Trainee);
    }

    /// True once the last right move was reached, or the trainer has ended it.
    pub fn is_over(&self) -> bool {
        self.ended.is_some()
    }

    /// True while something that was asked of the embedded Px is not answered.
    pub fn is_asking(&self) -> bool {
        self.asking.load(Ordering::Relaxed) > 0
    }

    /// The run itself.
    pub fn play(&self) -> &Play {
        &self.play
    }
}
