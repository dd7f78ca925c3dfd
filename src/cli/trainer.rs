//! `trainer`: a classroom, at the trainer's screen; without a terminal, as lines of JSON.

use super::args::TrainerArgs;
use super::{Console, Exit, Failed, block_on};
use crate::classroom::{Code, Hub, Seat, Server};
use crate::config::{Flags, Places, Settings};
use crate::desk::Lesson;
use crate::order::Environment;
use crate::practice::Scenario;
use crate::session::scenarios::{self, Found, WrongIn};
use crate::session::{PrivateFolder, practice_refusal, practice_settings};
use crate::terminal::{self, Teaching};
use serde_json::{Value, json};
use std::io::IsTerminal as _;
use std::path::Path;
use std::time::Duration;

/// Opens a classroom, unless production is configured.
pub fn run(
    settings: &Settings,
    flags: &Flags,
    args: &TrainerArgs,
    console: &Console,
) -> Result<Exit, Failed> {
    if let Some(what) = practice_refusal(settings) {
        let next = "Train on a machine, or as a user, where production is not configured.".to_owned();
        return Err(Failed { exit: Exit::RefusedHere, what, next: Some(next) });
    }
    let bad = |what: String| Failed::new(Exit::BadInput, what);
    let (lessons, broken) = lessons(&settings.places, args.scenarios.as_deref()).map_err(|wrong| {
        for wrong in &wrong {
            console.note(&wrong.to_string());
        }
        bad("no classroom is opened: its scenarios cannot be used as they are".to_owned())
    })?;
    for wrong in &broken {
        console.note(&format!("left out: {wrong}"));
    }
    let code = args.code.as_deref().map(|code| Code::read(code).ok_or_else(|| bad(Code::WRONG.to_owned())));
    let (hub, server) = Hub::bind(args.listen, code.transpose()?).map_err(bad)?;
    if console.is_json() || !std::io::stdout().is_terminal() {
        return block_on(report(&hub, server, &broken, console));
    }
    let folder = PrivateFolder::new()
        .map_err(|e| Failed::new(Exit::Unexpected, format!("cannot make a private folder: {e}")))?;
    let embedded = Flags { environment: Some(Environment::Embedded), ..flags.clone() };
    let settings = practice_settings(Settings::load(&embedded, super::variables()?)?, folder.path());
    terminal::train(&settings, Teaching { hub, server, lessons, broken: left_out(&broken) })
}

/// Says where it is, and then who is here, a line for each change, until it is asked to end.
async fn report(hub: &Hub, server: Server, broken: &[WrongIn], console: &Console) -> Result<Exit, Failed> {
    let serving = tokio::spawn(server.run());
    console.json_line(&json!({
        "listening": hub.reached_at().to_string(), "code": hub.code().to_string(), "broken": broken,
    }))?;
    let mut seen = 0;
    let changes = async {
        loop {
            seen = hub.changed(seen).await;
            let seats: Vec<Value> = hub.seats().iter().map(line).collect();
            console.json_line(&json!({ "seats": seats }))?;
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    };
    let ended = tokio::select! {
        failed = changes => failed,
        () = super::asked_to_end() => Ok(Exit::Done),
    };
    serving.abort();
    ended
}

fn line(seat: &Seat) -> Value {
    json!({ "seat": seat.number, "name": seat.name, "away": seat.away, "snapshot": seat.snapshot })
}

/// What a trainer's screen says of the files that are left out; nothing where there are none.
fn left_out(broken: &[WrongIn]) -> Option<String> {
    let (first, more) = broken.split_first()?;
    let more = if more.is_empty() { String::new() } else { format!(" (and {} more)", more.len()) };
    Some(format!(
        "Left out of the scenarios: {first}{more}. `pxdesk scenario check FILE` tells all that is wrong in it."
    ))
}

/// What can be started, and what is wrong in files that are left out.
type Lessons = (Vec<Lesson>, Vec<WrongIn>);

/// The scenarios that can be started: those of the program and the trainer's own that can be used, then those of `folder`.
///
/// # Errors
/// All that is wrong in `folder`, which was asked for, each with file, line and field; two of one name are.
fn lessons(places: &Places, folder: Option<&Path>) -> Result<Lessons, Vec<WrongIn>> {
    let (mut found, broken) = scenarios::usable(places);
    if let Some(folder) = folder {
        let more = scenarios::check(&[folder.to_owned()], places)?;
        // What is there already is the same one: two that differ are told by `check`.
        let names: Vec<String> = found.iter().map(|found| found.scenario.name.clone()).collect();
        found.extend(more.into_iter().filter(|one| !names.contains(&one.scenario.name)));
    }
    Ok((found.into_iter().map(lesson).collect(), broken))
}

fn lesson(found: Found) -> Lesson {
    let Scenario { name, title, teaches, .. } = found.scenario;
    Lesson { name, title, teaches, text: found.text.into_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::practice::scenario::{read, shipped};

    #[test]
    fn a_folders_scenarios_are_read_and_what_is_wrong_is_named_by_file_line_and_field() {
        let (home, folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let place = || home.path().to_owned();
        let places = Places { config: place(), data: place(), state: place(), usual: None };
        let (_, verbal) = shipped::FILES[0];
        let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
        write("mine.toml", &verbal.replacen("name = \"verbal\"", "name = \"mine\"", 1));
        write("notes.txt", "not a scenario");
        let (all, broken) = lessons(&places, Some(folder.path())).unwrap();
        assert_eq!((broken.as_slice(), left_out(&broken)), (&[][..], None));
        assert_eq!(all.len(), shipped::FILES.len() + 1);
        assert_eq!(all.last().map(|lesson| lesson.name.as_str()), Some("mine"));
        // The trainer's own folder, named again, or a copy of a shipped one: nothing twice.
        std::fs::create_dir(scenarios::folder(&places)).unwrap();
        std::fs::write(scenarios::folder(&places).join("own.toml"), verbal.replacen("verbal", "own", 1))
            .unwrap();
        write("copy.toml", verbal);
        for folder in [folder.path().to_owned(), scenarios::folder(&places)] {
            let names: Vec<String> =
                lessons(&places, Some(&folder)).unwrap().0.into_iter().map(|lesson| lesson.name).collect();
            let different: std::collections::BTreeSet<&String> = names.iter().collect();
            assert_eq!(different.len(), names.len(), "{names:?}");
        }
        assert!(all.iter().all(|lesson| !lesson.teaches.is_empty() && read(&lesson.text).is_ok()));
        write("same.toml", &format!("{verbal}\n# changed"));
        write("wrong.toml", &format!("nonsense = 1\n{verbal}"));
        let told = |folder: &Path| -> Vec<String> {
            lessons(&places, Some(folder)).unwrap_err().iter().map(ToString::to_string).collect()
        };
        let lines = told(folder.path());
        assert!(
            lines.iter().any(|line| line.contains("same.toml") && line.contains("`verbal`")),
            "{lines:?}"
        );
        assert!(lines.iter().any(|line| line.contains("wrong.toml:1: nonsense: ")), "{lines:?}");
        let none = told(&folder.path().join("nowhere"));
        assert!(none.iter().any(|line| line.contains("nowhere")), "{none:?}");
    }

    #[test]
    fn a_broken_file_of_the_trainers_own_folder_is_left_out_and_told_and_keeps_no_other_away() {
        let home = tempfile::tempdir().unwrap();
        let place = || home.path().to_owned();
        let places = Places { config: place(), data: place(), state: place(), usual: None };
        let own = scenarios::folder(&places);
        std::fs::create_dir(&own).unwrap();
        let (_, verbal) = shipped::FILES[0];
        let write = |name: &str, text: &str| std::fs::write(own.join(name), text).unwrap();
        write("broken.toml", &format!("nonsense = 1\n{verbal}"));
        write("mine.toml", &verbal.replacen("name = \"verbal\"", "name = \"mine\"", 1));
        write("same.toml", &format!("{verbal}\n# changed"));
        let (all, broken) = lessons(&places, None).unwrap();
        let names: Vec<&str> = all.iter().map(|lesson| lesson.name.as_str()).collect();
        assert_eq!(names.len(), shipped::FILES.len() + 1, "{names:?}");
        assert!(names.contains(&"mine") && names.contains(&"verbal"), "{names:?}");
        let told: Vec<String> = broken.iter().map(ToString::to_string).collect();
        assert!(told.iter().any(|line| line.contains("broken.toml:1: nonsense: ")), "{told:?}");
        assert!(told.iter().any(|line| line.contains("same.toml") && line.contains("`verbal`")), "{told:?}");
        let said = left_out(&broken).unwrap();
        assert!(said.contains("broken.toml:1: nonsense: ") && said.contains("(and 1 more)"), "{said}");
    }
}
