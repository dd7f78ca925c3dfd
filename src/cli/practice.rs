//! `practice`: a run at the real desk; and `scenario try`, a run that a script walks.

use super::args::PracticeArgs;
use super::{Console, Exit, Failed};
use crate::classroom::{NAME_RULE, is_name};
use crate::config::{Places, Settings};
use crate::practice::report::{json, text};
use crate::practice::{Mistake, Scenario};
use crate::session::scenarios::{self, WrongIn};
use crate::session::{local_zone, practice_refusal};
use crate::terminal::practice::{self, Asked, Trainee, play};
use std::path::PathBuf;

/// Practices, unless production is configured.
pub fn run(settings: &Settings, args: &PracticeArgs, console: &Console) -> Result<Exit, Failed> {
    refuse(settings)?;
    let find = |name: &String| find(&settings.places, name, console);
    let scenario = args.scenario.as_ref().map(find).transpose()?;
    let trainee = args.name.as_deref().map_or(settings.agent.as_str(), str::trim);
    if trainee.is_empty() {
        return Err(Failed::new(Exit::BadInput, "--as: the name must not be empty"));
    }
    if args.name.is_some() && !is_name(trainee) {
        return Err(Failed::new(Exit::BadInput, NAME_RULE));
    }
    let join = args.join.clone().zip(args.code.clone());
    practice::run(settings, Asked { scenario, trainee: trainee.to_owned(), join })
}

/// Plays a scenario by a script, and prints the report.
pub fn try_it(
    settings: &Settings,
    scenario: &str,
    mistake: Option<&str>,
    console: &Console,
) -> Result<Exit, Failed> {
    refuse(settings)?;
    let scenario = find(&settings.places, scenario, console)?;
    let trainee = match mistake {
        None => Trainee::Perfect,
        Some(name) => Trainee::Careless(Mistake::named(name).ok_or_else(|| {
            let names = Mistake::ALL.map(|row| row.1).join(", ");
            Failed::new(Exit::BadInput, format!("`{name}` must be one of {names}"))
        })?),
    };
    let report = play(settings, &scenario, trainee)?;
    if let Some(name) = mistake
        && !report.mistakes.iter().any(|made| made.mistake == name)
    {
        let what = format!("the script has no place for {name} in `{}`", scenario.name);
        let next = "`pxdesk scenario show NAME` lists what it is about, and what counts.".to_owned();
        return Err(Failed { exit: Exit::BadInput, what, next: Some(next) });
    }
    // It is kept nowhere, so it has no id.
    if console.is_json() {
        console.json(&json::run(None, &report))?;
    } else {
        console.text(&text::run(None, &report, &local_zone()))?;
    }
    Ok(if mistake.is_some() || report.grade == 100 { Exit::Done } else { Exit::RefusedHere })
}

fn refuse(settings: &Settings) -> Result<(), Failed> {
    let Some(what) = practice_refusal(settings) else { return Ok(()) };
    let next = "Practice on a machine, or as a user, where production is not configured.".to_owned();
    Err(Failed { exit: Exit::RefusedHere, what, next: Some(next) })
}

/// The scenario of that name, or in that file.
///
/// # Errors
/// Tells all that is wrong in it; in the trainer's own folder, when no scenario there or shipped has the name.
fn find(places: &Places, name: &str, console: &Console) -> Result<Scenario, Failed> {
    let wrong = |wrong: Vec<WrongIn>| {
        for wrong in &wrong {
            console.note(&wrong.to_string());
        }
        Failed::new(Exit::BadInput, format!("`{name}` cannot be practiced as it is"))
    };
    let path = PathBuf::from(name);
    if path.is_file() {
        let found = scenarios::check(&[path], places).map_err(wrong)?;
        if let Some(found) = found.into_iter().next() {
            return Ok(found.scenario);
        }
    }
    if let Some(found) = scenarios::named(name, places).map_err(wrong)? {
        return Ok(found.scenario);
    }
    // It may stand in a file that cannot be read.
    scenarios::all(places).map_err(wrong)?;
    Err(Failed {
        exit: Exit::BadInput,
        what: format!("`{name}` is neither a scenario nor a file"),
        next: Some("`pxdesk scenario list` lists them.".to_owned()),
    })
}
