//! What this machine last saw of a journal, kept apart from it: so that a journal that is older than that, or another one,
//! or gone, is noticed before anything is sent twice.

use super::chain::{ChainKey, Head, JournalId, same};
use super::raw::Raw;
use crate::kind::{Digest, Timestamp};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What was seen last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Position {
    pub journal: JournalId,
    pub head: Head,
    /// The hash of its last event; zero when it had none.
    pub last: Digest,
    pub at: Timestamp,
}

/// Why a journal is not trusted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// It lacks what this machine has seen of it.
    Older { seen: i64, found: i64, at: Timestamp },
    /// It has as many events as this machine has seen of it, or more, but not the same ones.
    Forked { seen: i64, at: Timestamp },
    /// This machine knows another journal at this path.
    Other { seen: i64, at: Timestamp },
    /// This machine knows a journal at this path, and there was none.
    Gone { seen: i64, at: Timestamp },
    /// It lacks something that this machine has seen in it, on a server.
    Lacks { what: String, at: Timestamp },
    /// Its file is of another state than its log: it was written over while the log stayed.
    Mixed,
    /// Its head was not written with its key, or does not count its events.
    Forged,
}

impl Doubt {
    /// True when a supervisor may say that the journal is to be used all the same.
    pub fn may_be_accepted(&self) -> bool {
        !matches!(self, Self::Mixed | Self::Forged)
    }
}

impl fmt::Display for Doubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let since = |at: &Timestamp| at.strftime("%Y-%m-%d %H:%M:%S UTC");
        match self {
            Self::Older { seen, found, at } => write!(
                f,
                "is older than what this machine saw of it at {}: it has {found} events, and {seen} were there. What \
                 was done after that copy was made, a Complete for instance, is not known here",
                since(at)
            ),
            Self::Forked { seen, at } => write!(
                f,
                "does not go on from what this machine saw of it at {}: of the {seen} events that were there, some are \
                 not. It is an older copy that others have worked with, or it was changed",
                since(at)
            ),
            Self::Other { seen, at } => write!(
                f,
                "is another one than this machine saw at this place at {}, which had {seen} events",
                since(at)
            ),
            Self::Gone { seen, at } => write!(
                f,
                "is gone: at {} this machine saw it, with {seen} events. The one that is there now is new and empty",
                since(at)
            ),
            Self::Lacks { what, at } => write!(
                f,
                "lacks {what}, which this machine saw there at {}: the server came back with an older copy, or it was \
                 changed. What was done after that copy was made, a Complete for instance, may not be known here",
                since(at)
            ),
            Self::Mixed => f.write_str(
                "was written over while its log, the file beside it whose name ends in -wal, stayed: the two do not \
                 belong together. Put a backup in its place, without that log and the file whose name ends in -shm",
            ),
            Self::Forged => f.write_str(
                "was changed by something else than pxdesk: its head does not fit its events. `pxdesk journal verify` \
                 says more; restore a backup",
            ),
        }
    }
}

/// Where the last position of a journal is kept: by its path, which tells that it is gone or another one; and by its id,
/// which tells an older copy of it wherever that is opened.
#[derive(Debug)]
pub struct Memory {
    folder: PathBuf,
    by_path: Kept,
    /// None until the journal's id is known.
    by_id: Option<Kept>,
    /// True once a supervisor has said that the journal is to be used: what is written next replaces what was seen.
    anew: bool,
}

/// A position as it is written; `proof` is keyed.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Written {
    journal: String,
    path: String,
    events: i64,
    sum: Digest,
    last: Digest,
    at: Timestamp,
    /// What was seen of the file itself then; the first releases kept nothing of it.
    #[serde(default)]
    raw: Raw,
    proof: Digest,
}

/// What this machine remembers of a journal.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    /// The positions of this journal that are proven with its key: by its id, and by its path.
    pub proven: Vec<Position>,
    /// What is remembered of its path, whether proven or not.
    pub at_path: Option<Position>,
    /// What was last seen of the file at its path, its log not counted.
    pub raw: Raw,
}

impl Memory {
    /// The memory of the journal at `journal`, in the folder `state`.
    pub fn of(journal: &Path, state: &Path) -> Self {
        let whole = std::path::absolute(journal).unwrap_or_else(|_| journal.to_owned());
        let name = Digest::of(whole.as_os_str().as_encoded_bytes()).to_string();
        let folder = state.join("journals");
        let by_path = Kept::at(folder.join(format!("{}.json", &name[..32])));
        Self { folder, by_path, by_id: None, anew: false }
    }

    /// What is remembered of the path, when the journal itself is gone: nothing is there to prove it with.
    ///
    /// # Errors
    /// Says what is wrong with the file.
    pub fn at_path(&self) -> io::Result<Option<Position>> {
        Ok(self.by_path.written()?.and_then(|written| written.position()))
    }

    /// What is remembered of the journal `id`. It is read before the journal is: other processes record meanwhile, and a
    /// journal that is newer than what is remembered is no sign of anything.
    ///
    /// # Errors
    /// Says what is wrong with a file.
    pub fn seen(&mut self, id: JournalId, key: &ChainKey) -> io::Result<Seen> {
        let by_path = self.by_path.written()?;
        let by_id = self.of_journal(id).written()?;
        let proven = |written: &Option<Written>| written.as_ref().and_then(|written| written.proven(key));
        let of_both = [proven(&by_id), proven(&by_path)].into_iter().flatten();
        Ok(Seen {
            raw: by_path.as_ref().filter(|_| proven(&by_path).is_some()).map_or_else(Raw::default, |w| w.raw),
            proven: of_both.filter(|seen| seen.journal == id).collect(),
            at_path: by_path.and_then(|written| written.position()),
        })
    }

    /// True when another process has noted something since this one last looked.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn has_news(&mut self, id: JournalId) -> io::Result<bool> {
        let anew = self.anew;
        Ok(self.of_journal(id).has_news()? && !anew)
    }

    /// What is noted next replaces whatever was seen, or no longer.
    pub fn begin_anew(&mut self, anew: bool) {
        self.anew = anew;
    }

    /// Notes what was seen, unless another process has seen more. Not waited for until it is on disk: after a power cut the
    /// journal itself is the better witness.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&mut self, key: &ChainKey, position: &Position, raw: Raw, journal: &Path) -> io::Result<()> {
        let text = Written::of(key, position, raw, journal).text()?;
        let anew = std::mem::take(&mut self.anew);
        let by_id = self.of_journal(position.journal);
        let file = by_id.file()?;
        // Two processes note what they recorded in whichever order they come to it.
        file.lock()?;
        let newer = if anew { Ok(false) } else { by_id.knows_more(key, position) };
        let written = newer.and_then(|newer| if newer { Ok(()) } else { by_id.write(&text) });
        file.unlock()?;
        written?;
        self.by_path.write(&text)
    }

    fn of_journal(&mut self, id: JournalId) -> &mut Kept {
        self.by_id.get_or_insert_with(|| Kept::at(self.folder.join(format!("of-{id}.json"))))
    }
}

impl Written {
    fn of(key: &ChainKey, position: &Position, raw: Raw, journal: &Path) -> Self {
        let path = journal.display().to_string();
        Self {
            journal: position.journal.to_string(),
            events: position.head.events,
            sum: position.head.sum,
            last: position.last,
            at: position.at,
            raw,
            proof: proof(key, position, &path),
            path,
        }
    }

    fn text(&self) -> io::Result<Vec<u8>> {
        let mut text = serde_json::to_vec(self).map_err(io::Error::other)?;
        // Of one length, so that one write in the same place is always a whole position.
        text.resize(text.len().next_multiple_of(512) - 1, b' ');
        text.push(b'\n');
        Ok(text)
    }

    fn position(&self) -> Option<Position> {
        let journal = JournalId::parse(&self.journal)?;
        let head = Head { events: self.events, sum: self.sum };
        Some(Position { journal, head, last: self.last, at: self.at })
    }

    /// The position, when it was written with this key.
    fn proven(&self, key: &ChainKey) -> Option<Position> {
        self.position().filter(|position| same(&proof(key, position, &self.path), &self.proof))
    }
}

/// A file with a position in it.
#[derive(Debug)]
struct Kept {
    path: PathBuf,
    open: Option<Arc<File>>,
    /// Its text as this process last read or wrote it.
    known: Vec<u8>,
}

impl Kept {
    fn at(path: PathBuf) -> Self {
        Self { path, open: None, known: Vec::new() }
    }

    /// What stands in it, if anything was ever written to it.
    fn written(&self) -> io::Result<Option<Written>> {
        match fs::read(&self.path) {
            Err(error) if is_nowhere(&error) => Ok(None),
            Err(error) => Err(error),
            Ok(text) => self.read(&text),
        }
    }

    fn read(&self, text: &[u8]) -> io::Result<Option<Written>> {
        let wrong =
            |why: &str| io::Error::new(io::ErrorKind::InvalidData, format!("{}: {why}", self.path.display()));
        // Made, and never written, or not before a power cut: nothing was kept in it.
        if text.iter().all(|byte| matches!(byte, 0 | b' ' | b'\n')) {
            return Ok(None);
        }
        // The first value alone: what a longer one left behind it does not count.
        let first = serde_json::Deserializer::from_slice(text).into_iter::<Written>().next();
        let written = first.ok_or_else(|| wrong("it is empty"))?.map_err(|e| wrong(&e.to_string()))?;
        written.position().ok_or_else(|| wrong("its journal is not an id"))?;
        Ok(Some(written))
    }

    /// True when its text is another one than this process last read or wrote.
    fn has_news(&mut self) -> io::Result<bool> {
        if !self.is_there()? {
            return Ok(false);
        }
        let text = self.text()?;
        let news = text != self.known;
        self.known = text;
        Ok(news)
    }

    /// True when what stands in it is a later position of the same journal.
    fn knows_more(&mut self, key: &ChainKey, than: &Position) -> io::Result<bool> {
        if !self.has_news()? {
            return Ok(false);
        }
        let known = self.read(&self.known)?.and_then(|written| written.proven(key));
        Ok(known.is_some_and(|known| known.journal == than.journal && known.head.events > than.head.events))
    }

    fn text(&mut self) -> io::Result<Vec<u8>> {
        let file = self.file()?;
        let mut text = vec![0; LONGEST];
        let mut read = 0;
        loop {
            match read_at(&file, &mut text[read..], read as u64)? {
                0 => break,
                more => read += more,
            }
        }
        text.truncate(read);
        Ok(text)
    }

    fn write(&mut self, text: &[u8]) -> io::Result<()> {
        let file = self.file()?;
        write_at(&file, text)?;
        text.clone_into(&mut self.known);
        Ok(())
    }

    /// Opens the file where there is one; where no folder can be, nothing was ever kept.
    fn is_there(&mut self) -> io::Result<bool> {
        if self.open.is_none() {
            match OpenOptions::new().read(true).write(true).open(&self.path) {
                Ok(file) => self.open = Some(Arc::new(file)),
                Err(error) if is_nowhere(&error) => return Ok(false),
                Err(error) => return Err(error),
            }
        }
        Ok(true)
    }

    /// The file, open; made where there is none.
    fn file(&mut self) -> io::Result<Arc<File>> {
        if let Some(file) = &self.open {
            return Ok(Arc::clone(file));
        }
        if let Some(folder) = self.path.parent() {
            fs::create_dir_all(folder)?;
        }
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        let file = Arc::new(super::keyfile::private(&mut options).open(&self.path)?);
        self.open = Some(Arc::clone(&file));
        Ok(file)
    }
}

/// True when there is no such file, nor a folder that it could be in.
fn is_nowhere(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

/// No position is longer than this, in bytes.
const LONGEST: usize = 8192;

fn proof(key: &ChainKey, position: &Position, path: &str) -> Digest {
    key.position(
        position.journal,
        &position.head,
        &format!("memory {} {} {path}", position.last, position.at),
    )
}

#[cfg(unix)]
fn read_at(file: &File, bytes: &mut [u8], at: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, bytes, at)
}

#[cfg(not(unix))]
fn read_at(mut file: &File, bytes: &mut [u8], at: u64) -> io::Result<usize> {
    use std::io::{Read as _, Seek as _, SeekFrom};
    file.seek(SeekFrom::Start(at))?;
    file.read(bytes)
}

#[cfg(unix)]
fn write_at(file: &File, bytes: &[u8]) -> io::Result<()> {
    std::os::unix::fs::FileExt::write_all_at(file, bytes, 0)
}

#[cfg(not(unix))]
fn write_at(mut file: &File, bytes: &[u8]) -> io::Result<()> {
    use std::io::{Seek as _, SeekFrom, Write as _};
    file.seek(SeekFrom::Start(0))?;
    file.write_all(bytes)
}
