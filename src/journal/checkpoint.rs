//! Signed positions: how far a journal had come, to be kept where nobody who can write the journal can write.

use super::chain::{ChainKey, Head, JournalId, same};
use super::either::Store;
use super::error::Error;
use super::head::{Row, skipped};
use super::store::Journal;
use super::stored::hash_at;
use crate::kind::{Digest, Timestamp};
use serde::{Deserialize, Serialize};

/// A position of a journal, proven with the journal's key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Checkpoint {
    /// The journal's id.
    pub journal: String,
    /// How many events it had.
    pub events: i64,
    /// The sum of their hashes.
    pub sum: Digest,
    /// The hash of the last one.
    pub last: Digest,
    /// The epoch that it ended, of a journal on a server.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub epoch: Option<i64>,
    pub at: Timestamp,
    pub proof: Digest,
}

/// Why a checkpoint says nothing about a journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Misfit {
    /// It is of another journal.
    Other,
    /// It was not made with this journal's key, or was changed since.
    Unproven,
    /// It was made while the journal was on a server, which alone knows what it has seen.
    OnServer,
}

impl std::fmt::Display for Misfit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Other => "the checkpoint is of another journal",
            Self::OnServer => {
                "the checkpoint cannot be compared here: it was made on PostgreSQL, and what it has seen can be told there alone. \
                 Verify it there. It is no sign that anything is wrong"
            }
            Self::Unproven => "the checkpoint was not made with this journal's key, or was changed since",
        })
    }
}

impl Checkpoint {
    fn about(&self) -> String {
        let epoch = self.epoch.map_or_else(String::new, |epoch| format!(" {epoch}"));
        format!("checkpoint {} {}{epoch}", self.last, self.at)
    }

    pub(super) fn head(&self) -> Head {
        Head { events: self.events, sum: self.sum }
    }

    /// Whether it is one of this journal.
    pub(super) fn check(&self, key: &ChainKey, journal: JournalId) -> Result<(), Misfit> {
        if self.journal != journal.to_string() {
            return Err(Misfit::Other);
        }
        let proof = key.position(journal, &self.head(), &self.about());
        if same(&proof, &self.proof) { Ok(()) } else { Err(Misfit::Unproven) }
    }
}

impl Journal {
    /// Whether a checkpoint is one of this journal, as it was printed, and says something about it here.
    ///
    /// # Errors
    /// In what it is not.
    pub fn has_made(&self, point: &Checkpoint) -> Result<(), Misfit> {
        point.check(&self.inner.keys.chain, self.inner.id)?;
        match &self.inner.store {
            Store::Disk(_) if point.epoch.is_some() => Err(Misfit::OnServer),
            Store::Disk(_) | Store::Server(_) => Ok(()),
        }
    }

    /// The position that the journal has come to, at `at`.
    ///
    /// # Errors
    /// When the journal cannot be read, or is not to be trusted.
    pub async fn checkpoint(&self, at: Timestamp) -> Result<Checkpoint, Error> {
        self.trust()?;
        let (journal, zero) = (self.inner.id, Digest([0; 32]));
        let (head, last, epoch) = match &self.inner.store {
            Store::Disk(disk) => {
                let (head, last) = disk.with_reader(|conn| {
                    let tx = conn.unchecked_transaction()?;
                    let head = Row::read(&tx)?.head;
                    Ok((head, hash_at(&tx, head.events + skipped(&tx, &head)?)?))
                })?;
                (head, last, None)
            }
            Store::Server(server) => {
                let stop = Box::pin(server.checkpoint(at)).await?;
                (stop.head, zero, Some(stop.epoch))
            }
        };
        let mut made = Checkpoint {
            journal: journal.to_string(),
            events: head.events,
            sum: head.sum,
            last,
            epoch,
            at,
            proof: zero,
        };
        made.proof = self.inner.keys.chain.position(journal, &head, &made.about());
        Ok(made)
    }
}
