//! Whether the tables of a journal on PostgreSQL are guarded as they were made: their triggers, the functions of those, and
//! what no two rows may share. A restore that went wrong in the middle leaves tables that look whole.

use super::failure::Failure;
use super::session::within;
use super::tables::{AGENTS, CORE, EARLIER_IS_AGENT};
use crate::journal::check::Check;
use crate::journal::kinds::Registered;
use crate::journal::report::Progress;
use crate::kind::{Digest, Index};
use std::collections::HashMap;
use tokio_postgres::Transaction;

/// What keeps history from being changed by mistake, as PostgreSQL says it.
pub const TRIGGERS: [(&str, &str); 7] = [
    (
        "events_are_never_changed",
        "BEFORE DELETE OR UPDATE OR TRUNCATE ON pxdesk.events FOR EACH STATEMENT EXECUTE FUNCTION refuse()",
    ),
    (
        "things_are_never_removed",
        "BEFORE DELETE OR TRUNCATE ON pxdesk.things FOR EACH STATEMENT EXECUTE FUNCTION refuse()",
    ),
    (
        "checkpoints_are_never_changed",
        "BEFORE DELETE OR UPDATE OR TRUNCATE ON pxdesk.checkpoints FOR EACH STATEMENT EXECUTE FUNCTION refuse()",
    ),
    (
        "agents_record_what_they_may",
        "BEFORE INSERT ON pxdesk.events FOR EACH ROW EXECUTE FUNCTION refuse_agents()",
    ),
    (
        "agents_use_what_was_drawn",
        "BEFORE INSERT ON pxdesk.events FOR EACH ROW EXECUTE FUNCTION refuse_undrawn()",
    ),
    (
        "checkpoints_are_of_ended_epochs",
        "BEFORE INSERT ON pxdesk.checkpoints FOR EACH ROW EXECUTE FUNCTION refuse_unended()",
    ),
    (
        "agents_take_the_lease_in_turn",
        "BEFORE UPDATE ON pxdesk.lease FOR EACH ROW EXECUTE FUNCTION refuse_lease()",
    ),
];

/// The functions that the tables rely on.
const FUNCTIONS: [&str; 7] =
    ["end_epoch", "refuse", "is_agent", "refuse_agents", "refuse_undrawn", "refuse_unended", "refuse_lease"];

/// What an earlier version did not keep agents from. Until the owner of the tables opens a journal of its, it does not.
const LATER: [&str; 6] = [
    "agents_use_what_was_drawn",
    "checkpoints_are_of_ended_epochs",
    "agents_take_the_lease_in_turn",
    "refuse_undrawn",
    "refuse_unended",
    "refuse_lease",
];

/// What no two agents of a journal of an earlier version shared.
const EARLIER: (&str, &[&str]) = ("agents", &["role"]);

/// What no two rows of the tables that every journal has may share.
const UNIQUE: [(&str, &[&str]); 11] = [
    ("journal", &["one"]),
    ("things", &["n"]),
    ("things", &["kind", "id"]),
    ("events", &["pos"]),
    ("events", &["thing", "seq"]),
    ("counts", &["list", "of", "slot"]),
    ("blind", &["term", "thing"]),
    ("lease", &["one"]),
    ("checkpoints", &["epoch"]),
    ("agents", &["role", "member"]),
    ("reserved", &["kind", "event"]),
];

/// By which checkpoints find their events.
const BY_EPOCH: Index = Index { name: "events_by_epoch", columns: &["epoch"], only: None };

/// An index as it is there.
struct Found {
    table: String,
    name: String,
    unique: bool,
    columns: Vec<String>,
    partial: bool,
}

/// Looks at all of them.
pub async fn guards<F: FnMut(Progress) + Send>(
    tx: &Transaction<'_>,
    check: &mut Check<'_, F>,
) -> Result<(), Failure> {
    let found = indexes(tx).await?;
    let earlier = has_unique(&found, EARLIER.0, EARLIER.1);
    triggers(tx, check, earlier).await?;
    functions(tx, check, earlier).await?;
    for (table, columns) in UNIQUE {
        if !(earlier && table == EARLIER.0) {
            unique(check, &found, table, columns);
        }
    }
    index(check, &found, "events", &BY_EPOCH);
    foreign(check, &found);
    for kind in check.kinds {
        list(tx, check, &found, kind).await?;
    }
    Ok(())
}

async fn triggers<F: FnMut(Progress) + Send>(
    tx: &Transaction<'_>,
    check: &mut Check<'_, F>,
    earlier: bool,
) -> Result<(), Failure> {
    let ask = "SELECT t.tgname::text, t.tgenabled::text, pg_get_triggerdef(t.oid)
        FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
        WHERE c.relnamespace = 'pxdesk'::regnamespace AND NOT t.tgisinternal";
    let mut found: HashMap<String, Vec<(String, String)>> = HashMap::new();
    for row in within(tx.query(ask, &[])).await? {
        found.entry(row.try_get(0)?).or_default().push((row.try_get(1)?, row.try_get(2)?));
    }
    for (name, made) in TRIGGERS.into_iter().filter(|(name, _)| !(earlier && LATER.contains(name))) {
        let made = format!("CREATE TRIGGER {name} {made}");
        let there = found.get(name).map_or(&[][..], Vec::as_slice);
        match there.iter().find(|(_, sql)| *sql == made).map(|(enabled, _)| enabled.as_str()) {
            Some("O" | "A") => {}
            Some(_) => check.problem(None, None, format!("the trigger `{name}` is switched off")),
            None if there.is_empty() => {
                check.problem(None, None, format!("the trigger `{name}` is missing"));
            }
            None => check.problem(None, None, format!("the trigger `{name}` is not what it was made as")),
        }
    }
    Ok(())
}

async fn functions<F: FnMut(Progress) + Send>(
    tx: &Transaction<'_>,
    check: &mut Check<'_, F>,
    earlier: bool,
) -> Result<(), Failure> {
    let ask = "SELECT p.proname::text, p.prosrc, p.prosecdef, coalesce(p.proconfig::text, '')
        FROM pg_proc p WHERE p.pronamespace = 'pxdesk'::regnamespace AND p.pronargs = 0";
    let mut found: HashMap<String, (String, bool, String)> = HashMap::new();
    for row in within(tx.query(ask, &[])).await? {
        found.insert(row.try_get(0)?, (row.try_get(1)?, row.try_get(2)?, row.try_get(3)?));
    }
    for name in FUNCTIONS.into_iter().filter(|name| !(earlier && LATER.contains(name))) {
        let Some((body, definer, settings)) = found.get(name) else {
            check.problem(None, None, format!("the function `{name}` is missing"));
            continue;
        };
        let (head, made) = made(name);
        let digest = || Digest::of(body.as_bytes()).to_string();
        let first = name == "is_agent" && EARLIER_IS_AGENT.contains(&digest().as_str());
        let set = head.contains("SET search_path") == settings.contains("search_path=");
        if !((body == made || first) && *definer == head.contains("SECURITY DEFINER") && set) {
            check.problem(None, None, format!("the function `{name}` is not what it was made as"));
        }
    }
    Ok(())
}

/// How a function is made: what is said of it, and what it does.
fn made(name: &str) -> (&'static str, &'static str) {
    let of = |sql: &'static str| {
        let (_, rest) = sql.split_once(&format!("FUNCTION pxdesk.{name}()"))?;
        let (head, rest) = rest.split_once("$$")?;
        Some((head, rest.split_once("$$")?.0))
    };
    of(CORE).or_else(|| of(AGENTS)).unwrap_or_default()
}

async fn indexes(tx: &Transaction<'_>) -> Result<Vec<Found>, Failure> {
    let ask =
        "SELECT t.relname::text, c.relname::text, i.indisunique AND i.indimmediate, i.indpred IS NOT NULL,
            ARRAY(SELECT a.attname::text FROM unnest(i.indkey) WITH ORDINALITY AS k (n, at)
                LEFT JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.n ORDER BY k.at)
        FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid JOIN pg_class c ON c.oid = i.indexrelid
        WHERE t.relnamespace = 'pxdesk'::regnamespace AND i.indisvalid AND i.indisready";
    let mut found = Vec::new();
    for row in within(tx.query(ask, &[])).await? {
        // A column that is none is an expression, which no index of ours has.
        let columns: Vec<Option<String>> = row.try_get(4)?;
        found.push(Found {
            table: row.try_get(0)?,
            name: row.try_get(1)?,
            unique: row.try_get(2)?,
            partial: row.try_get(3)?,
            columns: columns.into_iter().map(Option::unwrap_or_default).collect(),
        });
    }
    Ok(found)
}

/// The list of a kind: its indexes, and what no two of its rows share.
async fn list<F: FnMut(Progress) + Send>(
    tx: &Transaction<'_>,
    check: &mut Check<'_, F>,
    found: &[Found],
    kind: &Registered,
) -> Result<(), Failure> {
    let list = &kind.list;
    unique(check, found, list.table, &["n"]);
    for made in list.indexes {
        index(check, found, list.table, made);
    }
    for shared in list.unique {
        unique(check, found, list.table, shared.columns);
        let columns = shared.columns.join(", ");
        let there = shared.columns.iter().map(|column| format!("{column} IS NOT NULL"));
        let sql = format!(
            "SELECT min(id), max(id) FROM {} WHERE {} GROUP BY {columns} HAVING count(*) > 1",
            list.table,
            there.collect::<Vec<_>>().join(" AND ")
        );
        // It goes through all rows, which may take long.
        for row in tx.query(&sql, &[]).await? {
            let (one, other): (String, String) = (row.try_get(0)?, row.try_get(1)?);
            let what = format!("has the same {} as {other}", shared.field);
            check.problem(None, Some(format!("{} {one}", kind.name)), what);
        }
    }
    Ok(())
}

fn has_unique(found: &[Found], table: &str, columns: &[&str]) -> bool {
    let is_it =
        |index: &Found| index.unique && !index.partial && index.table == table && index.columns == columns;
    found.iter().any(is_it)
}

fn unique<F: FnMut(Progress)>(check: &mut Check<'_, F>, found: &[Found], table: &str, columns: &[&str]) {
    if !has_unique(found, table, columns) {
        let what = format!("nothing keeps two rows of `{table}` from having the same {}", columns.join(", "));
        check.problem(None, None, what);
    }
}

/// What no two rows may share by somebody else's word keeps events out that the journal would take.
fn foreign<F: FnMut(Progress)>(check: &mut Check<'_, F>, found: &[Found]) {
    let mut ours: Vec<(&str, &[&str])> = UNIQUE.into_iter().chain([EARLIER]).collect();
    for kind in check.kinds {
        ours.push((kind.list.table, &["n"]));
        ours.extend(kind.list.unique.iter().map(|shared| (kind.list.table, shared.columns)));
    }
    let is_ours = |index: &&Found| {
        let known = ours.iter().any(|(table, columns)| index.table == *table && index.columns == *columns);
        !index.unique || known && !index.partial
    };
    for index in found.iter().filter(|index| !is_ours(index)) {
        let what =
            format!("the table `{}` has a unique index that is none of ours: `{}`", index.table, index.name);
        check.problem(None, None, what);
    }
}

fn index<F: FnMut(Progress)>(check: &mut Check<'_, F>, found: &[Found], table: &str, made: &Index) {
    let is_it = |index: &Found| {
        index.name == made.name
            && index.table == table
            && index.columns == made.columns
            && index.partial == made.only.is_some()
    };
    if !found.iter().any(is_it) {
        check.problem(
            None,
            None,
            format!("the index `{}` is missing, or not what it was made as", made.name),
        );
    }
}
