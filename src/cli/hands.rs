//! `order take-over`, `assign` and `note`: in whose hands an order is, and what people wrote down about it.

use super::console::line_from_stdin;
use super::{Console, Exit, Failed, Session, orders};
use crate::config::Settings;
use crate::engine::Error;
use crate::order::{Command, Personal};
use serde_json::json;

/// `order take-over`
pub async fn take_over(settings: &Settings, id: &str, console: &Console) -> Result<Exit, Failed> {
    let session = Session::open(settings).await?;
    let order = session.find(id).await?;
    orders::finish(&session, &order.id, Command::TakeOver { by: settings.agent.clone() }, console).await
}

/// `order assign`: each on its own, all found first.
pub async fn assign(
    settings: &Settings,
    ids: &[String],
    to: &str,
    console: &Console,
) -> Result<Exit, Failed> {
    if to.trim().is_empty() {
        return Err(Failed::new(Exit::BadInput, "--to is empty; name the agent"));
    }
    let session = Session::open(settings).await?;
    let ids = session.find_all(ids).await?;
    let command = || Command::Assign { to: to.to_owned() };
    if let [id] = ids.as_slice() {
        return orders::finish(&session, id, command(), console).await;
    }
    let mut worst = Exit::Done;
    let mut all = console.array()?;
    for id in &ids {
        let (exit, line) = match session.engine.command(id, command()).await {
            Ok(_) => (Exit::Done, json!({ "id": id, "assigned": true, "to": to })),
            Err(error @ Error::Journal(_)) => return Err(error.into()),
            Err(error) => {
                let failed = Failed::from(error);
                (failed.exit, json!({ "id": id, "assigned": false, "what": failed.what }))
            }
        };
        worst = worst.or(exit);
        all.item(&line)?;
        if !console.is_json() {
            let said = line["what"].as_str().map_or_else(|| format!("assigned to {to}"), str::to_owned);
            console.text(&format!("{id}  {said}"))?;
        }
    }
    all.end()?;
    Ok(worst)
}

/// `order note`
pub async fn note(settings: &Settings, id: &str, text: &Personal, console: &Console) -> Result<Exit, Failed> {
    let text = match text.expose() {
        "-" => Personal::new(line_from_stdin("the note")?.trim()),
        _ => text.clone(),
    };
    let session = Session::open(settings).await?;
    let order = session.find(id).await?;
    orders::finish(&session, &order.id, Command::Note { text }, console).await
}
