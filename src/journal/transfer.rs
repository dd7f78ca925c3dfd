//! Copying a journal from one place to another, whichever kind each is: the same id, events, hashes, sealed bytes and keys.
//!
//! What is copied is verified first, as it stands at one moment; what was made of it is verified before it is there. Only a
//! place without a journal, or with an empty one, is copied into, and it has all of it or nothing. This machine remembers
//! nothing of the copy: it is this floor's journal once somebody opens it as that.

use super::carried::{About, Carried};
use super::chain::Head;
use super::error::Error;
use super::keyfile::{self, Keys};
use super::kinds::Registered;
use super::open::Options;
use super::place::Place;
use super::report::{Progress, Report};
use super::seal::ABOUT_CHECK;
use super::store::Journal;
use super::stored::Stored;
use super::{from_disk, onto_disk, postgres};
use std::path::PathBuf;

/// A journal that is read, as it stands at one moment.
enum Source {
    Disk(from_disk::Source),
    Server(postgres::Source),
}

/// A journal that is written.
enum Target {
    Disk(onto_disk::Target),
    Server(postgres::Target),
}

impl Journal {
    /// Copies the journal at `from` to `to`; `tell` is called now and then. Returns what a verification of the copy found:
    /// no problems.
    ///
    /// # Errors
    /// When the journal at `from` is not whole, or there is one at `to`; nothing is at `to` then that was not.
    pub async fn copy(
        from: &Place,
        to: &Place,
        options: &Options,
        mut tell: impl FnMut(Progress) + Send,
    ) -> Result<Report, Error> {
        let options = Options { create: false, ..options.clone() };
        let journal = Self::open_to_look(from, &options).await?;
        journal.trust()?;
        let report = journal.verify(None, &mut tell).await?;
        report.whole(&PathBuf::from(from.to_string()))?;
        let mut source = match from {
            Place::File(file) => Source::Disk(from_disk::Source::open(file, &options.kinds)?),
            Place::Server(address) => Source::Server(postgres::Source::open(address).await?),
        };
        let about = source.about().await?;
        let keys = same_key(to, &about)?;
        let mut target = match to {
            Place::File(file) => Target::Disk(onto_disk::Target::make(file, &keys, &about, &options.kinds)?),
            Place::Server(address) => {
                Target::Server(postgres::Target::make(address, keys, &about, &options.kinds).await?)
            }
        };
        let mut head = Head::EMPTY;
        let mut after = 0;
        loop {
            let things = source.things(after).await?;
            let Some(last) = things.last() else { break };
            after = last.n;
            let carried =
                things.into_iter().map(|stored| Carried::of(stored, &options.kinds, &journal.inner.keys));
            let carried = carried.collect::<Result<Vec<_>, _>>();
            let carried =
                carried.map_err(|why| Error::Failed { file: PathBuf::from(from.to_string()), why })?;
            for (_, hash) in carried.iter().flat_map(|thing| &thing.stored.records) {
                head = head.with(hash);
            }
            target.take(carried).await?;
        }
        journal.close().await;
        target.finish(head, &options.kinds, &mut tell).await
    }
}

/// The key at the place that is copied to: the same as where the journal comes from.
fn same_key(to: &Place, about: &About) -> Result<Keys, Error> {
    let (file, journal) = (to.key_file(), PathBuf::from(to.to_string()));
    let keys = keyfile::read_at(&file, &journal)?;
    if keys.seal.open(ABOUT_CHECK, &about.key_check).is_none() {
        let why = "does not open what the journal that is copied has sealed".to_owned();
        return Err(Error::WrongKey { file, journal, why });
    }
    Ok(keys)
}

impl Source {
    async fn about(&mut self) -> Result<About, Error> {
        match self {
            Self::Disk(disk) => disk.about(),
            Self::Server(server) => server.about().await,
        }
    }

    /// The next things after the one of that number.
    async fn things(&mut self, after: i64) -> Result<Vec<Stored>, Error> {
        match self {
            Self::Disk(disk) => disk.things(after),
            Self::Server(server) => server.things(after).await,
        }
    }
}

impl Target {
    async fn take(&mut self, things: Vec<Carried>) -> Result<(), Error> {
        match self {
            Self::Disk(disk) => disk.take(&things),
            Self::Server(server) => server.take(&things).await,
        }
    }

    /// Ends the copy, which has these events, once it is verified.
    async fn finish(
        self,
        head: Head,
        kinds: &[Registered],
        tell: impl FnMut(Progress) + Send,
    ) -> Result<Report, Error> {
        match self {
            Self::Disk(disk) => disk.finish(head, kinds, tell),
            Self::Server(server) => Box::pin(server.finish(head, kinds, tell)).await,
        }
    }
}
