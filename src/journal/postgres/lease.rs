//! The lease of a journal on PostgreSQL: of all the workers of a floor one works at a time.
//!
//! The lease is one row, and has run out when the server's clock says so. Each time that it goes to another worker its
//! number rises, and a worker's appends bear the number that it was given: what a worker still wants to record that was held
//! up for too long is refused by the very statement that would have recorded it.

use super::failure::Failure;
use super::fence::Fence;
use super::server::Server;
use super::session::Session;
use crate::journal::error::Error;
use std::sync::{Arc, MutexGuard, PoisonError};
use std::time::Duration;

/// A lease that this process asks for, and holds from time to time.
pub struct Lease {
    server: Arc<Server>,
    /// A connection of its own: no append that takes long keeps the lease from being renewed.
    session: Option<Session>,
    holder: String,
    length: Duration,
    number: Option<i64>,
    /// What the server answered last: none before it has answered at all.
    answered: Option<Answered>,
}

/// How the server answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Answered {
    Well,
    /// It refused, or could not be reached; that is said once.
    Badly,
}

/// Where a worker stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It holds the lease.
    Active,
    /// Somebody else does.
    StandingBy,
    /// The journal cannot be asked who does.
    Away,
    /// It held the lease, was held up for too long, and somebody else has taken it since.
    Superseded,
    /// The journal is not what this machine saw: with it nothing is sent or recorded, whoever holds the lease.
    Doubted,
}

const TAKE: &str = "UPDATE lease SET number = number + 1, holder = $1,
        until = clock_timestamp() + $2::bigint * interval '1 millisecond'
    WHERE until <= clock_timestamp() OR holder = $1 RETURNING number";

const RENEW: &str = "UPDATE lease SET until = clock_timestamp() + $2::bigint * interval '1 millisecond'
    WHERE holder = $1 AND number = $3 RETURNING number";

const GIVE_UP: &str = "UPDATE lease SET until = '-infinity' WHERE holder = $1 AND number = $2";

impl Lease {
    /// The lease of the journal on this server, for the process of this name, which nobody else has ever had. Until the lease
    /// is taken this process records nothing any more.
    pub fn of(server: Arc<Server>, holder: &str, length: Duration) -> Self {
        let lease =
            Self { server, session: None, holder: holder.to_owned(), length, number: None, answered: None };
        lease.put(0, Duration::ZERO);
        lease
    }

    /// Takes the lease when nobody has it, or keeps it for as long again.
    ///
    /// # Errors
    /// When the server refuses that from the beginning, and not only because it is busy. Later, one that refuses or cannot be
    /// reached may be another server tomorrow: the lease is held until it has run out, and asked for again.
    pub async fn take(&mut self) -> Result<Standing, Error> {
        // Counted from before it was asked for: the server gives it later than that.
        let asked = steady();
        let answer = match self.number {
            Some(number) => self.ask(RENEW, Some(number)).await,
            None => self.ask(TAKE, None).await,
        };
        if answer.is_ok() {
            self.answered = Some(Answered::Well);
        }
        match answer {
            Ok(Some(number)) => {
                self.number = Some(number);
                self.put(number, asked + self.length);
                Ok(Standing::Active)
            }
            Ok(None) if self.number.take().is_some() => {
                self.put(0, Duration::ZERO);
                Ok(Standing::Superseded)
            }
            Ok(None) => Ok(Standing::StandingBy),
            Err(failure) if self.answered.is_none() && failure.is_lasting() => {
                Err(self.server.error(failure))
            }
            Err(failure) => Ok(self.hindered(failure)),
        }
    }

    /// It can be neither taken nor renewed now.
    fn hindered(&mut self, failure: Failure) -> Standing {
        self.session = None;
        if self.answered.replace(Answered::Badly) != Some(Answered::Badly) {
            let error = self.server.error(failure);
            tracing::warn!(%error, "the lease can be neither taken nor renewed now");
        }
        if self.server.holds().is_ok() { Standing::Active } else { Standing::Away }
    }

    /// Gives the lease up, so that the next worker need not wait until it has run out.
    pub async fn give_up(&mut self) {
        let Some(number) = self.number.take() else { return };
        self.put(0, Duration::ZERO);
        let given = match &self.session {
            Some(session) => session.rows(GIVE_UP, &[&self.holder, &number]).await.map(|_| ()),
            None => Ok(()),
        };
        if given.is_err() {
            tracing::warn!("the lease could not be given up; it runs out by itself");
        }
    }

    /// The number of the lease, when it is ours.
    async fn ask(&mut self, sql: &str, number: Option<i64>) -> Result<Option<i64>, Failure> {
        if self.session.as_ref().is_none_or(Session::is_closed) {
            self.session = Some(self.server.open_checked().await?);
        }
        let Some(session) = &self.session else { return Ok(None) };
        let length = i64::try_from(self.length.as_millis()).unwrap_or(i64::MAX);
        let rows = match number {
            Some(number) => session.rows(sql, &[&self.holder, &length, &number]).await?,
            None => session.rows(sql, &[&self.holder, &length]).await?,
        };
        rows.first().map(|row| row.try_get(0).map_err(Failure::from)).transpose()
    }

    fn put(&self, number: i64, until: Duration) {
        *self.server.fenced() = Some(Fence { number, holder: self.holder.clone(), until });
    }
}

impl Server {
    fn fenced(&self) -> MutexGuard<'_, Option<Fence>> {
        self.fence.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What this process's appends bear; none when it is no worker.
    pub fn fence(&self) -> Option<Fence> {
        self.fenced().clone()
    }

    /// Nothing, unless this process is a worker that does not hold the lease for certain.
    ///
    /// # Errors
    /// [`Error::Fenced`].
    pub fn holds(&self) -> Result<(), Error> {
        match &*self.fenced() {
            Some(fence) if fence.until <= steady() => Err(Error::Fenced { file: self.place.clone() }),
            Some(_) | None => Ok(()),
        }
    }

    /// Whether a change was refused because the lease is somebody else's, or why nobody knows.
    pub async fn fenced_off(&self) -> Option<Error> {
        let fence = self.fence()?;
        match self.rows("SELECT FROM lease WHERE number = $1 AND holder = $2", &fence.values()).await {
            Ok(held) => held.is_empty().then(|| Error::Fenced { file: self.place.clone() }),
            Err(error) => Some(error),
        }
    }
}

/// A clock that nobody sets, and that goes on while the machine sleeps.
#[cfg(target_os = "linux")]
fn steady() -> Duration {
    let up = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
    Duration::try_from(up).unwrap_or_default()
}

/// A clock that nobody sets.
#[cfg(not(target_os = "linux"))]
fn steady() -> Duration {
    static START: std::sync::LazyLock<std::time::Instant> = std::sync::LazyLock::new(std::time::Instant::now);
    START.elapsed()
}
