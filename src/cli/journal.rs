//! `journal verify`.

use super::args::JournalCommand;
use super::{Console, Exit, Failed, Session};
use crate::config::Settings;
use serde_json::json;

/// Checks the journal.
pub async fn run(settings: &Settings, command: &JournalCommand, console: &Console) -> Result<Exit, Failed> {
    let JournalCommand::Verify = command;
    let journal = Session::journal_as_it_is(settings).await?;
    let report = journal
        .verify(|progress| console.note(&format!("{} of {} rows checked", progress.done, progress.total)))
        .await?;
    if console.is_json() {
        let problems: Vec<_> = report
            .problems
            .iter()
            .map(|p| json!({ "position": p.pos, "order": p.order, "problem": p.what }))
            .collect();
        console.json(&json!({ "orders": report.orders, "events": report.events, "problems": problems, "intact": problems.is_empty() }))?;
    } else if report.problems.is_empty() {
        console.text(&format!(
            "intact: {} orders, {} events, every hash and every summary fits",
            report.orders, report.events
        ))?;
    } else {
        for p in &report.problems {
            let place = p.pos.map_or_else(String::new, |pos| format!("position {pos}: "));
            let order = p.order.as_ref().map_or_else(String::new, |id| format!("order {id}: "));
            console.text(&format!("{place}{order}{}", p.what))?;
        }
    }
    if report.problems.is_empty() {
        return Ok(Exit::Done);
    }
    let what = format!(
        "{} is not as it was written: {} problems",
        settings.journal.display(),
        report.problems.len()
    );
    let next = "Keep a copy of the file as it is, stop all desks on it, and restore a backup.".to_owned();
    Err(Failed { exit: Exit::Journal, what, next: Some(next) })
}
