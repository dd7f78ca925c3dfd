//! The two stores as one: what a journal asks of the place that it is kept in. What is recorded is not known here.

use super::blind::Term;
use super::change::{Change, Written};
use super::disk::Disk;
use super::error::Error;
use super::lock::lock;
use super::memory::Doubt;
use super::postgres::Server;
use super::rows;
use super::stored::{self, Stored, stored};
use crate::kind::{List, Value};
use rusqlite::params_from_iter;
use std::sync::Arc;

/// Where a journal is kept. What is asked of a server waits on the heap, so that a journal in a file pays nothing for it.
pub enum Store {
    Disk(Box<Disk>),
    Server(Arc<Server>),
}

/// A row of a list: the thing's id, the number of its last event, and the kind's own values.
pub type Row = (String, i64, Vec<Value>);

impl Store {
    /// Records the changes, all in one transaction. One that is refused for its own sake does not keep the others out.
    ///
    /// # Errors
    /// When none was recorded.
    pub async fn write(&self, changes: &[Change]) -> Result<Vec<Result<Written, Error>>, Error> {
        match self {
            Self::Disk(disk) => disk.write(changes),
            Self::Server(server) => {
                let written = Box::pin(server.write(changes)).await?;
                for (change, _) in changes.iter().zip(&written).filter(|(_, written)| written.is_ok()) {
                    server.tell_later(change.kind, &change.id);
                }
                Ok(written)
            }
        }
    }

    /// A thing as it is stored.
    pub async fn stored(&self, list: &List, kind: &'static str, id: &str) -> Result<Option<Stored>, Error> {
        match self {
            Self::Disk(disk) => disk.with_reader(|conn| stored(conn, list, kind, id)),
            Self::Server(server) => Box::pin(server.stored(kind, id)).await,
        }
    }

    /// True when the list of the thing numbered `n` leads to all events of it, of which the first one is at `first`.
    pub fn leads_to_all(&self, list: &List, n: i64, first: i64) -> Result<bool, Error> {
        match self {
            Self::Disk(disk) => disk.with_reader(|conn| stored::leads_to_all(conn, list, n, first)),
            // There all of a thing's events are read, not those alone that its list leads to.
            Self::Server(_) => Ok(true),
        }
    }

    /// How many things of a kind there are, and how many rows its list has.
    pub async fn listed(&self, list: &List, kind: &'static str) -> Result<(i64, i64), Error> {
        let table = list.table;
        match self {
            Self::Disk(disk) => disk.with_reader(|conn| {
                let sql = format!(
                    "SELECT (SELECT count(*) FROM things WHERE kind = ?), (SELECT count(*) FROM {table})"
                );
                conn.query_row(&sql, [kind], |row| Ok((row.get(0)?, row.get(1)?)))
            }),
            Self::Server(server) => Box::pin(server.listed(table, kind)).await,
        }
    }

    /// Where the chain of a thing ends.
    pub async fn end(&self, list: &List, kind: &'static str, id: &str) -> Result<Option<Written>, Error> {
        match self {
            Self::Disk(disk) => disk.with_reader(|conn| stored::end(conn, list, kind, id)),
            Self::Server(server) => Box::pin(server.end(kind, id)).await,
        }
    }

    /// Rows of a list, those of one statement after those of the other until there are `limit` or more. A statement has a
    /// `?` for each of its values.
    pub async fn select(
        &self,
        list: &List,
        parts: Vec<(String, Vec<Value>)>,
        limit: u32,
    ) -> Result<Vec<Row>, Error> {
        match self {
            Self::Disk(disk) => disk.with_reader(|conn| {
                let mut found = Vec::new();
                for (sql, values) in &parts {
                    if found.len() >= limit as usize {
                        break;
                    }
                    let mut statement = conn.prepare_cached(sql)?;
                    for row in statement.query_map(params_from_iter(values), |row| rows::read(list, row))? {
                        found.push(row?);
                    }
                }
                Ok(found)
            }),
            // All of it is one question: the way there and back takes longer than the answer.
            Self::Server(server) => Box::pin(server.select(list, parts, limit)).await,
        }
    }

    /// The numbers of the things whose id begins so, by id.
    pub async fn numbers(&self, kind: &str, begins: &str, limit: u32) -> Result<Vec<i64>, Error> {
        match self {
            Self::Disk(disk) => disk.with_reader(|conn| {
                // Every id is text that sorts below this end.
                let mut things = conn.prepare_cached(
                    "SELECT n FROM things WHERE kind = ?1 AND id >= ?2 AND id < ?2 || char(1114111) ORDER BY id LIMIT ?3",
                )?;
                let numbers = things.query_map((kind, begins, limit), |row| row.get(0))?;
                numbers.collect()
            }),
            Self::Server(server) => Box::pin(server.numbers(kind, begins, limit)).await,
        }
    }

    /// The numbers of the things that have this blind term, the latest first.
    pub async fn having(&self, term: &Term, limit: u32) -> Result<Vec<i64>, Error> {
        match self {
            Self::Disk(disk) => disk.with_reader(|conn| {
                let sql = "SELECT thing FROM blind WHERE term = ? ORDER BY thing DESC LIMIT ?";
                let mut things = conn.prepare_cached(sql)?;
                let numbers = things.query_map((term.as_slice(), limit), |row| row.get(0))?;
                numbers.collect()
            }),
            Self::Server(server) => Box::pin(server.having(term, limit)).await,
        }
    }

    /// The things of a kind that have these blind terms, each with the place of its term among them.
    pub async fn having_any(&self, kind: &str, terms: &[Term]) -> Result<Vec<(usize, String)>, Error> {
        match self {
            Self::Disk(disk) => disk.with_reader(|conn| {
                // SQLite would go through all things of the kind for each term; CROSS has it begin with the term.
                let sql = "SELECT id FROM blind CROSS JOIN things ON n = thing WHERE term = ? AND kind = ?";
                // One look at the journal for all of them: else each takes and gives back a lock.
                let look = conn.unchecked_transaction()?;
                let mut things = conn.prepare_cached(sql)?;
                let mut found = Vec::new();
                // In the order of the index: each page of it is read once.
                let mut in_order: Vec<(usize, &Term)> = terms.iter().enumerate().collect();
                in_order.sort_unstable_by_key(|(_, term)| *term);
                for (place, term) in in_order {
                    for id in things.query_map((term.as_slice(), kind), |row| row.get(0))? {
                        found.push((place, id?));
                    }
                }
                look.commit()?;
                Ok(found)
            }),
            Self::Server(server) => Box::pin(server.having_any(kind, terms)).await,
        }
    }

    /// How many things of a list there are, by the values that it is counted by.
    pub async fn counts(&self, list: &str) -> Result<Vec<(String, i64)>, Error> {
        match self {
            Self::Disk(disk) => disk.with_reader(|conn| {
                let mut counts = conn.prepare_cached("SELECT of, n FROM counts WHERE list = ? AND n <> 0")?;
                let counts = counts.query_map([list], |row| Ok((row.get(0)?, row.get(1)?)))?;
                counts.collect()
            }),
            Self::Server(server) => Box::pin(server.counts(list)).await,
        }
    }

    /// A number that changes when somebody else has recorded something.
    pub async fn data_version(&self) -> Result<i64, Error> {
        match self {
            Self::Disk(disk) => disk.data_version(),
            Self::Server(server) => Box::pin(server.version()).await,
        }
    }

    /// Waits until somebody else may have recorded something; for ever where nobody says so.
    pub async fn changed(&self) {
        match self {
            Self::Disk(_) => std::future::pending().await,
            Self::Server(server) => server.heard.next().await,
        }
    }

    /// Shows the other machines that the process of this name lives.
    pub fn announce(&self, desk: &str) {
        match self {
            // No other machine uses it.
            Self::Disk(_) => {}
            Self::Server(server) => server.announce(desk),
        }
    }

    /// True unless it is certain that the process of this name, on another machine, is gone.
    pub async fn is_there(&self, desk: &str) -> bool {
        match self {
            Self::Disk(_) => true,
            Self::Server(server) => Box::pin(server.is_there(desk)).await,
        }
    }

    /// Makes sure that what was destroyed is gone from the disk, as far as that is ours to do; false when it is not.
    pub fn purge(&self) -> bool {
        match self {
            Self::Disk(disk) => matches!(disk.fold_now(), Ok(true)),
            // What the server wrote before is its own to write over.
            Self::Server(_) => true,
        }
    }

    /// Why the journal is not to be trusted, if so.
    pub fn doubt(&self) -> Option<Doubt> {
        match self {
            Self::Disk(disk) => lock(&disk.doubt).clone(),
            Self::Server(server) => server.doubted().clone(),
        }
    }

    /// Nothing, while what is open is still the journal at its place, with what was seen of it. A server is looked at on every new connection.
    ///
    /// # Errors
    /// [`Error::Lost`] and [`Error::Doubted`].
    pub fn check(&self) -> Result<(), Error> {
        match self {
            Self::Disk(disk) => disk.check(),
            Self::Server(_) => Ok(()),
        }
    }

    pub fn set_doubt(&self, doubt: Option<Doubt>) {
        match self {
            Self::Disk(disk) => {
                if let Some(memory) = &mut *lock(&disk.memory) {
                    memory.begin_anew(doubt.is_none());
                }
                *lock(&disk.doubt) = doubt;
            }
            Self::Server(server) => *server.doubted() = doubt,
        }
    }

    /// A supervisor's word is recorded: what this machine remembers goes on from there.
    pub fn accepted(&self) {
        match self {
            // The position was written with the word itself.
            Self::Disk(_) => {}
            Self::Server(server) => server.begin_anew(),
        }
    }

    /// Ends it; what comes later is refused.
    pub async fn close(&self) {
        match self {
            Self::Disk(disk) => disk.close(),
            Self::Server(server) => Box::pin(server.close()).await,
        }
    }
}
