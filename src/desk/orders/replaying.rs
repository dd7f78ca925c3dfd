//! Opening a replay and moving in it. Nothing here asks the world for more than the history and a timer.

use super::hands::worked_on_by;
use super::replay::Replay;
use super::screen::{OrderScreen, Pane};
use crate::desk::effect::Effect;
use crate::desk::frame::list::Move;
use crate::desk::frame::notice::Severity;
use crate::desk::model::{Model, Screen, Setup};
use crate::order::{Order, OrderId, Recorded, masked};

/// Events that `PageDown` goes on by.
const PAGE: usize = 10;

/// Replays the open order, or the one that is chosen in a list, whose history is asked for first.
pub fn open(model: &mut Model) -> Vec<Effect> {
    let chosen = match model.screen {
        Screen::Order => {
            if let Some((id, history)) = model.order.as_ref().map(|s| (s.order.id.clone(), s.history.clone()))
            {
                begin(model, &id, &history);
            }
            return Vec::new();
        }
        Screen::Queue => model.queue.chosen(),
        Screen::Stalled => model.stalled.row(),
        Screen::Intake
        | Screen::Replay
        | Screen::Day
        | Screen::Training
        | Screen::Graded
        | Screen::Market
        | Screen::Subscription
        | Screen::Sending
        | Screen::Contract
        | Screen::Applying => None,
    };
    let id = chosen.map(|row| row.id.clone());
    model.replay_of.clone_from(&id);
    id.map(Effect::LoadOrder).into_iter().collect()
}

/// An order came. If it was asked for to be replayed, it is, unless the person has gone elsewhere in the meantime.
pub fn loaded(model: &mut Model, order: &Order, history: &[Recorded]) {
    if model.replay_of.as_ref() != Some(&order.id) {
        return;
    }
    model.replay_of = None;
    if model.frame.overlay.is_none() && matches!(model.screen, Screen::Queue | Screen::Stalled) {
        begin(model, &order.id, history);
    }
}

fn begin(model: &mut Model, id: &OrderId, history: &[Recorded]) {
    match Replay::of(id, masked(history)) {
        Ok(replay) => {
            model.replay = Some(replay);
            model.replay_from = model.screen;
            model.screen = Screen::Replay;
        }
        Err(error) => model.say(Severity::Error, format!("this history cannot be replayed: {error}")),
    }
}

impl Model {
    /// The desk opens for this replay alone: these events, as they are. It ends with it.
    ///
    /// # Errors
    /// When they do not make an order.
    pub fn opens_for(&mut self, id: &OrderId, events: Vec<Recorded>) -> Result<(), String> {
        self.replay = Some(Replay::of(id, events).map_err(|error| error.to_string())?);
        (self.screen, self.replay_from) = (Screen::Replay, Screen::Replay);
        Ok(())
    }
}

/// True where the desk was opened for the replay alone.
pub fn is_all(model: &Model) -> bool {
    model.replay_from == Screen::Replay
}

/// Closes the replay; the screen that it was opened from is in front again, and named.
pub fn close(model: &mut Model) -> Screen {
    model.replay = None;
    model.screen = model.replay_from;
    model.screen
}

/// The next event, or the one before. Whoever moves by hand stops the playing.
pub fn go(model: &mut Model, forward: bool) {
    if let Some(replay) = &mut model.replay {
        let (at, _) = replay.place();
        replay.playing = None;
        replay.show(if forward { at + 1 } else { at.saturating_sub(1) });
    }
}

/// Moves by ten events, or to either end; a row up or down scrolls the order's pane.
pub fn step(model: &mut Model, to: Move) {
    let Some(replay) = &mut model.replay else { return };
    let (at, all) = replay.place();
    match to {
        Move::Up | Move::Down => replay.then.top = to.from(replay.then.top, usize::from(u16::MAX), 1),
        Move::PageUp | Move::PageDown | Move::First | Move::Last => {
            replay.playing = None;
            replay.show(to.from(at - 1, all, PAGE) + 1);
        }
    }
}

/// Plays from here on, from the beginning when it is over, or pauses.
pub fn play(model: &mut Model) -> Vec<Effect> {
    let Some(replay) = &mut model.replay else { return Vec::new() };
    if replay.playing.take().is_some() {
        return Vec::new();
    }
    if replay.is_over() {
        replay.show(1);
    }
    wait(model).into_iter().collect()
}

/// Waits for as long as the event stays on the screen.
fn wait(model: &mut Model) -> Option<Effect> {
    let id = model.frame.next_timer();
    let replay = model.replay.as_mut()?;
    let pause = replay.pause();
    replay.playing = pause.map(|_| id);
    pause.map(|delay| Effect::Timer { id, delay })
}

/// A timer fired: if it is that of a replay that plays, the next event is shown.
pub fn timer(model: &mut Model, id: u64) -> Option<Effect> {
    let replay = model.replay.as_mut().filter(|replay| replay.playing == Some(id))?;
    replay.show(replay.place().0 + 1);
    wait(model)
}

/// The desk as it was after the event that is shown, for drawing the order's screen: as whoever did it saw it.
pub fn as_it_was(model: &Model, replay: &Replay) -> Option<Model> {
    let recorded = replay.step()?.recorded.clone();
    let setup = Setup { agent: recorded.by, ..model.setup.clone() };
    let mut then = Model::opening(setup, model.frame.theme, recorded.at, model.frame.size);
    // The keys of that moment do nothing now, and are not named.
    then.screen = Screen::Replay;
    then.order = Some(replay.then.clone());
    Some(then)
}

/// What the next key does.
pub fn line(model: &Model) -> &'static str {
    match &model.replay {
        Some(replay) if replay.playing.is_some() => {
            "This is a replay, and plays: p pauses it. Esc goes back."
        }
        Some(replay) if replay.is_over() => {
            "This is a replay: that was the last event. p plays it again. Esc goes back."
        }
        Some(_) => "This is a replay: → shows the next event, p plays. It sends nothing. Esc goes back.",
        None => "Nothing is replayed. Esc goes back.",
    }
}

/// True while this agent reads the order to a customer, who would have to wait.
pub fn is_reading(model: &Model, screen: &OrderScreen) -> bool {
    let reads =
        screen.order.reading.as_ref().is_some_and(|reading| !reading.interrupted && reading.left() > 0);
    screen.pane == Pane::Reading && reads && worked_on_by(model, &screen.order).is_none()
}
