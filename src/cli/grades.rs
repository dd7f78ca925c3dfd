//! `grades`: runs of practice, their reports, and what each trainee has practiced.

use super::args::Graded;
use super::console::{Output, write_stdout};
use super::{Console, Exit, Failed};
use crate::config::Places;
use crate::order::one_line;
use crate::practice::report::{csv, html, json, text};
use crate::practice::{Coverage, Report, Run, RunState};
use crate::session::{Proven, Training, local_zone, no_such_run, write_new};
use std::io::ErrorKind;
use std::path::Path;

/// Does what the flags say.
pub async fn run(places: &Places, asked: &Graded<'_>, console: &Console) -> Result<Exit, Failed> {
    match *asked {
        Graded::List { trainee } => list(places, trainee, console).await,
        Graded::Show { run, html } => show(places, run, html, console).await,
        Graded::Recording { run, file } => recording(places, run, file, console).await,
        Graded::Coverage { trainee, html } => coverage(places, trainee, html, console).await,
    }
}

async fn list(places: &Places, trainee: Option<&str>, console: &Console) -> Result<Exit, Failed> {
    let Proven { runs, problems, wrong } = runs(places, trainee).await?;
    tell(&problems, console);
    let told = match console.output() {
        Output::Text if runs.is_empty() && wrong.is_some() => Ok(Exit::Done),
        Output::Text if runs.is_empty() => {
            nobody(trainee, console);
            Ok(Exit::Done)
        }
        Output::Text => console.text(&text::runs(&runs, &local_zone())).map(|()| Exit::Done),
        Output::Json => console.json(&json::runs(&runs)).map(|()| Exit::Done),
        Output::Csv => write_stdout(csv::runs(&runs).as_bytes()),
    };
    wrong.map_or(told, Err)
}

/// Says what is wrong with the journal of practice, before what is right is told.
fn tell(problems: &[String], console: &Console) {
    for problem in problems {
        console.note(&format!("pxdesk: the journal of practice: {problem}"));
    }
}

async fn show(places: &Places, run: &str, page: Option<&Path>, console: &Console) -> Result<Exit, Failed> {
    one_form(page, console)?;
    let training = Training::open_if_there(places).await?.ok_or_else(|| no_such_run(run))?;
    let run = training.find(run).await?;
    let Run { id, report: Some(report), .. } = &run else { return Err(no_report(&run)) };
    if let Some(file) = page {
        let Proven { runs, problems, wrong } = training.proven(Some(&run.trainee)).await?;
        training.close().await;
        tell(&problems, console);
        let page = html::run(id, report, &Coverage::of(&run.trainee, &runs), &local_zone());
        let written = write_page(file, &page, console);
        return wrong.map_or(written, Err);
    }
    training.close().await;
    match console.output() {
        Output::Text => console.text(&text::run(Some(id), report, &local_zone()))?,
        Output::Json => console.json(&json::run(Some(id), report))?,
        Output::Csv => return write_stdout(csv::run(id, report).as_bytes()),
    }
    Ok(Exit::Done)
}

/// Writes the recording of a run's screen.
async fn recording(places: &Places, run: &str, cast: &Path, console: &Console) -> Result<Exit, Failed> {
    let run = find(places, run).await?;
    let file = crate::terminal::practice::recording_of(places, run.id.as_str());
    let recording = std::fs::read_to_string(&file).map_err(|e| {
        Failed::new(Exit::BadInput, format!("there is no recording of the run {}: {e}", run.id))
    })?;
    write_page(cast, &recording, console)
}

/// The report of a run that a person means by the beginning of its id.
pub async fn report(places: &Places, run: &str) -> Result<Report, Failed> {
    let run = find(places, run).await?;
    run.report.clone().map(|report| *report).ok_or_else(|| no_report(&run))
}

async fn find(places: &Places, run: &str) -> Result<Run, Failed> {
    let training = Training::open_if_there(places).await?.ok_or_else(|| no_such_run(run))?;
    let run = training.find(run).await;
    training.close().await;
    run
}

fn no_report(run: &Run) -> Failed {
    let why = match run.state {
        RunState::Running => "has not ended yet, or was cut off: there is no report of it",
        RunState::Ended | RunState::Discarded => "was discarded: there is no report of it",
    };
    Failed::new(Exit::BadInput, format!("the run {} {why}", run.id))
}

async fn coverage(
    places: &Places,
    trainee: Option<&str>,
    page: Option<&Path>,
    console: &Console,
) -> Result<Exit, Failed> {
    one_form(page, console)?;
    let Proven { runs, problems, wrong } = runs(places, trainee).await?;
    tell(&problems, console);
    let all = match (trainee, &wrong) {
        (Some(trainee), None) if runs.is_empty() => return Err(unknown(places, trainee).await?),
        (Some(_), Some(wrong)) if runs.is_empty() => return Err(wrong.clone()),
        (Some(trainee), _) => vec![Coverage::of(trainee, &runs)],
        (None, _) => Coverage::of_each(&runs),
    };
    let told = match (page, console.output()) {
        (Some(file), _) => write_page(file, &html::coverage(&all, &local_zone()), console),
        (None, Output::Text) if all.is_empty() && wrong.is_some() => Ok(Exit::Done),
        (None, Output::Text) if all.is_empty() => {
            nobody(trainee, console);
            Ok(Exit::Done)
        }
        (None, Output::Text) => console.text(&text::coverage(&all, &local_zone())).map(|()| Exit::Done),
        (None, Output::Json) => console.json(&json::coverage(&all)).map(|()| Exit::Done),
        (None, Output::Csv) => write_stdout(csv::coverage(&all).as_bytes()),
    };
    wrong.map_or(told, Err)
}

/// Nobody of that name has practiced here; who has.
async fn unknown(places: &Places, trainee: &str) -> Result<Failed, Failed> {
    let all = Coverage::of_each(&runs(places, None).await?.runs);
    let names: Vec<_> = all.iter().map(|of| one_line(&of.trainee)).collect();
    let next = if names.is_empty() {
        "Nobody has practiced here yet.".to_owned()
    } else {
        format!("There are {}.", names.join(", "))
    };
    let what = format!("nobody of the name `{}` has practiced here", one_line(trainee));
    Ok(Failed { exit: Exit::BadInput, what, next: Some(next) })
}

async fn runs(places: &Places, trainee: Option<&str>) -> Result<Proven, Failed> {
    let Some(training) = Training::open_if_there(places).await? else { return Ok(Proven::nothing()) };
    let runs = training.proven(trainee).await;
    training.close().await;
    runs
}

fn nobody(trainee: Option<&str>, console: &Console) {
    match trainee {
        Some(trainee) => console.note(&format!("{trainee} has not practiced here yet")),
        None => console.note("nobody has practiced here yet"),
    }
}

/// A page is a form of its own: it goes with no other.
fn one_form(page: Option<&Path>, console: &Console) -> Result<(), Failed> {
    if page.is_some() && console.output() != Output::Text {
        return Err(Failed::new(Exit::BadInput, "use either --html or --output"));
    }
    Ok(())
}

/// Writes a page into a file that is not there yet, for its owner alone, or to stdout.
fn write_page(file: &Path, page: &str, console: &Console) -> Result<Exit, Failed> {
    if file == Path::new("-") {
        return write_stdout(page.as_bytes());
    }
    match write_new(file, page) {
        Ok(()) => {
            console.note(&format!("written to {}", file.display()));
            Ok(Exit::Done)
        }
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Err(Failed::new(
            Exit::BadInput,
            format!("{} already exists; choose another name", file.display()),
        )),
        Err(error) => {
            Err(Failed::new(Exit::BadInput, format!("{} cannot be written: {error}", file.display())))
        }
    }
}
