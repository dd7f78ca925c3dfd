//! Writing a copy of a journal into a file: whole or not there.

use super::blind;
use super::carried::{About, Carried};
use super::chain::Head;
use super::check::Check;
use super::copy::{hold, into_place, remove_abandoned, remove_draft};
use super::error::Error;
use super::failure::Failure;
use super::keyfile::Keys;
use super::kinds::{Registered, counted};
use super::make;
use super::report::{Progress, Report};
use super::rows::{self, End};
use super::schema::VERSION;
use super::sqlite::{self, Mark};
use super::stored::insert;
use crate::files::{draft_of, private};
use rusqlite::Connection;
use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};

/// A journal that is being made in a file.
pub struct Target {
    file: PathBuf,
    draft: PathBuf,
    /// Says that the writer of the draft lives.
    _held: Option<File>,
    conn: Connection,
    keys: Keys,
    about: About,
}

impl Target {
    /// Begins one at `file`, which is not there yet.
    pub fn make(file: &Path, keys: &Keys, about: &About, kinds: &[Registered]) -> Result<Self, Error> {
        remove_abandoned(file);
        if file.exists() {
            let why = "is there already; name a file that is not".to_owned();
            return Err(Error::Failed { file: file.to_owned(), why });
        }
        let draft = draft_of(file).map_err(|e| Failure::from(e).of(file))?;
        let held = hold(&draft);
        let begun = || -> Result<Connection, Failure> {
            // Made here, so that it is its owner's alone.
            private(OpenOptions::new().write(true).create_new(true)).open(&draft)?;
            let conn = sqlite::connect(&draft)?;
            sqlite::cache(&conn, true)?;
            conn.execute_batch("BEGIN IMMEDIATE")?;
            make::tables(&conn, keys, about.id, kinds)?;
            conn.execute("UPDATE journal SET key_check = ?", [&about.key_check])?;
            make::mark(&conn, Mark { version: VERSION, generation: 0 })?;
            Ok(conn)
        };
        let conn = begun().map_err(|failure| {
            remove_draft(&draft);
            failure.of(file)
        })?;
        let (file, keys, about) = (file.to_owned(), keys.clone(), about.clone());
        Ok(Self { file, draft, _held: held, conn, keys, about })
    }

    /// Writes things.
    pub fn take(&self, things: &[Carried]) -> Result<(), Error> {
        for thing in things {
            self.put(thing).map_err(|e| Error::of(&self.file, &e))?;
        }
        Ok(())
    }

    fn put(&self, thing: &Carried) -> rusqlite::Result<()> {
        let Carried { stored, kind, read } = thing;
        let sql = "INSERT INTO things (n, kind, id, sealed_key) VALUES (?, ?, ?, ?)";
        let mut add = self.conn.prepare_cached(sql)?;
        add.execute((stored.n, &stored.kind, &stored.id, stored.sealed_key.as_deref()))?;
        let (list, mut end) = (&kind.list, End::NONE);
        for (record, hash) in &stored.records {
            insert(&self.conn, stored.n, end.last, record, hash)?;
            end = End { seq: record.seq, last: record.pos };
        }
        rows::insert(&self.conn, list, stored.n, &stored.id, end, &read.row)?;
        blind::put(&self.conn, stored.n, &self.keys.blind.change(kind.name, &[], &read.terms))?;
        rows::count(&self.conn, list, &counted(list, &read.row), 1)
    }

    /// Ends it: the file has its name once it is whole, and verified.
    pub fn finish(
        self,
        head: Head,
        kinds: &[Registered],
        tell: impl FnMut(Progress),
    ) -> Result<Report, Error> {
        let proof = self.keys.chain.head(self.about.id, &head);
        let done = || -> Result<(), Failure> {
            self.conn.execute(
                "UPDATE journal SET events = ?, sum = ?, proof = ?",
                (head.events, head.sum.0.as_slice(), proof.0.as_slice()),
            )?;
            Ok(self.conn.execute_batch("COMMIT")?)
        };
        done().map_err(|failure| failure.of(&self.file))?;
        let check = Check::new(&self.keys, kinds, tell);
        let report = check.run(&self.conn, None).map_err(|e| Error::of(&self.file, &e))?.whole(&self.file)?;
        let named = || -> Result<(), Failure> {
            File::open(&self.draft)?.sync_all()?;
            Ok(into_place(&self.draft, &self.file)?)
        };
        named().map_err(|failure| failure.of(&self.file))?;
        Ok(report)
    }
}

impl Drop for Target {
    fn drop(&mut self) {
        remove_draft(&self.draft);
    }
}
