//! Checkpoints: what was there when an epoch ended. Only what was added since the last one is read for the next.

use super::failure::Failure;
use super::seen::said;
use super::server::Server;
use super::session::{Session, within, within_long};
use super::stop::{COLUMNS, Stop};
use crate::journal::chain::Head;
use crate::journal::error::Error;
use crate::journal::memory::Doubt;
use crate::journal::stored::digest;
use crate::kind::Timestamp;
use jiff::SignedDuration;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio_postgres::Transaction;

/// How long apart the checkpoints are at least that are made by whoever leaves.
const SELDOM: SignedDuration = SignedDuration::from_mins(10);

/// How long such a one may take.
const LEAVING: Duration = Duration::from_secs(2);

/// How many events are read at a time.
const CHUNK: i32 = 2000;

impl Server {
    /// Ends the epoch, and says what was there at its end.
    ///
    /// # Errors
    /// [`Error::Doubted`] when the checkpoint before was not made with the journal's key, or when events would be hidden from
    /// this one or the next: they bear an epoch that is not theirs.
    pub async fn checkpoint(&self, at: Timestamp) -> Result<Stop, Error> {
        self.checkpoint_of(at, true, true).await
    }

    /// The same without counting all events, which would hold up a desk.
    pub async fn quick_checkpoint(&self, at: Timestamp) -> Result<Stop, Error> {
        self.checkpoint_of(at, false, true).await
    }

    /// Whoever leaves and has recorded something makes a checkpoint, where the last one was made a while ago: what was removed
    /// since is found then by everybody, and not only by the machine that recorded it. Nobody waits for it for long.
    pub(super) async fn checkpoint_before_leaving(&self) {
        if self.seen.is_none() || !self.recorded.load(Ordering::Relaxed) || self.doubted().is_some() {
            return;
        }
        let made = tokio::time::timeout(LEAVING, async {
            let now = self.now();
            if self.last_checkpoint().await?.is_none_or(|last| now.duration_since(last) >= SELDOM) {
                // What this machine has noted it goes on knowing, event by event.
                self.checkpoint_of(now, false, false).await?;
            }
            Ok::<_, Error>(())
        });
        match made.await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!(%error, "no checkpoint could be made before leaving"),
            Err(_) => tracing::warn!("there was no time for a checkpoint before leaving"),
        }
    }

    /// When the last checkpoint was made, if there is one.
    async fn last_checkpoint(&self) -> Result<Option<Timestamp>, Error> {
        let rows = self.rows("SELECT at FROM checkpoints ORDER BY epoch DESC LIMIT 1", &[]).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        let at: i64 = row.try_get(0).map_err(|e| self.error(e.into()))?;
        Ok(Some(Timestamp::from_microsecond(at).unwrap_or_default()))
    }

    /// With `stands` it stands for what this machine has noted so far.
    async fn checkpoint_of(&self, at: Timestamp, counted: bool, stands: bool) -> Result<Stop, Error> {
        let mut writer = self.writer().await;
        let before = self.seen.as_ref().filter(|_| stands).map_or(0, |seen| seen.length(self.id));
        let session = self.writing(&mut writer).await.map_err(|e| self.error(e))?;
        let made = self.make_checkpoint(session, at, counted).await;
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

    async fn make_checkpoint(
        &self,
        session: &mut Session,
        at: Timestamp,
        counted: bool,
    ) -> Result<Stop, Failure> {
        let epoch = self.end_epoch(session).await?;
        let tx = within(session.client.transaction()).await?;
        let sql = format!("SELECT {COLUMNS} FROM checkpoints WHERE epoch < $1 ORDER BY epoch DESC LIMIT 1");
        let last = within(tx.query_opt(&sql, &[&epoch])).await?;
        let last = last.map(|row| Stop::read(&row)).transpose()?;
        if last.is_some_and(|last| !last.is_proven(&self.keys.chain, self.id)) {
            return Err(self.forged());
        }
        let (after, head) = last.map_or((0, Head::EMPTY), |last| (last.epoch, last.head));
        let head = added(&tx, head, after, epoch).await?;
        if counted {
            let all = "SELECT count(*) FROM events WHERE epoch <= $1";
            let all: i64 = within_long(tx.query_one(all, &[&epoch])).await?.try_get(0)?;
            if all != head.events {
                return Err(self.forged());
            }
        }
        let made = Stop::new(&self.keys.chain, self.id, epoch, head, at.as_microsecond());
        made.insert(&tx).await?;
        within(tx.commit()).await?;
        Ok(made)
    }

    /// Ends the epoch, and returns its number. Nobody records anything at that moment, so no event bears a later one.
    async fn end_epoch(&self, session: &mut Session) -> Result<i64, Failure> {
        let tx = within(session.client.transaction()).await?;
        let epoch: i64 = within(tx.query_one("SELECT end_epoch()", &[])).await?.try_get(0)?;
        let ahead = "SELECT EXISTS (SELECT FROM events WHERE epoch > $1)";
        if within(tx.query_one(ahead, &[&epoch])).await?.try_get(0)? {
            // Waited for: until it is done no desk records anything.
            within(tx.rollback()).await?;
            return Err(self.forged());
        }
        within(tx.commit()).await?;
        Ok(epoch)
    }

    fn forged(&self) -> Failure {
        Failure::Told(Error::Doubted { file: self.place.clone(), doubt: Doubt::Forged })
    }
}

/// The head with the events that were added after one epoch, and until the end of the other.
async fn added(tx: &Transaction<'_>, mut head: Head, after: i64, until: i64) -> Result<Head, Failure> {
    let events = within(tx.prepare("SELECT hash FROM events WHERE epoch > $1 AND epoch <= $2")).await?;
    let portal = within(tx.bind(&events, &[&after, &until])).await?;
    loop {
        let rows = within(tx.query_portal(&portal, CHUNK)).await?;
        for row in &rows {
            head = head.with(&digest(row.try_get(0)?));
        }
        if rows.len() < CHUNK.unsigned_abs() as usize {
            return Ok(head);
        }
    }
}
