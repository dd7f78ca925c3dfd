//! `market`: the marketplace from the command line. No rules of its own: what may be done is decided by `subscription`,
//! through the engine.

mod account;
mod asked;
mod calls;
mod end;
mod intake;
mod json;
mod list;
mod reconcile;
mod requests;
mod run;
mod serve;
mod unreadable;
mod usage;

use super::args::{MarketCommand, UsageCommand};
use super::{Console, Exit, Failed, Session, live};
use crate::config::{MarketSettings, MarketTarget, Settings};
use crate::engine::Found;
use crate::subscription::{Called, Gate, SubscriptionRow};
use crate::text::quote;

/// Does what `command` says.
pub async fn run(settings: &Settings, command: &MarketCommand, console: &Console) -> Result<Exit, Failed> {
    match command {
        MarketCommand::Serve { listen } => serve::run(settings, *listen, console).await,
        MarketCommand::List { state, month } => list::list(settings, *state, *month, console).await,
        MarketCommand::Show { id } => list::show(settings, id, console).await,
        MarketCommand::Requests { show: None, all } => requests::run(settings, *all, console).await,
        MarketCommand::SetAside { .. } => requests::set_aside(settings, command, console).await,
        MarketCommand::Requests { show: Some(number), .. } => {
            unreadable::show(settings, *number, console).await
        }
        MarketCommand::Closing => usage::closing(settings, console).await,
        MarketCommand::Usage { command } => self::usage(settings, command, console).await,
        MarketCommand::End { .. } => end::run(settings, command, console).await,
        other => calls::run(settings, other, console).await,
    }
}

async fn usage(settings: &Settings, command: &UsageCommand, console: &Console) -> Result<Exit, Failed> {
    match command {
        UsageCommand::Add { .. } => intake::run(settings, command, console).await,
        UsageCommand::Send { month, only, reason } => {
            run::send(settings, *month, only, reason.as_deref(), console).await
        }
        UsageCommand::Reconcile { month, csv } => reconcile::run(settings, *month, csv, console).await,
        other => usage::run(settings, other, console).await,
    }
}

/// The settings of the marketplace: every command here was opened with some.
fn market(settings: &Settings) -> Result<&MarketSettings, Failed> {
    settings.market.as_ref().ok_or_else(|| Failed::new(Exit::Configuration, "no marketplace is configured"))
}

/// Opens the journal for a command that calls the marketplace. Without a provider key nothing of it is begun.
async fn to_call(settings: &Settings, console: &Console) -> Result<Session, Failed> {
    live::announce_market(settings, console);
    let session = Session::open_for_market(settings, true).await?;
    let key = session.engine.check_provider_key().await;
    key.map_err(|why| Failed::new(Exit::Configuration, why))?;
    Ok(session)
}

/// What a report needs of the time.
async fn gate(session: &Session, settings: &Settings) -> Result<Gate, Failed> {
    let in_process = market(settings)?.target == MarketTarget::InProcess;
    Ok(session.engine.gate(in_process).await?)
}

/// The same before reports are sent.
async fn gate_to_send(session: &Session, settings: &Settings) -> Result<Gate, Failed> {
    let in_process = market(settings)?.target == MarketTarget::InProcess;
    Ok(session.engine.gate_to_send(in_process).await?)
}

/// The subscription that a person means by `text`; also by the id of a report of it.
async fn find(session: &Session, text: &str) -> Result<SubscriptionRow, Failed> {
    let mut found = session.engine.find_subscription(&Called::Any(text.to_owned())).await?;
    if let (Found::Nothing, Some(id)) = (&found, session.engine.subscription_of_report(text).await?) {
        found = session.engine.find_subscription(&Called::Id(id.to_string())).await?;
    }
    match found {
        Found::One(row) => Ok(*row),
        Found::Nothing => Err(Failed::new(
            Exit::BadInput,
            format!(
                "there is no subscription `{}` in the {} environment",
                quote(text),
                session.engine.environment()
            ),
        )),
        Found::Many(rows) => {
            let one = |row: &SubscriptionRow| format!("{} ({})", row.id, quote(row.provisioning_id.as_str()));
            let ids: Vec<_> = rows.iter().map(one).collect();
            let what = format!("`{}` is an id of several subscriptions: {}", quote(text), ids.join(", "));
            let next = Some("Name one by our own id, which stands first.".to_owned());
            Err(Failed { exit: Exit::BadInput, what, next })
        }
    }
}
