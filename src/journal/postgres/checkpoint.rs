//! Checkpoints: what was there when an epoch ended. Only what was added since the last one is read for the next.

use super::failure::Failure;
use super::seen::said;
use super::server::Server;
use super::session::{Session, within};
use super::stop::{COLUMNS, Stop};
use crate::journal::chain::Head;
use crate::journal::error::Error;
use crate::journal::memory::Doubt;
use crate::journal::stored::digest;
use crate::kind::Timestamp;

/// How many events are read at a time.
const CHUNK: i32 = 2000;

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
