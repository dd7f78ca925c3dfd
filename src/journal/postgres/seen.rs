//! What this machine last saw of a journal on PostgreSQL, kept apart from it: the checkpoint it knows, the last event of each
//! thing that it has written to since, and what it found there when it last looked. A server that came back older than
//! that, or was changed, lacks one of them.
//!
//! What was seen is filed by the journal, not by its address: a copy of it under another name is the same journal. By the
//! address is only kept which journal was there.

use super::lines::{Line, Lines, What};
use crate::journal::chain::{ChainKey, Head, JournalId};
use crate::journal::change::{Change, Last, Written};
use crate::journal::keyfile::Keys;
use crate::kind::{Digest, Timestamp};
use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

/// Once so many lines are in the file, a checkpoint is made, which stands for them.
const MANY: usize = 4096;

/// The files in which it is kept.
pub struct Seen {
    pub folder: PathBuf,
    /// Which journal was at this address. Earlier versions kept in it all that they saw there.
    address: Lines,
    lines: AtomicUsize,
}

/// What the files say of a journal.
#[derive(Default)]
pub struct All {
    pub checkpoint: Option<(i64, Head, Timestamp)>,
    /// By kind and id.
    pub things: BTreeMap<(String, String), (i64, Digest, Timestamp)>,
}

impl Seen {
    /// Of the journal at that address, in the folder `state`.
    pub fn of(shown: &str, state: &Path) -> Self {
        let (name, folder) = (Digest::of(shown.as_bytes()).to_string(), state.join("journals"));
        let address = Lines(folder.join(format!("{}.lines", &name[..32])));
        Self { folder, address, lines: AtomicUsize::new(0) }
    }

    /// What this machine recorded in that journal.
    fn recorded(&self, journal: JournalId) -> Lines {
        Lines(self.folder.join(format!("{journal}.recorded")))
    }

    /// What this machine found in that journal when it last looked.
    fn found(&self, journal: JournalId) -> Lines {
        Lines(self.folder.join(format!("{journal}.found")))
    }

    /// Notes what was recorded. It is recorded already: that this failed is said, no more.
    pub fn note(&self, keys: &Keys, journal: JournalId, change: &Change, written: &Written) {
        let Last { seq, hash, .. } = written.last;
        let what = What::Event { kind: change.kind.to_owned(), thing: change.id.clone(), seq, hash };
        let at =
            change.records.last().and_then(|r| Timestamp::from_microsecond(r.at).ok()).unwrap_or_default();
        let (line, file) = (Line::new(&keys.chain, journal, what, at), self.recorded(journal));
        said(file.locked().and_then(|_lock| file.add(std::slice::from_ref(&line))));
        self.lines.fetch_add(1, Ordering::Relaxed);
    }

    /// Notes what was found in the journal, in the place of what was found before.
    pub fn note_found(&self, keys: &Keys, journal: JournalId, found: Vec<(What, Timestamp)>) {
        let line = |(what, at)| Line::new(&keys.chain, journal, what, at);
        let (lines, file): (Vec<Line>, Lines) = (found.into_iter().map(line).collect(), self.found(journal));
        let noted =
            file.locked().and_then(|_lock| if file.read()? == lines { Ok(()) } else { file.replace(&lines) });
        said(noted);
    }

    /// Notes that this journal is the one at the address, as it was judged. What an earlier version kept by the address is
    /// filed by the journal from now on.
    pub fn note_opened(&self, keys: &Keys, journal: JournalId, at: Timestamp) {
        said(self.file_by_journal(keys, journal, at));
    }

    fn file_by_journal(&self, keys: &Keys, journal: JournalId, at: Timestamp) -> io::Result<()> {
        let _lock = self.address.locked()?;
        let lines = self.address.read()?;
        if let [only] = lines.as_slice()
            && only.what == What::Opened
            && only.is_proven(&keys.chain, journal)
        {
            return Ok(());
        }
        let older = |line: &Line| line.what != What::Opened && line.journal() == Some(journal);
        let older: Vec<Line> = lines.into_iter().filter(older).collect();
        let file = self.recorded(journal);
        let lock = file.locked()?;
        file.add(&older)?;
        drop(lock);
        self.address.replace(&[Line::new(&keys.chain, journal, What::Opened, at)])
    }

    /// True once the file is long: a checkpoint would make it short.
    pub fn is_long(&self) -> bool {
        self.lines.load(Ordering::Relaxed) >= MANY
    }

    /// How many lines there are: what a checkpoint that is about to be made will stand for.
    pub fn length(&self, journal: JournalId) -> usize {
        self.recorded(journal).read().map_or(0, |lines| lines.len())
    }

    /// A checkpoint was made; the first `before` lines were written before it was, and it stands for them.
    pub fn checkpoint(
        &self,
        keys: &Keys,
        journal: JournalId,
        epoch: i64,
        head: Head,
        at: Timestamp,
        before: usize,
    ) -> io::Result<()> {
        let what = What::Checkpoint { epoch, events: head.events, sum: head.sum };
        let file = self.recorded(journal);
        let _lock = file.locked()?;
        let mut lines = vec![Line::new(&keys.chain, journal, what, at)];
        lines.extend(file.read()?.into_iter().skip(before));
        file.replace(&lines)?;
        self.lines.store(lines.len(), Ordering::Relaxed);
        Ok(())
    }

    /// Forgets everything: a supervisor has said that the journal is to be used as it is.
    pub fn forget(&self, keys: &Keys, journal: JournalId, at: Timestamp) -> io::Result<()> {
        for file in [self.recorded(journal), self.found(journal)] {
            let _lock = file.locked()?;
            file.replace(&[])?;
        }
        self.lines.store(0, Ordering::Relaxed);
        let _lock = self.address.locked()?;
        self.address.replace(&[Line::new(&keys.chain, journal, What::Opened, at)])
    }

    /// When a journal was last seen at the address, if one was; without its key.
    pub fn last(&self) -> io::Result<Option<Timestamp>> {
        self.last_but(None)
    }

    /// The same, of another journal than this one.
    pub fn other(&self, than: JournalId) -> io::Result<Option<Timestamp>> {
        self.last_but(Some(than))
    }

    fn last_but(&self, than: Option<JournalId>) -> io::Result<Option<Timestamp>> {
        let mut lines = self.address.read()?;
        lines.retain(|line| line.journal().is_some_and(|journal| Some(journal) != than));
        let Some(journal) = lines.last().and_then(Line::journal) else { return Ok(None) };
        lines.extend(self.recorded(journal).read()?);
        lines.extend(self.found(journal).read()?);
        Ok(lines.iter().map(|line| line.at).max())
    }

    /// All that was seen of the journal.
    pub fn read(&self, key: &ChainKey, journal: JournalId) -> io::Result<All> {
        let mut all = All::default();
        for file in [&self.address, &self.recorded(journal), &self.found(journal)] {
            for line in file.read()?.into_iter().filter(|line| line.is_proven(key, journal)) {
                all.take(line);
            }
        }
        self.lines.store(all.things.len() + 1, Ordering::Relaxed);
        Ok(all)
    }
}

impl All {
    fn take(&mut self, line: Line) {
        match line.what {
            What::Checkpoint { epoch, events, sum } => {
                if self.checkpoint.is_none_or(|(last, ..)| last <= epoch) {
                    self.checkpoint = Some((epoch, Head { events, sum }, line.at));
                }
            }
            What::Event { kind, thing, seq, hash } => {
                let last = self.things.entry((kind, thing)).or_insert((seq, hash, line.at));
                if last.0 < seq {
                    *last = (seq, hash, line.at);
                }
            }
            What::Opened => {}
        }
    }
}

/// What could not be kept is missed when the server comes back as another one, and keeps nobody from work.
pub fn said(kept: io::Result<()>) {
    if let Err(error) = kept {
        tracing::warn!(%error, "what was last seen of the journal could not be kept apart from it");
    }
}
