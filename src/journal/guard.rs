//! Whether the journal that is open is still the one at its path.
//!
//! A file that was deleted, or replaced by another, goes on working for whoever has it open, and nobody finds what is
//! written to it. So before anything is written, the file and its log are looked at by their names; and the mark in the
//! file's header, which only ever rises, tells an older copy that was written over the file.

use super::error::{Error, Lost};
use super::sqlite::{MARK_AT, Mark};
use std::collections::HashMap;
use std::fs::{self, File, Metadata};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

/// What is known of the files of an open journal.
#[derive(Debug)]
pub struct Guard {
    file: PathBuf,
    log: PathBuf,
    is: Identity,
    header: Arc<File>,
    seen: Mutex<Seen>,
}

#[derive(Clone, Copy, Debug)]
struct Seen {
    log: Option<Identity>,
    mark: Mark,
}

/// Device and number of a file.
type Identity = (u64, u64);

impl Guard {
    /// Of the journal at `file`, which is open. Only what changes from here on is a sign of anything.
    pub fn of(file: &Path) -> io::Result<Self> {
        let is = identity(&fs::metadata(file)?);
        let (log, header) = (log_of(file), header(file, is)?);
        let mark = mark_in(&header)?.unwrap_or(Mark::read(0));
        let seen = Seen { log: fs::metadata(&log).ok().as_ref().map(identity), mark };
        Ok(Self { file: file.to_owned(), log, is, header, seen: Mutex::new(seen) })
    }

    /// Looks at the files. Returns the size of the log in bytes.
    ///
    /// # Errors
    /// [`Error::Lost`] when the journal is no longer the one at its path: nothing may be written to it any more.
    pub fn check(&self) -> Result<u64, Error> {
        let lost = |how| Err(Error::Lost { file: self.file.clone(), how });
        match fs::metadata(&self.file) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return lost(Lost::Gone),
            Err(error) => return Err(self.failed(&error)),
            Ok(found) if identity(&found) != self.is => return lost(Lost::Replaced),
            Ok(_) => {}
        }
        let log = match fs::metadata(&self.log) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(self.failed(&error)),
            Ok(found) => Some(found),
        };
        let found = mark_in(&self.header).map_err(|error| self.failed(&error))?;
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        match (seen.log, log.as_ref().map(identity)) {
            (Some(was), is) if is != Some(was) => return lost(Lost::LogGone),
            (None, Some(is)) => seen.log = Some(is),
            (Some(_) | None, _) => {}
        }
        match found {
            None => return lost(Lost::RolledBack),
            Some(mark) if mark.is_before(seen.mark) => return lost(Lost::RolledBack),
            Some(mark) => seen.mark = mark,
        }
        Ok(log.map_or(0, |log| log.len()))
    }

    fn failed(&self, error: &io::Error) -> Error {
        Error::Failed { file: self.file.clone(), why: error.to_string() }
    }
}

/// The mark in a file's header, the log not counted; none when it has no header.
fn mark_in(header: &File) -> io::Result<Option<Mark>> {
    let mut bytes = [0; 4];
    match read_at(header, &mut bytes, MARK_AT) {
        Ok(()) => Ok(Some(Mark::read(u32::from_be_bytes(bytes).into()))),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(None),
        Err(error) => Err(error),
    }
}

/// The log that SQLite keeps beside a journal.
fn log_of(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push("-wal");
    name.into()
}

/// The file, for reading its header. One for each file and for ever: to close it would let go of the locks that SQLite
/// holds on the same file in this process.
fn header(file: &Path, is: Identity) -> io::Result<Arc<File>> {
    static OPEN: LazyLock<Mutex<HashMap<Identity, Arc<File>>>> = LazyLock::new(Mutex::default);
    let mut open = OPEN.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(file) = open.get(&is) {
        return Ok(Arc::clone(file));
    }
    let file = Arc::new(File::open(file)?);
    open.insert(is, Arc::clone(&file));
    Ok(file)
}

#[cfg(unix)]
fn identity(found: &Metadata) -> Identity {
    use std::os::unix::fs::MetadataExt as _;
    (found.dev(), found.ino())
}

/// Elsewhere a file that is open can neither be removed nor replaced.
#[cfg(not(unix))]
fn identity(_: &Metadata) -> Identity {
    (0, 0)
}

#[cfg(unix)]
fn read_at(file: &File, bytes: &mut [u8], at: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, bytes, at)
}

#[cfg(windows)]
fn read_at(file: &File, bytes: &mut [u8], at: u64) -> io::Result<()> {
    let read = std::os::windows::fs::FileExt::seek_read(file, bytes, at)?;
    if read == bytes.len() { Ok(()) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
}
