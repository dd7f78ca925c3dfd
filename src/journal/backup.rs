//! Copies of a journal: consistent, made while desks run, and whole or not there.

use super::copy::{copy, remove_abandoned};
use super::either::Store;
use super::error::Error;
use super::sqlite;
use super::store::Journal;
use std::path::Path;

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
        remove_abandoned(to);
        if to.exists() {
            let why = "is there already; name a file that is not".to_owned();
            return Err(Error::Failed { file: to.to_owned(), why });
        }
        let conn = sqlite::connect(&disk.file)?;
        copy(&conn, to).map_err(|e| e.of(to))
    }
}
