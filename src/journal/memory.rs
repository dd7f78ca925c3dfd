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

/// The file in which the last position of the journal at one path is kept.
#[derive(Debug)]
pub struct Memory {
    path: PathBuf,
    open: Option<File>,
}

/// A position as it is written; `proof` is keyed.
#[derive(Serialize, Deserialize)]
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

impl Memory {
    /// The memory of the journal at `journal`, in the folder `state`.
    pub fn of(journal: &Path, state: &Path) -> Self {
        let whole = std::path::absolute(journal).unwrap_or_else(|_| journal.to_owned());
        let name = Digest::of(whole.as_os_str().as_encoded_bytes()).to_string();
        Self { path: state.join("journals").join(format!("{}.json", &name[..32])), open: None }
    }

    /// What was seen last, if anything. Without the journal's key (it is gone) the proof is not looked at.
    ///
    /// # Errors
    /// Says what is wrong with the file.
    pub fn read(&self, key: Option<&ChainKey>) -> io::Result<Option<Position>> {
        Ok(self.find(key)?.map(|(position, _)| position))
    }

    /// What was last seen of the file itself, its log not counted.
    ///
    /// # Errors
    /// As for [`Memory::read`].
    pub fn raw(&self, key: &ChainKey) -> io::Result<Raw> {
        Ok(self.find(Some(key))?.map(|(_, raw)| raw).unwrap_or_default())
    }

    fn find(&self, key: Option<&ChainKey>) -> io::Result<Option<(Position, Raw)>> {
        let text = match fs::read_to_string(&self.path) {
            // Where no folder can be, nothing was ever kept.
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
                return Ok(None);
            }
            other => other?,
        };
        let wrong =
            |why: &str| io::Error::new(io::ErrorKind::InvalidData, format!("{}: {why}", self.path.display()));
        // Made, and never written, or not before a power cut: nothing was kept in it.
        if text.trim_matches(['\0', ' ', '\n']).is_empty() {
            return Ok(None);
        }
        // The first value alone: what a longer one left behind it does not count.
        let first = serde_json::Deserializer::from_str(&text).into_iter::<Written>().next();
        let written = first.ok_or_else(|| wrong("it is empty"))?.map_err(|e| wrong(&e.to_string()))?;
        let journal = JournalId::parse(&written.journal).ok_or_else(|| wrong("its journal is not an id"))?;
        let head = Head { events: written.events, sum: written.sum };
        let position = Position { journal, head, last: written.last, at: written.at };
        match key {
            Some(key) if !same(&proof(key, &position, &written.path), &written.proof) => Ok(None),
            Some(_) | None => Ok(Some((position, written.raw))),
        }
    }

    /// Writes what was seen. Not waited for until it is on disk: after a power cut the journal itself is the better
    /// witness.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&mut self, key: &ChainKey, position: &Position, raw: Raw, journal: &Path) -> io::Result<()> {
        let path = journal.display().to_string();
        let written = Written {
            journal: position.journal.to_string(),
            events: position.head.events,
            sum: position.head.sum,
            last: position.last,
            at: position.at,
            raw,
            proof: proof(key, position, &path),
            path,
        };
        let mut text = serde_json::to_vec(&written).map_err(io::Error::other)?;
        // Of one length, so that one write in the same place is always a whole position.
        text.resize(text.len().next_multiple_of(512) - 1, b' ');
        text.push(b'\n');
        let file = match self.open.take() {
            Some(file) => file,
            None => self.make()?,
        };
        write_at(&file, &text)?;
        self.open = Some(file);
        Ok(())
    }

    fn make(&self) -> io::Result<File> {
        if let Some(folder) = self.path.parent() {
            fs::create_dir_all(folder)?;
        }
        super::keyfile::private(OpenOptions::new().write(true).create(true).truncate(false)).open(&self.path)
    }
}

fn proof(key: &ChainKey, position: &Position, path: &str) -> Digest {
    key.position(
        position.journal,
        &position.head,
        &format!("memory {} {} {path}", position.last, position.at),
    )
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
