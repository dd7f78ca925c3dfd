//! Whether the journal that is open is still the one at its path.
//!
//! A file that was deleted, or replaced by another, goes on working for whoever has it open, and nobody finds what is
//! written to it. So before anything is written, the file and its log are looked at by their names; and the mark in the
//! file's header, which only ever rises, tells an older copy that was written over the file.

use super::error::{Error, Lost};
use super::sqlite::{MARK_AT, Mark};
use std::collections::HashMap;
use std::fs::File;
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
        let is = find(file)?.is;
        let (log, header) = (log_of(file), header(file, is)?);
        let mark = mark_in(&header)?.unwrap_or(Mark::read(0));
        let seen = Seen { log: find(&log).ok().map(|found| found.is), mark };
        Ok(Self { file: file.to_owned(), log, is, header, seen: Mutex::new(seen) })
    }

    /// Looks at the files. Returns the size of the log in bytes.
    ///
    /// # Errors
    /// [`Error::Lost`] when the journal is no longer the one at its path: nothing may be written to it any more.
    pub fn check(&self) -> Result<u64, Error> {
        let lost = |how| Err(Error::Lost { file: self.file.clone(), how });
        match find(&self.file) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return lost(Lost::Gone),
            Err(error) => return Err(self.failed(&error)),
            Ok(found) if found.is != self.is => return lost(Lost::Replaced),
            Ok(_) => {}
        }
        let log = match find(&self.log) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(self.failed(&error)),
            Ok(found) => Some(found),
        };
        let found = mark_in(&self.header).map_err(|error| self.failed(&error))?;
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        match (seen.log, log.as_ref().map(|log| log.is)) {
            (Some(was), is) if is != Some(was) => return lost(Lost::LogGone),
            (None, Some(is)) => seen.log = Some(is),
            (Some(_) | None, _) => {}
        }
        match found {
            None => return lost(Lost::RolledBack),
            Some(mark) if mark.is_before(seen.mark) => return lost(Lost::RolledBack),
            Some(mark) => seen.mark = mark,
        }
        Ok(log.map_or(0, |log| log.len))
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

/// What stands at a path.
struct Found {
    is: Identity,
    /// In bytes.
    len: u64,
}

/// Only what is needed is asked for. Linux takes a look at a file's times for a reason to keep them exact from then on,
/// and every sync of the log would have to write them as well.
#[cfg(target_os = "linux")]
fn find(path: &Path) -> io::Result<Found> {
    use rustix::fs::{AtFlags, CWD, StatxFlags, statx};
    let found = statx(CWD, path, AtFlags::empty(), StatxFlags::INO | StatxFlags::SIZE)?;
    let device = u64::from(found.stx_dev_major) << 32 | u64::from(found.stx_dev_minor);
    Ok(Found { is: (device, found.stx_ino), len: found.stx_size })
}

#[cfg(all(unix, not(target_os = "linux")))]
fn find(path: &Path) -> io::Result<Found> {
    use std::os::unix::fs::MetadataExt as _;
    let found = std::fs::metadata(path)?;
    Ok(Found { is: (found.dev(), found.ino()), len: found.len() })
}

/// Elsewhere a file that is open can neither be removed nor replaced.
#[cfg(not(unix))]
fn find(path: &Path) -> io::Result<Found> {
    Ok(Found { is: (0, 0), len: std::fs::metadata(path)?.len() })
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
