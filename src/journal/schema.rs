//! The tables of a journal: the same for every kind but for the kinds' lists, which are made from what the kinds say.

use crate::kind::{Column, List, Type};
use std::fmt::Write as _;

/// The version of these tables. Version 1 knew orders alone, and its chain had no key; version 2 found the events of a thing
/// by an index.
pub const VERSION: i64 = 3;

/// The tables that every journal has.
pub const CORE: &str = include_str!("schema.sql");

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
