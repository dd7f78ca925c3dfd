//! One worker at a time: who holds the lease works, and others stand by.

use super::world::Ground as _;
use super::{Engine, Error};
use crate::journal::{self, Standing};
use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How soon a worker that stands by looks again whether the lease of a floor has run out: what it adds to a takeover.
const LOOK: Duration = Duration::from_millis(250);

/// The right to be the one that works.
pub enum Lease {
    /// Of a journal in a file.
    File(FileLease),
    /// Of a journal on a server, and for how long it is taken at a time.
    Floor(Box<journal::Lease>, Duration),
}

impl Lease {
    /// Takes the lease, or keeps it.
    ///
    /// # Errors
    /// Says what the system refused: then nobody knows, and nobody works.
    pub async fn take(&mut self) -> Result<Standing, String> {
        match self {
            Self::File(file) => {
                file.take().map(|ours| if ours { Standing::Active } else { Standing::StandingBy })
            }
            Self::Floor(floor, _) => floor.take().await.map_err(|error| error.to_string()),
        }
    }

    /// Lets the next worker have it.
    pub async fn give_up(&mut self) {
        match self {
            Self::File(file) => file.held = None,
            Self::Floor(floor, _) => floor.give_up().await,
        }
    }

    /// Keeps the lease for as long as it can be kept, and says what became of it.
    pub(super) async fn keep(&mut self) -> Result<Standing, String> {
        loop {
            match self {
                // The system keeps it.
                Self::File(_) => return std::future::pending().await,
                // Three times while it lasts: two of them may come to nothing.
                Self::Floor(_, length) => tokio::time::sleep(*length / 4).await,
            }
            match self.take().await? {
                Standing::Active => {}
                lost @ (Standing::StandingBy | Standing::Away | Standing::Superseded | Standing::Doubted) => {
                    return Ok(lost);
                }
            }
        }
    }

    /// How soon a worker that stands by asks for it again.
    pub(super) fn look_again(&self) -> Duration {
        match self {
            Self::File(_) => Duration::from_secs(1),
            Self::Floor(..) => LOOK,
        }
    }
}

impl Engine {
    /// The lease of the workers on this engine's journal: a journal in a file has it beside `file`; one on a server gives
    /// it for `length` at a time, and from now on takes nothing from this engine but while it holds it.
    ///
    /// # Errors
    /// When this process cannot be told from others.
    pub fn lease(&self, file: &Path, length: Duration) -> Result<Lease, Error> {
        let name = self.world().desk()?;
        let floor = self.journal().lease(name, length);
        Ok(floor.map_or_else(
            || Lease::File(FileLease::beside(file)),
            |floor| Lease::Floor(Box::new(floor), length),
        ))
    }
}

/// A lock on a file beside the journal. The operating system lets go of it when its process dies, however it dies, and a
/// process that sleeps keeps it: so there are never two.
#[derive(Debug)]
pub struct FileLease {
    path: PathBuf,
    held: Option<File>,
}

impl FileLease {
    /// The lease of the journal at `journal`: `pxdesk.db` has `pxdesk.worker`.
    pub fn beside(journal: &Path) -> Self {
        Self { path: journal.with_extension("worker"), held: None }
    }

    fn take(&mut self) -> Result<bool, String> {
        if self.held.is_some() {
            return Ok(true);
        }
        let failed = |e: std::io::Error| format!("cannot lock {}: {e}", self.path.display());
        let file = OpenOptions::new().create(true).truncate(false).write(true).open(&self.path);
        let file = file.map_err(failed)?;
        match file.try_lock() {
            Ok(()) => {
                self.held = Some(file);
                Ok(true)
            }
            Err(TryLockError::WouldBlock) => Ok(false),
            Err(TryLockError::Error(error)) => Err(failed(error)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_has_it_until_it_is_gone() {
        let dir = tempfile::tempdir().unwrap();
        let journal = dir.path().join("pxdesk.db");
        let (mut one, mut other) = (FileLease::beside(&journal), FileLease::beside(&journal));
        assert_eq!((one.take(), other.take(), one.take()), (Ok(true), Ok(false), Ok(true)));
        drop(one);
        assert_eq!(other.take(), Ok(true));
        let mut nowhere = FileLease::beside(&dir.path().join("missing/pxdesk.db"));
        assert!(nowhere.take().is_err());
    }
}
