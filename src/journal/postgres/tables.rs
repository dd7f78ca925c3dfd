//! The tables of a journal on PostgreSQL: found, made, and brought to this version, by one desk at a time.

use super::failure::Failure;
use super::session::{Session, within};
use super::statement::DURABLE;
use super::value::type_of;
use crate::journal::chain::JournalId;
use crate::journal::error::Error;
use crate::journal::kinds::Registered;
use crate::kind::{Column, Index, List};
use std::fmt::Write as _;
use std::path::Path;
use tokio_postgres::GenericClient;

/// The version of these tables, and of what is in the rows of the lists: it counts on with every change of either. Version 1
/// said less of a thing in its row; version 2 listed a report as reported whatever answer came after a person's word.
pub const VERSION: i64 = 3;

/// "pxdj": the lock that whoever makes or changes tables holds.
pub const LOCK: i64 = 0x7078_646a;

/// The tables that every journal has.
pub const CORE: &str = include_str!("schema.sql");

/// Who is an agent, and what agents are kept from: run for a new journal, and once more for one that an earlier version has made.
pub const AGENTS: &str = include_str!("agents.sql");

/// What earlier journals say of agents: digests of what `is_agent` did in them. Until the owner of the tables opens one, it says
/// that still.
pub const EARLIER_IS_AGENT: [&str; 2] = [
    "860074dfd19f6718db12ce4176a2ef9f399ac6d69c637373b9749a16334c13a4",
    "4d2e45f55a0e78cb494f628876ba39bf2b9af753e88ef5976a98d94076871945",
];

/// That the role `r` has the rights of an agent, and no others, on this journal.
pub const HAS_AN_AGENTS_RIGHTS: &str = "has_any_column_privilege(r.oid, 'pxdesk.events', 'INSERT')
        AND NOT has_column_privilege(r.oid, 'pxdesk.things', 'sealed_key', 'UPDATE')";

/// The one row about a journal.
pub struct Found {
    pub version: i64,
    pub id: JournalId,
    pub key_check: Vec<u8>,
}

/// The row of the journal in this database; none when there is no journal.
///
/// # Errors
/// [`Error::Newer`] when a newer pxdesk has made it.
pub async fn found(session: &Session, place: &Path) -> Result<Option<Found>, Failure> {
    found_by(&session.client, place).await
}

pub async fn found_by(client: &impl GenericClient, place: &Path) -> Result<Option<Found>, Failure> {
    // From the catalog itself: a name that was looked up before another desk made the table would stay unknown.
    let there = "SELECT EXISTS (SELECT FROM pg_tables WHERE schemaname = 'pxdesk' AND tablename = 'journal')";
    let there = within(client.query_one(there, &[])).await?;
    if !there.try_get::<_, bool>(0)? {
        return Ok(None);
    }
    let row = within(client.query_opt("SELECT version, id, key_check FROM pxdesk.journal", &[])).await?;
    let Some(row) = row else {
        let why = "its row about itself is gone".to_owned();
        return Err(Failure::Told(Error::Damaged { file: place.to_owned(), why }));
    };
    let version: i64 = row.try_get(0)?;
    if version > VERSION {
        return Err(Failure::Told(Error::Newer { file: place.to_owned(), found: version, known: VERSION }));
    }
    let id: Vec<u8> = row.try_get(1)?;
    Ok(Some(Found { version, id: JournalId(id.try_into().unwrap_or_default()), key_check: row.try_get(2)? }))
}

/// Waits for its turn to make or change tables, and has it until the transaction ends.
pub async fn lock(client: &impl GenericClient) -> Result<(), Failure> {
    let lock = format!("SELECT pg_advisory_xact_lock($1), {DURABLE}");
    within(client.execute(&lock, &[&LOCK])).await.map(|_| ())
}

/// A new journal's row.
pub struct New {
    pub id: JournalId,
    pub key_check: Vec<u8>,
}

/// Makes the tables of a journal, unless another desk has just done that. Returns its row.
pub async fn make(
    session: &mut Session,
    place: &Path,
    kinds: &[Registered],
    new: &New,
) -> Result<Found, Failure> {
    let tx = within(session.client.transaction()).await?;
    lock(&tx).await?;
    if let Some(found) = found_by(&tx, place).await? {
        return Ok(found);
    }
    make_in(&tx, kinds, new).await?;
    within(tx.commit()).await?;
    Ok(Found { version: VERSION, id: new.id, key_check: new.key_check.clone() })
}

/// Makes the tables and the row, in the transaction of somebody who holds the lock or has the database for himself.
pub async fn make_in(client: &impl GenericClient, kinds: &[Registered], new: &New) -> Result<(), Failure> {
    within(client.batch_execute(CORE)).await?;
    within(client.batch_execute(AGENTS)).await?;
    for kind in kinds {
        within(client.batch_execute(&list(&kind.list))).await?;
        reserve(client, kind).await?;
    }
    let (id, key_check) = (new.id.0.as_slice(), new.key_check.as_slice());
    let insert = "INSERT INTO pxdesk.journal VALUES (1, $1, $2, $3, 1)";
    within(client.execute(insert, &[&VERSION, &id, &key_check])).await?;
    Ok(())
}

/// Notes what only a supervisor may record of a kind. Returns what of it was not noted before.
async fn reserve(client: &impl GenericClient, kind: &Registered) -> Result<Vec<&'static str>, Failure> {
    let insert = "INSERT INTO pxdesk.reserved VALUES ($1, $2) ON CONFLICT DO NOTHING";
    let mut new = Vec::new();
    for event in kind.reserved {
        if within(client.execute(insert, &[&kind.name, event])).await? > 0 {
            new.push(*event);
        }
    }
    Ok(new)
}

/// Makes the tables of kinds that this journal did not keep before, and notes what of the others is for supervisors alone
/// by now, and what agents are kept from. Whoever opens it only to look, `looks`, puts nothing back that was noted: it is
/// for them to find that it is missing.
pub async fn add_lists(
    session: &mut Session,
    place: &Path,
    kinds: &[Registered],
    looks: bool,
) -> Result<(), Failure> {
    let known = missing(&session.client, kinds).await?.is_empty();
    let reserve_more = !looks && may_reserve_more(&session.client, kinds).await?;
    let guard_more = may_guard_more(&session.client).await?;
    if known && !reserve_more && !guard_more {
        return Ok(());
    }
    let tx = within(session.client.transaction()).await?;
    lock(&tx).await?;
    if guard_more {
        within(tx.batch_execute(AGENTS)).await?;
    }
    let new = missing(&tx, kinds).await?;
    for kind in &new {
        not_lost(&tx, kind, place).await?;
    }
    for kind in kinds.iter().filter(|kind| reserve_more && new.iter().all(|new| new.name != kind.name)) {
        for event in reserve(&tx, kind).await? {
            tracing::warn!(
                kind = kind.name,
                event,
                "the table `reserved` did not name this event, and agents could record it: it is named again. A newer pxdesk \
                 reserves more than the last one did; else somebody has removed the row"
            );
        }
    }
    for kind in new {
        within(tx.batch_execute(&list(&kind.list))).await?;
        reserve(&tx, &kind).await?;
    }
    within(tx.commit()).await
}

/// Nothing, unless things of this kind were recorded, whose list was there then: an empty one in its place would say that there
/// are none.
async fn not_lost(client: &impl GenericClient, kind: &Registered, place: &Path) -> Result<(), Failure> {
    let ask = "SELECT EXISTS (SELECT FROM pxdesk.things WHERE kind = $1)";
    if within(client.query_one(ask, &[&kind.name])).await?.try_get::<_, bool>(0)? {
        return Err(Failure::Told(Error::lost_list(place, kind.list.table)));
    }
    Ok(())
}

/// True when something that only a supervisor may record is not noted as that, and this role may note it: its owner may.
async fn may_reserve_more(client: &impl GenericClient, kinds: &[Registered]) -> Result<bool, Failure> {
    let due: Vec<(&str, &str)> =
        kinds.iter().flat_map(|kind| kind.reserved.iter().map(|event| (kind.name, *event))).collect();
    let (names, events): (Vec<&str>, Vec<&str>) = due.into_iter().unzip();
    let ask = "SELECT has_table_privilege('pxdesk.reserved', 'INSERT') AND EXISTS (
        SELECT FROM unnest($1::text[], $2::text[]) AS due (kind, event)
        WHERE NOT EXISTS (SELECT FROM pxdesk.reserved r WHERE r.kind = due.kind AND r.event = due.event))";
    Ok(within(client.query_one(ask, &[&names, &events])).await?.try_get(0)?)
}

/// True when an earlier version made the journal, which kept agents from less, and this role may change that: the owner of
/// the tables may.
async fn may_guard_more(client: &impl GenericClient) -> Result<bool, Failure> {
    let ask = "SELECT EXISTS (
        SELECT FROM pg_class c JOIN pg_proc p ON p.pronamespace = c.relnamespace AND p.proname = 'is_agent'
        WHERE c.relnamespace = 'pxdesk'::regnamespace AND c.relname = 'agents'
            AND pg_has_role(c.relowner, 'USAGE') AND pg_has_role(p.proowner, 'USAGE'))
        AND (NOT EXISTS (
            SELECT FROM pg_proc p WHERE p.pronamespace = 'pxdesk'::regnamespace AND p.proname = 'refuse_lease')
        OR EXISTS (
            SELECT FROM pg_proc p WHERE p.pronamespace = 'pxdesk'::regnamespace AND p.proname = 'is_agent'
                AND encode(sha256(convert_to(p.prosrc, 'UTF8')), 'hex') = ANY($1)))";
    Ok(within(client.query_one(ask, &[&EARLIER_IS_AGENT.as_slice()])).await?.try_get(0)?)
}

/// The kinds whose tables are not there.
pub async fn missing(client: &impl GenericClient, kinds: &[Registered]) -> Result<Vec<Registered>, Failure> {
    let ask = "SELECT tablename::text FROM pg_tables WHERE schemaname = 'pxdesk'";
    let tables = within(client.query(ask, &[])).await?;
    let tables: Vec<String> = tables.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()?;
    Ok(kinds.iter().filter(|kind| !tables.iter().any(|table| table == kind.list.table)).copied().collect())
}

/// The statements that make the table of a list and its indexes.
pub fn list(list: &List) -> String {
    let table = list.table;
    let mut sql = format!(
        "CREATE TABLE pxdesk.{table} (\n    n bigint PRIMARY KEY,\n    id text COLLATE \"C\" NOT NULL,\n    seq bigint NOT NULL"
    );
    for made in list.columns.iter().map(column) {
        // Writing to a text cannot fail.
        let _ = write!(sql, ",\n    {made}");
    }
    for unique in list.unique {
        let _ = write!(sql, ",\n    UNIQUE ({})", unique.columns.join(", "));
    }
    sql.push_str("\n) WITH (fillfactor = 80);\n");
    sql + &indexes(list)
}

/// The same of a column: its name, and what may be in it.
pub fn column(column: &Column) -> String {
    let collate = if type_of(column) == "text" { " COLLATE \"C\"" } else { "" };
    let null = if column.optional { "" } else { " NOT NULL" };
    format!("{} {}{collate}{null}", column.name, type_of(column))
}

/// The statements that make the indexes of a list.
pub fn indexes(list: &List) -> String {
    let made = |index: &Index| {
        let only = index.only.map_or_else(String::new, |only| format!(" WHERE {only}"));
        format!(
            "CREATE INDEX {} ON pxdesk.{} ({}){only};\n",
            index.name,
            list.table,
            index.columns.join(", ")
        )
    };
    list.indexes.iter().map(made).collect()
}
