//! A place for a journal: one suite of tests runs on both stores.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use crate::postgres::{self, Database};
use pxdesk::journal::{Error, Journal, Options, Place, every_kind};
use std::path::{Path, PathBuf};

/// A place for one journal: a file in a home of its own, or a database.
pub struct Shelf {
    home: tempfile::TempDir,
    database: Option<Database>,
}

impl Shelf {
    /// For a journal in a file.
    pub fn file() -> Self {
        Self { home: tempfile::tempdir().unwrap(), database: None }
    }

    /// For a journal on PostgreSQL; none, said out loud, where there is none.
    pub fn postgres() -> Option<Self> {
        let database = postgres::database()?;
        Some(Self { home: tempfile::tempdir().unwrap(), database: Some(database) })
    }

    /// What this machine keeps apart from the journal.
    pub fn state(&self) -> PathBuf {
        self.home.path().join("state")
    }

    pub fn place(&self) -> Place {
        match &self.database {
            None => Place::File(self.home.path().join("pxdesk.db")),
            Some(database) => database.place(),
        }
    }

    /// Opens the journal, made when there is none; nothing is remembered of it.
    pub async fn open(&self) -> Journal {
        self.try_open(None).await.unwrap()
    }

    /// The same on a machine that remembers what it saw.
    pub async fn open_remembered(&self) -> Journal {
        self.try_open(Some(&self.state())).await.unwrap()
    }

    pub async fn try_open(&self, state: Option<&Path>) -> Result<Journal, Error> {
        let options = Options { create: true, state: state.map(Path::to_owned), kinds: every_kind() };
        Journal::open_with(&self.place(), &options).await
    }

    /// Runs SQL past the journal: what a person could do who has the file, or owns the database. Guards are off.
    pub fn tamper(&self, sql: &str) {
        match &self.database {
            None => {
                let file = self.home.path().join("pxdesk.db");
                let conn = rusqlite::Connection::open(file).unwrap();
                conn.busy_timeout(std::time::Duration::from_secs(5)).unwrap();
                conn.pragma_update(None, "foreign_keys", "OFF").unwrap();
                let guards = "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'";
                let guards: Vec<(String, String)> = {
                    let mut read = conn.prepare(guards).unwrap();
                    let rows = read.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
                    rows.map(Result::unwrap).collect()
                };
                for (name, _) in &guards {
                    conn.execute_batch(&format!("DROP TRIGGER {name}")).unwrap();
                }
                conn.execute_batch(sql).unwrap();
                for (_, guard) in &guards {
                    conn.execute_batch(guard).unwrap();
                }
            }
            Some(database) => {
                database.sql(&format!("SET session_replication_role = replica; {sql}")).unwrap();
            }
        }
    }

    /// The sealed key of a thing, as it is found in [`Shelf::bytes`].
    pub fn sealed_key(&self, id: &str) -> Vec<u8> {
        match &self.database {
            None => {
                let conn = rusqlite::Connection::open(self.home.path().join("pxdesk.db")).unwrap();
                let sql = "SELECT sealed_key FROM things WHERE id = ?";
                conn.query_row(sql, [id], |row| row.get(0)).unwrap()
            }
            Some(database) => {
                let sql = format!("SELECT encode(sealed_key, 'hex') FROM things WHERE id = '{id}'");
                database.sql(&sql).unwrap().into_bytes()
            }
        }
    }

    /// Everything that is hashed, sealed or keyed, in one text that is the same wherever it is kept.
    pub fn dump(&self) -> String {
        let hex = |column: &str| match &self.database {
            None => format!("CASE WHEN {column} IS NULL THEN '-' ELSE lower(hex({column})) END"),
            Some(_) => format!("coalesce(encode({column}, 'hex'), '-')"),
        };
        let all = [
            format!("SELECT {} || '|' || {} FROM journal", hex("id"), hex("key_check")),
            format!("SELECT n || '|' || kind || '|' || id || '|' || {} FROM things ORDER BY n", hex("sealed_key")),
            format!(
                "SELECT pos || '|' || thing || '|' || seq || '|' || at || '|' || by || '|' || event || '|' || clear || '|'
                    || {} || '|' || {} FROM events ORDER BY pos",
                hex("sealed"),
                hex("hash")
            ),
        ];
        let text = |sql: &String| match &self.database {
            None => {
                let conn = rusqlite::Connection::open(self.home.path().join("pxdesk.db")).unwrap();
                let mut read = conn.prepare(sql).unwrap();
                let rows = read.query_map([], |row| row.get::<_, String>(0)).unwrap();
                rows.map(Result::unwrap).collect::<Vec<_>>().join("\n")
            }
            Some(database) => database.sql(sql).unwrap(),
        };
        all.iter().map(text).collect::<Vec<_>>().join("\n")
    }

    /// Everything that is kept, as bytes: to look for what must not be there.
    pub fn bytes(&self) -> Vec<u8> {
        match &self.database {
            None => {
                let files = std::fs::read_dir(self.home.path()).unwrap().map(|entry| entry.unwrap().path());
                files.filter(|path| path.is_file()).flat_map(|path| std::fs::read(path).unwrap()).collect()
            }
            Some(database) => {
                let tables = ["journal", "things", "events", "orders", "counts", "journals"];
                let tables =
                    tables.map(|table| database.sql(&format!("SELECT t::text FROM {table} t")).unwrap());
                tables.concat().into_bytes()
            }
        }
    }
}

/// Each of these, which are given a shelf, as a test for each store.
macro_rules! on_both_stores {
    ($($name:ident),* $(,)?) => {
        mod in_a_file {
            $(#[tokio::test]
            async fn $name() {
                super::$name($crate::shelf::Shelf::file()).await;
            })*
        }

        mod on_postgres {
            $(#[tokio::test]
            async fn $name() {
                if let Some(shelf) = $crate::shelf::Shelf::postgres() {
                    super::$name(shelf).await;
                }
            })*
        }
    };
}
pub(crate) use on_both_stores;
