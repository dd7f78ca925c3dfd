//! All scenarios that there are: those that come with the program, and the trainer's own in `scenarios` beside the configuration.

use crate::config::Places;
use crate::files;
use crate::practice::Scenario;
use crate::practice::scenario::{name_line, read, shipped};
use serde::Serialize;
use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet};
use std::fmt;
use std::path::{Path, PathBuf};

/// A scenario, and where it was found.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    pub scenario: Scenario,
    pub source: Source,
    /// The file's text, as the trainee's side reads it anew.
    pub text: Cow<'static, str>,
}

/// Where a scenario was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// It came with the program, under this file name.
    Shipped(&'static str),
    File(PathBuf),
}

impl Source {
    /// True for what came with the program.
    pub fn is_shipped(&self) -> bool {
        match self {
            Self::Shipped(_) => true,
            Self::File(_) => false,
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Shipped(name) => write!(f, "{name} (shipped with pxdesk)"),
            Self::File(file) => write!(f, "{}", file.display()),
        }
    }
}

/// Something that is wrong in a file, or with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WrongIn {
    pub file: String,
    /// From 1; none when the file could not be read.
    pub line: Option<usize>,
    /// Empty when it is about the whole file.
    pub field: String,
    pub what: String,
}

impl fmt::Display for WrongIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        if !self.field.is_empty() {
            write!(f, ": {}", self.field)?;
        }
        write!(f, ": {}", self.what)
    }
}

impl WrongIn {
    /// What is wrong with a whole file.
    pub fn in_file(file: impl fmt::Display, what: String) -> Self {
        Self { file: file.to_string(), line: None, field: String::new(), what }
    }

    /// What is wrong with a step of a scenario that was read, by its number from 0.
    pub fn in_step(found: &Found, step: usize, what: String) -> Self {
        let lines = found.text.lines().enumerate().filter(|(_, line)| line.trim() == "[[step]]");
        let line = lines.map(|(n, _)| n + 1).nth(step);
        Self { file: found.source.to_string(), line, field: format!("step[{}].do", step + 1), what }
    }
}

/// The trainer's own folder.
pub fn folder(places: &Places) -> PathBuf {
    places.config.join("scenarios")
}

/// All of them: the shipped ones, the easiest first, then the trainer's own by their file names.
///
/// # Errors
/// All that is wrong in the trainer's own, if anything is; two scenarios of one name are.
pub fn all(places: &Places) -> Result<Vec<Found>, Vec<WrongIn>> {
    let (found, wrong) = usable(places);
    if wrong.is_empty() { Ok(found) } else { Err(wrong) }
}

/// The same: those that can be used, whatever is wrong in other files, and all that is wrong. Of two that have one name the
/// earlier one can.
pub fn usable(places: &Places) -> (Vec<Found>, Vec<WrongIn>) {
    let (mut found, mut wrong) = (shipped(), Vec::new());
    read_all(&[folder(places)], Absent::IsFine, &mut found, &mut wrong);
    wrong.extend(duplicates(&found, |_| true));
    // A copy that was not changed is the shipped one.
    let mut names = HashSet::new();
    found.retain(|found| names.insert(found.scenario.name.clone()));
    (found, wrong)
}

/// The scenario of that name, whatever is wrong in files that are about another one.
///
/// # Errors
/// When several that differ have the name.
pub fn named(name: &str, places: &Places) -> Result<Option<Found>, Vec<WrongIn>> {
    let mut found = shipped();
    read_all(&[folder(places)], Absent::IsFine, &mut found, &mut Vec::new());
    found.retain(|found| found.scenario.name == name);
    let wrong = duplicates(&found, |_| true);
    if wrong.is_empty() { Ok(found.into_iter().next()) } else { Err(wrong) }
}

/// What is in these files, and in the folders among them.
///
/// # Errors
/// All that is wrong in them; so a name that another of them, a shipped one or one of the trainer's own has.
pub fn check(paths: &[PathBuf], places: &Places) -> Result<Vec<Found>, Vec<WrongIn>> {
    let (found, wrong) = look(paths, places);
    if wrong.is_empty() { Ok(found) } else { Err(wrong) }
}

/// The same: what could be read of it, whatever is wrong elsewhere, and all that is wrong.
pub fn look(paths: &[PathBuf], places: &Places) -> (Vec<Found>, Vec<WrongIn>) {
    let (mut given, mut wrong) = (Vec::new(), Vec::new());
    read_all(paths, Absent::IsWrong, &mut given, &mut wrong);
    let mut others = shipped();
    // What is wrong in files that nobody asked about is not told; their names are taken all the same.
    read_all(&[folder(places)], Absent::IsFine, &mut others, &mut Vec::new());
    others.retain(|other| given.iter().all(|one| !is_same_file(&one.source, &other.source)));
    let count = others.len();
    let all: Vec<Found> = others.into_iter().chain(given).collect();
    wrong.extend(duplicates(&all, |n| n >= count));
    (all.into_iter().skip(count).collect(), wrong)
}

/// What a path that is not there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Absent {
    IsFine,
    IsWrong,
}

fn shipped() -> Vec<Found> {
    let one = |(name, text): (&'static str, &'static str)| {
        let scenario = read(text).ok()?;
        Some(Found { scenario, source: Source::Shipped(name), text: Cow::Borrowed(text) })
    };
    shipped::FILES.into_iter().filter_map(one).collect()
}

fn read_all(paths: &[PathBuf], absent: Absent, found: &mut Vec<Found>, wrong: &mut Vec<WrongIn>) {
    let mut seen: Vec<Source> = Vec::new();
    for path in paths {
        let files = match files_of(path) {
            Ok(files) => files,
            Err(error) if absent == Absent::IsFine && error.kind() == std::io::ErrorKind::NotFound => {
                continue;
            }
            Err(error) => {
                wrong.push(unreadable(path, &error));
                continue;
            }
        };
        for file in files {
            let source = Source::File(file.clone());
            // A file that is given twice is read once.
            if seen.iter().any(|before| is_same_file(before, &source)) {
                continue;
            }
            seen.push(source);
            match one(&file) {
                Ok(one) => found.push(one),
                Err(several) => wrong.extend(several),
            }
        }
    }
}

/// The file itself, or the files of a folder whose names end in `.toml`, by their names.
fn files_of(path: &Path) -> std::io::Result<Vec<PathBuf>> {
    let found = std::fs::metadata(path)?;
    if found.is_file() {
        return Ok(vec![path.to_owned()]);
    }
    if !found.is_dir() {
        // To read it might never end.
        return Err(std::io::Error::other("it is neither a file nor a folder"));
    }
    let mut files = Vec::new();
    for entry in std::fs::read_dir(path)? {
        let file = entry?.path();
        if file.extension().is_some_and(|ending| ending == "toml") {
            files.push(file);
        }
    }
    files.sort();
    Ok(files)
}

fn one(file: &Path) -> Result<Found, Vec<WrongIn>> {
    let text = files::text_of_file(file).map_err(|error| vec![unreadable(file, &error)])?;
    let place = |wrong: crate::practice::Wrong| WrongIn {
        file: file.display().to_string(),
        line: Some(wrong.line),
        field: wrong.field,
        what: wrong.what,
    };
    let scenario = read(&text).map_err(|wrong| wrong.into_iter().map(place).collect::<Vec<_>>())?;
    Ok(Found { scenario, source: Source::File(file.to_owned()), text: Cow::Owned(text) })
}

fn unreadable(path: &Path, error: &std::io::Error) -> WrongIn {
    WrongIn::in_file(path.display(), format!("cannot be read: {error}"))
}

/// The names that two have, told at the later one, where `asked` says that it is to be told.
fn duplicates(all: &[Found], asked: impl Fn(usize) -> bool) -> Vec<WrongIn> {
    let mut names: BTreeMap<&str, &Found> = BTreeMap::new();
    let mut wrong = Vec::new();
    for (n, found) in all.iter().enumerate() {
        let name = found.scenario.name.as_str();
        let Some(first) = names.get(name) else {
            names.insert(name, found);
            continue;
        };
        // A copy that was not changed is the shipped one.
        let is_copy = first.source.is_shipped() && first.text == found.text;
        if asked(n) && !is_copy {
            wrong.push(WrongIn {
                file: found.source.to_string(),
                line: Some(name_line(&found.text)),
                field: "name".to_owned(),
                what: format!("`{name}` is the name of {} too", first.source),
            });
        }
    }
    wrong
}

fn is_same_file(one: &Source, other: &Source) -> bool {
    match (one, other) {
        (Source::File(one), Source::File(other)) => {
            one == other || one.canonicalize().ok().is_some_and(|one| other.canonicalize().ok() == Some(one))
        }
        (Source::Shipped(one), Source::Shipped(other)) => one == other,
        (Source::File(_), Source::Shipped(_)) | (Source::Shipped(_), Source::File(_)) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(target_os = "linux")]
    #[test]
    fn a_pipe_a_device_and_a_file_without_end_in_the_folder_keep_nobody_waiting() {
        let home = tempfile::tempdir().unwrap();
        let place = || home.path().to_owned();
        let places = Places { config: place(), data: place(), state: place(), usual: None };
        let folder = folder(&places);
        std::fs::create_dir(&folder).unwrap();
        let pipe = folder.join("pipe.toml");
        rustix::fs::mkfifoat(rustix::fs::CWD, &pipe, rustix::fs::Mode::RUSR).unwrap();
        std::os::unix::fs::symlink("/dev/zero", folder.join("device.toml")).unwrap();
        std::fs::write(folder.join("large.toml"), "#".repeat(1024 * 1024 + 1)).unwrap();
        std::fs::write(folder.join("whole.toml"), format!("{}{}", shipped::FILES[0].1, "#".repeat(1000)))
            .unwrap();
        let told: Vec<String> = all(&places).unwrap_err().into_iter().map(|wrong| wrong.what).collect();
        let file = "cannot be read: it is not a file";
        assert_eq!(told[..3], [file, "cannot be read: it is larger than 1 MiB", file]);
        assert!(told[3].starts_with("`verbal` is the name"), "what can be read is read: {told:?}");
    }

    #[test]
    fn a_scenario_is_found_by_its_name_whatever_is_wrong_elsewhere() {
        let home = tempfile::tempdir().unwrap();
        let place = || home.path().to_owned();
        let places = Places { config: place(), data: place(), state: place(), usual: None };
        std::fs::create_dir(folder(&places)).unwrap();
        let write = |name: &str, text: &str| std::fs::write(folder(&places).join(name), text).unwrap();
        let (_, verbal) = shipped::FILES[0];
        let mine = verbal.replacen("name = \"verbal\"", "name = \"mine\"", 1);
        write("copy.toml", verbal);
        write("mine.toml", &mine);
        write("broken.toml", "nonsense = 1\n");
        assert!(all(&places).is_err());
        for name in ["verbal", "mine"] {
            assert_eq!(named(name, &places).unwrap().unwrap().scenario.name, name);
        }
        assert_eq!(named("nothing", &places), Ok(None));
        write("other.toml", &mine.replacen("title = \"", "title = \"Another: ", 1));
        let wrong = named("mine", &places).unwrap_err();
        assert_eq!((wrong.len(), wrong[0].field.as_str()), (1, "name"));
        assert!(named("verbal", &places).is_ok());
    }
}
