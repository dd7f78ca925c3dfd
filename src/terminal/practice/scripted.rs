//! A scripted trainee: walks a scenario through the real desk without a screen, perfectly or with one mistake in it. Time
//! passes at once where a person would wait, so a run takes no longer than its calls.

mod answer;
mod slip;

use super::opened::Px;
use super::player::Beginning;
use super::{Opened, Player};
use crate::config::Settings;
use crate::desk::{
    Action, Code, Effect, Form, Key, Model, Msg, Overlay, Pane, Screen, Simulation, bindings,
    section_time_left, update,
};
use crate::engine::Clock;
use crate::order::Pace;
use crate::practice::mistake::Mistake;
use crate::practice::scenario::{Does, Step};
use crate::practice::{Move, Play, Report, Scenario, What, Who};
use crate::session::{Failed, PrivateFolder, block_on};
use crate::terminal::effects::Effects;
use crate::terminal::{setup, simulation, worker::Worker};
use crate::view::{Look, view};
use jiff::SignedDuration;
use jiff::tz::TimeZone;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use std::time::Duration;
use tokio::sync::mpsc;

/// Between two keys.
const BEAT: i64 = 1;
/// After so many turns the trainee gives up; and after so many keys without another right move.
const PATIENCE: usize = 900;
const KEYS: usize = 100;
/// So many seconds after the customer should have answered, the trainee waits for them no longer.
const GRACE: i64 = 300;

/// Who plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trainee {
    Perfect,
    /// Makes this mistake, and no other if that can be helped.
    Careless(Mistake),
}

/// Plays `scenario` to its end; `own` are the person's own settings, below whose data folder the run's world is made.
///
/// # Errors
/// When the run's world cannot be made.
pub fn play(own: &Settings, scenario: &Scenario, trainee: Trainee) -> Result<Report, Failed> {
    block_on(Box::pin(async {
        let mut opened = Box::pin(Opened::open(own, scenario, "scripted")).await?;
        // Nobody waits for a script.
        opened.settings.acceptance.first_pause = crate::config::Duration(Duration::from_millis(20));
        opened.settings.acceptance.longest_pause = crate::config::Duration(Duration::from_millis(20));
        opened.settings.desk.lock_after.0 = None;
        // However fast the person's own settings let them read.
        opened.settings.fastest = Pace::FASTEST;
        let (mut script, worker) = Script::begin(opened, scenario, trainee).await?;
        let report = Box::pin(script.run()).await;
        let engine = script.runner.engine().clone();
        drop(worker);
        engine.journal().close().await;
        Ok(report)
    }))
}

struct Script {
    model: Model,
    runner: Effects,
    player: Player,
    receiver: mpsc::UnboundedReceiver<Msg>,
    clock: Clock,
    px: Px,
    scenario: Scenario,
    trainee: Trainee,
    /// Whether the mistake was made.
    made: bool,
    /// Whether the customer was waited for in vain.
    in_vain: bool,
    _folder: PrivateFolder,
}

/// What the trainee does next.
enum Do {
    Key(Key),
    Type(Form),
    Talk(What),
    /// So many seconds pass.
    Wait(i64),
    GiveUp,
}

impl Script {
    async fn begin(opened: Opened, scenario: &Scenario, trainee: Trainee) -> Result<(Self, Worker), Failed> {
        let page = crate::terminal::queue::first_page(&opened.session, &opened.settings, 24).await?;
        let (sender, receiver) = mpsc::unbounded_channel();
        let worker = Worker::start()?;
        let clock = opened.session.engine.clock().clone();
        let who = Who { trainee: "scripted".to_owned(), started_at: clock.now() };
        let play = Play::new(scenario.clone(), who);
        let beginning = Beginning { play, px: opened.px.clone(), link: None, place: None };
        let player = Player::new(beginning, clock.clone(), sender.clone(), worker.handle());
        let setup = setup::setup(&opened.settings);
        let mut model = Model::opening(setup, setup::theme(&opened.settings), clock.now(), (80, 24));
        model.steady = Some(clock.steady());
        let Opened { session, settings, px, folder } = opened;
        session.engine.journal().rest().await;
        let runner = Effects::new(session, &settings, sender, worker.handle(), None);
        let effects = update(&mut model, Msg::Queue(Box::new(page)), clock.now());
        runner.start(effects);
        let scenario = scenario.clone();
        let script = Self {
            model,
            runner,
            player,
            receiver,
            clock,
            px,
            scenario,
            trainee,
            made: false,
            in_vain: false,
            _folder: folder,
        };
        Ok((script, worker))
    }

    async fn run(&mut self) -> Report {
        self.player.begin();
        let (mut reached, mut keys) = (0, 0);
        for _ in 0..PATIENCE {
            self.settle().await;
            let so_far = self.player.report().steps.iter().filter(|step| step.at.is_some()).count();
            if so_far != reached {
                (reached, keys) = (so_far, 0);
            }
            if self.player.is_over() || self.in_vain || keys > KEYS {
                break;
            }
            match self.next() {
                Do::Key(key) => {
                    keys += 1;
                    self.pass(BEAT).await;
                    self.take(Msg::Key(key));
                }
                Do::Type(form) => {
                    keys += 1;
                    self.pass(BEAT).await;
                    if let Some(Overlay::Ask(_, shown)) = &mut self.model.frame.overlay {
                        *shown = form;
                    }
                    self.take(Msg::Key(Key::ctrl('s')));
                }
                Do::Talk(what) => {
                    let action = if what == What::CalledCarrier { 4 } else { 3 };
                    self.take(Msg::Key(Key::plain(Code::F(action))));
                }
                Do::Wait(seconds) => self.pass(seconds).await,
                Do::GiveUp => break,
            }
        }
        if !self.in_vain {
            self.settle().await;
        }
        self.player.leave();
        self.player.report()
    }

    /// Waits until nothing is under way and nothing is left to be told.
    async fn settle(&mut self) {
        let mut left = self.scenario.customer.accepts_after.unwrap_or(0) + GRACE;
        loop {
            while let Ok(msg) = self.receiver.try_recv() {
                self.take(msg);
            }
            let asks = !self.model.polls.is_empty();
            if self.model.frame.under_way == 0
                && self.model.running.is_empty()
                && self.model.opening.is_none()
                && !asks
            {
                // What was asked of the embedded Px on the side comes back within a moment.
                if !self.player.is_asking() && self.receiver.is_empty() {
                    return;
                }
                match tokio::time::timeout(Duration::from_millis(2), self.receiver.recv()).await {
                    Ok(Some(msg)) => self.take(msg),
                    Ok(None) => return,
                    Err(_) => {}
                }
                continue;
            }
            match tokio::time::timeout(Duration::from_millis(100), self.receiver.recv()).await {
                Ok(Some(msg)) => self.take(msg),
                Ok(None) => return,
                Err(_) => {}
            }
            // The customer may have to be waited for.
            if asks {
                self.pass(BEAT).await;
                left -= BEAT;
                self.in_vain = left < 0;
            }
            if self.in_vain {
                return;
            }
        }
    }

    fn take(&mut self, msg: Msg) {
        let key = matches!(msg, Msg::Key(_));
        self.model.uptime = self.clock.uptime();
        self.model.steady = Some(self.clock.steady());
        let effects = update(&mut self.model, msg, self.clock.now());
        self.look();
        self.player.saw(&self.model, key);
        let mut rest = Vec::new();
        for effect in effects {
            match effect {
                Effect::Talk(to) => self.player.talk(to),
                other => rest.push(other),
            }
        }
        self.runner.start(rest);
    }

    /// Reads what a screen of the usual size has room for.
    fn look(&mut self) {
        let frames = self.model.order.as_ref().is_some_and(|screen| screen.pane == Pane::Reading);
        if !frames {
            return;
        }
        let look = Look::new(self.model.frame.theme, TimeZone::UTC);
        let (width, height) = self.model.frame.size;
        let layout = view(&self.model, &look, &mut Buffer::empty(Rect::new(0, 0, width, height)));
        if let Some(seen) = layout.seen {
            update(&mut self.model, Msg::Shown(seen), self.clock.now());
        }
    }

    /// So many seconds pass, for the trainee, the customer and Px.
    async fn pass(&mut self, seconds: i64) {
        let by = SignedDuration::from_secs(seconds);
        self.clock.skip(by);
        if let Ok(answer) = simulation::ask_by(&self.px.client, &self.px.base, &Simulation::Advance(by)).await
            && let Some(offset) = answer.offset
        {
            self.clock.set_offset(offset);
        }
        self.player.tick();
        self.take(Msg::Tick);
    }

    fn careless(&self, mistake: Mistake) -> bool {
        self.trainee == Trainee::Careless(mistake) && !self.made
    }

    /// The right move after the last one that was reached. A field that was corrected to something wrong cannot be again.
    fn step(&self) -> Option<Step> {
        let report = self.player.report();
        let reached = report.steps.iter().rposition(|step| step.at.is_some()).map_or(0, |last| last + 1);
        let corrected = self.made && self.trainee == Trainee::Careless(Mistake::WrongValue);
        let mut left = self.scenario.steps.iter().skip(reached);
        left.find(|step| !(corrected && step.it == Move::Correct)).cloned()
    }

    fn next(&mut self) -> Do {
        let Some(step) = self.step() else { return Do::GiveUp };
        if self.model.screen == Screen::Queue && self.model.frame.overlay.is_none() {
            return Do::Key(Key::plain(Code::Enter));
        }
        if let Some(answer) = self.answer(&step) {
            return answer;
        }
        if let Some(slip) = self.slip(&step) {
            return slip;
        }
        self.right(&step)
    }

    /// The right thing for the next right move.
    fn right(&mut self, step: &Step) -> Do {
        let action = match step.it {
            Move::AskCustomer => return Do::Talk(What::AskedCustomer),
            Move::CallCarrier => return Do::Talk(What::CalledCarrier),
            Move::BeginReading => Action::Read,
            Move::Read | Move::ReadAgain if !self.player.play().is_on() => return Do::Wait(5),
            Move::Read => return self.read(),
            Move::SaidYes if self.heard() != Some(true) => return Do::Wait(BEAT),
            Move::Decline if self.heard() != Some(false) => return Do::Wait(BEAT),
            Move::Retrieve => Action::Retrieve,
            Move::ReadAgain if !self.was_away() => return self.read(),
            // Whoever hangs up is read to until then.
            Move::Interrupt if self.is_to_hang_up() && !self.was_away() => return self.read(),
            Move::ReadAgain => Action::ReadAgain,
            Move::Interrupt => Action::Interrupt,
            Move::SaidYes => Action::AcceptVerbally,
            Move::Decline => Action::Decline,
            Move::SendSms => Action::SendSms,
            Move::SendEmail => Action::SendEmail,
            Move::Accepted => Action::Check,
            Move::Correct => Action::Amend,
            Move::Complete | Move::Completed => Action::Complete,
            Move::Release => Action::Release,
            Move::Probe => Action::Probe,
            Move::Settle => Action::Verdict,
            Move::Note => Action::Note,
            Move::Abandon => Action::Abandon,
        };
        self.press(action)
    }

    /// Presses the key of `action`, or, where it is not offered, what leads there: the text once more, or time.
    fn press(&self, action: Action) -> Do {
        let all = bindings(&self.model);
        let key = |action: Action| all.iter().find(|b| b.action == action).map(|b| b.key);
        match key(action) {
            Some(key) => Do::Key(key),
            None if all.iter().any(|b| b.primary && b.action == Action::Retrieve) => {
                // Px may be able to in a minute.
                let failed = self.model.order.as_ref().is_some_and(|screen| screen.order.refusal().is_some());
                match key(Action::Retrieve) {
                    Some(key) if !failed || self.waited() => Do::Key(key),
                    Some(_) | None => Do::Wait(60),
                }
            }
            None => Do::Wait(10),
        }
    }

    /// True when the last thing that was seen is a minute old.
    fn waited(&self) -> bool {
        let order = self.model.order.as_ref();
        let last = order.and_then(|screen| screen.history.last()).map(|last| last.at);
        last.is_some_and(|at| self.model.now.duration_since(at) >= SignedDuration::from_secs(60))
    }

    fn read(&self) -> Do {
        let Some(screen) = &self.model.order else { return Do::Wait(BEAT) };
        if screen.pane != Pane::Reading {
            return self.press(Action::Read);
        }
        if self.careless(Mistake::ReadTooFast) {
            return self.press(Action::SectionRead);
        }
        match section_time_left(&self.model) {
            Some(left) => Do::Wait(left.as_secs() + 3),
            None => self.press(Action::SectionRead),
        }
    }

    /// Whether the customer has been away from the telephone.
    fn was_away(&self) -> bool {
        let report = self.player.report();
        report.timeline.iter().any(|seen| seen.what == What::Line { on: false })
    }

    /// Whether the customer hangs up somewhere in this scenario.
    fn is_to_hang_up(&self) -> bool {
        let turns = &self.scenario.customer.turns;
        turns.iter().any(|turn| matches!(turn.does, Does::HangsUp { .. }))
    }

    /// What the customer answered to the text.
    fn heard(&self) -> Option<bool> {
        let report = self.player.report();
        report.timeline.iter().rev().find_map(|seen| match &seen.what {
            What::Answered { yes } => Some(Some(*yes)),
            // What was said to an earlier reading is no answer to this one.
            What::ReadingBegan { .. } => Some(None),
            _ => None,
        })?
    }
}
