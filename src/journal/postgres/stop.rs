//! A checkpoint as it stands in the journal, proven with its key.

use super::failure::Failure;
use super::session::within;
use super::statement::DURABLE;
use crate::journal::chain::{ChainKey, Head, JournalId, same};
use crate::journal::stored::digest;
use crate::kind::Digest;
use tokio_postgres::{GenericClient, Row};

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
        let insert = format!(
            "INSERT INTO pxdesk.checkpoints (epoch, events, sum, at, proof) VALUES ($1, $2, $3, $4, $5) RETURNING {DURABLE}"
        );
        let (sum, proof) = (self.head.sum.0.as_slice(), self.proof.0.as_slice());
        let values: [&(dyn tokio_postgres::types::ToSql + Sync); 5] =
            [&self.epoch, &self.head.events, &sum, &self.at, &proof];
        within(client.execute(&insert, &values)).await.map(|_| ())
    }

    /// Reads one from a row of [`COLUMNS`].
    pub fn read(row: &Row) -> Result<Self, tokio_postgres::Error> {
        let head = Head { events: row.try_get(1)?, sum: digest(row.try_get(2)?) };
        Ok(Self { epoch: row.try_get(0)?, head, at: row.try_get(3)?, proof: digest(row.try_get(4)?) })
    }
}

/// The columns of a checkpoint.
pub const COLUMNS: &str = "epoch, events, sum, at, proof";
