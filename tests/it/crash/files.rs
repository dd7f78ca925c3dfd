//! A migration and a backup, cut short at every call: the journal is whole, of the version before or after; and the
//! backup is whole or not there.

use super::strace::{self, Ended, Fault, Point};
use crate::kit::{Home, JOURNALS, Ran, order};
use std::fs;
use std::path::{Path, PathBuf};

const DATABASE: &str = ".local/share/pxdesk/pxdesk.db";
const BACKUP: &str = "backup.db";

const FILES: [&str; 8] = [
    ".local/share/pxdesk",
    DATABASE,
    ".local/share/pxdesk/pxdesk.db-wal",
    ".local/share/pxdesk/pxdesk.v1.db",
    ".local/share/pxdesk/pxdesk.v2.db",
    BACKUP,
    "stdout",
    "stderr",
];

/// Runs the command without a fault, then with each fault at every `stride`-th of its calls.
fn every(
    stride: usize,
    arguments: impl Fn(&Home) -> Vec<String>,
    home: impl Fn() -> Home,
    check: impl Fn(&Home, &Ended, &str),
) {
    let command = |home: &Home| {
        let arguments = arguments(home);
        home.command(&arguments.iter().map(String::as_str).collect::<Vec<_>>())
    };
    if !super::can_trace() {
        return crate::kit::skip("strace, or the right to trace");
    }
    let counted = home();
    let points = strace::points(&command(&counted), &FILES, counted.path());
    let runs: Vec<(Point, Fault)> = points
        .into_iter()
        .flat_map(|point| Fault::ALL.map(|fault| (point.clone(), fault)))
        .filter(|(point, fault)| point.takes(*fault))
        .collect();
    assert!(runs.len() > 40, "{}", runs.len());
    for (point, fault) in runs.into_iter().step_by(stride) {
        let home = home();
        let ended = strace::with_fault(&command(&home), &point, fault, home.path());
        let what = format!("{fault:?} at {point:?}: {:?} {}{}", ended.status, ended.out, ended.err);
        check(&home, &ended, &what);
    }
}

/// A home whose journal an earlier release wrote.
fn earlier(version: usize) -> Home {
    let home = Home::empty();
    let file = home.path().join(DATABASE);
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    let (journal, key) = JOURNALS[version - 1];
    fs::write(&file, journal).unwrap();
    fs::write(file.with_extension("key"), key).unwrap();
    for name in ["db", "key"] {
        let private = std::os::unix::fs::PermissionsExt::from_mode(0o600);
        fs::set_permissions(file.with_extension(name), private).unwrap();
    }
    home
}

fn migrations(stride: usize) {
    for (version, events) in [(1, 32), (2, 20), (3, 20)] {
        let verify = |_: &Home| ["journal", "verify"].map(str::to_owned).to_vec();
        every(
            stride,
            verify,
            || earlier(version),
            |home, _, what| {
                let verified = home.run(&["journal", "verify", "--output", "json"]);
                assert_eq!(verified.status, 0, "{verified:?} after {what}");
                assert_eq!(verified.json()["events"], events, "{what}");
                let database = home.path().join(DATABASE);
                assert!(database.with_extension(format!("v{version}.db")).exists(), "{what}");
                assert_eq!(drafts(&database, what), 0, "{what}");
            },
        );
    }
}

fn backup(stride: usize) {
    let home = || {
        let home = Home::empty();
        home.open(&order("1"));
        home
    };
    let backup = |home: &Home| {
        let to = home.path().join(BACKUP).display().to_string();
        vec!["journal".to_owned(), "backup".to_owned(), to]
    };
    every(stride, backup, home, |home, ended, what| {
        home.verifies();
        let copy = home.path().join(BACKUP);
        if ended.status == Some(0) {
            assert!(copy.exists(), "{what}");
        }
        if copy.exists() {
            let away = home.path().join("away/pxdesk.db");
            fs::create_dir_all(away.parent().unwrap()).unwrap();
            fs::copy(&copy, &away).unwrap();
            fs::copy(home.path().join(DATABASE).with_extension("key"), away.with_extension("key")).unwrap();
            let mut verify = home.command(&["journal", "verify"]);
            verify.env("PXDESK_JOURNAL_URL", format!("sqlite:{}", away.display()));
            Ran::from(verify.output().unwrap()).with(0);
        }
        if ended.status.is_some() {
            assert_eq!(drafts(&copy, what), 0, "{what}");
        }
    });
}

/// Unfinished copies beside `file`. One that was killed, or that the disk would not remove, leaves its own, which nothing
/// takes for a journal.
fn drafts(file: &Path, what: &str) -> usize {
    let all = fs::read_dir(file.parent().unwrap()).unwrap().map(|entry| entry.unwrap().path());
    let drafts: Vec<PathBuf> = all.filter(|path| path.to_string_lossy().contains(".new-")).collect();
    if what.contains("Kill") || what.contains("call: \"unlink\"") { 0 } else { drafts.len() }
}

#[test]
fn a_migration_cut_short_here_and_there_leaves_a_whole_journal() {
    migrations(37);
}

#[test]
#[ignore = "all of the runs: some minutes"]
fn a_migration_cut_short_anywhere_leaves_a_whole_journal() {
    migrations(1);
}

#[test]
fn a_backup_cut_short_here_and_there_is_whole_or_not_there() {
    backup(11);
}

#[test]
#[ignore = "all of the runs: some minutes"]
fn a_backup_cut_short_anywhere_is_whole_or_not_there() {
    backup(1);
}
