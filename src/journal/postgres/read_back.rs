//! What became of changes whose answer was lost, or whose commit did not wait for all that it should: asked on a new
//! connection, before anybody acts on them.
//!
//! A server with a synchronous standby commits on its own disk first, and shows what it has when the wait for the standby is
//! cut short. What is found there may be missing after a failover, so it counts as recorded only once a later commit was
//! confirmed: the standby has everything before that one, too.

use super::failure::Failure;
use super::ready::Ready;
use super::server::{Server, Writer};
use super::session::{Backend, Session};
use super::statement::DURABLE;
use crate::journal::change::{Last, Written};
use crate::journal::error::Error;
use std::time::Duration;
use tokio::time::{Instant, sleep, timeout_at};

/// For how long it is looked whether a process of the server's is gone, and how long apart. A server that has gone silent
/// takes none of the looks any longer than that.
const LOOKING: Duration = Duration::from_secs(10);
const BETWEEN: Duration = Duration::from_millis(250);

/// Tells the process to end, unless it only waits for a standby: ended then, it would show what the standby may not have.
const END: &str = "SELECT wait_event = 'SyncRep' IS TRUE,
        CASE WHEN wait_event = 'SyncRep' THEN NULL ELSE pg_terminate_backend(pid) END
    FROM pg_stat_activity WHERE pid = $1 AND backend_start::text = $2";

/// Writes to the server's log alone, so that the commit waits for its standbys as that of an event does.
const CONFIRM: &str = "SELECT pg_logical_emit_message(true, 'pxdesk', '')";

/// What became of changes.
enum Became {
    /// The process that worked on them is still there, and was told to end.
    AtWork,
    /// It has recorded them, and waits for a synchronous standby.
    Waiting,
    /// It is gone: those that are there were recorded.
    Ended(Vec<Option<Written>>),
    /// They are there, and no later commit could be confirmed.
    Unconfirmed(String),
}

impl Server {
    /// What became of changes whose outcome is not known: asked on a new connection, once the process that worked on them
    /// is gone.
    pub async fn read_back(
        &self,
        writer: &mut Writer,
        backend: &Backend,
        ready: &[Ready<'_>],
        why: String,
    ) -> Result<Vec<Option<Written>>, Failure> {
        tracing::warn!(why, "it is not known whether something was recorded; asking what became of it");
        let unknown = |why: String| Failure::Told(Error::Unknown { file: self.place.clone(), why });
        let mut asked = Err(Failure::Away("nothing that was asked since was answered".to_owned()));
        let until = Instant::now() + LOOKING;
        while Instant::now() < until {
            let look = async {
                let session = self.writing(writer).await?;
                became(session, backend, ready).await
            };
            let Ok(looked) = timeout_at(until, look).await else {
                // What it was asked last may still be answered on that connection.
                Self::give_up(writer);
                break;
            };
            asked = looked;
            match &asked {
                Ok(Became::Ended(_) | Became::Unconfirmed(_))
                | Err(Failure::Told(_) | Failure::Unfit(_) | Failure::Refused(_)) => break,
                Err(Failure::Lost(_)) => Self::give_up(writer),
                Ok(Became::AtWork | Became::Waiting) | Err(Failure::Away(_)) => {}
            }
            sleep(BETWEEN).await;
        }
        match asked {
            Ok(Became::Ended(found)) if found.iter().any(Option::is_some) => Ok(found),
            Ok(Became::Ended(_)) => Err(Failure::Away(why)),
            Ok(Became::AtWork) => Err(unknown(format!("{why}; the server is still at work on it"))),
            Ok(Became::Waiting) => {
                Err(unknown(format!("{why}; the server still waits for its synchronous standby")))
            }
            Ok(Became::Unconfirmed(more)) => {
                // It may wait for long, and nobody else should have to.
                Self::give_up(writer);
                Err(unknown(format!("{why}; the server's synchronous standby may not have it: {more}")))
            }
            // That the server is away says of others that they were not recorded; of these it is not known.
            Err(Failure::Away(more) | Failure::Lost(more)) => Err(unknown(format!("{why}; {more}"))),
            Err(failure) => Err(unknown(format!("{why}; {}", self.error(failure)))),
        }
    }
}

/// What became of the changes, by now.
async fn became(session: &Session, backend: &Backend, ready: &[Ready<'_>]) -> Result<Became, Failure> {
    if let Some(row) = session.rows(END, &[&backend.pid, &backend.since]).await?.first() {
        return Ok(if row.try_get(0)? { Became::Waiting } else { Became::AtWork });
    }
    let mut found = Vec::with_capacity(ready.len());
    for thing in ready {
        let Last { hash, pos, .. } = thing.last();
        let sql = "SELECT thing FROM events WHERE pos = $1 AND hash = $2";
        let rows = session.rows(sql, &[&pos, &hash.0.as_slice()]).await?;
        let n = rows.first().map(|row| row.try_get(0)).transpose()?;
        found.push(n.map(|n| Written { n, last: thing.last() }));
    }
    if found.iter().all(Option::is_none) {
        return Ok(Became::Ended(found));
    }
    // On the very connection that found them: a new one could be to another server.
    match session.rows(&format!("{CONFIRM}, {DURABLE}"), &[]).await {
        Ok(_) if session.was_cut_short() => Ok(Became::Unconfirmed("that commit was cut short".to_owned())),
        Ok(_) => Ok(Became::Ended(found)),
        Err(Failure::Away(why) | Failure::Lost(why)) => Ok(Became::Unconfirmed(why)),
        Err(Failure::Refused(error)) => Ok(Became::Unconfirmed(error.message().to_owned())),
        Err(failure @ (Failure::Told(_) | Failure::Unfit(_))) => Err(failure),
    }
}
