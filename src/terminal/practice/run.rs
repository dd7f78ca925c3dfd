//! Runs of practice one after another: the one that was asked for, or those that a trainer starts.

use super::recordings::keep;
use super::{Beginning, Opened, Player};
use crate::classroom::{Connection, Link, NotJoined};
use crate::config::Settings;
use crate::kind::ShortId;
use crate::order::{Digest, OrderId, Recorded, Timestamp};
use crate::practice::report::text;
use crate::practice::scenario::read;
use crate::practice::{Directive, Play, Report, RunState, Scenario, Snapshot, Who};
use crate::session::{
    self, Exit, Failed, PrivateFolder, Session, Training, block_on, local_zone, practice_settings,
};
use crate::terminal::open::{Front, Left, needs_terminal, open};
use crate::terminal::screen::stop;
use crate::terminal::signals::{Signal, Signals};
use crate::terminal::turns::Loop;
use crate::terminal::{input, panics};
use serde_json::Value;
use std::io::Write as _;
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

/// Practices until the run is over, or, with a trainer, until the trainee has had enough.
///
/// # Errors
/// When there is no terminal, no trainer, or the world of a run cannot be made.
pub fn run(own: &Settings, asked: Asked) -> Result<Exit, Failed> {
    needs_terminal("`pxdesk scenario try NAME` plays a scenario by itself, without a screen.")?;
    block_on(Box::pin(runs(own, asked)))
}

async fn runs(own: &Settings, asked: Asked) -> Result<Exit, Failed> {
    let Asked { scenario, trainee, join } = asked;
    let link = match join {
        Some((address, code)) => {
            let joined = Link::join(&address, &code, &trainee).await;
            Some(Arc::new(joined.map_err(not_joined)?))
        }
        None => None,
    };
    let ended = Box::pin(one_after_another(own, &trainee, scenario, link.as_ref())).await;
    if let Some(link) = link {
        link.leave().await;
    }
    ended
}

/// This run, and with a trainer all that they start.
async fn one_after_another(
    own: &Settings,
    trainee: &str,
    mut next: Option<Scenario>,
    link: Option<&Arc<Link>>,
) -> Result<Exit, Failed> {
    let (mut keys, mut signals) = (None, None);
    loop {
        let scenario = match (next.take(), link) {
            (Some(scenario), _) => scenario,
            (None, Some(link)) => match wait_for(link, trainee, signals.take()).await? {
                Some(scenario) => scenario,
                None => return Ok(Exit::Done),
            },
            (None, None) => return Ok(Exit::Done),
        };
        let world = match (Box::pin(World::make(own, &scenario, trainee)).await, link) {
            (Ok(world), _) => world,
            // Whoever sits in a classroom stays there, whatever was started for them.
            (Err(failed), Some(link)) => {
                not_begun(link, trainee, format!("{} cannot begin here: {}", scenario.name, failed.what))?;
                continue;
            }
            (Err(failed), None) => return Err(failed),
        };
        let ran = Box::pin(one(own, world, link.cloned(), keys.take())).await?;
        (keys, signals) = (ran.keys, Some(ran.signals));
        let Some(link) = link.filter(|_| !ran.ends) else { return Ok(Exit::Done) };
        next = match ran.next {
            Some(text) => readable(&text, link, trainee)?,
            None => None,
        };
    }
}

/// The scenario that the trainer starts; none when the trainee leaves first.
async fn wait_for(link: &Link, trainee: &str, signals: Option<Signals>) -> Result<Option<Scenario>, Failed> {
    let unheard = |e| Failed::new(Exit::Unexpected, format!("cannot listen for signals: {e}"));
    // The run before this one listened for them, so that none of them ends the program by itself any more.
    let mut signals = signals.map_or_else(Signals::listen, Ok).map_err(unheard)?;
    say(&waiting(trainee, &link.known_as()))?;
    // What was said of a connection before this run is told again.
    let mut connection = Connection::Joined;
    loop {
        let directive = tokio::select! {
            directive = link.next() => directive,
            now = link.connection_changed(connection) => {
                connection = now;
                let why = link.trouble();
                match now {
                    Connection::Joined => say("The trainer is back.")?,
                    Connection::Away => {
                        say(&format!("The trainer cannot be reached: {why}."))?;
                        say("Wait, or leave with Ctrl-C.")?;
                    }
                    Connection::Refused => return Err(refused(why)),
                }
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
            && let Some(scenario) = readable(&scenario, link, trainee)?
        {
            return Ok(Some(scenario));
        }
    }
}

/// What stands there until the trainer starts a run. `known_as`: the name that the trainer sees.
fn waiting(trainee: &str, known_as: &str) -> String {
    let waits = format!("TRAINING: {trainee}, the trainer starts the next run. Ctrl-C leaves.");
    if known_as == trainee {
        return waits;
    }
    format!("{waits} The trainer sees you as {}.", crate::text::one_line(known_as))
}

/// The trainee did not get in: what they typed is not right, or the trainer's side is not there, or has no room.
fn not_joined(NotJoined { why, mistyped }: NotJoined) -> Failed {
    if !mistyped {
        return Failed::new(Exit::Unreachable, why);
    }
    let next = "Type the address and the code as they stand on the trainer's screen.".to_owned();
    Failed { exit: Exit::BadInput, what: why, next: Some(next) }
}

/// The trainer's side does not have us any more.
fn refused(what: String) -> Failed {
    let next = "Ask the trainer for the address and the code on their screen, and join again.".to_owned();
    Failed { exit: Exit::Unreachable, what, next: Some(next) }
}

/// The trainer's scenario, unless it needs another release than this one.
fn readable(text: &str, link: &Link, trainee: &str) -> Result<Option<Scenario>, Failed> {
    match read(text) {
        Ok(scenario) => Ok(Some(scenario)),
        Err(wrong) => {
            let first = wrong.first().map(ToString::to_string).unwrap_or_default();
            not_begun(link, trainee, format!("the scenario cannot be read here: {first}"))?;
            Ok(None)
        }
    }
}

/// What the trainer started does not begin: that is said here and there, and the trainee waits for something else.
fn not_begun(link: &Link, trainee: &str, why: String) -> Result<(), Failed> {
    say(&format!("The trainer has started something, but {why}"))?;
    link.tell(Snapshot { trainee: trainee.to_owned(), failed: Some(why), ..Snapshot::default() });
    Ok(())
}

/// The world of a run that is about to begin, and its place in the journal of runs.
struct World {
    opened: Opened,
    training: Training,
    id: ShortId,
    play: Play,
    /// What the trainee is told first.
    notice: Option<String>,
}

impl World {
    async fn make(own: &Settings, scenario: &Scenario, trainee: &str) -> Result<Self, Failed> {
        let opened = Box::pin(Opened::open(own, scenario, trainee)).await?;
        let started_at = Timestamp::now();
        let training = Training::open(&own.places).await?;
        let beginning = session::Beginning {
            scenario: scenario.name.clone(),
            title: scenario.title.clone(),
            trainee: trainee.to_owned(),
            started_at,
        };
        let notice = known(trainee, training.runs(Some(trainee)).await?.len());
        let id = training.begin(beginning).await?;
        let play = Play::new(scenario.clone(), Who { trainee: trainee.to_owned(), started_at });
        Ok(Self { opened, training, id, play, notice })
    }
}

/// Under whose name the run is kept, where runs of that name are kept already: another person's, it may be.
fn known(trainee: &str, runs: usize) -> Option<String> {
    let runs = match runs {
        0 => return None,
        1 => "a run".to_owned(),
        many => format!("{many} runs"),
    };
    Some(format!(
        "You practice as {trainee}, who has {runs} already. If that is somebody else: leave, and give --as NAME."
    ))
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
    world: World,
    link: Option<Arc<Link>>,
    keys: Option<Receiver<Vec<input::Event>>>,
) -> Result<Ran, Failed> {
    let World { opened: Opened { session, settings, px, folder }, training, id, play, notice } = world;
    let place = Some((training.clone(), id.clone()));
    let practice = Some(Beginning { play, px, link: link.clone(), place });
    let opened =
        Box::pin(open(&settings, session, Front { practice, notice, input: keys, ..Front::default() })).await;
    let (mut desk, signals) = match left(opened) {
        Ok(left) => left,
        Err(failed) => {
            // There is no report of it, and there never will be.
            if let Err(error) = training.discard(&id, Timestamp::now()).await {
                tracing::warn!(error = error.what, "a run that came to nothing could not be discarded");
            }
            return Err(failed);
        }
    };
    let ends = desk.is_told_to_end();
    let report = desk.player.as_mut().map(|player| {
        player.leave();
        player.whole_report()
    });
    let next = desk.player.as_mut().and_then(Player::next_scenario);
    if let (Some(link), Some(player)) = (&link, &desk.player) {
        link.tell(player.snapshot(&desk.model));
    }
    if let Some(report) = report {
        // A journal that does not take it takes nothing away from whoever has practiced.
        let said = say(&text::run(Some(&id), &report, &local_zone()));
        let kept = match &mut desk.player {
            Some(player) => player.was_kept().await,
            None => None,
        };
        // Where it could not be kept then, the disk may have room by now.
        if !matches!(kept, Some(Ok(()))) && training.load(&id).await?.state == RunState::Running {
            training.end(&id, report, Timestamp::now()).await?;
        }
        if let Some(recording) = desk.player.as_mut().and_then(Player::recording) {
            keep(&own.places, id.as_str(), &recording);
        }
        // A terminal that is gone shows nothing, and that is no error.
        if !ends {
            said?;
        }
    }
    training.close().await;
    drop(folder);
    Ok(Ran { keys: Some(desk.input), next, ends, signals })
}

/// The desk as it was left. How it was left matters only where the program itself met an error: a run's world, with all that
/// was under way in it, is thrown away.
fn left(opened: Result<Left, Failed>) -> Result<(Loop, Signals), Failed> {
    let Left { ended, desk, signals } = opened?;
    match (desk, ended) {
        (_, Err(failed)) if panics::met() => Err(failed),
        (Some(desk), _) => Ok((desk, signals)),
        (None, ended) => Err(ended.err().unwrap_or_else(broken)),
    }
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

fn say(text: &str) -> Result<(), Failed> {
    let mut out = std::io::stdout().lock();
    let said = writeln!(out, "{text}").and_then(|()| out.flush());
    said.map_err(|e| Failed::new(Exit::Unexpected, format!("cannot write to standard output: {e}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_has_runs_already_is_told() {
        assert_eq!(known("Ann", 0), None);
        assert!(known("Ann", 1).unwrap().starts_with("You practice as Ann, who has a run already."));
        assert!(known("Ann", 12).unwrap().contains("12 runs already"));
    }

    #[test]
    fn who_was_given_a_number_is_told() {
        assert_eq!(waiting("Ann", "Ann"), "TRAINING: Ann, the trainer starts the next run. Ctrl-C leaves.");
        let told = waiting("Ann", "Ann (2)");
        assert!(told.ends_with("leaves. The trainer sees you as Ann (2)."), "{told}");
    }
}
