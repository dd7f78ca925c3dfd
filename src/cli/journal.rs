//! The commands on the journal: verify, checkpoint, backup, accept, copy, grant.

use super::args::{GrantedRole, JournalCommand};
use super::{Console, Exit, Failed, Session};
use crate::config::Settings;
use crate::engine::Clock;
use crate::files;
use crate::journal::{self, Checkpoint, Journal, Misfit, Place, Report};
use crate::order::{Refusal, Right};
use crate::text::many;
use serde_json::json;
use std::path::Path;

/// Runs one.
pub async fn run(settings: &Settings, command: &JournalCommand, console: &Console) -> Result<Exit, Failed> {
    match command {
        JournalCommand::Verify { against } => verify(settings, against.as_deref(), console).await,
        JournalCommand::Checkpoint => checkpoint(settings, console).await,
        JournalCommand::Backup { file } => backup(settings, file, console).await,
        JournalCommand::Accept { by, reason } => {
            settings.role().check(Right::AcceptJournal).map_err(Refusal::from)?;
            accept(settings, by, reason, console).await
        }
        JournalCommand::Copy { from, to } => copy(settings, from, to, console).await,
        JournalCommand::Grant { name, role } => grant(name, *role, console),
    }
}

/// Checks the journal.
async fn verify(settings: &Settings, against: Option<&Path>, console: &Console) -> Result<Exit, Failed> {
    let against = against.map(read_checkpoint).transpose()?;
    let journal = Session::journal_to_look(settings).await?;
    let tell = |progress: journal::Progress| {
        console.progress(&format!("{} of {} rows checked", progress.done, progress.total));
    };
    if let Some(misfit) = against.as_ref().and_then(|point| journal.has_made(point).err()) {
        let next = match misfit {
            Misfit::OnServer => "Without --against the journal is verified by itself.",
            Misfit::Other | Misfit::Unproven => "Name a checkpoint of this journal, as it was printed.",
        };
        return Err(Failed { exit: Exit::BadInput, what: misfit.to_string(), next: Some(next.to_owned()) });
    }
    let report = match (journal.verify(against.as_ref(), tell).await, journal.doubt()) {
        (Ok(report), _) => report,
        // It cannot be read for a reason that was seen before.
        (Err(_), Some(doubt)) => {
            let file = settings.journal.to_string().into();
            return Err(Failed::from(journal::Error::Doubted { file, doubt }));
        }
        (Err(error), None) => return Err(error.into()),
    };
    let doubt = journal.doubt();
    journal.close().await;
    print(&report, console)?;
    if report.problems.is_empty() {
        return Ok(Exit::Done);
    }
    // The one problem that it has may be that it is not the latest one, or where it is: its history is as it was written.
    if let [_] = report.problems.as_slice()
        && let Some(doubt) = doubt.filter(|doubt| doubt.may_be_accepted() || doubt.is_of_its_place())
    {
        return Err(Failed::from(journal::Error::Doubted {
            file: settings.journal.to_string().into(),
            doubt,
        }));
    }
    let problems = many(report.problems.len(), "problem");
    let what = format!("{} is not as it was written: {problems}", settings.journal);
    let next = match settings.journal {
        Place::File(_) => "Keep a copy of the file as it is, stop all desks on it, and restore a backup.",
        // What acts on the tables is dropped; only what was changed or is missing needs a backup.
        Place::Server(_) => {
            "Stop all desks on it, and have the database's administrator remove what is not the journal's own. Where rows are \
             missing or changed, keep a copy as it is, and restore a backup."
        }
    };
    let next = next.to_owned();
    Err(Failed { exit: Exit::Journal, what, next: Some(next) })
}

fn print(report: &Report, console: &Console) -> Result<(), Failed> {
    let orders = report.things.get("order").copied().unwrap_or_default();
    if console.is_json() {
        let problem = |p: &journal::Problem| {
            // Scripts know orders by their id alone.
            let order = p.thing.as_ref().and_then(|thing| thing.strip_prefix("order "));
            json!({ "position": p.pos, "thing": p.thing, "order": order, "problem": p.what })
        };
        let problems: Vec<_> = report.problems.iter().map(problem).collect();
        let mut told = json!({
            "orders": orders, "things": report.things, "events": report.events, "problems": problems,
            "intact": problems.is_empty(),
        });
        if let Some(brought) = report.brought {
            told["brought"] = brought.into();
        }
        return console.json(&told);
    }
    if report.problems.is_empty() {
        let others = report.things.iter().filter_map(|(kind, n)| Some(many(*n, word_of(kind)?)));
        let all: Vec<_> = std::iter::once(many(orders, "order"))
            .chain(others)
            .chain([many(report.events, "event")])
            .collect();
        console.text(&format!("intact: {}; every hash, row, table and count fits", all.join(", ")))?;
    }
    report.problems.iter().try_for_each(|problem| console.text(&problem.to_string()))?;
    report.brought.map_or(Ok(()), |brought| {
        console.text(&format!(
            "The first {brought} events were brought from version 1, whose chain had no key: that nobody changed them \
             before then is not proven."
        ))
    })
}

/// What people call a kind of thing besides orders; none for what stands in every journal by itself.
fn word_of(kind: &str) -> Option<&'static str> {
    Some(match kind {
        "subscription" => "subscription",
        "usage" => "usage report",
        "notice" => "notice",
        "registration" => "run of a registration",
        "practice" => "run of practice",
        _ => return None,
    })
}

fn read_checkpoint(file: &Path) -> Result<Checkpoint, Failed> {
    let bad = |why: String| Failed {
        exit: Exit::BadInput,
        what: format!("{}: {why}", file.display()),
        next: Some("Name a file that holds what `pxdesk journal checkpoint` printed.".to_owned()),
    };
    let text = files::text_of(file).map_err(|e| bad(e.to_string()))?;
    serde_json::from_str(&text).map_err(|e| bad(format!("not a checkpoint: {e}")))
}

/// Prints the position that the journal has come to.
async fn checkpoint(settings: &Settings, console: &Console) -> Result<Exit, Failed> {
    let journal = Session::journal(settings, false).await?;
    let made = journal.checkpoint(Clock::of(&journal).now()).await?;
    journal.close().await;
    console.text(&serde_json::to_string(&made).map_err(|e| Failed::new(Exit::Unexpected, e.to_string()))?)?;
    Ok(Exit::Done)
}

/// Copies the journal.
async fn backup(settings: &Settings, file: &Path, console: &Console) -> Result<Exit, Failed> {
    let journal = Session::journal(settings, false).await?;
    let events = journal.backup(file).await?;
    journal.close().await;
    let key = settings.journal.key_file();
    if console.is_json() {
        console.json(&json!({ "file": file, "events": events, "key": key }))?;
    } else {
        console.text(&format!("{}: {}", file.display(), many(events, "event")))?;
    }
    console.note(&format!(
        "The copy is of no use without the key file {}: keep a copy of that too, and not in the same place.",
        key.display()
    ));
    Ok(Exit::Done)
}

/// Records that the journal is to be used although it is not what this machine last saw.
async fn accept(settings: &Settings, by: &str, reason: &str, console: &Console) -> Result<Exit, Failed> {
    let said = |text: &str| !text.trim().is_empty();
    if !said(by) || !said(reason) {
        let what = "--by and --reason must say who and why".to_owned();
        return Err(Failed { exit: Exit::BadInput, what, next: None });
    }
    let journal = Session::journal(settings, false).await?;
    let now = Clock::of(&journal).now();
    journal.accept(by.trim(), reason.trim(), now, &settings.agent).await?;
    let others = if journal.is_shared() {
        "; another machine that had seen more of it needs the same word, at itself"
    } else {
        ""
    };
    journal.close().await;
    console.text(&format!("recorded; the journal is used from now on{others}"))?;
    Ok(Exit::Done)
}

/// Copies a journal from one place to another.
async fn copy(settings: &Settings, from: &str, to: &str, console: &Console) -> Result<Exit, Failed> {
    let place = |which: &str, text: &str| {
        let bad = |why: String| Failed::new(Exit::BadInput, format!("{} {why}", told_of(which, text)));
        settings.place(text).map_err(bad)
    };
    let (from, to) = (place("from", from)?, place("to", to)?);
    let state = Some(settings.places.state.clone());
    let options = journal::Options { create: false, state, kinds: journal::every_kind() };
    let tell = |progress: journal::Progress| {
        console.progress(&format!("{} of {} rows checked", progress.done, progress.total));
    };
    let report = Journal::copy(&from, &to, &options, tell).await.map_err(|error| match error {
        journal::Error::Missing { .. } => Failed {
            exit: Exit::Journal,
            what: format!("there is no journal to copy: {from} does not exist"),
            next: Some(
                "Name the journal that is there; `pxdesk doctor` shows which one is in use.".to_owned(),
            ),
        },
        error => error.into(),
    })?;
    if console.is_json() {
        console.json(&json!({ "from": from.to_string(), "to": to.to_string(), "events": report.events }))?;
    } else {
        console.text(&format!("{to}: {}, verified", many(report.events, "event")))?;
    }
    console.note(
        "From now on each of the two goes its own way. Have all desks use one of them, and keep the other closed.",
    );
    Ok(Exit::Done)
}

/// The place that was named, or which of the two it is where a password may stand in what was typed.
fn told_of(which: &str, text: &str) -> String {
    if text.contains("//") || text.contains(['@', '?']) {
        format!("the place to copy {which}")
    } else {
        format!("`{text}`")
    }
}

/// Prints what the owner of the database runs.
fn grant(name: &str, role: GrantedRole, console: &Console) -> Result<Exit, Failed> {
    if name.is_empty() || name.len() > journal::LONGEST_ROLE {
        let what = format!("the name of a database role has 1 to {} bytes", journal::LONGEST_ROLE);
        return Err(Failed { exit: Exit::BadInput, what, next: None });
    }
    let role = match role {
        GrantedRole::Agent => journal::Granted::Agent,
        GrantedRole::Supervisor => journal::Granted::Supervisor,
    };
    let sql = journal::grant(name, role, &journal::every_kind());
    if console.is_json() {
        console.json(&json!({ "sql": sql.trim_end() }))?;
    } else {
        console.text(sql.trim_end())?;
    }
    Ok(Exit::Done)
}
