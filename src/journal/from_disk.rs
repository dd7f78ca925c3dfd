//! Reading a journal in a file for a copy elsewhere.

use super::carried::{About, CHUNK};
use super::chain::JournalId;
use super::error::Error;
use super::kinds::Registered;
use super::rows::End;
use super::sqlite;
use super::stored::{Stored, records};
use rusqlite::Connection;
use std::path::{Path, PathBuf};

/// A journal in a file, as it stands at one moment.
pub struct Source {
    file: PathBuf,
    conn: Connection,
    kinds: Vec<Registered>,
}

impl Source {
    /// The journal in `file`.
    pub fn open(file: &Path, kinds: &[Registered]) -> Result<Self, Error> {
        let conn = sqlite::connect(file)?;
        conn.execute_batch("BEGIN").map_err(|e| Error::of(file, &e))?;
        Ok(Self { file: file.to_owned(), conn, kinds: kinds.to_vec() })
    }

    pub fn about(&self) -> Result<About, Error> {
        let row = self.conn.query_row("SELECT id, key_check FROM journal", [], |row| {
            let id: Vec<u8> = row.get(0)?;
            Ok(About { id: JournalId(id.try_into().unwrap_or_default()), key_check: row.get(1)?, epoch: 0 })
        });
        row.map_err(|e| Error::of(&self.file, &e))
    }

    /// The next things after the one of that number.
    pub fn things(&self, after: i64) -> Result<Vec<Stored>, Error> {
        let read = || {
            let sql = "SELECT n, kind, id, sealed_key FROM things WHERE n > ? ORDER BY n LIMIT ?";
            let mut things = self.conn.prepare_cached(sql)?;
            let things = things.query_map([after, CHUNK], |row| {
                let (n, kind, id): (i64, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
                Ok(Stored { n, kind, id, records: Vec::new(), sealed_key: row.get(3)? })
            })?;
            let mut things = things.collect::<rusqlite::Result<Vec<_>>>()?;
            for thing in &mut things {
                let Some(kind) = self.kinds.iter().find(|kind| kind.name == thing.kind) else { continue };
                let end = End::of(&self.conn, &kind.list, thing.n)?;
                thing.records = records(&self.conn, thing.n, end.last, &thing.kind, &thing.id)?;
            }
            Ok(things)
        };
        read().map_err(|e| Error::of(&self.file, &e))
    }
}
