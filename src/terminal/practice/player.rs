//! The shell around a run: what the desk shows goes in, what happens around the trainee comes out and is done.

use super::opened::Px;
use crate::cast::Cast;
use crate::classroom::Link;
use crate::desk::{Model, Msg, PlayView, Screen, Simulation, Talk};
use crate::engine::Clock;
use crate::kind::{Timestamp, Uptime};
use crate::practice::classroom::{Directive, Snapshot};
use crate::practice::stage::{CUSTOMER, Cue};
use crate::practice::{Facts, Play, Report, What};
use crate::terminal::simulation;
use crate::terminal::tell::tell;
use jiff::SignedDuration;
use ratatui::buffer::Buffer;
use serde_json::Value;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::sync::mpsc::UnboundedSender;

/// A run with its desk.
pub struct Player {
    play: Play,
    clock: Clock,
    begun: Uptime,
    px: Px,
    link: Option<Arc<Link>>,
    sender: UnboundedSender<Msg>,
    worker: Handle,
    /// Since when it is paused, and for how long it was, in milliseconds.
    paused_at: Option<u64>,
    paused: u64,
    ended: bool,
    shown: Option<PlayView>,
    /// How much was asked of the embedded Px and is not answered yet.
    asking: Arc<AtomicUsize>,
    /// What its ledger says, as it was last read.
    ledger: Arc<Mutex<Option<Value>>>,
    /// What was on the screen.
    cast: Option<Cast>,
    /// A scenario that the trainer has started meanwhile.
    next: Option<String>,
}

/// A run that is about to begin.
pub struct Beginning {
    pub play: Play,
    pub px: Px,
    /// The way to the trainer, where there is one.
    pub link: Option<Arc<Link>>,
}

impl Player {
    /// A run at a desk that goes by `clock`; what happens is told through `sender`.
    pub fn new(beginning: Beginning, clock: Clock, sender: UnboundedSender<Msg>, worker: Handle) -> Self {
        let Beginning { play, px, link } = beginning;
        let begun = clock.steady();
        Self {
            play,
            clock,
            begun,
            px,
            link,
            sender,
            worker,
            paused_at: None,
            paused: 0,
            ended: false,
            shown: None,
            asking: Arc::default(),
            ledger: Arc::default(),
            cast: None,
            next: None,
        }
    }

    /// Milliseconds since it began, without pauses.
    fn at(&self) -> u64 {
        let now = self.since();
        self.paused_at.unwrap_or(now).saturating_sub(self.paused)
    }

    fn since(&self) -> u64 {
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
        if self.ended {
            return self.tell(model);
        }
        let order = model.order.as_ref();
        let facts = Facts {
            order: order.map(|screen| (&*screen.order, screen.history.as_slice())),
            at_order: model.screen == Screen::Order,
            too_soon: order.filter(|screen| screen.too_soon).map(|screen| screen.section),
            key,
            window: order
                .and_then(|screen| screen.order.window().expires_at())
                .map(|expires| expires.duration_since(model.now).as_secs()),
        };
        let before = self.play.seen();
        let cues = self.play.look(&facts, self.at());
        self.perform(cues);
        self.ended |= self.play.is_over();
        self.show();
        if self.link.is_some() {
            if self.play.seen() != before {
                self.read_ledger();
            }
            self.tell(model);
        }
    }

    /// Tells the trainer how it stands.
    fn tell(&self, model: &Model) {
        if let Some(link) = &self.link {
            link.tell(self.snapshot(model));
        }
    }

    /// Reads what Px received; it goes with what is told next.
    fn read_ledger(&self) {
        let (px, ledger, sender) = (self.px.clone(), self.ledger.clone(), self.sender.clone());
        self.worker.spawn(async move {
            if let Some(read) = simulation::ledger(&px.client, &px.base, &px.transaction_id).await {
                let before = ledger.lock().unwrap_or_else(PoisonError::into_inner).replace(read.clone());
                if before != Some(read) {
                    tell(&sender, Msg::Tick);
                }
            }
        });
    }

    /// The trainee talks to somebody.
    pub fn talk(&mut self, to: Talk) {
        let what = match to {
            Talk::Customer => What::AskedCustomer,
            Talk::Carrier => What::CalledCarrier,
        };
        let cues = self.play.did(what, self.at());
        self.perform(cues);
        self.ended |= self.play.is_over();
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

    /// A scenario that the trainer started in this one's place.
    pub fn next_scenario(&mut self) -> Option<String> {
        self.next.take()
    }

    /// Time has passed.
    pub fn tick(&mut self) {
        if self.paused_at.is_none() && !self.ended {
            let cues = self.play.tick(self.at());
            self.perform(cues);
            self.show();
        }
    }

    /// How long until something is due.
    pub fn next(&self) -> Option<Duration> {
        if self.paused_at.is_some() || self.ended {
            return None;
        }
        self.play.next().map(|due| Duration::from_millis(due.saturating_sub(self.at())))
    }

    /// The trainer did this.
    pub fn direct(&mut self, directive: Directive) {
        let says = |text: &str| Cue::Says { who: CUSTOMER.to_owned(), text: text.to_owned() };
        let cues = match directive {
            Directive::Pause => {
                let now = self.since();
                self.paused_at.get_or_insert(now);
                Vec::new()
            }
            Directive::Resume => {
                if let Some(at) = self.paused_at.take() {
                    self.paused += self.since().saturating_sub(at);
                }
                Vec::new()
            }
            Directive::Advance { minutes } => vec![Cue::Advance { minutes }],
            Directive::Accept => {
                vec![Cue::Accepts, Cue::Answers { yes: true }, says("Yes, I accept that.")]
            }
            Directive::Decline => {
                vec![Cue::Declines, Cue::Answers { yes: false }, says("No, I do not want that.")]
            }
            Directive::Say { text } => vec![says(&text)],
            Directive::Line { on } => vec![Cue::Line { on }],
            Directive::Fail { call, fault } => {
                // The trainee is not told.
                self.ask(Simulation::Fail { call: call.name(), fault, words: String::new(), lasting: false });
                Vec::new()
            }
            Directive::End => {
                self.ended = true;
                Vec::new()
            }
            // This one ends, and whoever began it begins the next.
            Directive::Start { scenario } => {
                self.next = Some(scenario);
                Vec::new()
            }
        };
        let at = self.at();
        let cues = self.play.take_cues(cues, at);
        self.perform(cues);
        self.show();
    }

    /// Does what is left to do of what happens.
    fn perform(&mut self, cues: Vec<Cue>) {
        let transaction_id = self.px.transaction_id.clone();
        for cue in cues {
            match cue {
                Cue::Accepts => self.ask(Simulation::Accept { transaction_id: transaction_id.clone() }),
                Cue::Declines => self.ask(Simulation::Decline { transaction_id: transaction_id.clone() }),
                Cue::Advance { minutes } => self.ask(Simulation::Advance(SignedDuration::from_mins(minutes))),
                Cue::Says { .. } | Cue::Line { .. } | Cue::Answers { .. } | Cue::Wants { .. } => {}
            }
        }
    }

    fn ask(&self, wanted: Simulation) {
        let (px, clock, sender) = (self.px.clone(), self.clock.clone(), self.sender.clone());
        let asking = self.asking.clone();
        asking.fetch_add(1, Ordering::Relaxed);
        self.worker.spawn(async move {
            // A customer who accepts before anything was sent has nothing to accept: Px says so, and it does not matter.
            let answer = simulation::ask_by(&px.client, &px.base, &wanted).await;
            if let Ok(answer) = answer
                && let Some(offset) = answer.offset
            {
                clock.set_offset(offset);
                tell(&sender, Msg::Simulated { what: answer.what, clock_offset: clock.offset() });
            }
            asking.fetch_sub(1, Ordering::Relaxed);
        });
    }

    fn show(&mut self) {
        let scenario = self.play.scenario();
        let over = self.ended.then(|| Arc::new(self.report(true)));
        let view = PlayView {
            title: scenario.title.clone(),
            teaches: scenario.teaches.clone(),
            said: self.play.said().to_vec(),
            on: self.play.is_on(),
            paused: self.paused_at.is_some(),
            over: self.shown.as_ref().and_then(|shown| shown.over.clone()).or(over),
        };
        if self.shown.as_ref() != Some(&view) {
            self.shown = Some(view.clone());
            tell(&self.sender, Msg::Practice(Box::new(view)));
        }
    }

    /// What the run is worth; `ended`: nothing more will come.
    pub fn report(&self, ended: bool) -> Report {
        self.play.report(ended)
    }

    /// True once the last right move was reached, or the trainer has ended it.
    pub fn is_over(&self) -> bool {
        self.ended
    }

    /// True while something that was asked of the embedded Px is not answered.
    pub fn is_asking(&self) -> bool {
        self.asking.load(Ordering::Relaxed) > 0
    }

    /// The run itself.
    pub fn play(&self) -> &Play {
        &self.play
    }

    /// How it stands, for the trainer.
    pub fn snapshot(&self, model: &Model) -> Snapshot {
        let order = model.order.as_ref().map(|screen| &*screen.order);
        let reading = order.and_then(|order| order.reading.as_ref());
        let section = reading.and_then(|r| Some((r.bookmark()? + 1, r.passages.len())));
        Snapshot {
            paused: self.paused_at.is_some(),
            ended: self.ended,
            // A trainee may look at the report for as long as they like.
            grade: self.ended.then(|| self.report(true).grade),
            state: order.map(|order| order.state(model.now)),
            transaction_id: Some(self.px.transaction_id.clone()),
            ledger: self.ledger.lock().unwrap_or_else(PoisonError::into_inner).clone(),
            section: section.filter(|_| reading.is_some_and(|r| !r.interrupted)),
            expires_at: order.and_then(|order| order.window().expires_at()),
            now: Some(model.now),
            screen: format!("{:?}", model.screen).to_lowercase(),
            next_line: crate::desk::next_line(model),
            ..self.play.snapshot(self.at())
        }
    }
}
