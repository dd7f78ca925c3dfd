//! `order take-over`, `assign` and `note`: in whose hands an order is, and what people wrote down about it.

use super::console::line_from_stdin;
use super::{Console, Exit, Failed, Session, orders};
use crate::config::Settings;
use crate::order::{Command, Personal};

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
    let session = Session::open(settings).await?;
    for id in session.find_all(ids).await? {
        orders::finish(&session, &id, Command::Assign { to: to.to_owned() }, console).await?;
    }
    Ok(Exit::Done)
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
