//! From an earlier version to this one: the lists of a journal on PostgreSQL, made anew from its events, which stay as they
//! are. It is one transaction: cut off anywhere, the journal is as it was before.
//!
//! A desk of the earlier version would go on writing rows as it knows them. So nobody else may be at work on the journal
//! meanwhile, and one that comes later waits, and is told by its own version that the journal is newer.

use super::failure::Failure;
use super::lists::{self, Counts};
use super::session::{Session, within, within_long};
use super::tables::{self, VERSION};
use crate::journal::carried::Carried;
use crate::journal::error::Error;
use crate::journal::keyfile::Keys;
use crate::journal::kinds::Registered;
use crate::kind::List;
use std::path::Path;
use std::time::Duration;

/// How often it is looked whether the others have gone, and how long between: the connection of a desk that has just ended
/// may still be there.
const LOOKS: u32 = 10;
const BETWEEN: Duration = Duration::from_millis(300);

/// Who is connected besides, but for those who wait to do the same: desks of this version.
const OTHERS: &str = "SELECT DISTINCT a.usename::text FROM pg_stat_activity a
    WHERE a.datname = current_database() AND a.application_name = 'pxdesk' AND a.pid <> pg_backend_pid()
        AND NOT EXISTS (
            SELECT FROM pg_locks l
            WHERE l.pid = a.pid AND NOT l.granted AND l.locktype = 'advisory' AND l.objid::bigint = $1
        )
    ORDER BY 1";

/// Whether this role may change the tables.
const OWNED: &str = "SELECT bool_and(pg_has_role(relowner, 'USAGE')) FROM pg_class
    WHERE relnamespace = 'pxdesk'::regnamespace AND relkind = 'r'";

/// The roles that may change a row of a list.
const APPENDERS: &str = "SELECT DISTINCT a.grantee::regrole::text FROM pg_attribute c, aclexplode(c.attacl) a
    WHERE c.attrelid = $1::text::regclass AND c.attname = 'seq' AND a.privilege_type = 'UPDATE' AND a.grantee <> 0";

/// A journal that is being brought to this version.
pub struct Bringing<'b> {
    pub session: &'b Session,
    pub place: &'b Path,
    pub keys: &'b Keys,
    pub kinds: &'b [Registered],
}

impl Bringing<'_> {
    /// Brings it, unless another desk has just done that.
    ///
    /// # Errors
    /// [`Error::Damaged`] when a thing's events cannot be read, and [`Error::Failed`] when it is for the owner of its tables to
    /// do, or others are at work on it: it is left as it is.
    pub async fn bring(&self) -> Result<(), Failure> {
        let client = &self.session.client;
        if !within(client.query_one(OWNED, &[])).await?.try_get::<_, bool>(0)? {
            let why = "was made by an earlier pxdesk, and only the owner of its tables may bring it to this one. Have a \
                       supervisor open it first with this pxdesk, as that database role";
            return Err(self.failed(why.to_owned()));
        }
        let begin = "BEGIN; SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0;
            SET LOCAL idle_in_transaction_session_timeout = 0";
        within(client.batch_execute(begin)).await?;
        let brought = self.in_turn().await;
        let end = if brought.is_ok() { "COMMIT" } else { "ROLLBACK" };
        let ended = within_long(client.batch_execute(end)).await;
        brought.and(ended)
    }

    /// Within a transaction: waits for its turn, and brings it.
    async fn in_turn(&self) -> Result<(), Failure> {
        let client = &self.session.client;
        // Another desk may take long to bring it.
        within_long(client.execute("SELECT pg_advisory_xact_lock($1)", &[&tables::LOCK])).await?;
        if tables::found_by(client, self.place).await?.is_some_and(|found| found.version >= VERSION) {
            return Ok(());
        }
        // Before those are kept waiting who are at work, and once more when nobody can come to it any more.
        self.alone().await?;
        within_long(client.batch_execute("LOCK TABLE pxdesk.journal IN ACCESS EXCLUSIVE MODE")).await?;
        self.alone().await?;
        self.remake().await?;
        within(client.execute("UPDATE pxdesk.journal SET version = $1", &[&VERSION])).await.map(|_| ())
    }

    /// Nobody else is at work on it.
    async fn alone(&self) -> Result<(), Failure> {
        let mut others = Vec::new();
        for _ in 0..LOOKS {
            // Within a transaction the server shows what it showed first.
            within(self.session.client.execute("SELECT pg_stat_clear_snapshot()", &[])).await?;
            let rows = self.session.rows(OTHERS, &[&tables::LOCK]).await?;
            others = rows.iter().map(|row| row.try_get::<_, String>(0)).collect::<Result<Vec<_>, _>>()?;
            if others.is_empty() {
                return Ok(());
            }
            tokio::time::sleep(BETWEEN).await;
        }
        Err(self.failed(format!(
            "is of an earlier version, and others are at work on it, as {}. End every pxdesk on it, then start this one first",
            others.join(", ")
        )))
    }

    /// Empties the lists, gives them the columns and indexes of this version, and fills them.
    async fn remake(&self) -> Result<(), Failure> {
        let new = tables::missing(&self.session.client, self.kinds).await?;
        let kept = self.kinds.iter().filter(|kind| new.iter().all(|new| new.name != kind.name));
        let kept: Vec<Registered> = kept.copied().collect();
        within_long(self.session.client.batch_execute("TRUNCATE pxdesk.counts, pxdesk.blind")).await?;
        for kind in &kept {
            self.columns(&kind.list).await?;
        }
        let (mut counts, mut after) = (Counts::default(), 0);
        loop {
            let things = lists::things(self.session, after).await?;
            let Some(last) = things.last() else { break };
            after = last.n;
            let mut carried = Vec::with_capacity(things.len());
            for thing in things {
                thing
                    .prove(self.keys)
                    .map_err(|why| self.damaged(format!("{} {}: {why}", thing.kind, thing.id)))?;
                let thing = Carried::of(thing, &kept, self.keys).map_err(|why| self.damaged(why))?;
                counts.add(&thing);
                carried.push(thing);
            }
            lists::put(self.session, self.keys, &carried).await?;
        }
        counts.put(self.session).await
    }

    /// An empty list with the columns and indexes of this version. Whoever may append to it may change the new columns, too.
    async fn columns(&self, list: &List) -> Result<(), Failure> {
        within_long(self.session.client.batch_execute(&emptied(list))).await?;
        let changing = list.columns.iter().filter(|column| !column.fixed).map(|column| column.name);
        let changing = changing.collect::<Vec<_>>().join(", ");
        let table = format!("pxdesk.{}", list.table);
        for row in self.session.rows(APPENDERS, &[&table]).await? {
            let role: String = row.try_get(0)?;
            let grant = format!("GRANT UPDATE ({changing}) ON {table} TO {role}");
            within(self.session.client.batch_execute(&grant)).await?;
        }
        Ok(())
    }

    fn failed(&self, why: String) -> Failure {
        Failure::Told(Error::Failed { file: self.place.to_owned(), why })
    }

    fn damaged(&self, why: String) -> Failure {
        Failure::Told(Error::Damaged { file: self.place.to_owned(), why })
    }
}

/// The statements that empty a list, and give it the columns and indexes of this version.
fn emptied(list: &List) -> String {
    let table = list.table;
    let columns = list.columns.iter().map(|column| {
        format!("ALTER TABLE pxdesk.{table} ADD COLUMN IF NOT EXISTS {};\n", tables::column(column))
    });
    let indexes = list.indexes.iter().map(|index| format!("DROP INDEX IF EXISTS pxdesk.{};\n", index.name));
    let changes: String = columns.chain(indexes).collect();
    format!("TRUNCATE pxdesk.{table};\n{changes}{}", tables::indexes(list))
}
