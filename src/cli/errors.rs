//! `errors`: the documented errors.

use super::{Console, Exit, Failed, json};
use crate::order::{Remedy, remedy};

/// Prints all of them, or those with this code.
pub fn run(code: Option<&str>, console: &Console) -> Result<Exit, Failed> {
    // One of them has no code; nobody asks for it by saying nothing.
    let wanted = |row: &&Remedy| {
        code.is_none_or(|code| {
            !code.is_empty() && (row.code == code || row.id == code || row.id.ends_with(&format!("/{code}")))
        })
    };
    let rows: Vec<&Remedy> = remedy::all().iter().filter(wanted).collect();
    if rows.is_empty() {
        let code = code.unwrap_or_default();
        return Err(Failed::new(
            Exit::BadInput,
            format!("`{code}` is not among the documented errors; `pxdesk errors` lists them"),
        ));
    }
    if console.is_json() {
        console.json(&rows.iter().map(|row| json::remedy(row)).collect::<Vec<_>>())?;
    } else {
        console.text(&rows.iter().map(|row| text(row)).collect::<Vec<_>>().join("\n"))?;
    }
    Ok(Exit::Done)
}

fn text(row: &Remedy) -> String {
    let code = if row.code.is_empty() { "no code" } else { &row.code };
    let status =
        if row.http_status == 0 { "no status".to_owned() } else { format!("HTTP {}", row.http_status) };
    format!(
        "{} {code} ({status}): {}\n  message       {}\n  field         {}\n  cause         {}\n  fix by        {}\n  next step     {}\n  a retry is    {}\n",
        row.call,
        row.reason,
        row.message,
        row.field,
        row.cause,
        row.who.title(),
        row.next,
        row.retry.name()
    )
}
