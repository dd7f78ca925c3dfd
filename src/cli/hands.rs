//! `order take-over`, `assign` and `note`: in whose hands an order is, and what people wrote down about it.

use super::console::{Array, note_from_stdin};
use super::{Console, Exit, Failed, Session, orders};
use crate::config::Settings;
use crate::order::{Command, OrderId, Personal, note_text};
use serde_json::{Value, json};

/// `order take-over`
pub async fn take_over(settings: &Settings, id: &str, console: &Console) -> Result<Exit, Failed> {
    let session = Session::open(settings).await?;
    let order = session.find(id).await?;
    orders::finish(&session, &order.id, Command::TakeOver { by: settings.agent.clone() }, console).await?;
    Ok(Exit::Done)
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
        orders::finish(&session, id, command(), console).await?;
        return Ok(Exit::Done);
    }
    let mut worst = Exit::Done;
    let mut all = console.array()?;
    for (at, id) in ids.iter().enumerate() {
        let Err(error) = session.engine.command(id, command()).await else {
            tell(&mut all, id, &json!({ "id": id, "assigned": true, "to": to }), console)?;
            continue;
        };
        let stops = error.is_for_all();
        let failed = Failed::from(error);
        tell(&mut all, id, &json!({ "id": id, "assigned": false, "what": failed.what }), console)?;
        if stops {
            tell_left(&mut all, &ids[at + 1..], console)?;
            all.end()?;
            return Err(failed);
        }
        worst = worst.or(failed.exit);
    }
    all.end()?;
    Ok(worst)
}

fn tell(all: &mut Array, id: &OrderId, line: &Value, console: &Console) -> Result<(), Failed> {
    if console.is_json() {
        return all.item(line);
    }
    let said = match (line["what"].as_str(), line["to"].as_str()) {
        (Some(what), _) => what.to_owned(),
        (None, to) => format!("assigned to {}", to.unwrap_or_default()),
    };
    console.text(&format!("{id}  {said}"))
}

/// What was not tried, because nothing could be recorded any more.
fn tell_left(all: &mut Array, left: &[OrderId], console: &Console) -> Result<(), Failed> {
    for id in left {
        let line = json!({ "id": id, "assigned": false, "left": true, "what": "left for later" });
        tell(all, id, &line, console)?;
    }
    if !left.is_empty() {
        console.note(&format!("{} of them were not tried; the same command goes on with these", left.len()));
    }
    Ok(())
}

/// `order note`
pub async fn note(settings: &Settings, id: &str, text: &Personal, console: &Console) -> Result<Exit, Failed> {
    let text = match text.expose() {
        "-" => Personal::new(note_from_stdin()?.trim()),
        _ => text.clone(),
    };
    // What cannot be a note is bad input, wherever it was typed.
    if let Err(refusal) = note_text(text.expose()) {
        return Err(Failed::new(Exit::BadInput, format!("{refusal}. {}", refusal.next())));
    }
    let session = Session::open(settings).await?;
    let order = session.find(id).await?;
    orders::finish(&session, &order.id, Command::Note { text }, console).await?;
    Ok(Exit::Done)
}
