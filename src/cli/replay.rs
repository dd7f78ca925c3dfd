//! `order replay`: what happened to an order, step by step, as text, as JSON or as a recording of the screen.

use super::args::ReplayArgs;
use super::dates::local;
use super::{Console, Exit, Failed, opened};
use crate::cast::Cast;
use crate::config::Settings;
use crate::desk::{Model, Replay, SHORTEST_PAUSE, Screen};
use crate::order::{Order, Step, Timestamp, masked};
use crate::session::{local_zone, write_new};
use crate::terminal::{setup, theme};
use crate::view::{Look, event_details, event_words, picture, since};
use jiff::SignedDuration;
use serde_json::{Value, json};
use std::path::Path;

/// The size of a recording's screen, if none is given.
const SIZE: (u16, u16) = (80, 24);

/// Replays an order.
pub async fn run(settings: &Settings, args: &ReplayArgs, console: &Console) -> Result<Exit, Failed> {
    let session = opened::to_read(settings).await?;
    let order = session.find(&args.id).await?;
    let history = session.engine.journal().history::<Order>(&order.id).await?;
    let replay = Replay::of(&order.id, masked(&history)).map_err(|error| {
        Failed::new(Exit::Journal, format!("the history of order {} cannot be replayed: {error}", order.id))
    })?;
    match &args.cast {
        None => print(&replay, console)?,
        Some(file) => {
            let title = format!("pxdesk: order {} on {}, replayed", order.id, order.environment);
            let cast = record(settings, replay, args, &title);
            let (events, seconds) = (history.len(), cast.length().as_secs_f64());
            write(file, &cast.finish())?;
            if console.is_json() {
                console.json(&json!({ "file": file, "events": events, "seconds": seconds }))?;
            } else {
                console.text(&format!("{}: {events} events, {seconds:.1} s", file.display()))?;
            }
        }
    }
    Ok(Exit::Done)
}

fn print(replay: &Replay, console: &Console) -> Result<(), Failed> {
    if console.is_json() {
        return console.json(&replay.steps().each().map(|step| value(&step)).collect::<Vec<_>>());
    }
    console.text(&replay.steps().each().map(|step| line(&step) + "\n").collect::<String>())
}

fn value(step: &Step) -> Value {
    let recorded = step.recorded;
    json!({
        "seq": recorded.seq,
        "at": recorded.at,
        "sinceStart": step.since.as_secs_f64(),
        "by": recorded.by,
        "kind": recorded.event.kind(),
        "state": step.state,
    })
}

fn line(step: &Step) -> String {
    let recorded = step.recorded;
    let what = format!("{}  {}", event_words(&recorded.event), event_details(&recorded.event));
    format!(
        "{:>3}  {}  {:>9}  {:<12}  {}  -> {}",
        recorded.seq,
        local(recorded.at),
        since(step.since),
        recorded.by,
        what.trim_end(),
        step.state.title()
    )
}

/// The desk's own screen, as it would show the replay at the moment of each event.
fn record(settings: &Settings, replay: Replay, args: &ReplayArgs, title: &str) -> Cast {
    let size = args.size.unwrap_or(SIZE);
    let all = replay.steps().len();
    let look = Look::new(theme(settings), local_zone());
    let began = replay.step().map_or(Timestamp::UNIX_EPOCH, |step| step.recorded.at);
    let speed = args.speed.unwrap_or(1.0);
    let mut cast = Cast::new(size, began, title, speed);
    let mut model = Model::opening(setup(settings), theme(settings), began, size);
    model.screen = Screen::Replay;
    model.replay = Some(replay);
    // What came at once is shown one after the other, or nobody would see it, however fast the rest plays.
    let shortest =
        SignedDuration::try_from_secs_f64(SHORTEST_PAUSE.as_secs_f64() * speed).unwrap_or(SHORTEST_PAUSE);
    let mut at = began;
    for number in 1..=all {
        if let Some(replay) = &mut model.replay {
            let pause =
                replay.steps().pause_after(number - 1).map_or(SignedDuration::ZERO, |p| p.max(shortest));
            at = at.checked_add(pause).unwrap_or(at);
            replay.show(number);
            model.now = replay.step().map_or(model.now, |step| step.recorded.at);
        }
        cast.frame(at, &picture(&model, &look));
    }
    cast
}

/// Writes a file that is not there yet, for its owner alone.
fn write(file: &Path, text: &str) -> Result<(), Failed> {
    write_new(file, text).map_err(|error| {
        let what = format!("cannot write {}: {error}", file.display());
        let next = "Name a file that is not there yet, in a folder that is.".to_owned();
        Failed { exit: Exit::BadInput, what, next: Some(next) }
    })
}
