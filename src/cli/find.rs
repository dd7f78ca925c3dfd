//! `order find`: whose order is it, when a customer phones back.

use super::console::line_from_stdin;
use super::{Console, Exit, Failed, Session, json, orders};
use crate::config::Settings;
use crate::desk::FOUND;
use crate::order::Personal;

/// Prints the orders that `text` may mean.
pub async fn run(settings: &Settings, text: &Personal, console: &Console) -> Result<Exit, Failed> {
    let text = match text.expose() {
        "-" => Personal::new(line_from_stdin("what to look for")?.trim()),
        _ => text.clone(),
    };
    let session = Session::open(settings).await?;
    orders::warn(&session, console);
    let engine = &session.engine;
    let rows = engine.journal().search(engine.environment(), text.expose()).await?;
    let now = engine.clock().now();
    if rows.len() >= FOUND {
        console.note(&format!("the first {}; more may match", rows.len()));
    }
    if console.is_json() {
        console.json(&rows.iter().map(|row| json::summary(row, now)).collect::<Vec<_>>())?;
    } else {
        console.text(&rows.iter().map(|row| orders::line(row, now, false)).collect::<String>())?;
        if rows.is_empty() {
            console.note(&format!("nothing found in the {} environment", engine.environment()));
        }
    }
    Ok(Exit::Done)
}
