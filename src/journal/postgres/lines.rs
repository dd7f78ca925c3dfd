//! Files of lines in the state folder, each line proven with the journal's key: what a machine saw, kept apart from the
//! journal.

use crate::files::private;
use crate::journal::chain::{ChainKey, Head, JournalId, same};
use crate::journal::kept::is_nowhere;
use crate::kind::{Digest, Timestamp};
use serde::{Deserialize, Serialize};
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::path::PathBuf;

/// A line; `proof` is keyed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    pub journal: String,
    pub what: What,
    pub at: Timestamp,
    proof: Digest,
}

/// What was seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    Checkpoint {
        epoch: i64,
        events: i64,
        sum: Digest,
    },
    Event {
        kind: String,
        thing: String,
        seq: i64,
        hash: Digest,
    },
    /// The journal itself, at the address that the file is for.
    Opened,
}

impl Line {
    pub fn new(key: &ChainKey, journal: JournalId, what: What, at: Timestamp) -> Self {
        let mut line = Self { journal: journal.to_string(), what, at, proof: Digest([0; 32]) };
        line.proof = line.proof(key, journal);
        line
    }

    /// Which journal it speaks of.
    pub fn journal(&self) -> Option<JournalId> {
        JournalId::parse(&self.journal)
    }

    /// Whether it speaks of this journal, and was written with its key.
    pub fn is_proven(&self, key: &ChainKey, journal: JournalId) -> bool {
        self.journal() == Some(journal) && same(&self.proof(key, journal), &self.proof)
    }

    fn proof(&self, key: &ChainKey, journal: JournalId) -> Digest {
        let (head, about) = match &self.what {
            What::Checkpoint { epoch, events, sum } => {
                (Head { events: *events, sum: *sum }, format!("seen checkpoint {epoch} {}", self.at))
            }
            What::Event { kind, thing, seq, hash } => {
                (Head::EMPTY, format!("seen {kind} {thing} {seq} {hash} {}", self.at))
            }
            What::Opened => (Head::EMPTY, format!("seen here {}", self.at)),
        };
        key.position(journal, &head, &about)
    }
}

/// A file of lines.
pub struct Lines(pub PathBuf);

impl Lines {
    /// Adds lines at the end.
    pub fn add(&self, lines: &[Line]) -> io::Result<()> {
        if lines.is_empty() {
            return Ok(());
        }
        let text = written(lines)?;
        private(OpenOptions::new().append(true).create(true)).open(&self.0)?.write_all(&text)
    }

    /// Puts these in the place of all that are there. The file is whole at any moment, the old one or the new one.
    pub fn replace(&self, lines: &[Line]) -> io::Result<()> {
        let draft = self.0.with_extension("draft");
        let mut out = private(OpenOptions::new().write(true).create(true).truncate(true)).open(&draft)?;
        out.write_all(&written(lines)?)?;
        out.sync_all()?;
        fs::rename(&draft, &self.0)
    }

    /// Held while the file is changed: other desks on this machine write to it too.
    pub fn locked(&self) -> io::Result<File> {
        if let Some(folder) = self.0.parent() {
            fs::create_dir_all(folder)?;
        }
        let file = self.0.with_extension("lock");
        let lock = private(OpenOptions::new().write(true).create(true).truncate(false)).open(file)?;
        lock.lock()?;
        Ok(lock)
    }

    /// All lines. One that a crash has left half written says nothing.
    pub fn read(&self) -> io::Result<Vec<Line>> {
        let file = match File::open(&self.0) {
            Err(error) if is_nowhere(&error, self.0.parent().unwrap_or(&self.0)) => return Ok(Vec::new()),
            other => other?,
        };
        let lines = BufReader::new(file).lines();
        lines.filter_map(|line| line.map(|line| serde_json::from_str(&line).ok()).transpose()).collect()
    }
}

fn written(lines: &[Line]) -> io::Result<Vec<u8>> {
    let mut text = Vec::new();
    for line in lines {
        serde_json::to_writer(&mut text, line).map_err(io::Error::other)?;
        text.push(b'\n');
    }
    Ok(text)
}
