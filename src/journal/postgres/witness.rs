//! The newest event that this process knows of a journal. While it is there, the journal is no older copy of itself: one may be
//! put in the place of the journal under connections that stay open, by a restore for instance.

use super::failure::Failure;
use super::session::Session;
use crate::kind::Digest;
use tokio_postgres::types::ToSql;

/// An event that was seen in the journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Witness {
    pub pos: i64,
    pub hash: Digest,
    /// When it was recorded: microseconds since 1970, UTC.
    pub at: i64,
}

/// That an event with this position and hash is there.
const IS_THERE: &str = "SELECT EXISTS (SELECT FROM pxdesk.events WHERE pos = $1 AND hash = $2)";

impl Witness {
    /// The newer of the two.
    pub fn or_newer(self, other: Option<Self>) -> Self {
        other.filter(|other| other.at > self.at).unwrap_or(self)
    }

    /// Whether it is there.
    pub async fn is_there(&self, session: &Session) -> Result<bool, Failure> {
        let hash = self.hash.0.as_slice();
        let values: [&(dyn ToSql + Sync); 2] = [&self.pos, &hash];
        let rows = session.rows(IS_THERE, &values).await?;
        Ok(match rows.first() {
            Some(row) => row.try_get(0)?,
            None => false,
        })
    }
}
