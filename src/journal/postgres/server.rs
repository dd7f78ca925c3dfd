//! The two connections of a desk: one writes, one reads and listens. Each is made anew when it is lost.
//!
//! On every new connection the journal is looked at as when it was opened: a server that came back may be another.

use super::address::Address;
use super::ahead::ClockAhead;
use super::failure::Failure;
use super::fence::Fence;
use super::heard::{CHANNEL, Heard};
use super::judge::judge;
use super::line::Line;
use super::positions::Positions;
use super::seen::{Seen, said};
use super::session::{Session, within};
use super::tables;
use super::witness::Witness;
use crate::journal::chain::JournalId;
use crate::journal::error::Error;
use crate::journal::keyfile::Keys;
use crate::journal::memory::Doubt;
use crate::kind::Timestamp;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;
use tokio::sync::MutexGuard;
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

/// A journal on PostgreSQL, as one desk holds it.
pub struct Server {
    pub address: Address,
    /// The address as people see it.
    pub place: PathBuf,
    pub id: JournalId,
    pub keys: Keys,
    pub heard: Arc<Heard>,
    /// Why the journal is not to be trusted, if so.
    pub doubt: Mutex<Option<Doubt>>,
    pub seen: Option<Seen>,
    /// What a worker's appends bear; none at a desk.
    pub fence: Mutex<Option<Fence>>,
    /// How far the server's clock is ahead of this machine's.
    pub ahead: ClockAhead,
    writer: tokio::sync::Mutex<Writer>,
    pub(super) reader: tokio::sync::Mutex<Line>,
    pub(super) looked: Mutex<Option<Instant>>,
    /// Whether this process has recorded something.
    pub(super) recorded: AtomicBool,
    /// Whether what the reader's connection leads to was judged.
    pub(super) judged: AtomicBool,
    /// What must be there for anything to be recorded.
    witness: Mutex<Option<Witness>>,
    /// The name of this process, once it is to be shown.
    name: Mutex<Option<String>>,
    pub(super) telling: Mutex<Telling>,
}

/// The connection that writes.
#[derive(Default)]
pub struct Writer {
    line: Line,
    /// Positions that this desk has drawn.
    pub positions: Positions,
}

/// What the other desks are being told.
#[derive(Default)]
pub(super) struct Telling {
    pub busy: bool,
    pub next: Option<(&'static str, String)>,
}

impl Server {
    /// The journal `id`, which has been looked at.
    pub fn new(
        address: Address,
        id: JournalId,
        keys: Keys,
        seen: Option<Seen>,
        doubt: Option<Doubt>,
        session: Session,
    ) -> Self {
        let place = PathBuf::from(&address.shown);
        let ahead = ClockAhead::by(session.ahead);
        let line = Line::with(session);
        Self {
            address,
            place,
            id,
            keys,
            heard: Arc::default(),
            doubt: Mutex::new(doubt),
            seen,
            fence: Mutex::default(),
            ahead,
            writer: tokio::sync::Mutex::new(Writer { line, positions: Positions::default() }),
            reader: tokio::sync::Mutex::default(),
            looked: Mutex::default(),
            recorded: AtomicBool::new(false),
            judged: AtomicBool::new(false),
            witness: Mutex::default(),
            name: Mutex::default(),
            telling: Mutex::default(),
        }
    }

    /// The rows that a statement brings which only reads. It is asked once more when the connection is lost meanwhile.
    pub async fn rows(&self, sql: &str, values: &[&(dyn ToSql + Sync)]) -> Result<Vec<Row>, Error> {
        let mut last = None;
        for _ in 0..2 {
            let mut line = self.reader.lock().await;
            let session = match self.reading(&mut line).await {
                Ok(session) => session,
                Err(failure) => return Err(self.error(last.unwrap_or(failure))),
            };
            match session.rows(sql, values).await {
                Ok(rows) => return Ok(rows),
                Err(failure @ Failure::Lost(_)) => {
                    line.session = None;
                    last = Some(failure);
                }
                Err(failure) => return Err(self.error(failure)),
            }
        }
        Err(self.error(last.unwrap_or_else(|| Failure::Lost("it was lost twice".to_owned()))))
    }

    /// The connection that writes: held until what is begun on it has ended.
    pub async fn writer(&self) -> MutexGuard<'_, Writer> {
        self.writer.lock().await
    }

    /// The session of the writer.
    ///
    /// # Errors
    /// When there is none, and none can be had now: nothing was asked for then.
    pub async fn writing<'w>(&self, writer: &'w mut Writer) -> Result<&'w mut Session, Failure> {
        if writer.line.is_lost() {
            let session = writer.line.again(async || self.open_checked().await).await?;
            writer.line.session = Some(session);
        }
        let session = writer.line.session.as_mut();
        let session = session.ok_or_else(|| Failure::Away("there is no connection".to_owned()))?;
        self.show(session).await?;
        Ok(session)
    }

    /// Shows the other desks that this process lives: by a lock that the server lets go of when the connection is gone.
    async fn show(&self, session: &mut Session) -> Result<(), Failure> {
        let name = self.name.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if session.shown == name {
            return Ok(());
        }
        if let Some(name) = &name {
            session.rows("SELECT pg_advisory_lock_shared($1)", &[&lock_of(name)]).await?;
        }
        session.shown = name;
        Ok(())
    }

    /// From now on the process of this name is shown to the other desks.
    pub fn announce(&self, desk: &str) {
        let mut name = self.name.lock().unwrap_or_else(PoisonError::into_inner);
        if name.as_deref() != Some(desk) {
            *name = Some(desk.to_owned());
        }
    }

    /// True unless the server says that the process of this name is gone.
    pub async fn is_there(&self, desk: &str) -> bool {
        let free = self.rows("SELECT pg_try_advisory_xact_lock($1)", &[&lock_of(desk)]).await;
        let free = free.ok().and_then(|rows| rows.first().and_then(|row| row.try_get(0).ok()));
        free != Some(true)
    }

    pub(super) async fn reading<'l>(&self, line: &'l mut Line) -> Result<&'l Session, Failure> {
        if line.is_lost() {
            let session = line.again(async || self.open_listening().await).await?;
            line.session = Some(session);
        }
        let session = line.session.as_mut();
        let session = session.ok_or_else(|| Failure::Away("there is no connection".to_owned()))?;
        // On both connections: whichever is made anew first shows it again.
        self.show(session).await?;
        Ok(session)
    }

    async fn open_listening(&self) -> Result<Session, Failure> {
        let session = Session::open(&self.address, Some(Arc::clone(&self.heard))).await?;
        self.same_journal(&session).await?;
        self.judged.store(false, Ordering::Relaxed);
        within(session.client.batch_execute(&format!("LISTEN {CHANNEL}"))).await?;
        self.heard.own(session.backend.pid);
        self.ahead.set(session.ahead);
        Ok(session)
    }

    /// A new connection, to the journal that this is.
    pub async fn open_checked(&self) -> Result<Session, Failure> {
        let session = Session::open(&self.address, None).await?;
        self.ahead.set(session.ahead);
        self.same_journal(&session).await?;
        self.judge(&session).await?;
        Ok(session)
    }

    /// A server may come back older than it was.
    pub(super) async fn judge(&self, session: &Session) -> Result<(), Failure> {
        if let Some(seen) = &self.seen
            && let Some(doubt) = judge(session, &self.keys, self.id, seen).await?
        {
            *self.doubted() = Some(doubt);
        }
        Ok(())
    }

    /// A supervisor may have accepted what was doubted, at another desk. What was known before does not count any more.
    pub(super) async fn judge_again(&self, session: &Session) -> Result<(), Failure> {
        if let Some(seen) = &self.seen {
            let doubt = judge(session, &self.keys, self.id, seen).await?;
            *self.doubted() = doubt;
        }
        self.knows_nothing();
        Ok(())
    }

    /// The newest event that this process knows.
    pub(super) fn witness(&self) -> Option<Witness> {
        *self.witness.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// An event was seen, or recorded.
    pub(super) fn knows(&self, seen: Option<Witness>) {
        let mut witness = self.witness.lock().unwrap_or_else(PoisonError::into_inner);
        *witness = seen.map_or(*witness, |seen| Some(seen.or_newer(*witness)));
    }

    fn knows_nothing(&self) {
        *self.witness.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Whether the newest event that this process knows is not there any more.
    pub(super) async fn lacks_what_it_had(&self, session: &Session) -> Result<bool, Failure> {
        match self.witness() {
            Some(witness) => Ok(!witness.is_there(session).await?),
            None => Ok(false),
        }
    }

    /// A server may come back as another one.
    async fn same_journal(&self, session: &Session) -> Result<(), Failure> {
        match tables::found(session, &self.place).await? {
            Some(row) if row.id == self.id => Ok(()),
            Some(_) | None => Err(Failure::Told(Error::Lost {
                file: self.place.clone(),
                how: crate::journal::error::Lost::Replaced,
            })),
        }
    }

    /// What this machine remembers begins with the journal as it is.
    pub fn begin_anew(&self) {
        if let Some(seen) = &self.seen {
            said(seen.forget(&self.keys, self.id, self.now()));
        }
        self.knows_nothing();
    }

    /// The time now by the server's clock.
    pub(super) fn now(&self) -> Timestamp {
        let now = Timestamp::now();
        now.checked_add(self.ahead.now()).unwrap_or(now)
    }

    /// Ends both connections; they are made anew when they are needed.
    pub async fn rest(&self) {
        self.writer.lock().await.line.session = None;
        self.reader.lock().await.session = None;
    }

    /// Ends both connections; what comes later is refused.
    pub async fn close(&self) {
        let last = self.telling.lock().unwrap_or_else(PoisonError::into_inner).next.take();
        if let Some((kind, id)) = last {
            self.tell(kind, &id).await;
        }
        self.checkpoint_before_leaving().await;
        self.writer.lock().await.line.close();
        self.reader.lock().await.close();
    }

    /// Drops the writer's connection: what became of its last statement is to be found out on another one.
    pub fn give_up(writer: &mut Writer) {
        writer.line.session = None;
    }

    pub fn doubted(&self) -> std::sync::MutexGuard<'_, Option<Doubt>> {
        self.doubt.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn error(&self, failure: Failure) -> Error {
        failure.of(&self.place)
    }
}

/// The lock of the process of that name.
fn lock_of(desk: &str) -> i64 {
    let name = crate::kind::Digest::of(format!("pxdesk {desk}").as_bytes());
    name.0.first_chunk().map_or(0, |bytes| i64::from_be_bytes(*bytes))
}
