//! The journal that is open, and reading things back from it.
//!
//! SQLite is called on the thread that waits for it: a step of the journal is a few pages, and to hand it to another
//! thread and back would take longer than the step. Who reads keys keeps the journal on a thread of its own.

use super::chain::{Head, JournalId};
use super::entry::{Whole, fold};
use super::error::Error;
use super::guard::Guard;
use super::keyfile::Keys;
use super::kinds::Registered;
use super::memory::{Doubt, Memory};
use super::open::{self, Opened, Options};
use super::seal::Key;
use super::sqlite;
use super::stored::stored;
use crate::kind::{Kind, Recorded};
use rusqlite::Connection;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use zeroize::Zeroizing;

/// A journal that is open. Clones are handles to the same one.
#[derive(Clone)]
pub struct Journal {
    pub(super) inner: Arc<Inner>,
}

pub(super) struct Inner {
    pub file: PathBuf,
    pub id: JournalId,
    pub keys: Keys,
    pub kinds: Vec<Registered>,
    pub guard: Guard,
    pub memory: Mutex<Option<Memory>>,
    /// Why the journal is not to be trusted, if so.
    pub doubt: Mutex<Option<Doubt>>,
    /// None once the journal was closed.
    pub writer: Mutex<Option<Writer>>,
    /// Of its own, so that a long list never delays an append.
    pub reader: Mutex<Option<Connection>>,
    /// The things at hand. One that was erased elsewhere has moved on, so a key that is kept too long seals nothing.
    known: Mutex<HashMap<(&'static str, String), Known>>,
}

/// The connection that writes.
pub(super) struct Writer {
    pub conn: Connection,
    /// The head as this process last left it, or found it.
    pub left: Head,
    /// Transactions written since the log was last folded into the file.
    pub since_fold: usize,
}

/// What is remembered of a thing.
#[derive(Clone)]
pub(super) struct Known {
    /// Its number in the journal.
    pub n: i64,
    /// None once it was erased.
    pub key: Option<Key>,
}

/// How many things are remembered.
const REMEMBERED: usize = 1024;

impl Journal {
    /// Opens the journal at `file`, for orders; makes it, and its key file, when `create` says so and there is none.
    /// Nothing is remembered of it outside of it.
    pub async fn open(file: &Path, create: bool) -> Result<Self, Error> {
        let kinds = super::every_kind();
        Self::open_with(file, &Options { create, state: None, kinds }).await
    }

    /// Opens the journal at `file`.
    pub async fn open_with(file: &Path, options: &Options) -> Result<Self, Error> {
        let Opened { id, writer, reader, keys, guard, memory, doubt, head } = open::open(file, options)?;
        let inner = Inner {
            file: file.to_owned(),
            id,
            keys,
            kinds: options.kinds.clone(),
            guard,
            memory: Mutex::new(memory),
            doubt: Mutex::new(doubt),
            writer: Mutex::new(Some(Writer { conn: writer, left: head, since_fold: 0 })),
            reader: Mutex::new(Some(reader)),
            known: Mutex::default(),
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// Which journal it is.
    pub fn id(&self) -> JournalId {
        self.inner.id
    }

    /// Why the journal is not to be trusted, if so: it reads, and takes nothing in.
    pub fn doubt(&self) -> Option<Doubt> {
        lock(&self.inner.doubt).clone()
    }

    /// Nothing, when the journal is to be trusted and is still the one at its path.
    ///
    /// # Errors
    /// [`Error::Doubted`] and [`Error::Lost`], when it reads and takes nothing in.
    pub fn trust(&self) -> Result<(), Error> {
        match self.doubt() {
            Some(doubt) => Err(Error::Doubted { file: self.inner.file.clone(), doubt }),
            None => self.inner.guard.check().map(|_| ()),
        }
    }

    /// The thing as it stands.
    pub async fn load<K: Kind>(&self, id: &K::Id) -> Result<K, Error> {
        self.read::<K>(id, Sealed::Open).map(|(thing, _)| thing)
    }

    /// All that happened to the thing.
    pub async fn history<K: Kind>(&self, id: &K::Id) -> Result<Vec<Recorded<K::Event>>, Error> {
        self.read::<K>(id, Sealed::Open).map(|(_, history)| history)
    }

    /// A number that changes when another process has recorded something.
    pub async fn data_version(&self) -> Result<i64, Error> {
        // On the writer's connection: its own commits do not count.
        self.with_writer(|writer| {
            let version = writer.conn.query_row("PRAGMA data_version", [], |row| row.get(0));
            version.map_err(|e| self.error(&e))
        })
    }

    /// Seals what is kept outside of the journal for a while, under the journal's key. It opens with the same `about`.
    ///
    /// # Errors
    /// When the system has no random numbers.
    pub fn seal_aside(&self, about: &str, plain: &[u8]) -> Result<Vec<u8>, Error> {
        Ok(self.inner.keys.seal.seal(super::random::nonce()?, &aside(about), plain))
    }

    /// Opens what [`Journal::seal_aside`] sealed; none when it was not this journal, or about something else.
    pub fn open_aside(&self, about: &str, sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        self.inner.keys.seal.open(&aside(about), sealed)
    }

    /// Folds the log into the file, so that the file alone is whole, and closes it. What comes later is refused.
    pub async fn close(&self) {
        self.inner.close();
    }

    pub(super) fn with_writer<T>(
        &self,
        work: impl FnOnce(&mut Writer) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let mut writer = lock(&self.inner.writer);
        let writer = writer.as_mut().ok_or_else(|| Error::Closed { file: self.inner.file.clone() })?;
        work(writer)
    }

    pub(super) fn with_reader<T>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let reader = lock(&self.inner.reader);
        let reader = reader.as_ref().ok_or_else(|| Error::Closed { file: self.inner.file.clone() })?;
        work(reader)
    }

    pub(super) fn error(&self, error: &rusqlite::Error) -> Error {
        Error::of(&self.inner.file, error)
    }

    pub(super) fn broken<K: Kind>(&self, thing: &str, why: impl Into<String>) -> Error {
        let (file, why) = (self.inner.file.clone(), why.into());
        Error::Broken { file, kind: K::NAME, thing: thing.to_owned(), why }
    }

    /// The thing and its history.
    pub(super) fn read<K: Kind>(&self, id: &K::Id, sealed: Sealed) -> Result<Whole<K>, Error> {
        let text = id.to_string();
        let stored =
            self.with_reader(|conn| stored(conn, &K::LIST, K::NAME, &text).map_err(|e| self.error(&e)))?;
        let stored = stored.ok_or_else(|| Error::NotFound { kind: K::NAME, thing: text.clone() })?;
        let key = match sealed {
            Sealed::Shut => None,
            Sealed::Open => stored.key(&self.inner.keys).map_err(|why| self.broken::<K>(&text, why))?,
        };
        let read = fold::<K>(id, &stored.records, key.as_ref());
        let read = read.map_err(|why| self.broken::<K>(&text, why))?;
        if sealed == Sealed::Open {
            self.remember::<K>(text, Known { n: stored.n, key });
        }
        Ok(read)
    }

    /// What is remembered of a thing; it is read when nothing is.
    pub(super) fn known<K: Kind>(&self, thing: &K) -> Result<Known, Error> {
        let name = (K::NAME, thing.id().to_string());
        let known = || lock(&self.inner.known).get(&name).cloned();
        if let Some(known) = known() {
            return Ok(known);
        }
        self.read::<K>(thing.id(), Sealed::Open)?;
        known().ok_or_else(|| Error::NotFound { kind: K::NAME, thing: name.1.clone() })
    }

    pub(super) fn remember<K: Kind>(&self, id: String, known: Known) {
        let mut all = lock(&self.inner.known);
        if all.len() >= REMEMBERED {
            all.clear();
        }
        all.insert((K::NAME, id), known);
    }
}

impl Inner {
    fn close(&self) {
        let reader = lock(&self.reader).take();
        drop(reader);
        let Some(writer) = lock(&self.writer).take() else { return };
        // Only into a file that is still this journal.
        match self.guard.check() {
            Ok(0) => {}
            Ok(_) => {
                if let Err(error) = super::fold::fold(&writer.conn, super::fold::Rest::Nothing) {
                    tracing::warn!(%error, "the journal's log could not be folded into its file: the next to leave does it");
                    return;
                }
            }
            Err(error) => {
                tracing::warn!(%error, "the journal is left as it is");
                return;
            }
        }
        // The last one out removes the log, which is empty.
        if sqlite::fold_at_close(&writer.conn, true).is_ok() {
            drop(writer);
        }
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.close();
    }
}

fn aside(about: &str) -> String {
    format!("aside {about}")
}

/// A panic of another thread while it held the lock has left nothing half done: SQLite rolls back.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Whether personal data is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sealed {
    Open,
    Shut,
}
