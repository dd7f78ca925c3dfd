//! Looking whether somebody has written, should the server have said nothing; and how far the journal has come since.

use super::failure::Failure;
use super::look::{Found, look_at};
use super::server::Server;
use super::session::{Session, ahead};
use crate::journal::error::Error;
use crate::kind::Timestamp;
use std::sync::PoisonError;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};
use tokio_postgres::Row;

/// After so long the server is asked whether anything was written, should it have said nothing.
const LOOK: Duration = Duration::from_millis(900);

/// How long an answer to that is waited for. It costs the server nothing: one that takes longer is as good as gone, and whoever
/// sits at a desk is to know.
const PATIENCE: Duration = Duration::from_secs(3);

/// What tells that something was written, and the server's time.
const ASK: &str =
    "SELECT pg_current_snapshot()::text, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint";

impl Server {
    /// A number that changes when somebody has written.
    pub async fn version(&self) -> Result<i64, Error> {
        let due = {
            let mut looked = self.looked.lock().unwrap_or_else(PoisonError::into_inner);
            // A connection that was lost is looked after at once: nothing else may be said to work before.
            let due = self.heard.was_lost() || looked.is_none_or(|at| at.elapsed() >= LOOK);
            if due {
                *looked = Some(Instant::now());
            }
            due
        };
        if due {
            let asked = Timestamp::now();
            let rows = self.poll().await;
            if rows.is_err() {
                // Until it answers again nothing is known.
                *self.looked.lock().unwrap_or_else(PoisonError::into_inner) = None;
            }
            let rows = rows?;
            if let Some(row) = rows.first() {
                let now = row.try_get(1).map_err(|e| self.error(e.into()))?;
                self.ahead.set(ahead(now, asked));
                let is_news = self.heard.looked(&row.try_get::<_, String>(0).unwrap_or_default());
                // What a new connection leads to may be an older copy, also where nobody has written since; and what was
                // doubted may have been accepted.
                if is_news || !self.judged.load(Ordering::Relaxed) || self.doubted().is_some() {
                    self.look().await.map_err(|e| self.error(e))?;
                }
            }
        }
        Ok(self.heard.number())
    }

    /// Asks the server. Once more when the connection was lost, which another one may have replaced; not when it is silent.
    async fn poll(&self) -> Result<Vec<Row>, Error> {
        let mut line = self.reader.lock().await;
        let session = self.reading(&mut line).await.map_err(|e| self.error(e))?;
        match tokio::time::timeout(PATIENCE, session.rows(ASK, &[])).await {
            Ok(Err(Failure::Lost(_))) => line.session = None,
            Ok(answer) => return answer.map_err(|e| self.error(e)),
            Err(_) => {
                line.session = None;
                let why = format!("no answer within {} s", PATIENCE.as_secs());
                return Err(self.error(Failure::Away(why)));
            }
        }
        drop(line);
        self.rows(ASK, &[]).await
    }

    /// Looks at how far the journal has come by now, and notes it.
    async fn look(&self) -> Result<(), Failure> {
        let Some(seen) = &self.seen else { return Ok(()) };
        let mut line = self.reader.lock().await;
        let session = self.reading(&mut line).await?;
        let found = self.judge_and_look(session).await;
        if matches!(found, Err(Failure::Lost(_))) {
            line.session = None;
        }
        // Of a server that came back as something else nothing is noted in the place of what was there.
        let found = found?;
        if self.doubted().is_none() {
            seen.note_found(&self.keys, self.id, found.all);
            self.knows(found.newest);
        }
        Ok(())
    }

    async fn judge_and_look(&self, session: &Session) -> Result<Found, Failure> {
        if self.doubted().is_some() || self.lacks_what_it_had(session).await? {
            self.judge_again(session).await?;
        } else if !self.judged.load(Ordering::Relaxed) {
            self.judge(session).await?;
        }
        self.judged.store(true, Ordering::Relaxed);
        look_at(session, &self.keys, self.id).await
    }
}
