//! What this machine last saw of a journal on PostgreSQL, kept apart from it: the checkpoint it knows, and the last event of
//! each thing that it has written to since. A server that came back older than that, or was changed, lacks one of them.

use super::failure::Failure;
use super::session::Session;
use crate::journal::chain::{ChainKey, Head, JournalId, same};
use crate::journal::change::{Change, Last, Written};
use crate::journal::keyfile::{Keys, private};
use crate::journal::memory::Doubt;
use crate::journal::stored::digest;
use crate::kind::{Digest, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

/// Once so many lines are in the file, a checkpoint is made, which stands for them.
const MANY: usize = 4096;

/// The file in which it is kept.
pub struct Seen {
    path: PathBuf,
    lines: AtomicUsize,
}

/// A line of the file; `proof` is keyed.
#[derive(Clone, Serialize, Deserialize)]
struct Line {
    journal: String,
    what: What,
    at: Timestamp,
    proof: Digest,
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum What {
    Checkpoint { epoch: i64, events: i64, sum: Digest },
    Event { kind: String, thing: String, seq: i64, hash: Digest },
}

/// What the file says.
#[derive(Default)]
struct All {
    journal: Option<(String, Timestamp)>,
    checkpoint: Option<(i64, Head, Timestamp)>,
    /// By kind and id.
    things: BTreeMap<(String, String), (i64, Digest, Timestamp)>,
}

impl Seen {
    /// Of the journal at that address, in the folder `state`.
    pub fn of(shown: &str, state: &Path) -> Self {
        let name = Digest::of(shown.as_bytes()).to_string();
        let path = state.join("journals").join(format!("{}.lines", &name[..32]));
        Self { path, lines: AtomicUsize::new(0) }
    }

    /// Notes what was recorded. It is recorded already: that this failed is said, no more.
    pub fn note(&self, keys: &Keys, journal: JournalId, change: &Change, written: &Written) {
        let Last { seq, hash, .. } = written.last;
        let what = What::Event { kind: change.kind.to_owned(), thing: change.id.clone(), seq, hash };
        let at =
            change.records.last().and_then(|r| Timestamp::from_microsecond(r.at).ok()).unwrap_or_default();
        let line = Line::new(&keys.chain, journal, what, at);
        if let Err(error) = self.locked().and_then(|_lock| self.add(&line)) {
            tracing::warn!(%error, "what was last seen of the journal could not be kept apart from it");
        }
        self.lines.fetch_add(1, Ordering::Relaxed);
    }

    /// True once the file is long: a checkpoint would make it short.
    pub fn is_long(&self) -> bool {
        self.lines.load(Ordering::Relaxed) >= MANY
    }

    /// How many lines there are: what a checkpoint that is about to be made will stand for.
    pub fn length(&self) -> usize {
        self.read_lines().map_or(0, |lines| lines.len())
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
        let first = Line::new(&keys.chain, journal, what, at);
        let _lock = self.locked()?;
        let later: Vec<Line> = self.read_lines()?.into_iter().skip(before).collect();
        self.replace(std::iter::once(&first).chain(&later))?;
        self.lines.store(later.len() + 1, Ordering::Relaxed);
        Ok(())
    }

    /// Forgets everything: a supervisor has said that the journal is to be used as it is.
    pub fn forget(&self) -> io::Result<()> {
        let _lock = self.locked()?;
        self.lines.store(0, Ordering::Relaxed);
        self.replace(std::iter::empty())
    }

    /// When the journal was last seen here, if it was, without its key.
    pub fn last(&self) -> io::Result<Option<(i64, Timestamp)>> {
        let lines = self.read_lines()?;
        let events = lines.iter().filter_map(|line| match line.what {
            What::Checkpoint { events, .. } => Some(events),
            What::Event { .. } => None,
        });
        let known = events.max().unwrap_or(0);
        Ok(lines.last().map(|line| (known.max(1), line.at)))
    }

    fn add(&self, line: &Line) -> io::Result<()> {
        let mut text = serde_json::to_vec(line).map_err(io::Error::other)?;
        text.push(b'\n');
        private(OpenOptions::new().append(true).create(true)).open(&self.path)?.write_all(&text)
    }

    /// The file is whole at any moment, the old one or the new one.
    fn replace<'l>(&self, lines: impl Iterator<Item = &'l Line>) -> io::Result<()> {
        let draft = self.path.with_extension("draft");
        let mut out = private(OpenOptions::new().write(true).create(true).truncate(true)).open(&draft)?;
        for line in lines {
            serde_json::to_writer(&mut out, line).map_err(io::Error::other)?;
            out.write_all(b"\n")?;
        }
        out.sync_all()?;
        fs::rename(&draft, &self.path)
    }

    /// Held while the file is changed: other desks on this machine write to it too.
    fn locked(&self) -> io::Result<File> {
        if let Some(folder) = self.path.parent() {
            fs::create_dir_all(folder)?;
        }
        let file = self.path.with_extension("lock");
        let lock = private(OpenOptions::new().write(true).create(true).truncate(false)).open(file)?;
        lock.lock()?;
        Ok(lock)
    }

    /// A line that a crash has left half written says nothing.
    fn read_lines(&self) -> io::Result<Vec<Line>> {
        let file = match File::open(&self.path) {
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
                return Ok(Vec::new());
            }
            other => other?,
        };
        let lines = BufReader::new(file).lines();
        lines.filter_map(|line| line.map(|line| serde_json::from_str(&line).ok()).transpose()).collect()
    }

    fn read(&self, key: &ChainKey, id: JournalId) -> io::Result<All> {
        let mut all = All::default();
        for line in self.read_lines()? {
            let Some(journal) = JournalId::parse(&line.journal) else { continue };
            if journal != id {
                all.journal = Some((line.journal, line.at));
                continue;
            }
            if !same(&line.proof(key, journal), &line.proof) {
                continue;
            }
            match line.what {
                What::Checkpoint { epoch, events, sum } => {
                    all.checkpoint = Some((epoch, Head { events, sum }, line.at));
                }
                What::Event { kind, thing, seq, hash } => {
                    let last = all.things.entry((kind, thing)).or_insert((seq, hash, line.at));
                    if last.0 < seq {
                        *last = (seq, hash, line.at);
                    }
                }
            }
        }
        Ok(all)
    }
}

impl Line {
    fn new(key: &ChainKey, journal: JournalId, what: What, at: Timestamp) -> Self {
        let mut line = Self { journal: journal.to_string(), what, at, proof: Digest([0; 32]) };
        line.proof = line.proof(key, journal);
        line
    }

    fn proof(&self, key: &ChainKey, journal: JournalId) -> Digest {
        let (head, about) = match &self.what {
            What::Checkpoint { epoch, events, sum } => {
                (Head { events: *events, sum: *sum }, format!("seen checkpoint {epoch} {}", self.at))
            }
            What::Event { kind, thing, seq, hash } => {
                (Head::EMPTY, format!("seen {kind} {thing} {seq} {hash} {}", self.at))
            }
        };
        key.position(journal, &head, &about)
    }
}

/// Whether the journal that was found has what this machine has seen of it.
pub async fn judge(
    session: &Session,
    keys: &Keys,
    id: JournalId,
    seen: &Seen,
) -> Result<Option<Doubt>, Failure> {
    let failed = |error: io::Error| {
        Failure::Told(crate::journal::error::Error::Failed {
            file: seen.path.clone(),
            why: error.to_string(),
        })
    };
    let All { journal, checkpoint, things } = seen.read(&keys.chain, id).map_err(failed)?;
    if let Some((_, at)) = journal {
        let seen = checkpoint.map_or(1, |(_, head, _)| head.events);
        return Ok(Some(Doubt::Other { seen, at }));
    }
    seen.lines.store(things.len() + 1, Ordering::Relaxed);
    if let Some((epoch, head, at)) = checkpoint {
        let rows = session.rows("SELECT events, sum FROM checkpoints WHERE epoch = $1", &[&epoch]).await?;
        let found = rows.first().map(|row| {
            Ok::<_, tokio_postgres::Error>(Head { events: row.try_get(0)?, sum: digest(row.try_get(1)?) })
        });
        if found.transpose()? != Some(head) {
            return Ok(Some(Doubt::Lacks { what: format!("the checkpoint of {} events", head.events), at }));
        }
    }
    lacking(session, &things).await
}

/// The first of the events that is not there any more.
async fn lacking(
    session: &Session,
    things: &BTreeMap<(String, String), (i64, Digest, Timestamp)>,
) -> Result<Option<Doubt>, Failure> {
    let ask = "SELECT s.kind, s.thing, s.seq, s.at
        FROM unnest($1::text[], $2::text[], $3::bigint[], $4::bytea[], $5::bigint[]) AS s (kind, thing, seq, hash, at)
        WHERE NOT EXISTS (
            SELECT FROM things t JOIN events e ON e.thing = t.n
            WHERE t.kind = s.kind AND t.id = s.thing AND e.seq = s.seq AND e.hash = s.hash
        ) LIMIT 1";
    let (names, last): (Vec<_>, Vec<_>) = things.iter().unzip();
    let kinds: Vec<&str> = names.iter().map(|(kind, _)| kind.as_str()).collect();
    let ids: Vec<&str> = names.iter().map(|(_, id)| id.as_str()).collect();
    let seqs: Vec<i64> = last.iter().map(|(seq, _, _)| *seq).collect();
    let hashes: Vec<&[u8]> = last.iter().map(|(_, hash, _)| hash.0.as_slice()).collect();
    let times: Vec<i64> = last.iter().map(|(_, _, at)| at.as_microsecond()).collect();
    let rows = session.rows(ask, &[&kinds, &ids, &seqs, &hashes, &times]).await?;
    let Some(row) = rows.first() else { return Ok(None) };
    let (kind, thing, seq): (&str, &str, i64) = (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
    let at = Timestamp::from_microsecond(row.try_get(3)?).unwrap_or_default();
    Ok(Some(Doubt::Lacks { what: format!("event {seq} of {kind} {thing}"), at }))
}
