//! The journal that is open, and reading things back from it.

use super::chain::JournalId;
use super::change::Last;
use super::disk::Disk;
use super::either::Store;
use super::entry::{Whole, fold};
use super::error::Error;
use super::keyfile::{self, Keys};
use super::kinds::Registered;
use super::lock::lock;
use super::memory::Doubt;
use super::open::Options;
use super::place::Place;
use super::postgres::{self, ClockAhead};
use super::seal::Key;
use crate::kind::{Kind, Recorded};
use crate::text::many;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use zeroize::Zeroizing;

/// A journal that is open. Clones are handles to the same one.
#[derive(Clone)]
pub struct Journal {
    pub(super) inner: Arc<Inner>,
}

pub(super) struct Inner {
    /// Its file, or its address: as errors name it.
    pub place: PathBuf,
    pub id: JournalId,
    pub keys: Keys,
    /// Where the key was read.
    pub key_file: PathBuf,
    pub kinds: Vec<Registered>,
    pub store: Store,
    /// The things at hand. One that was erased elsewhere has moved on, so a key that is kept too long seals nothing.
    known: Mutex<HashMap<(&'static str, String), Known>>,
    /// Whether what was erased last may still stand on the disk.
    pub unpurged: AtomicBool,
}

/// What is remembered of a thing.
#[derive(Clone)]
pub(super) struct Known {
    /// Its number in the journal.
    pub n: i64,
    pub last: Last,
    /// None once it was erased.
    pub key: Option<Key>,
}

/// How many things are remembered.
const REMEMBERED: usize = 1024;

impl Journal {
    /// Opens the journal in `file`, for orders; makes it, and its key file, when `create` says so and there is none.
    /// Nothing is remembered of it outside of it.
    pub async fn open(file: &Path, create: bool) -> Result<Self, Error> {
        let kinds = super::every_kind();
        Self::open_with(&file.into(), &Options { create, state: None, kinds }).await
    }

    /// Opens the journal at `place`.
    pub async fn open_with(place: &Place, options: &Options) -> Result<Self, Error> {
        Self::opened(place, options, true).await
    }

    /// The same, for reading: by that this machine remembers nothing of what it finds there, which may be a copy.
    pub async fn open_to_look(place: &Place, options: &Options) -> Result<Self, Error> {
        Self::opened(place, options, false).await
    }

    async fn opened(place: &Place, options: &Options, remember: bool) -> Result<Self, Error> {
        let (id, keys, store, name) = match place {
            Place::File(file) => {
                let disk = Disk::open(file, options, remember)?;
                let name = disk.file.clone();
                (disk.id, disk.keys.clone(), Store::Disk(Box::new(disk)), name)
            }
            Place::Server(address) => {
                let server = Box::pin(postgres::open(address, options, remember)).await?;
                let (id, keys, name) = (server.id, server.keys.clone(), server.place.clone());
                (id, keys, Store::Server(Arc::new(server)), name)
            }
        };
        let (key_file, kinds) = (place.key_file(), options.kinds.clone());
        let (known, unpurged) = (Mutex::default(), AtomicBool::new(false));
        let inner = Inner { place: name, id, keys, key_file, kinds, store, known, unpurged };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// Which journal it is.
    pub fn id(&self) -> JournalId {
        self.inner.id
    }

    /// Why the journal is not to be trusted, if so: it reads, and takes nothing in.
    pub fn doubt(&self) -> Option<Doubt> {
        self.inner.store.doubt()
    }

    /// Nothing, when the journal is to be trusted and is still the one at its path, and its key at its own.
    ///
    /// # Errors
    /// [`Error::Doubted`] and [`Error::Lost`], when it reads and takes nothing in; and those of [`Journal::key_stays`].
    pub fn trust(&self) -> Result<(), Error> {
        match self.doubt() {
            Some(doubt) => Err(Error::Doubted { file: self.inner.place.clone(), doubt }),
            None => self.holds().and_then(|()| self.inner.store.check()).and_then(|()| self.key_stays()),
        }
    }

    /// Nothing, while the key file is the one that was read: nothing is begun whose record nobody could read later.
    ///
    /// # Errors
    /// [`Error::NoKey`], [`Error::WrongKey`], [`Error::OpenKey`], and when it cannot be read.
    pub fn key_stays(&self) -> Result<(), Error> {
        keyfile::stays(&self.inner.key_file, &self.inner.place, &self.inner.keys)
    }

    /// Nothing, unless this process is a worker that does not hold the lease for certain: it sends nothing then.
    ///
    /// # Errors
    /// [`Error::Fenced`].
    pub fn holds(&self) -> Result<(), Error> {
        match &self.inner.store {
            Store::Disk(_) => Ok(()),
            Store::Server(server) => server.holds(),
        }
    }

    /// The lease of workers, for the process of this name; none where the journal is in a file. From now on this process
    /// records only while it holds it.
    pub fn lease(&self, holder: &str, length: Duration) -> Option<postgres::Lease> {
        match &self.inner.store {
            Store::Disk(_) => None,
            Store::Server(server) => Some(postgres::Lease::of(Arc::clone(server), holder, length)),
        }
    }

    /// The thing as it stands.
    pub async fn load<K: Kind>(&self, id: &K::Id) -> Result<K, Error> {
        self.read::<K>(id, Sealed::Open).await.map(|(thing, _)| thing)
    }

    /// Nothing, when all that happened to the thing is read of it: asked before what must not be done twice. It takes the
    /// longer, the more was recorded of others since it was opened.
    ///
    /// # Errors
    /// [`Error::Broken`] when there is more.
    pub async fn is_whole<K: Kind>(&self, thing: &K) -> Result<(), Error> {
        let id = thing.id().to_string();
        let stored = self.inner.store.stored(&K::LIST, K::NAME, &id).await?;
        let first = stored.and_then(|stored| Some((stored.n, stored.records.first()?.0.pos)));
        let (n, first) = first.ok_or_else(|| Error::NotFound { kind: K::NAME, thing: id.clone() })?;
        if !self.inner.store.leads_to_all(&K::LIST, n, first)? {
            let why =
                "its list does not lead to all of its events: it was changed by something else than pxdesk";
            return Err(self.broken::<K>(&id, why));
        }
        Ok(())
    }

    /// Nothing, when the list of a kind has a row for each of its things: asked before something is done because nothing like
    /// it is in the list. It takes the longer, the more there are.
    ///
    /// # Errors
    /// [`Error::Damaged`] when it has not.
    pub async fn lists_all<K: Kind>(&self) -> Result<(), Error> {
        let (things, rows) = self.inner.store.listed(&K::LIST, K::NAME).await?;
        if things == rows {
            return Ok(());
        }
        let why =
            format!("its list `{}` has {}, and {things} belong in it", K::LIST.table, many(rows, "row"));
        Err(Error::Damaged { file: self.inner.place.clone(), why })
    }

    /// All that happened to the thing.
    pub async fn history<K: Kind>(&self, id: &K::Id) -> Result<Vec<Recorded<K::Event>>, Error> {
        self.read::<K>(id, Sealed::Open).await.map(|(_, history)| history)
    }

    /// A number that changes when another process has recorded something.
    pub async fn data_version(&self) -> Result<i64, Error> {
        self.inner.store.data_version().await
    }

    /// Waits until another process may have recorded something, where the place tells of that: a file does not.
    pub async fn changed(&self) {
        self.inner.store.changed().await;
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

    /// How far the clock of the server that the journal is on is ahead of this machine's; none of a journal in a file.
    pub fn clock_ahead(&self) -> Option<ClockAhead> {
        match &self.inner.store {
            Store::Disk(_) => None,
            Store::Server(server) => Some(server.ahead.clone()),
        }
    }

    /// True when other machines may use it too: then it tells of their changes, see [`Journal::changed`].
    pub fn is_shared(&self) -> bool {
        match &self.inner.store {
            Store::Disk(_) => false,
            Store::Server(_) => true,
        }
    }

    /// Lets go of connections, which belong to the thread that made them; they are made anew where they are used next.
    pub async fn rest(&self) {
        match &self.inner.store {
            Store::Disk(_) => {}
            Store::Server(server) => server.rest().await,
        }
    }

    /// Shows the other machines' desks that the process of this name lives, for as long as it does: where the place is one
    /// that several machines share.
    pub fn announce(&self, desk: &str) {
        self.inner.store.announce(desk);
    }

    /// True unless it is certain that the process of this name, on another machine, is gone.
    pub async fn is_there(&self, desk: &str) -> bool {
        self.inner.store.is_there(desk).await
    }

    /// Closes it: a file is whole by itself then. What comes later is refused.
    pub async fn close(&self) {
        self.inner.store.close().await;
    }

    pub(super) fn broken<K: Kind>(&self, thing: &str, why: impl Into<String>) -> Error {
        let (file, why) = (self.inner.place.clone(), why.into());
        Error::Broken { file, kind: K::NAME, thing: thing.to_owned(), why }
    }

    /// The thing and its history.
    pub(super) async fn read<K: Kind>(&self, id: &K::Id, sealed: Sealed) -> Result<Whole<K>, Error> {
        let text = id.to_string();
        let stored = self.inner.store.stored(&K::LIST, K::NAME, &text).await?;
        let stored = stored.ok_or_else(|| Error::NotFound { kind: K::NAME, thing: text.clone() })?;
        stored.prove(&self.inner.keys).map_err(|why| self.broken::<K>(&text, why))?;
        let key = match sealed {
            Sealed::Shut => None,
            Sealed::Open => stored.key(&self.inner.keys).map_err(|why| self.broken::<K>(&text, why))?,
        };
        let read = fold::<K>(id, &stored.records, key.as_ref());
        let read = read.map_err(|why| self.broken::<K>(&text, why))?;
        if sealed == Sealed::Open {
            let last = stored.records.last();
            let last = last.map(|(record, hash)| Last { seq: record.seq, hash: *hash, pos: record.pos });
            let last = last.ok_or_else(|| self.broken::<K>(&text, "it has no events"))?;
            self.remember::<K>(text, Known { n: stored.n, last, key });
        }
        Ok(read)
    }

    /// What is remembered of a thing; it is read when nothing is.
    pub(super) async fn known<K: Kind>(&self, thing: &K) -> Result<Known, Error> {
        let name = (K::NAME, thing.id().to_string());
        let known = || lock(&self.inner.known).get(&name).cloned();
        if let Some(known) = known() {
            return Ok(known);
        }
        self.read::<K>(thing.id(), Sealed::Open).await?;
        known().ok_or_else(|| Error::NotFound { kind: K::NAME, thing: name.1.clone() })
    }

    pub(super) fn remember<K: Kind>(&self, id: String, known: Known) {
        let mut all = lock(&self.inner.known);
        if all.len() >= REMEMBERED {
            all.clear();
        }
        all.insert((K::NAME, id), known);
    }

    pub(super) fn forget<K: Kind>(&self, id: &str) {
        lock(&self.inner.known).remove(&(K::NAME, id.to_owned()));
    }
}

fn aside(about: &str) -> String {
    format!("aside {about}")
}

/// Whether personal data is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sealed {
    Open,
    Shut,
}
