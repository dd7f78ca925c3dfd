//! What this machine last saw of a journal, kept apart from it: so that a journal that is older than that, or another one,
//! or gone, is noticed before anything is sent twice.

use super::chain::{ChainKey, JournalId};
use super::kept::{Kept, Position, Written, is_nowhere};
use super::raw::Raw;
use crate::kind::{Digest, Timestamp};
use crate::text::many;
use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

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
    /// What this machine remembers of it cannot be read; says where that is, and why.
    Unreadable { why: String },
    /// Its file is of another state than its log: it was written over while the log stayed.
    Mixed,
    /// Its head was not written with its key, or does not count its events.
    Forged,
    /// This of it is not what it was made as: somebody has changed how it keeps what is written.
    Altered { what: String },
    /// Its file has so many names: whoever opens it by another one has another log.
    Linked { names: u64 },
    /// Its file is mounted by itself, and its folder is another one: whoever opens it where it comes from has another log.
    Mounted,
}

impl Doubt {
    /// That what this machine remembers cannot be read.
    pub fn unreadable(error: &io::Error) -> Self {
        Self::Unreadable { why: error.to_string() }
    }

    /// True when only its place is wrong: its history may be as it was written.
    pub fn is_of_its_place(&self) -> bool {
        matches!(self, Self::Linked { .. } | Self::Mounted)
    }

    /// True when a supervisor may say that the journal is to be used all the same.
    pub fn may_be_accepted(&self) -> bool {
        !matches!(
            self,
            Self::Mixed | Self::Forged | Self::Altered { .. } | Self::Linked { .. } | Self::Mounted
        )
    }
}

impl fmt::Display for Doubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let since = |at: &Timestamp| at.strftime("%Y-%m-%d %H:%M:%S UTC");
        match self {
            Self::Older { seen, found, at } => write!(
                f,
                "is older than what this machine saw of it at {}: it has {}, and {seen} were there. What \
                 was done after that copy was made, a Complete for instance, is not known here",
                since(at),
                many(*found, "event")
            ),
            Self::Forked { seen, at } => write!(
                f,
                "does not go on from what this machine saw of it at {}: of the {} that were there, some are \
                 not. It is an older copy that others have worked with, or it was changed",
                since(at),
                many(*seen, "event")
            ),
            Self::Other { seen, at } => write!(
                f,
                "is another one than this machine saw at this place at {}{}",
                since(at),
                counted(", which had ", *seen)
            ),
            Self::Gone { seen, at } => write!(
                f,
                "is gone: at {} this machine saw it{}. The one that is there now is new and empty",
                since(at),
                counted(", with ", *seen)
            ),
            Self::Lacks { what, at } => write!(
                f,
                "lacks {what}, which this machine saw there at {}: the server came back with an older copy, or it was \
                 changed. What was done after that copy was made, a Complete for instance, may not be known here",
                since(at)
            ),
            Self::Unreadable { why } => write!(
                f,
                "cannot be compared with what this machine last saw of it: {why}. Whether it is an older copy is not \
                 known. Give this user the right to read and write that file, or move it away if it is damaged"
            ),
            Self::Mixed => f.write_str(
                "was written over while its log, the file beside it whose name ends in -wal, stayed: the two do not \
                 belong together. Put a backup in its place, without that log and the file whose name ends in -shm",
            ),
            Self::Forged => f.write_str(
                "was changed by something else than pxdesk: its head does not fit its events. `pxdesk journal verify` \
                 says more; restore a backup",
            ),
            Self::Altered { what } => write!(
                f,
                "was changed by something else than pxdesk: {what}. What is recorded might not stay. `pxdesk journal \
                 verify` says more; restore a backup"
            ),
            Self::Linked { names } => write!(
                f,
                "has {names} names on its disk (hard links), and what is done under one of them is not seen under the \
                 others. Remove the other names, or put a copy of the file in its place"
            ),
            Self::Mounted => f.write_str(
                "is mounted here as a file of its own (a bind mount), without the log that stands beside it where it comes \
                 from: what is done there is not seen here. Mount its whole folder instead",
            ),
        }
    }
}

/// That, where it is known.
fn counted(before: &str, number: i64) -> String {
    if number > 0 { format!("{before}{}", many(number, "event")) } else { String::new() }
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

/// What this machine remembers of a journal.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    /// The positions of this journal that are proven with its key: by its id, and by its path.
    pub proven: Vec<Position>,
    /// How many events it had by the first of those; 0 where nothing is kept by its id.
    pub events: i64,
    /// What is remembered of its path, whether proven or not.
    pub at_path: Option<Position>,
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

    /// What is kept by the path, for [`Memory::raw`]. It is read before the file is looked at: other processes fold their logs
    /// into it meanwhile, and a file that is newer than what is remembered is no sign of anything.
    pub fn kept(&self) -> Option<Written> {
        // What is wrong with it is said when all that is remembered is read.
        self.by_path.written().ok().flatten()
    }

    /// What was last seen of the file at the path, its log not counted, by what was kept of it; none, where that is not of the
    /// journal `id`.
    pub fn raw(kept: Option<&Written>, id: JournalId, key: &ChainKey) -> Option<Raw> {
        let of_it = |kept: &&Written| kept.proven(key).is_some_and(|seen| seen.journal == id);
        kept.filter(of_it).map(|kept| kept.raw)
    }

    /// What is remembered of the journal `id`. It is read before the journal is: other processes record meanwhile, and a
    /// journal that is newer than what is remembered is no sign of anything.
    ///
    /// # Errors
    /// Says what is wrong with a file.
    pub fn seen(&mut self, id: JournalId, key: &ChainKey) -> io::Result<Seen> {
        let by_path = self.by_path.of(id, key)?;
        let by_id = self.of_journal(id).of(id, key)?;
        let proven = |written: &Option<Written>| written.as_ref().and_then(|written| written.proven(key));
        let of_both = [proven(&by_id), proven(&by_path)].into_iter().flatten();
        let events = proven(&by_id).filter(|seen| seen.journal == id).map_or(0, |seen| seen.head.events);
        Ok(Seen {
            events,
            proven: of_both.filter(|seen| seen.journal == id).collect(),
            at_path: by_path.and_then(|written| written.position()),
        })
    }

    /// What this machine saw of any journal with this key, the latest of it, and in which file it keeps that.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn of_any(&self, key: &ChainKey) -> io::Result<Option<(Position, PathBuf)>> {
        let files = match fs::read_dir(&self.folder) {
            Ok(files) => files.map(|file| Ok(file?.path())).collect::<io::Result<Vec<_>>>()?,
            Err(error) if is_nowhere(&error, &self.folder) => return Ok(None),
            Err(error) => return Err(error),
        };
        // A file that cannot be read tells of some journal, and nobody knows of which.
        let seen = files.into_iter().filter_map(|file| {
            let written = Kept::at(file.clone()).written().ok().flatten()?;
            Some((written.proven(key)?, file))
        });
        Ok(seen.max_by_key(|(position, _)| position.at))
    }

    /// True when another process has noted something since this one last looked.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn has_news(&mut self, id: JournalId) -> io::Result<bool> {
        if self.anew {
            return Ok(false);
        }
        self.of_journal(id).has_news()
    }

    /// Why what is remembered of the path cannot be used, if so.
    pub fn trouble(&mut self) -> Option<Doubt> {
        let usable = self.by_path.written().and_then(|_| self.by_path.is_there());
        usable.err().map(|error| Doubt::unreadable(&error))
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
        self.write_by_id(key, position, &text, anew)?;
        self.by_path.write(&text)
    }

    /// Notes what others have recorded, which was only looked at: by the journal's id, wherever it is opened later. Of a path
    /// that tells nothing: what was looked at there may be a copy.
    ///
    /// # Errors
    /// As for [`Memory::write`].
    pub fn note_seen(
        &mut self,
        key: &ChainKey,
        position: &Position,
        raw: Raw,
        journal: &Path,
    ) -> io::Result<()> {
        if self.anew {
            return Ok(());
        }
        let text = Written::of(key, position, raw, journal).text()?;
        self.write_by_id(key, position, &text, false)
    }

    fn write_by_id(
        &mut self,
        key: &ChainKey,
        position: &Position,
        text: &[u8],
        anew: bool,
    ) -> io::Result<()> {
        let by_id = self.of_journal(position.journal);
        let file = by_id.file()?;
        // Two processes note what they recorded in whichever order they come to it.
        file.lock()?;
        let newer = if anew { Ok(false) } else { by_id.knows_more(key, position) };
        let written = newer.and_then(|newer| if newer { Ok(()) } else { by_id.write(text) });
        file.unlock()?;
        written
    }

    fn of_journal(&mut self, id: JournalId) -> &mut Kept {
        self.by_id.get_or_insert_with(|| Kept::at(self.folder.join(format!("of-{id}.json"))))
    }
}
