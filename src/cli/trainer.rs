//! `trainer`: a classroom, at the trainer's screen; without a terminal, as lines of JSON.

use super::args::TrainerArgs;
use super::{Console, Exit, Failed, block_on};
use crate::classroom::{Code, Hub, Seat, Server};
use crate::config::{Flags, Settings};
use crate::desk::Lesson;
use crate::order::Environment;
use crate::practice::Scenario;
use crate::practice::scenario::{read, shipped};
use crate::session::{PrivateFolder, practice_refusal, practice_settings};
use crate::terminal::{self, Teaching};
use serde_json::{Value, json};
use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Opens a classroom, unless production is configured.
pub fn run(
    settings: &Settings,
    flags: &Flags,
    args: &TrainerArgs,
    console: &Console,
) -> Result<Exit, Failed> {
    if let Some(what) = practice_refusal(settings) {
        let next = "Train on a machine, or as a user, that has nothing of production.".to_owned();
        return Err(Failed { exit: Exit::RefusedHere, what, next: Some(next) });
    }
    let bad = |what: String| Failed::new(Exit::BadInput, what);
    let lessons = lessons(args.scenarios.as_deref())?;
    let wrong =
        "--code: a code has 8 of the letters and digits that a trainer's screen shows: no vowels, no 0 and 1";
    let code = args.code.as_deref().map(|code| Code::read(code).ok_or_else(|| bad(wrong.to_owned())));
    let (hub, server) = Hub::bind(args.listen, code.transpose()?).map_err(bad)?;
    if console.is_json() || !std::io::stdout().is_terminal() {
        return block_on(report(&hub, server, console));
    }
    let folder = PrivateFolder::new()
        .map_err(|e| Failed::new(Exit::Unexpected, format!("cannot make a private folder: {e}")))?;
    let embedded = Flags { environment: Some(Environment::Embedded), ..flags.clone() };
    let settings = practice_settings(Settings::load(&embedded, super::variables())?, folder.path());
    terminal::train(&settings, Teaching { hub, server, lessons })
}

/// Says where it is, and then who is here, a line for each change, until it is asked to end.
async fn report(hub: &Hub, server: Server, console: &Console) -> Result<Exit, Failed> {
    let serving = tokio::spawn(server.run());
    console
        .json_line(&json!({ "listening": hub.reached_at().to_string(), "code": hub.code().to_string() }))?;
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

/// The scenarios that can be started: those of the program, then those of the trainer's folder.
///
/// # Errors
/// All that is wrong in the folder, each with file, line and field.
fn lessons(folder: Option<&Path>) -> Result<Vec<Lesson>, Failed> {
    let mut lessons = Vec::new();
    let mut wrong = Vec::new();
    let shipped = shipped::FILES.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
    let own = folder.map_or_else(|| Ok(Vec::new()), files)?;
    let mut places: Vec<(String, String)> = Vec::new();
    for (file, text) in shipped.chain(own) {
        match read(&text) {
            Ok(scenario) => {
                if let Some((_, other)) = places.iter().find(|(name, _)| *name == scenario.name) {
                    wrong.push(format!("{file}: name: `{}` is the name of {other}, too", scenario.name));
                }
                places.push((scenario.name.clone(), file));
                lessons.push(lesson(scenario, text));
            }
            Err(all) => wrong.extend(all.iter().map(|wrong| format!("{file}:{wrong}"))),
        }
    }
    if wrong.is_empty() {
        return Ok(lessons);
    }
    Err(Failed::new(Exit::BadInput, wrong.join("\n")))
}

fn lesson(scenario: Scenario, text: String) -> Lesson {
    let Scenario { name, title, teaches, .. } = scenario;
    Lesson { name, title, teaches, text }
}

/// The files of a folder that hold scenarios, by their names.
fn files(folder: &Path) -> Result<Vec<(String, String)>, Failed> {
    let failed = |path: &Path, error: std::io::Error| {
        Failed::new(Exit::BadInput, format!("cannot read {}: {error}", path.display()))
    };
    let entries = std::fs::read_dir(folder).map_err(|error| failed(folder, error))?;
    let mut paths: Vec<PathBuf> = entries.filter_map(Result::ok).map(|entry| entry.path()).collect();
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "toml"));
    paths.sort();
    let read = |path: PathBuf| {
        let text = std::fs::read_to_string(&path).map_err(|error| failed(&path, error))?;
        Ok((path.display().to_string(), text))
    };
    paths.into_iter().map(read).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folders_scenarios_are_read_and_what_is_wrong_is_named_by_file_line_and_field() {
        let folder = tempfile::tempdir().unwrap();
        let (_, verbal) = shipped::FILES[0];
        let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
        write("mine.toml", &verbal.replacen("name = \"verbal\"", "name = \"mine\"", 1));
        write("notes.txt", "not a scenario");
        let all = lessons(Some(folder.path())).unwrap();
        assert_eq!(all.len(), shipped::FILES.len() + 1);
        assert_eq!(all.last().map(|lesson| lesson.name.as_str()), Some("mine"));
        assert!(all.iter().all(|lesson| !lesson.teaches.is_empty() && read(&lesson.text).is_ok()));
        write("same.toml", verbal);
        write("wrong.toml", &format!("nonsense = 1\n{verbal}"));
        let what = lessons(Some(folder.path())).unwrap_err().what;
        let lines: Vec<&str> = what.lines().collect();
        assert!(lines[0].contains("same.toml: name: `verbal` is the name of verbal.toml, too"), "{what}");
        assert!(lines[1].contains("wrong.toml:1: nonsense: "), "{what}");
        let none = lessons(Some(&folder.path().join("nowhere"))).unwrap_err();
        assert!(none.what.contains("nowhere"), "{none:?}");
    }
}
