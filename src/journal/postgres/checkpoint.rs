//! Checkpoints: what was there when an epoch ended. Only what was added since the last one is read for the next.

use super::failure::Failure;
use super::seen::said;
use super::server::Server;
use super::session::{Session, within};
use crate::journal::chain::{ChainKey, Head, JournalId, same};
use crate::journal::error::Error;
use crate::journal::memory::Doubt;
use crate::journal::stored::digest;
use crate::kind::{Digest, Timestamp};
use tokio_postgres::{GenericClient, Row};

/// How many events are read at a time.
const CHUNK: i32 = 2000;

/// A checkpoint in the journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stop {
    pub epoch: i64,
    pub head: Head,
    pub at: i64,
    pub proof: Digest,
}

impl Stop {
    /// What proves that a checkpoint was made by someone with the journal's key.
    fn proven_by(&self, key: &ChainKey, journal: JournalId) -> Digest {
        key.position(journal, &self.head, &format!("epoch {} {}", self.epoch, self.at))
    }

    /// Whether it was.
    pub fn is_proven(&self, key: &ChainKey, journal: JournalId) -> bool {
        same(&self.proven_by(key, journal), &self.proof)
    }

    /// A new one.
    pub fn new(key: &ChainKey, journal: JournalId, epoch: i64, head: Head, at: i64) -> Self {
        let mut made = Self { epoch, head, at, proof: Digest([0; 32]) };
        made.proof = made.proven_by(key, journal);
        made
    }

    /// Keeps it.
    pub async fn insert(&self, client: &impl GenericClient) -> Result<(), Failure> {
        let insert =
            "INSERT INTO pxdesk.checkpoints (epoch, events, sum, at, proof) VALUES ($1, $2, $3, $4, $5)";
        let (sum, proof) = (self.head.sum.0.as_slice(), self.proof.0.as_slice());
        let values: [&(dyn tokio_postgres::types::ToSql + Sync); 5] =
            [&self.epoch, &self.head.events, &sum, &self.at, &proof];
        within(client.execute(insert, &values)).await.map(|_| ())
    }

    /// Reads one from a row of [`COLUMNS`].
    pub fn read(row: &Row) -> Result<Self, tokio_postgres::Error> {
        let head = Head { events: row.try_get(1)?, sum: digest(row.try_get(2)?) };
        Ok(Self { epoch: row.try_get(0)?, head, at: row.try_get(3)?, proof: digest(row.try_get(4)?) })
    }
}

/// The columns of a checkpoint.
pub const COLUMNS: &str = "epoch, events, sum, at, proof";

impl Server {
    /// Ends the epoch, and says what was there at its end.
    ///
    /// # Errors
    /// [`Error::Doubted`] when the checkpoint before was not made with the journal's key.
    pub async fn checkpoint(&self, at: Timestamp) -> Result<Stop, Error> {
        let mut writer = self.writer().await;
        let before = self.seen.as_ref().map_or(0, |seen| seen.length(self.id));
        let session = self.writing(&mut writer).await.map_err(|e| self.error(e))?;
        let made = self.make_checkpoint(session, at).await;
        if matches!(made, Err(Failure::Lost(_))) {
            Self::give_up(&mut writer);
        }
        drop(writer);
        let made = made.map_err(|e| self.error(e))?;
        if let Some(seen) = &self.seen {
            said(seen.checkpoint(&self.keys, self.id, made.epoch, made.head, at, before));
        }
        Ok(made)
    }

    async fn make_checkpoint(&self, session: &mut Session, at: Timestamp) -> Result<Stop, Failure> {
        let ended = within(session.client.query_one("SELECT end_epoch()", &[])).await?;
        let epoch: i64 = ended.try_get(0)?;
        let tx = within(session.client.transaction()).await?;
        let sql = format!("SELECT {COLUMNS} FROM checkpoints WHERE epoch < $1 ORDER BY epoch DESC LIMIT 1");
        let last = within(tx.query_opt(&sql, &[&epoch])).await?;
        let last = last.map(|row| Stop::read(&row)).transpose()?;
        if last.is_some_and(|last| !last.is_proven(&self.keys.chain, self.id)) {
            return Err(Failure::Told(Error::Doubted { file: self.place.clone(), doubt: Doubt::Forged }));
        }
        let (after, mut head) = last.map_or((0, Head::EMPTY), |last| (last.epoch, last.head));
        let events = "SELECT hash FROM events WHERE epoch > $1 AND epoch <= $2";
        let events = within(tx.prepare(events)).await?;
        let portal = within(tx.bind(&events, &[&after, &epoch])).await?;
        loop {
            let rows = within(tx.query_portal(&portal, CHUNK)).await?;
            for row in &rows {
                head = head.with(&digest(row.try_get(0)?));
            }
            if rows.len() < CHUNK.unsigned_abs() as usize {
                break;
            }
        }
        let made = Stop::new(&self.keys.chain, self.id, epoch, head, at.as_microsecond());
        made.insert(&tx).await?;
        within(tx.commit()).await?;
        Ok(made)
    }
}
