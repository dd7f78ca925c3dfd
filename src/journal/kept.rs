//! A file with the position of a journal in it: proven by the journal's key, and of one length, so that one write in the same
//! place is always a whole position.

use super::chain::{ChainKey, Head, JournalId, same};
use super::raw::Raw;
use crate::files;
use crate::kind::{Digest, Timestamp};
use serde::{Deserialize, Serialize};
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

/// No position is longer than this, in bytes.
const LONGEST: usize = 8192;

/// A position as it is written; `proof` is keyed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Written {
    journal: String,
    path: String,
    events: i64,
    sum: Digest,
    last: Digest,
    at: Timestamp,
    /// What was seen of the file itself then; the first releases kept nothing of it.
    #[serde(default)]
    pub raw: Raw,
    proof: Digest,
}

impl Written {
    /// `position`, proven with `key`.
    pub fn of(key: &ChainKey, position: &Position, raw: Raw, journal: &Path) -> Self {
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

    /// As it stands in the file.
    pub fn text(&self) -> io::Result<Vec<u8>> {
        let mut text = serde_json::to_vec(self).map_err(io::Error::other)?;
        // Of one length, so that one write in the same place is always a whole position.
        text.resize(text.len().next_multiple_of(512) - 1, b' ');
        text.push(b'\n');
        Ok(text)
    }

    /// The position, proven or not; none when its journal is no id.
    pub fn position(&self) -> Option<Position> {
        let journal = JournalId::parse(&self.journal)?;
        let head = Head { events: self.events, sum: self.sum };
        Some(Position { journal, head, last: self.last, at: self.at })
    }

    /// The position, when it was written with this key.
    pub fn proven(&self, key: &ChainKey) -> Option<Position> {
        self.position().filter(|position| same(&proof(key, position, &self.path), &self.proof))
    }
}

/// A file with a position in it.
#[derive(Debug)]
pub struct Kept {
    path: PathBuf,
    open: Option<Arc<File>>,
    /// Its text as this process last read or wrote it.
    known: Vec<u8>,
}

impl Kept {
    /// That at `path`, which need not be there.
    pub fn at(path: PathBuf) -> Self {
        Self { path, open: None, known: Vec::new() }
    }

    /// What stands in it, if anything was ever written to it.
    pub fn written(&self) -> io::Result<Option<Written>> {
        match fs::read(&self.path) {
            Err(error) if is_nowhere(&error, self.folder()) => Ok(None),
            Err(error) => Err(self.named(&error)),
            Ok(text) => self.read(&text),
        }
    }

    /// The same, where it is of the journal `id`: then it must be proven with the journal's key. What is of another journal may
    /// have another key.
    pub fn of(&self, id: JournalId, key: &ChainKey) -> io::Result<Option<Written>> {
        let written = self.written()?;
        let is_of_it = |written: &Written| written.position().is_some_and(|seen| seen.journal == id);
        match &written {
            Some(found) if is_of_it(found) && found.proven(key).is_none() => {
                Err(self.wrong("it was not written with the journal's key, or was changed since"))
            }
            Some(_) | None => Ok(written),
        }
    }

    fn folder(&self) -> &Path {
        self.path.parent().unwrap_or(&self.path)
    }

    /// The error, with the file that it is about.
    fn named(&self, error: &io::Error) -> io::Error {
        io::Error::new(error.kind(), format!("{}: {error}", self.path.display()))
    }

    /// That its text is not what was written to it.
    pub fn wrong(&self, why: &str) -> io::Error {
        io::Error::new(io::ErrorKind::InvalidData, format!("{}: {why}", self.path.display()))
    }

    fn read(&self, text: &[u8]) -> io::Result<Option<Written>> {
        // Made, and never written, or not before a power cut: nothing was kept in it.
        if text.iter().all(|byte| matches!(byte, 0 | b' ' | b'\n')) {
            return Ok(None);
        }
        // The first value alone: what a longer one left behind it does not count.
        let first = serde_json::Deserializer::from_slice(text).into_iter::<Written>().next();
        let written =
            first.ok_or_else(|| self.wrong("it is empty"))?.map_err(|e| self.wrong(&e.to_string()))?;
        written.position().ok_or_else(|| self.wrong("its journal is not an id"))?;
        Ok(Some(written))
    }

    /// True when its text is another one than this process last read or wrote.
    pub fn has_news(&mut self) -> io::Result<bool> {
        if !self.is_there()? {
            return Ok(false);
        }
        let text = self.text()?;
        let news = text != self.known;
        self.known = text;
        Ok(news)
    }

    /// True when what stands in it is a later position of the same journal.
    pub fn knows_more(&mut self, key: &ChainKey, than: &Position) -> io::Result<bool> {
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

    /// Writes it in one piece.
    pub fn write(&mut self, text: &[u8]) -> io::Result<()> {
        let file = self.file()?;
        write_at(&file, text)?;
        text.clone_into(&mut self.known);
        Ok(())
    }

    /// Opens the file where there is one, to read and to write; where no folder can be, nothing was ever kept.
    pub fn is_there(&mut self) -> io::Result<bool> {
        if self.open.is_none() {
            match OpenOptions::new().read(true).write(true).open(&self.path) {
                Ok(file) => self.open = Some(Arc::new(file)),
                Err(error) if is_nowhere(&error, self.folder()) => return Ok(false),
                Err(error) => return Err(self.named(&error)),
            }
        }
        Ok(true)
    }

    /// The file, open; made where there is none.
    pub fn file(&mut self) -> io::Result<Arc<File>> {
        if let Some(file) = &self.open {
            return Ok(Arc::clone(file));
        }
        if let Some(folder) = self.path.parent() {
            fs::create_dir_all(folder)?;
        }
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        let opened = files::private(&mut options).open(&self.path);
        let file = Arc::new(opened.map_err(|error| self.named(&error))?);
        self.open = Some(Arc::clone(&file));
        Ok(file)
    }
}

/// True when there is nothing in the folder, or no place for it. Something else that stands in its own place is another matter:
/// it hides what was kept.
pub fn is_nowhere(error: &io::Error, folder: &Path) -> bool {
    match error.kind() {
        io::ErrorKind::NotFound => true,
        io::ErrorKind::NotADirectory => files::has_no_place(folder),
        _ => false,
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
