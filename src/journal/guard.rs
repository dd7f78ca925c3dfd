//! Whether the journal that is open is still the one at its path.
//!
//! A file that was deleted, or replaced by another, goes on working for whoever has it open, and nobody finds what is
//! written to it. So before anything is written, the file and its log are looked at by their names. The mark in the file's
//! header, which only ever rises, tells an older copy that was written over the file; the journal's id, which stands in its
//! row, another journal's.

use super::chain::JournalId;
use super::error::{Error, Lost};
use super::raw::Raw;
use super::schema::VERSION;
use super::sqlite::{MARK_AT, Mark};
use rusqlite::Connection;
use std::collections::HashMap;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::time::Duration;

/// What is known of the files of an open journal.
#[derive(Debug)]
pub struct Guard {
    file: PathBuf,
    log: PathBuf,
    is: Identity,
    file_itself: Arc<File>,
    row: Row,
    seen: Mutex<Seen>,
}

/// Where the journal's one row stands in the file, and the id in it.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    pub id: JournalId,
    /// The page, from 1 on, and the size of every page in bytes.
    pub page: u64,
    pub size: u64,
}

impl Row {
    /// That of the journal `id`, which is open.
    pub fn of(conn: &Connection, id: JournalId) -> rusqlite::Result<Self> {
        let found = "SELECT rootpage, page_size FROM sqlite_schema, pragma_page_size WHERE name = 'journal'";
        conn.query_row(found, [], |row| {
            let (page, size): (i64, i64) = (row.get(0)?, row.get(1)?);
            Ok(Self { id, page: page.cast_unsigned(), size: size.cast_unsigned() })
        })
    }

    /// Where in the file the id stands, if it was folded into it.
    fn find(&self, file: &File) -> io::Result<Option<u64>> {
        let begins = (self.page - 1) * self.size;
        let mut page = vec![0; usize::try_from(self.size).unwrap_or(0)];
        match read_at(file, &mut page, begins) {
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(None),
            Err(error) => Err(error),
            Ok(()) => {
                let found = page.windows(self.id.0.len()).position(|bytes| bytes == self.id.0);
                Ok(found.map(|at| begins + at as u64))
            }
        }
    }
}

#[derive(Clone, Copy, Debug)]
struct Seen {
    log: Option<Identity>,
    mark: Mark,
    /// Where in the file the journal's id was seen.
    row_at: Option<u64>,
}

/// Device and number of a file.
type Identity = (u64, u64);

impl Guard {
    /// Of the journal at `file`, which is open. Only what changes from here on is a sign of anything.
    pub fn of(file: &Path, row: Row) -> io::Result<Self> {
        let is = find(file)?.is;
        let (log, file_itself) = (companion(file, "-wal"), itself(file, is)?);
        let mark = mark_in(&file_itself)?.unwrap_or(Mark::read(0));
        let log_is = find(&log).ok().map(|found| found.is);
        let seen = Seen { log: log_is, mark, row_at: row.find(&file_itself)? };
        Ok(Self { file: file.to_owned(), log, is, file_itself, row, seen: Mutex::new(seen) })
    }

    /// What was last seen of the file itself, its log not counted.
    pub fn raw(&self) -> Raw {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        Raw { generation: seen.mark.generation, row: if seen.row_at.is_some() { self.row.page } else { 0 } }
    }

    /// True when the file itself, without its log, is what it was, or a later state of it.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn follows(&self, was: Raw) -> io::Result<bool> {
        let mark = |raw: Raw| Mark { version: VERSION, generation: raw.generation };
        if mark(self.raw()).is_before(mark(was)) {
            return Ok(false);
        }
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if was.row == self.row.page && seen.row_at.is_none() {
            seen.row_at = self.find_again()?;
            return Ok(seen.row_at.is_some());
        }
        Ok(true)
    }

    /// Looks for the row once more. While another process folds its log, a page may be read that is half old and half new: it
    /// is whole the next time.
    fn find_again(&self) -> io::Result<Option<u64>> {
        for pause in [0, 1, 5] {
            std::thread::sleep(Duration::from_millis(pause));
            if let Some(at) = self.row.find(&self.file_itself)? {
                return Ok(Some(at));
            }
        }
        Ok(None)
    }

    /// Looks where the journal's row was seen last. False when it was there, and is no longer.
    fn row_stays(&self, seen: &mut Seen) -> io::Result<bool> {
        if let Some(at) = seen.row_at {
            let mut id = JournalId([0; 16]);
            match read_at(&self.file_itself, &mut id.0, at) {
                Ok(()) if id == self.row.id => return Ok(true),
                Err(error) if error.kind() != io::ErrorKind::UnexpectedEof => return Err(error),
                Ok(()) | Err(_) => {}
            }
        }
        let was_there = seen.row_at.is_some();
        let found = if was_there { self.find_again()? } else { self.row.find(&self.file_itself)? };
        seen.row_at = found.or(seen.row_at);
        Ok(found.is_some() || !was_there)
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
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let found = mark_in(&self.file_itself).map_err(|error| self.failed(&error))?;
        let row_stays = self.row_stays(&mut seen).map_err(|error| self.failed(&error))?;
        match (seen.log, log.as_ref().map(|log| log.is)) {
            (Some(was), is) if is != Some(was) => return lost(Lost::LogGone),
            (None, Some(is)) => seen.log = Some(is),
            (Some(_) | None, _) => {}
        }
        match found {
            None => return lost(Lost::WrittenOver),
            Some(mark) if !row_stays || mark.is_before(seen.mark) => return lost(Lost::WrittenOver),
            Some(mark) => seen.mark = mark,
        }
        Ok(log.map_or(0, |log| log.len))
    }

    fn failed(&self, error: &io::Error) -> Error {
        Error::Failed { file: self.file.clone(), why: error.to_string() }
    }
}

/// A file and its log before the journal is opened: opening may write to the log.
#[derive(Clone, Copy, Debug)]
pub struct Found {
    /// How many names the file has.
    pub names: u64,
    /// True when it is mounted by itself, not with its folder.
    pub is_mounted: bool,
    /// True when there is a log with something in it.
    pub has_log: bool,
    /// In the file's own header; none when it has none.
    mark: Option<Mark>,
}

impl Found {
    /// What is at `file`, which is there.
    pub fn at(file: &Path) -> io::Result<Self> {
        let mark = mark_in(&*itself(file, find(file)?.is)?)?;
        Ok(Self {
            names: names(file)?,
            is_mounted: is_mounted(file)?,
            has_log: find(&companion(file, "-wal")).is_ok_and(|log| log.len > 0),
            mark,
        })
    }

    /// True when the file is an earlier state of what it was.
    pub fn is_before(&self, was: Raw) -> bool {
        self.mark.is_some_and(|mark| mark.is_before(Mark { generation: was.generation, ..mark }))
    }
}

/// The mark in a file's header, the log not counted; none when it has no header.
fn mark_in(file: &File) -> io::Result<Option<Mark>> {
    let mut bytes = [0; 4];
    match read_at(file, &mut bytes, MARK_AT) {
        Ok(()) => Ok(Some(Mark::read(u32::from_be_bytes(bytes).into()))),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(None),
        Err(error) => Err(error),
    }
}

/// A file that SQLite keeps beside another: its log, `-wal`, or what undoes a change, `-journal`.
pub fn companion(file: &Path, ending: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

/// The file, for reading what is in it without its log. One for each file and for ever: to close it would let go of the
/// locks that SQLite holds on the same file in this process.
fn itself(file: &Path, is: Identity) -> io::Result<Arc<File>> {
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
struct Entry {
    is: Identity,
    /// In bytes.
    len: u64,
}

/// A link is not followed: the journal's path has none, and one that is there now leads to a file with another log beside it.
///
/// Only what is needed is asked for. Linux takes a look at a file's times for a reason to keep them exact from then on,
/// and every sync of the log would have to write them as well.
#[cfg(target_os = "linux")]
fn find(path: &Path) -> io::Result<Entry> {
    use rustix::fs::{AtFlags, CWD, StatxFlags, statx};
    let found = statx(CWD, path, AtFlags::SYMLINK_NOFOLLOW, StatxFlags::INO | StatxFlags::SIZE)?;
    let device = u64::from(found.stx_dev_major) << 32 | u64::from(found.stx_dev_minor);
    Ok(Entry { is: (device, found.stx_ino), len: found.stx_size })
}

#[cfg(all(unix, not(target_os = "linux")))]
fn find(path: &Path) -> io::Result<Entry> {
    use std::os::unix::fs::MetadataExt as _;
    let found = std::fs::symlink_metadata(path)?;
    Ok(Entry { is: (found.dev(), found.ino()), len: found.len() })
}

/// Elsewhere a file that is open can neither be removed nor replaced.
#[cfg(not(unix))]
fn find(path: &Path) -> io::Result<Entry> {
    Ok(Entry { is: (0, 0), len: std::fs::metadata(path)?.len() })
}

/// How many names the file at a path has.
fn names(path: &Path) -> io::Result<u64> {
    let found = std::fs::metadata(path)?;
    #[cfg(unix)]
    return Ok(std::os::unix::fs::MetadataExt::nlink(&found));
    #[cfg(not(unix))]
    return Ok(u64::from(found.is_file()));
}

/// Whether the file at a path is a mount of its own. A system that does not tell mounts apart says no.
#[cfg(target_os = "linux")]
fn is_mounted(path: &Path) -> io::Result<bool> {
    use rustix::fs::{AtFlags, CWD, StatxFlags, statx};
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mount = |path: &Path| -> io::Result<Option<u64>> {
        let found = statx(CWD, path, AtFlags::empty(), StatxFlags::MNT_ID)?;
        let told = StatxFlags::from_bits_retain(found.stx_mask).contains(StatxFlags::MNT_ID);
        Ok(told.then_some(found.stx_mnt_id))
    };
    Ok(mount(path)? != mount(folder)?)
}

#[cfg(not(target_os = "linux"))]
fn is_mounted(_: &Path) -> io::Result<bool> {
    Ok(false)
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
