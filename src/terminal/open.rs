//! A desk is opened over a session, for whatever it is opened for, and left.

use super::classroom::Teaching;
use super::effects::Effects;
use super::practice::{self, Player};
use super::screen::Screen;
use super::setup::{setup, theme};
use super::turns::Loop;
use super::worker::Worker;
use super::{hung, input, panics, queue, signals, tell, tour};
use crate::config::Settings;
use crate::desk::{Effect, Model, Msg, Page, Severity, update};
use crate::engine::{Engine, Unrecorded};
use crate::order::{Call, OrderId, Recorded, Timestamp};
use crate::session::{Exit, Failed, Session};
use std::io::{IsTerminal as _, Write as _};
use std::time::Duration;
use tokio::sync::mpsc;

/// Refuses what needs a screen where there is none; `next` says what can be done without one.
pub fn needs_terminal(next: &str) -> Result<(), Failed> {
    if std::io::stdout().is_terminal() && std::io::stdin().is_terminal() {
        return can_draw(std::env::var("TERM").ok().as_deref(), next);
    }
    Err(Failed {
        exit: Exit::BadInput,
        what: "the desk needs a terminal, and standard input or output is not one".to_owned(),
        next: Some(next.to_owned()),
    })
}

/// Refuses a terminal that says that nothing can be drawn on it: the screen would come as a line of codes.
fn can_draw(term: Option<&str>, next: &str) -> Result<(), Failed> {
    let why = match term.filter(|term| !term.is_empty()) {
        None if cfg!(unix) => "TERM is not set",
        Some("dumb") => "TERM is `dumb`",
        None | Some(_) => return Ok(()),
    };
    Err(Failed {
        exit: Exit::BadInput,
        what: format!("the desk needs a terminal that can be drawn on, and {why}"),
        next: Some(format!("Set TERM to what your terminal is, such as TERM=xterm-256color. {next}")),
    })
}

/// What a desk is opened for, besides orders.
#[derive(Default)]
pub struct Front {
    /// A classroom.
    pub teaching: Option<Teaching>,
    /// A run of practice.
    pub practice: Option<practice::Beginning>,
    /// What is said as soon as it is there.
    pub notice: Option<String>,
    /// A replay of what became of an order.
    pub replay: Option<(OrderId, Vec<Recorded>)>,
    /// What a desk before this one read the keys from: there is one reader in a process.
    pub input: Option<mpsc::Receiver<Vec<input::Event>>>,
}

/// A desk that was left.
pub struct Left {
    pub ended: Result<Exit, Failed>,
    /// The desk as it was then; none after an error of our own.
    pub desk: Option<Loop>,
    /// What came since then is heard by whoever goes on.
    pub signals: signals::Signals,
}

/// Opens a desk over `session`, and returns when it is left.
pub async fn open(settings: &Settings, session: Session, front: Front) -> Result<Left, Failed> {
    let Front { mut teaching, practice, notice, replay, mut input } = front;
    let page = queue::first_page(&session, settings, queue::first_rows(Screen::lines())).await?;
    let mut screen = Screen::enter(theme(settings))
        .map_err(|e| Failed::new(Exit::Unexpected, format!("cannot use the terminal: {e}")))?;
    let mut signals = signals::Signals::listen()
        .map_err(|e| Failed::new(Exit::Unexpected, format!("cannot listen for signals: {e}")))?;
    if practice.is_some() {
        // A run may begin by somebody else's hand, at any time.
        input::forget(input.as_mut());
    }
    let now = session.engine.clock().now();
    let mut model = Model::opening(setup(settings), theme(settings), now, screen.size());
    model.setup.practice_offered &= practice.is_none();
    let offer = shown_first(&mut model, settings, notice, replay, teaching.as_mut())?;
    let mut effects = first_news(&mut model, &session, page, now);
    let layout = screen.draw(&model);
    if let Some(page) = queue::second_page(&session.engine, &mut effects).await {
        // It lies below what is shown.
        effects.extend(update(&mut model, Msg::Queue(Box::new(page)), now));
    }
    let (sender, receiver) = mpsc::unbounded_channel();
    let engine = session.engine.clone();
    let worker = Worker::start()?;
    // From here on it is used on that thread.
    engine.journal().rest().await;
    worker.handle().spawn(hung::end_when_told(engine.clone()));
    let clock = engine.clock().clone();
    let player = practice.map(|beginning| Player::new(beginning, clock, sender.clone(), worker.handle()));
    let runner = Effects::new(session, settings, sender, worker.handle(), teaching);
    runner.clickable(layout);
    runner.start(effects);
    if let Some(offer) = offer {
        // It has been seen, and nobody waits for this.
        worker.handle().spawn(async move { offer.remember() });
    }
    let input = input.unwrap_or_else(input::start);
    let desk = Loop::new(model, runner, receiver, input, player);
    let desk = Box::pin(panics::caught(desk.run(&mut screen, &mut signals))).await;
    drop(screen);
    if desk.as_ref().is_some_and(|desk| desk.model.frame.under_way == 0) {
        // Whether that is over is seen below.
        let _ = tokio::time::timeout(MOMENT, engine.idle()).await;
    }
    let ended = if panics::met() {
        Err(wait_for_calls(&engine, &mut signals).await)
    } else {
        ended(&engine, desk.as_ref().map(|desk| &desk.model))
    };
    // Nothing writes any more, so the file alone is whole from here on.
    drop(worker);
    engine.journal().close().await;
    Ok(Left { ended, desk, signals })
}

/// What the desk opens with: a word, a replay, a classroom, or the offer of a tour to somebody who is new here.
fn shown_first(
    model: &mut Model,
    settings: &Settings,
    notice: Option<String>,
    replay: Option<(OrderId, Vec<Recorded>)>,
    teaching: Option<&mut Teaching>,
) -> Result<Option<tour::Offer>, Failed> {
    if let Some(text) = notice {
        model.frame.say(Severity::Info, text);
    }
    if let Some((id, events)) = replay {
        let opened = model.opens_for(&id, events);
        opened.map_err(|why| Failed::new(Exit::BadInput, format!("the run cannot be replayed: {why}")))?;
    }
    let newcomer = model.setup.practice_offered && teaching.is_none() && model.replay.is_none();
    let offer = newcomer.then(|| tour::Offer::find(&settings.places.state)).flatten();
    if offer.is_some() {
        model.offer_tour();
    }
    if let Some(teaching) = teaching {
        teaching.show(model);
    }
    Ok(offer)
}

/// What the first frame already shows: the most urgent orders, and whether the journal can be trusted.
fn first_news(model: &mut Model, session: &Session, page: Page, now: Timestamp) -> Vec<Effect> {
    let journal = session.engine.journal();
    let mut effects = update(model, Msg::Queue(Box::new(page)), now);
    if journal.doubt().is_some() {
        effects.extend(update(model, Msg::JournalDoubted, now));
    }
    if let Err(error) = journal.trust() {
        effects.extend(update(model, tell::failed(None, &error.into(), false), now));
    }
    effects
}

/// How long what nobody asked for may still take when a desk is left: a deploy of the embedded marketplace is recorded, for
/// instance.
const MOMENT: Duration = Duration::from_secs(2);

/// How a desk ended that met no error of its own.
fn ended(engine: &Engine, left: Option<&Model>) -> Result<Exit, Failed> {
    if engine.is_idle() {
        return not_recorded(engine);
    }
    let running = left.map(|model| model.running.iter()).into_iter().flatten();
    let complete = running.into_iter().find(|(_, (call, _))| *call == Some(Call::CompleteOrder));
    let (exit, what) = match complete {
        Some((id, _)) => (Exit::InDoubt, format!("left while Complete was in progress for order {id}")),
        None => (Exit::Unexpected, "left while a call to Px was in progress".to_owned()),
    };
    let next = "Its outcome was not waited for. Start pxdesk again: it shows what is known of the order, and what may be done.";
    Err(Failed { exit, what, next: Some(next.to_owned()) })
}

/// Whoever leaves is told of an answer that the journal has not taken: one that the folder of answers has not taken either goes
/// with this process.
fn not_recorded(engine: &Engine) -> Result<Exit, Failed> {
    let (kept, lost): (Vec<_>, Vec<_>) = engine.unrecorded().into_iter().partition(|held| held.kept);
    let said = |all: &[Unrecorded]| -> String {
        let each = all.iter().map(|held| format!("{} {}: {}", held.kind, held.thing, held.answer));
        each.collect::<Vec<_>>().join("; ")
    };
    if !lost.is_empty() {
        return Err(Failed {
            exit: Exit::InDoubt,
            what: format!("left with an answer that could not be recorded anywhere: {}", said(&lost)),
            next: Some(
                "Write it down. Make room on the disk, then start pxdesk again and settle it as that says."
                    .to_owned(),
            ),
        });
    }
    let Some(first) = kept.first() else { return Ok(Exit::Done) };
    let remedy = first.remedy.map(|remedy| format!("{remedy} ")).unwrap_or_default();
    Err(Failed {
        exit: Exit::Journal,
        what: format!("left with what is not yet recorded; a retry is dangerous: {}", said(&kept)),
        next: Some(format!(
            "{remedy}It is kept on this machine, and recorded when pxdesk next starts here and the journal takes it."
        )),
    })
}

/// After an error of our own: what Px answers to the calls under way is still recorded, unless a person will not wait.
async fn wait_for_calls(engine: &Engine, signals: &mut signals::Signals) -> Failed {
    if !engine.is_idle() {
        let mut err = std::io::stderr().lock();
        let _ = writeln!(
            err,
            "A call to Px is in progress; waiting for its outcome. Ctrl-C ends pxdesk at once."
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

#[cfg(test)]
mod tests {
    use super::can_draw;

    #[test]
    fn a_terminal_that_cannot_be_drawn_on_is_refused_in_words() {
        for term in [None, Some(""), Some("dumb")] {
            let refused = can_draw(term, "x").unwrap_err();
            assert!(
                refused.what.contains("TERM is") && refused.next.unwrap().contains("Set TERM"),
                "{term:?}"
            );
        }
        for term in ["vt100", "linux", "xterm-256color"] {
            assert!(can_draw(Some(term), "x").is_ok(), "{term}");
        }
    }
}
