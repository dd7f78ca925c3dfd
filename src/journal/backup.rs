//! Copies of a journal: consistent, made while desks run, and whole or not there.

use super::copy::{copy, remove_abandoned};
use super::either::Store;
use super::error::Error;
use super::guard::companion;
use super::links::real;
use super::sqlite;
use super::store::Journal;
use rusqlite::Connection;
use std::path::{Path, PathBuf};

impl Journal {
    /// Copies the journal to `to`, which must not be there yet; its key file is not copied. Returns the number of events
    /// in the copy.
    ///
    /// # Errors
    /// When it cannot be copied whole: then nothing is at `to`.
    #[expect(clippy::unused_async, reason = "as for what else a journal does")]
    pub async fn backup(&self, to: &Path) -> Result<i64, Error> {
        let disk = match &self.inner.store {
            Store::Disk(disk) => disk,
            Store::Server(_) => {
                let why = "is on PostgreSQL. `pxdesk journal copy` makes a copy of it in a file".to_owned();
                return Err(Error::Failed { file: self.inner.place.clone(), why });
            }
        };
        // A copy of what is not to be trusted could take a good one's place.
        self.trust()?;
        if stands_beside(&disk.file, to) {
            let why = "is what pxdesk itself keeps beside the journal; name another file".to_owned();
            return Err(Error::Failed { file: to.to_owned(), why });
        }
        remove_abandoned(to);
        if to.exists() {
            let why = "is there already; name a file that is not".to_owned();
            return Err(Error::Failed { file: to.to_owned(), why });
        }
        let conn = sqlite::connect(&disk.file)?;
        let events = |copy: &Connection| copy.query_row("SELECT events FROM journal", [], |row| row.get(0));
        copy(&conn, to, events).map_err(|e| match e.of(to) {
            // The disk of the copy: the journal itself may go on.
            Error::Full { .. } => {
                let why = format!(
                    "was not backed up to {}: the disk is full there. Make room, then try again",
                    to.display()
                );
                Error::Failed { file: disk.file.clone(), why }
            }
            other => other,
        })
    }
}

/// True of the names that stand beside the journal in `file`, or may one day: its key, its log, what says who is there.
pub fn stands_beside(file: &Path, to: &Path) -> bool {
    let whole = |path: PathBuf| std::path::absolute(&path).unwrap_or(path);
    let (file, to) = (whole(file.to_owned()), whole(real(to)));
    let names = ["key", "desks", "worker"].map(|ending| file.with_extension(ending));
    let logs = ["-wal", "-shm", "-journal"].map(|ending| companion(&file, ending));
    names.iter().chain(&logs).any(|ours| *ours == to)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_our_own_are_known_however_they_are_written() {
        let home = tempfile::tempdir().unwrap();
        let (file, folder) = (home.path().join("pxdesk.db"), home.path().join("sub"));
        std::fs::create_dir(&folder).unwrap();
        for name in
            ["pxdesk.key", "pxdesk.desks", "pxdesk.worker", "pxdesk.db-wal", "sub/../pxdesk.db-journal"]
        {
            assert!(stands_beside(&file, &home.path().join(name)), "{name}");
        }
        for name in ["pxdesk.2026.db", "backup.db", "sub/pxdesk.key"] {
            assert!(!stands_beside(&file, &home.path().join(name)), "{name}");
        }
    }
}
