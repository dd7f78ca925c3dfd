//! Whether the tables of a journal on PostgreSQL are those that were made, with their columns, each of its type.

use super::failure::Failure;
use super::session::within;
use super::tables::CORE;
use super::value::type_of;
use crate::journal::check::Check;
use crate::journal::kinds::Registered;
use crate::journal::report::Progress;
use std::collections::BTreeMap;
use tokio_postgres::Transaction;

/// The columns of each table.
type Columns = BTreeMap<String, BTreeMap<String, Made>>;

/// How a column is made.
#[derive(Debug, PartialEq, Eq)]
struct Made {
    kind: String,
    /// Whether it may hold nothing.
    optional: bool,
}

/// A column that the journals of an earlier version lack.
const LATER: (&str, &str) = ("agents", "member");

/// Looks at all of them. False where one is missing, or of another type: what is in the tables may not be readable then.
pub async fn columns<F: FnMut(Progress) + Send>(
    tx: &Transaction<'_>,
    check: &mut Check<'_, F>,
) -> Result<bool, Failure> {
    let made = made(check.kinds);
    let found = found(tx).await?;
    let mut readable = true;
    for (table, columns) in &made {
        let Some(there) = found.get(table) else {
            check.problem(None, None, format!("the table `{table}` is missing"));
            readable = false;
            continue;
        };
        for (column, made) in columns {
            match there.get(column) {
                Some(found) if found == made => continue,
                Some(found) if found.kind == made.kind => {
                    let now = if found.optional { "may hold nothing" } else { "must hold something" };
                    let what = format!("the column `{column}` of `{table}` {now}, and was not made so");
                    check.problem(None, None, what);
                    continue;
                }
                Some(Made { kind, .. }) => {
                    let what = format!(
                        "the column `{column}` of `{table}` is of type {kind}, and was made as {}",
                        made.kind
                    );
                    check.problem(None, None, what);
                }
                None if (table.as_str(), column.as_str()) == LATER => continue,
                None => check.problem(None, None, format!("the column `{column}` of `{table}` is missing")),
            }
            readable = false;
        }
        for column in there.keys().filter(|column| !columns.contains_key(*column)) {
            check.problem(
                None,
                None,
                format!("the table `{table}` has a column that is none of ours: `{column}`"),
            );
        }
    }
    for table in found.keys().filter(|table| !made.contains_key(*table)) {
        check.problem(None, None, format!("the table `{table}` is none of ours"));
    }
    Ok(readable)
}

async fn found(tx: &Transaction<'_>) -> Result<Columns, Failure> {
    let ask = "SELECT c.relname::text, a.attname::text, format_type(a.atttypid, a.atttypmod), NOT a.attnotnull
        FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace s ON s.oid = c.relnamespace
        WHERE s.nspname = 'pxdesk' AND c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped";
    let mut found = Columns::new();
    for row in within(tx.query(ask, &[])).await? {
        let made = Made { kind: row.try_get(2)?, optional: row.try_get(3)? };
        found.entry(row.try_get(0)?).or_default().insert(row.try_get(1)?, made);
    }
    Ok(found)
}

/// How they are made.
fn made(kinds: &[Registered]) -> Columns {
    let mut made: Columns = CORE.split("CREATE TABLE pxdesk.").skip(1).filter_map(core).collect();
    let made_as = |kind: &str, optional: bool| Made { kind: kind.to_owned(), optional };
    made.entry(LATER.0.to_owned()).or_default().insert(LATER.1.to_owned(), made_as("oid", true));
    for kind in kinds {
        let first = [("n", "bigint", false), ("id", "text", false), ("seq", "bigint", false)];
        let more = kind.list.columns.iter().map(|column| (column.name, type_of(column), column.optional));
        let all = first.into_iter().chain(more);
        let all = all.map(|(name, kind, optional)| (name.to_owned(), made_as(kind, optional)));
        made.insert(kind.list.table.to_owned(), all.collect());
    }
    made
}

/// A table of every journal, as the SQL says it that makes it.
fn core(sql: &str) -> Option<(String, BTreeMap<String, Made>)> {
    let (table, rest) = sql.split_once(" (")?;
    let (body, _) = rest.split_once(");").or_else(|| rest.split_once("\n)"))?;
    let column = |line: &str| {
        let mut words = line.split_whitespace();
        let (name, kind) = (words.next()?, words.next()?.trim_end_matches(','));
        let is_one = !matches!(name, "PRIMARY" | "UNIQUE" | ")");
        let kind = if kind == "timestamptz" { "timestamp with time zone" } else { kind };
        let optional = !line.contains("NOT NULL") && !line.contains("PRIMARY KEY");
        is_one.then(|| (name.to_owned(), Made { kind: kind.to_owned(), optional }))
    };
    Some((table.to_owned(), body.lines().filter_map(column).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::every_kind;

    #[test]
    fn the_columns_are_read_from_what_makes_them() {
        let made = made(&every_kind());
        let of = |table: &str| {
            let columns = made[table].iter().map(|(name, made)| format!("{name} {}", made.kind));
            columns.collect::<Vec<_>>().join(", ")
        };
        assert_eq!(of("agents"), "member oid, role text");
        assert_eq!(of("lease"), "holder text, number bigint, one integer, until timestamp with time zone");
        assert_eq!(of("blind"), "term bytea, thing bigint");
        assert_eq!(made["events"].len(), 10);
        assert_eq!(made.len(), 9 + every_kind().len());
        assert!(made["orders"].contains_key("standing"));
        let optional = |table: &str, column: &str| made[table][column].optional;
        assert!(optional("events", "sealed") && optional("usage_reports", "amount"));
        assert!(
            !optional("events", "pos") && !optional("usage_reports", "month") && !optional("agents", "role")
        );
    }
}
