//! Runs of practice one after another: the one that was asked for, or those that a trainer starts.

use super::{Beginning, Opened, Player};
use crate::classroom::{Connection, Link};
use crate::config::{Places, Settings};
use crate::desk::Model;
use crate::order::{Digest, OrderId, Recorded};
use crate::practice::report::text;
use crate::practice::scenario::read;
use crate::practice::{Directive, Play, Report, Scenario, Snapshot, Who};
use crate::session::{
    self, Exit, Failed, PrivateFolder, Session, Training, block_on, local_zone, practice_settings,
};
use crate::terminal::input;
use crate::terminal::open::{Front, needs_terminal, open};
use crate::terminal::screen::stop;
use crate::terminal::signals::{Signal, Signals};
use serde_json::{Value, json};
use std::io::Write as _;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::sync::mpsc::Receiver;

/// What a trainee asked for.
#[derive(Clone, Debug)]
pub struct Asked {
    /// None: the trainer says what.
    pub scenario: Option<Scenario>,
    pub trainee: String,
    /// The trainer's address and code.
    pub join: Option<(String, String)>,
}

/// Where the recording of a run lies.
pub fn recording_of(places: &Places, run: &str) -> PathBuf {
    places.data.join("training").join(format!("{run}.cast"))
}

/// Practises until the run is over, or, with a trainer, until the trainee has had enough.
///
/// # Errors
/// When there is no terminal, no trainer, or the world of a run cannot be made.
pub fn run(own: &Settings, asked: Asked) -> Result<Exit, Failed> {
    needs_terminal("`pxdesk scenario try NAME` plays a scenario by itself, without a screen.")?;
    block_on(Box::pin(runs(own, asked)))
}

async fn runs(own: &Settings, asked: Asked) -> Result<Exit, Failed> {
    let Asked { scenario: mut next, trainee, join } = asked;
    let link = match join {
        Some((address, code)) => {
            let joined = Link::join(&address, &code, &trainee).await;
            Some(Arc::new(joined.map_err(|why| Failed::new(Exit::Unreachable, why))?))
        }
        None => None,
    };
    let (mut keys, mut signals) = (None, None);
    loop {
        let scenario = match (next.take(), &link) {
            (Some(scenario), _) => scenario,
            (None, Some(link)) => match wait_for(link, &trainee, signals.take()).await? {
                Some(scenario) => scenario,
                None => return Ok(Exit::Done),
            },
            (None, None) => return Ok(Exit::Done),
        };
        let ran = Box::pin(one(own, &scenario, &trainee, link.clone(), keys.take())).await?;
        (keys, signals) = (ran.keys, Some(ran.signals));
        if link.is_none() || ran.ends {
            return Ok(Exit::Done);
        }
        next = match ran.next {
            Some(text) => readable(&text)?,
            None => None,
        };
    }
}

/// The scenario that the trainer starts; none when the trainee leaves first.
async fn wait_for(link: &Link, trainee: &str, signals: Option<Signals>) -> Result<Option<Scenario>, Failed> {
    let unheard = |e| Failed::new(Exit::Unexpected, format!("cannot listen for signals: {e}"));
    // The run before this one listened for them, so that none of them ends the program by itself any more.
    let mut signals = signals.map_or_else(Signals::listen, Ok).map_err(unheard)?;
    say(&format!("TRAINING: {trainee}, the trainer starts the next run. Ctrl-C leaves."))?;
    let mut connection = link.connection();
    loop {
        let directive = tokio::select! {
            directive = link.next() => directive,
            now = link.connection_changed(connection) => {
                connection = now;
                say(match now {
                    Connection::Joined => "The trainer is back.",
                    Connection::Away => "The trainer cannot be reached. Wait, or leave with Ctrl-C.",
                })?;
                continue;
            }
            signal = signals.next() => match signal {
                Signal::Terminate | Signal::Hangup => return Ok(None),
                Signal::Suspend => {
                    stop();
                    continue;
                }
                Signal::Resized | Signal::Continued => continue,
            },
        };
        if let Directive::Start { scenario } = directive
            && let Some(scenario) = readable(&scenario)?
        {
            return Ok(Some(scenario));
        }
    }
}

/// The trainer's scenario, unless it needs another release than this one.
fn readable(text: &str) -> Result<Option<Scenario>, Failed> {
    match read(text) {
        Ok(scenario) => Ok(Some(scenario)),
        Err(wrong) => {
            let first = wrong.first().map(ToString::to_string).unwrap_or_default();
            say(&format!("The trainer's scenario cannot be read here: {first}"))?;
            Ok(None)
        }
    }
}

/// A run that is over.
struct Ran {
    keys: Option<Receiver<Vec<input::Event>>>,
    /// What the trainer started in its place.
    next: Option<String>,
    /// True when the program was told to end, or the terminal is gone.
    ends: bool,
    signals: Signals,
}

async fn one(
    own: &Settings,
    scenario: &Scenario,
    trainee: &str,
    link: Option<Arc<Link>>,
    keys: Option<Receiver<Vec<input::Event>>>,
) -> Result<Ran, Failed> {
    let Opened { session, settings, px, folder } = Box::pin(Opened::open(own, scenario, trainee)).await?;
    let started_at = crate::order::Timestamp::now();
    let training = Training::open(&own.places).await?;
    let beginning = session::Beginning {
        scenario: scenario.name.clone(),
        title: scenario.title.clone(),
        trainee: trainee.to_owned(),
        started_at,
    };
    let id = training.begin(beginning).await?;
    let play = Play::new(scenario.clone(), Who { trainee: trainee.to_owned(), started_at });
    let practice = Some(Beginning { play, px, link: link.clone() });
    let left =
        Box::pin(open(&settings, session, Front { practice, input: keys, ..Front::default() })).await?;
    let Some(mut desk) = left.desk else { return Err(left.ended.err().unwrap_or_else(broken)) };
    let ends = desk.is_told_to_end();
    let report = desk.player.as_ref().map(|player| reported(player, &desk.model));
    let next = desk.player.as_mut().and_then(Player::next_scenario);
    if let Some(link) = link {
        let snapshot = desk.player.as_ref().map(|player| player.snapshot(&desk.model)).unwrap_or_default();
        let grade = report.as_ref().map(|report| report.grade);
        link.tell(Snapshot { ended: true, grade, ..snapshot });
    }
    if let Some(report) = report {
        training.end(&id, report.clone(), crate::order::Timestamp::now()).await?;
        if let Some(recording) = desk.player.as_mut().and_then(Player::recording) {
            keep(&recording_of(&own.places, id.as_str()), &recording);
        }
        let said = say(&text::run(&id, &report, &local_zone()));
        // A terminal that is gone shows nothing, and that is no error.
        if !ends {
            said?;
        }
    }
    training.close().await;
    drop(folder);
    left.ended?;
    Ok(Ran { keys: Some(desk.input), next, ends, signals: left.signals })
}

/// Steps through a run's order on the screen, event by event.
///
/// # Errors
/// When there is no terminal, or the report has no events, as reports of runs without an order on the screen.
pub fn replay(own: &Settings, report: &Report) -> Result<Exit, Failed> {
    needs_terminal("`--cast FILE` writes the recording of the run's screen.")?;
    let events: Option<Vec<Recorded>> = report.events.iter().map(recorded).collect();
    let events = events.filter(|events| !events.is_empty()).ok_or_else(|| {
        Failed::new(Exit::BadInput, "no order was opened in this run, so there is nothing to step through")
    })?;
    let folder = PrivateFolder::new()
        .map_err(|e| Failed::new(Exit::Unexpected, format!("cannot make a private folder: {e}")))?;
    let settings = practice_settings(own.clone(), folder.path());
    block_on(Box::pin(async {
        let session = Session::open_for_desk(&settings).await?;
        let replay = Some((OrderId::from_bits(0), events));
        Box::pin(open(&settings, session, Front { replay, ..Front::default() })).await?.ended
    }))
}

/// An event as a report keeps it.
fn recorded(kept: &Value) -> Option<Recorded> {
    Some(Recorded {
        seq: kept.get("seq")?.as_u64()?,
        at: serde_json::from_value(kept.get("at")?.clone()).ok()?,
        by: kept.get("by")?.as_str()?.to_owned(),
        event: serde_json::from_value(kept.get("event")?.clone()).ok()?,
        hash: Digest::of(kept.to_string().as_bytes()),
    })
}

fn broken() -> Failed {
    Failed::new(Exit::Unexpected, "the run was cut off")
}

/// The report, with the order's events for a replay.
fn reported(player: &Player, model: &Model) -> Report {
    let mut report = player.report(true);
    let history = model.order.as_ref().map(|screen| screen.history.clone()).unwrap_or_default();
    report.events =
        history.iter().map(|r| json!({ "seq": r.seq, "at": r.at, "by": r.by, "event": r.event })).collect();
    report
}

/// Keeps a recording for its owner. Without it the run counts all the same.
fn keep(file: &std::path::Path, recording: &str) {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    if let Err(error) = options.open(file).and_then(|mut file| file.write_all(recording.as_bytes())) {
        tracing::warn!(%error, "the recording of the run could not be kept");
    }
}

fn say(text: &str) -> Result<(), Failed> {
    let mut out = std::io::stdout().lock();
    let said = writeln!(out, "{text}").and_then(|()| out.flush());
    said.map_err(|e| Failed::new(Exit::Unexpected, format!("cannot write to standard output: {e}")))
}
