//! One worker at a time: who holds the lease works, and others stand by.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};

/// The right to be the one that works.
pub trait Lease: Send {
    /// Takes the lease, or keeps it; false while somebody else has it.
    ///
    /// # Errors
    /// Says what the system refused: then nobody knows, and nobody works.
    fn take(&mut self) -> Result<bool, String>;
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
}

impl Lease for FileLease {
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
