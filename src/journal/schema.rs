//! The tables of a journal: the same for every kind but for the kinds' lists, which are made from what the kinds say.

use super::kinds::Registered;
use crate::kind::{Column, List, Type};
use rusqlite::Connection;
use std::collections::HashMap;
use std::fmt::Write as _;

/// The version of these tables, and of what is in the rows of the lists: it counts on with every change of either. Version 1
/// knew orders alone, and its chain had no key; version 2 found the events of a thing by an index; version 3 said less of a
/// thing in its row; version 4 listed a report as reported whatever answer came after a person's word.
pub const VERSION: i64 = 5;

/// The tables that every journal has.
pub const CORE: &str = include_str!("schema.sql");

/// A table, an index or a trigger as SQLite has it written down.
pub struct Made {
    /// "table", "index" or "trigger".
    pub what: String,
    pub name: String,
    /// The table that it is of.
    pub table: String,
    /// The statement that made it.
    pub sql: String,
}

impl Made {
    /// All in a database, but for what SQLite made by itself.
    pub fn all(conn: &Connection) -> rusqlite::Result<Vec<Self>> {
        let mut made =
            conn.prepare("SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE sql IS NOT NULL")?;
        let made = made.query_map([], |row| {
            Ok(Self { what: row.get(0)?, name: row.get(1)?, table: row.get(2)?, sql: row.get(3)? })
        })?;
        made.collect()
    }
}

/// What of the tables of these kinds is not as it was made, if anything is: a trigger that somebody dropped, or put there. A
/// quick look, for every start; verifying compares each with its name.
pub fn misfit(found: &[Made], kinds: &[Registered]) -> Option<String> {
    let lists: HashMap<&str, String> = kinds.iter().map(|kind| (kind.list.table, list(&kind.list))).collect();
    let wanted_of = |table: &str| match lists.get(table) {
        Some(list) => Some(list.as_str()),
        None => Some(CORE).filter(|core| core.contains(&format!("CREATE TABLE {table} ("))),
    };
    let mut ours = 0;
    for made in found {
        let Some(wanted) = wanted_of(&made.table) else { continue };
        if !wanted.contains(&made.sql) {
            return Some(format!("the {} `{}` is not as pxdesk made it", made.what, made.name));
        }
        ours += 1;
    }
    let all = lists.values().map(String::as_str).chain([CORE]).flat_map(str::lines);
    let statements = all.filter(|line| line.starts_with("CREATE ")).count();
    (ours < statements).then(|| "a table, an index or a trigger is missing".to_owned())
}

/// The statements that make the table of a list and its indexes.
pub fn list(list: &List) -> String {
    let table = list.table;
    let mut sql = format!(
        "CREATE TABLE {table} (\n    n INTEGER PRIMARY KEY REFERENCES things (n),\n    id TEXT NOT NULL,\n    seq INTEGER NOT NULL,\n    last INTEGER NOT NULL"
    );
    let add = |sql: &mut String, part: std::fmt::Arguments<'_>| {
        // Writing to a text cannot fail.
        let _ = write!(sql, ",\n    {part}");
    };
    for Column { name, kind, optional, .. } in list.columns {
        let kind = match kind {
            Type::Integer => "INTEGER",
            Type::Text => "TEXT",
        };
        add(&mut sql, format_args!("{name} {kind}{}", if *optional { "" } else { " NOT NULL" }));
    }
    for unique in list.unique {
        add(&mut sql, format_args!("UNIQUE ({})", unique.columns.join(", ")));
    }
    sql.push_str("\n) STRICT;\n");
    for index in list.indexes {
        let only = index.only.map_or_else(String::new, |only| format!(" WHERE {only}"));
        let _ = writeln!(sql, "CREATE INDEX {} ON {table} ({}){only};", index.name, index.columns.join(", "));
    }
    sql
}
