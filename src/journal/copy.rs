//! Copying a journal's file: whole or not there.

use super::failure::Failure;
use super::guard::companion;
use crate::files::{DRAFT, draft_of, name_it, private, settle};
use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, ffi};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

/// Copies the journal to `to`, unless a copy with the very same events is there already. One with others, of an earlier life of
/// the journal for instance, stays, and this one's name has a number: `pxdesk.v2.2.db`.
pub fn keep(conn: &Connection, to: &Path) -> Result<(), Failure> {
    for to in kept_at(to) {
        remove_drafts(&to);
        if !to.exists() {
            return copy(conn, &to, |_| Ok(()));
        }
        if has_same_events(conn, &to) {
            break;
        }
    }
    Ok(())
}

/// Removes what is left of copies that were cut off. Whoever migrates does it alone, so nobody is making one.
fn remove_drafts(of: &Path) {
    let Some(name) = of.file_name() else { return };
    let there = of.parent().map(fs::read_dir).into_iter().flatten().flatten().flatten();
    let begins = [name.as_encoded_bytes(), DRAFT.as_bytes()].concat();
    for left in there.filter(|entry| entry.file_name().as_encoded_bytes().starts_with(&begins)) {
        if let Err(error) = fs::remove_file(left.path()) {
            tracing::warn!(%error, "a copy that was cut off could not be removed");
        }
    }
}

/// Removes what is left of copies to `to` whose writers are gone, and nothing of one whose writer lives.
pub fn remove_abandoned(to: &Path) {
    let Ok(to) = std::path::absolute(to) else { return };
    let Some(name) = to.file_name() else { return };
    let there = to.parent().map(fs::read_dir).into_iter().flatten().flatten().flatten();
    let begins = [name.as_encoded_bytes(), DRAFT.as_bytes()].concat();
    let held = there.map(|entry| entry.path()).filter(|path| {
        let name = path.file_name().unwrap_or_default().as_encoded_bytes();
        name.starts_with(&begins) && path.extension().is_some_and(|end| end == HELD)
    });
    for held in held {
        let lock = OpenOptions::new().write(true).open(&held);
        if lock.as_ref().is_ok_and(|lock| lock.try_lock().is_ok()) {
            remove_draft(&held.with_extension(""));
        }
    }
}

/// The end of the name of what stands beside a draft, locked, for as long as its writer lives. The draft itself is not locked:
/// on a share its lock would be in SQLite's way.
const HELD: &str = "held";

fn held(draft: &Path) -> PathBuf {
    let mut held = draft.as_os_str().to_owned();
    held.push(".");
    held.push(HELD);
    held.into()
}

/// Says of `draft` that its writer lives, until this is dropped. Where nothing can be locked, nobody takes it for abandoned.
pub fn hold(draft: &Path) -> Option<File> {
    let lock = private(OpenOptions::new().write(true).create_new(true)).open(held(draft)).ok()?;
    if lock.try_lock().is_ok() {
        return Some(lock);
    }
    fs::remove_file(held(draft)).ok();
    None
}

/// Half a copy, or the other name of a whole one; and what SQLite may have failed to remove of its own. What says whose it is
/// comes last.
pub fn remove_draft(draft: &Path) {
    fs::remove_file(draft).ok();
    fs::remove_file(companion(draft, "-journal")).ok();
    fs::remove_file(held(draft)).ok();
}

/// The names of such copies, from the first one on; those that are there have no gap.
pub fn kept_at(first: &Path) -> impl Iterator<Item = PathBuf> + use<> {
    let later = first.to_owned();
    std::iter::once(first.to_owned()).chain((2_u32..).map(move |n| later.with_extension(format!("{n}.db"))))
}

/// True when the journal in `copy` has the same events in the same places. One that cannot be read has others.
fn has_same_events(conn: &Connection, copy: &Path) -> bool {
    const ALL: &str = "SELECT pos, hash FROM events ORDER BY pos";
    let same = || -> rusqlite::Result<bool> {
        let copy = Connection::open_with_flags(copy, rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        let (mut ours, mut theirs) = (conn.prepare(ALL)?, copy.prepare(ALL)?);
        let (mut ours, mut theirs) = (ours.query([])?, theirs.query([])?);
        let read = |row: Option<&rusqlite::Row<'_>>| -> rusqlite::Result<Option<(i64, Vec<u8>)>> {
            row.map(|row| Ok((row.get(0)?, row.get(1)?))).transpose()
        };
        loop {
            let (one, other) = (read(ours.next()?)?, read(theirs.next()?)?);
            if one != other {
                return Ok(false);
            }
            if one.is_none() {
                return Ok(true);
            }
        }
    };
    same().unwrap_or(false)
}

/// Copies the journal to `to`, which is not there yet. Returns what `look` finds in the copy.
pub fn copy<T>(
    conn: &Connection,
    to: &Path,
    look: impl FnOnce(&Connection) -> rusqlite::Result<T>,
) -> Result<T, Failure> {
    // SQLite takes what begins with `file:` for an address; a whole path never does.
    let to = &std::path::absolute(to)?;
    let draft = draft_of(to)?;
    let held = hold(&draft);
    let copied = fill(conn, &draft, look).and_then(|found| {
        into_place(&draft, to)?;
        Ok(found)
    });
    remove_draft(&draft);
    drop(held);
    copied
}

/// Gives a copy that is whole its name.
pub fn into_place(draft: &Path, to: &Path) -> io::Result<()> {
    name_it(draft, to)?;
    settle(to)
}

fn fill<T>(
    conn: &Connection,
    draft: &Path,
    look: impl FnOnce(&Connection) -> rusqlite::Result<T>,
) -> Result<T, Failure> {
    // Made here, so that it is its owner's alone.
    private(OpenOptions::new().write(true).create_new(true)).open(draft)?;
    pages(conn, draft)?;
    let mut file = OpenOptions::new().write(true).open(draft)?;
    file.seek(SeekFrom::Start(LOGGED_AT))?;
    file.write_all(&UNLOGGED)?;
    file.sync_all()?;
    Ok(look(&Connection::open_with_flags(draft, rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY)?)?)
}

/// Where the header says that a file has a log beside it: how it is written, and how it is read. A copy has none, and can be
/// read where none can be made. <https://www.sqlite.org/fileformat.html#file_format_version_numbers>
const LOGGED_AT: u64 = 18;

/// That it has none.
const UNLOGGED: [u8; 2] = [1, 1];

/// Copies every page, in one state of the journal. Nothing in it waits for the disk: half a copy is none.
fn pages(conn: &Connection, draft: &Path) -> rusqlite::Result<()> {
    let mut copy = Connection::open_with_flags(draft, rusqlite::OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    copy.pragma_update(None, "journal_mode", "OFF")?;
    copy.pragma_update(None, "synchronous", "OFF")?;
    match Backup::new(conn, &mut copy)?.step(-1)? {
        StepResult::Done => Ok(()),
        // Somebody held it for longer than a connection waits.
        _ => Err(rusqlite::Error::SqliteFailure(ffi::Error::new(ffi::SQLITE_BUSY), None)),
    }
}
