//! What is on this machine: configuration, credentials, journal, logs.

use super::way::Shared;
use super::{Check, Failed, Status};
use crate::cli::dates;
use crate::config::Settings;
use crate::credentials::Store;
use crate::journal::{self, Journal};
use crate::session::{Exit, Session, local_zone};
use std::path::Path;

/// The file, and every value that matters or was given, with who gave it.
pub fn configuration(settings: &Settings) -> Check {
    let account = &settings.account;
    let file = account.file.display();
    let mut lines = vec![if account.found { format!("{file}") } else { format!("no file {file}: defaults") }];
    lines.extend(
        account.given.iter().map(|(key, given)| format!("{key} = {} ({})", given.value, given.origin)),
    );
    lines.extend(without_a_server(settings));
    lines.push("everything else: default".to_owned());
    Check::ok("configuration", lines.join("\n"))
}

/// What is said of a server, where the journal is on none.
fn without_a_server(settings: &Settings) -> Option<String> {
    let is_given = |key: &&str| settings.account.given.contains_key(*key);
    let given: Vec<_> = ["journal.password", "journal.password_file", "journal.key_file"]
        .into_iter()
        .filter(is_given)
        .collect();
    (settings.journal.file().is_some() && !given.is_empty()).then(|| {
        format!(
            "without effect on a journal in a file, and for `journal copy` to PostgreSQL alone: {}",
            given.join(", ")
        )
    })
}

/// Variables that look like settings and set nothing; none where there are none.
pub fn variables(settings: &Settings) -> Option<Check> {
    let names = &settings.account.without_effect;
    let found = format!("without effect, for no setting has this name: {}", names.join(", "));
    let mend = "unset what is not meant for pxdesk, or write the setting's name: pxdesk help configuration";
    (!names.is_empty()).then(|| Check::warning("variables", found, mend))
}

/// A time zone that nobody knows; none where it is known.
pub fn zone() -> Option<Check> {
    let found = format!("{}: days and times are shown in UTC", dates::unknown_zone());
    let mend = "set TZ to a name such as America/Denver, or unset it; and have the data of time zones (tzdata) installed";
    local_zone().is_unknown().then(|| Check::warning("time zone", found, mend))
}

/// The keyring, if one is used, and what it or the file holds.
pub async fn credentials(settings: &Settings) -> Vec<Check> {
    let Some(keeper) = settings.credentials.clone() else {
        let why = "the embedded Px takes any";
        return vec![Check::skipped("keyring", why), Check::skipped("credentials", why)];
    };
    let place = keeper.store().to_string();
    let uses_keyring = match keeper.store() {
        Store::Keyring | Store::Keyutils => true,
        Store::File(_) => false,
    };
    let read = tokio::task::spawn_blocking(move || keeper.read().map(|_| ())).await;
    let error = match read {
        Ok(Ok(())) => None,
        Ok(Err(error)) => Some((error.is_of_the_keyring(), error.what(), error.next_step())),
        Err(error) => Some((true, error.to_string(), "try again".to_owned())),
    };
    let keyring = match &error {
        _ if !uses_keyring => Check::skipped("keyring", format!("not used: {place}")),
        Some((true, what, mend)) => Check::failed("keyring", Exit::Configuration, what, mend),
        Some((false, ..)) | None => Check::ok("keyring", format!("{place} answers")),
    };
    let held = match error {
        _ if keyring.status == Status::Failed => Check::skipped("credentials", "no keyring to look into"),
        Some((_, what, mend)) => Check::failed("credentials", Exit::Configuration, what, mend),
        None => Check::ok("credentials", format!("a consumer key and a consumer secret in {place}")),
    };
    vec![keyring, held]
}

/// The journal opens and can be written; nobody else reads it or its key. Besides, how far the clock of its server is ahead,
/// where it has one.
pub async fn journal(settings: &Settings) -> (Vec<Check>, Shared) {
    let opened = Session::journal_to_look(settings).await;
    let shared = opened.as_ref().ok().and_then(Journal::clock_ahead).map(|ahead| ahead.now());
    (journal_checks(settings, opened), shared)
}

fn journal_checks(settings: &Settings, opened: Result<Journal, journal::Error>) -> Vec<Check> {
    let shown = settings.journal.to_string();
    let file = settings.journal.file();
    if let Some(doubt) = file.and_then(|file| journal::remembered(file, &settings.places.state)) {
        return vec![doubted(settings, doubt)];
    }
    match (opened, file) {
        (Ok(journal), _) => {
            if let Some(doubt) = journal.doubt() {
                return vec![doubted(settings, doubt)];
            }
        }
        (Err(error), Some(file)) if !file.exists() => {
            let failed = Failed::from(error);
            let begins = format!("{shown} does not exist yet: the first order begins it");
            return vec![match writable(file.parent().unwrap_or(Path::new("."))) {
                Ok(()) => Check::ok("journal", begins),
                Err(why) => Check::failed(
                    "journal",
                    failed.exit,
                    format!("{begins}, but {why}"),
                    "give this user the right to write there",
                ),
            }];
        }
        (Err(journal::Error::Missing { .. }), _) => {
            return vec![Check::warning(
                "journal",
                format!("{shown} holds no journal yet: whatever is started next begins a new one there"),
                "where one is to be restored, restore it before anything else is started",
            )];
        }
        (Err(error), _) => {
            let mend = match &error {
                journal::Error::Failed { .. } | journal::Error::Io { .. } => {
                    "do what it says; nothing is sent without a journal"
                }
                journal::Error::NoKey { .. }
                | journal::Error::WrongKey { .. }
                | journal::Error::OpenKey { .. } => {
                    "do what it says; nothing is sent without the journal's key"
                }
                error => error.remedy(),
            };
            let failed = Failed::from(error);
            return vec![Check::failed("journal", failed.exit, failed.what, mend)];
        }
    }
    let key = private("journal key", "is there", &settings.journal.key_file());
    let journal = match file {
        Some(file) => private("journal", "can be written", file),
        None => Check::ok("journal", format!("{shown} answers and can be written")),
    };
    vec![journal, key]
}

/// The journal is there, and nothing is sent with it.
fn doubted(settings: &Settings, doubt: journal::Doubt) -> Check {
    let error = journal::Error::Doubted { file: settings.journal.to_string().into(), doubt };
    Check::failed("journal", Exit::Journal, error.to_string(), error.remedy())
}

/// A file that others should not read: its mode.
fn private(name: &'static str, found: &str, file: &Path) -> Check {
    let shown = file.display();
    match mode(file) {
        Err(error) => {
            Check::failed(name, Exit::Journal, format!("{shown}: {error}"), "put it back from a backup")
        }
        Ok(Some(mode)) if mode & 0o077 != 0 => Check::warning(
            name,
            format!("{shown} {found}, and others may read or change it (mode {mode:04o})"),
            format!("run: chmod 600 {shown}"),
        ),
        Ok(Some(mode)) => Check::ok(name, format!("{shown} {found} (mode {mode:04o})")),
        Ok(None) => Check::ok(name, format!("{shown} {found}")),
    }
}

#[cfg(unix)]
fn mode(file: &Path) -> std::io::Result<Option<u32>> {
    use std::os::unix::fs::PermissionsExt as _;
    Ok(Some(std::fs::metadata(file)?.permissions().mode() & 0o7777))
}

#[cfg(not(unix))]
fn mode(file: &Path) -> std::io::Result<Option<u32>> {
    std::fs::metadata(file).map(|_| None)
}

/// Where an answer is kept that the journal does not take, and what was begun is counted: without it no Complete leaves.
pub fn kept_apart(settings: &Settings) -> Check {
    let state = &settings.places.state;
    let there = ["spool", "sent"].map(|name| state.join(name)).into_iter().filter(|folder| folder.exists());
    match there.chain([state.clone()]).try_for_each(|folder| writable(&folder)) {
        Ok(()) if waits_in(&state.join("spool")) > 0 => Check::warning(
            "state folder",
            format!(
                "{} can be written; answers that the journal has not taken are kept in it: {}",
                state.display(),
                waits_in(&state.join("spool"))
            ),
            "let the journal be written again, on a disk with room, then run: pxdesk order list. It records them, or says which \
             orders they are about. A retry of those is dangerous",
        ),
        Ok(()) => Check::ok("state folder", format!("{} can be written", state.display())),
        Err(why) => Check::failed(
            "state folder",
            Exit::Journal,
            why,
            "give this user the right to write there, and make room on its disk: an answer that the journal does not take is \
             kept there",
        ),
    }
}

/// How many answers wait in that folder.
fn waits_in(spool: &Path) -> usize {
    let files = std::fs::read_dir(spool).into_iter().flatten().flatten();
    files.filter(|file| file.path().extension().is_some_and(|end| end == "sealed")).count()
}

/// The folder of the logs. An order goes on without them.
pub fn logs(settings: &Settings) -> Check {
    let folder = &settings.places.state;
    // The folder may be fine, and today's file no file.
    let written = writable(folder).and_then(|()| crate::telemetry::start(settings).map(drop));
    match written {
        Ok(()) => Check::ok("logs", format!("{} can be written", folder.display())),
        Err(why) => {
            Check::warning("logs", why, "let this user write there, into a file; orders go on without logs")
        }
    }
}

/// Whether a file can be made in `folder`, which is made when it is not there.
fn writable(folder: &Path) -> Result<(), String> {
    let probe = folder.join(format!("doctor.{}", std::process::id()));
    let written = std::fs::create_dir_all(folder).and_then(|()| std::fs::write(&probe, "x"));
    // Not there when it could not be made.
    let _ = std::fs::remove_file(&probe);
    written.map_err(|error| format!("{} cannot be written: {error}", folder.display()))
}
