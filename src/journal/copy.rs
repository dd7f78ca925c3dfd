//! Copying a journal's file: whole or not there.

use super::error::Error;
use super::failure::Failure;
use super::guard::companion;
use super::named::name_it;
use super::random::random;
use rusqlite::Connection;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

/// Copies the journal to `to`, unless a copy is there already.
pub fn keep(conn: &Connection, to: &Path) -> Result<(), Failure> {
    if to.exists() {
        return Ok(());
    }
    copy(conn, to).map(|_| ())
}

/// Copies the journal to `to`, which is not there yet. Returns how many events the copy holds.
pub fn copy(conn: &Connection, to: &Path) -> Result<i64, Failure> {
    // SQLite takes what begins with `file:` for an address; a whole path never does.
    let to = &std::path::absolute(to)?;
    let draft = draft_of(to)?;
    let copied = fill(conn, &draft).and_then(|events| {
        into_place(&draft, to)?;
        Ok(events)
    });
    // Half a copy, or the other name of a whole one; and what SQLite may have failed to remove of its own.
    fs::remove_file(&draft).ok();
    fs::remove_file(companion(&draft, "-journal")).ok();
    copied
}

/// Gives a copy that is whole its name.
pub fn into_place(draft: &Path, to: &Path) -> io::Result<()> {
    name_it(draft, to)?;
    sync_folder(to)
}

/// A name beside `to` that nothing else bears.
pub fn draft_of(to: &Path) -> Result<PathBuf, Error> {
    let mut name = [0; 8];
    random(&mut name)?;
    Ok(to.with_extension(format!("new-{}", hex::encode(name))))
}

/// Returns how many events the copy holds.
fn fill(conn: &Connection, draft: &Path) -> Result<i64, Failure> {
    // Made here, so that it is its owner's alone.
    super::keyfile::private(OpenOptions::new().write(true).create_new(true)).open(draft)?;
    let name = draft.to_str().ok_or_else(|| io::Error::other("the path is not UTF-8"))?;
    conn.execute("VACUUM INTO ?", [name])?;
    File::open(draft)?.sync_all()?;
    let copy = Connection::open_with_flags(draft, rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    Ok(copy.query_row("SELECT count(*) FROM events", [], |row| row.get(0))?)
}

#[cfg(unix)]
fn sync_folder(file: &Path) -> io::Result<()> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}

#[cfg(not(unix))]
fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}
