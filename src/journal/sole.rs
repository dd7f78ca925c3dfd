//! Terms that belong to one thing alone.

use super::change::Change;
use rusqlite::{Connection, ToSql as _};

/// True when another thing has one of the change's new terms, and may not share it. Whoever writes is alone, so that it
/// stays as it is found.
pub fn is_held(conn: &Connection, change: &Change) -> rusqlite::Result<bool> {
    let Some((column, value)) = change.sole() else { return Ok(false) };
    let table = change.list.table;
    // CROSS has SQLite begin with the term.
    let mut held = conn.prepare_cached(&format!(
        "SELECT 1 FROM blind CROSS JOIN {table} AS l ON l.n = thing WHERE term = ? AND l.n <> ? AND l.{column} = ?"
    ))?;
    let own = change.number().unwrap_or_default();
    for term in &change.terms.new {
        if held.exists((term.as_slice(), own, value.to_sql()?))? {
            return Ok(true);
        }
    }
    Ok(false)
}
