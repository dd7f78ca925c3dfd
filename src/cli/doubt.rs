//! `order probe` and `order resolve`: what a person does about an order in doubt.

use super::args::ResolveArgs;
use super::stop::Stop;
use super::{Console, Exit, Failed, Session, walk};
use crate::config::Settings;
use crate::order::{Statement, Verdict, contradicted};

/// Sends the very same Complete once more and says what that tells.
pub async fn probe(settings: &Settings, id: &str, console: &Console) -> Result<Exit, Failed> {
    let session = Session::open_with_px(settings).await?;
    let order = session.find(id).await?;
    let probe = Box::pin(session.engine.probe(&order.id));
    match Stop::listen().or(&session.engine, console, probe).await {
        Ok(done) => walk::ended(&session.engine, &done?.order, console).await,
        Err(stopped) => Ok(stopped.say(&session.engine, &order.id, console).await),
    }
}

/// Writes a verdict down.
pub async fn resolve(settings: &Settings, args: &ResolveArgs, console: &Console) -> Result<Exit, Failed> {
    let session = Session::open(settings).await?;
    let order = session.find(&args.id).await?;
    let statement =
        Statement { placed: args.placed, reference: args.reference.clone(), name: args.by.clone() };
    let before = contradicted(&order, &statement).cloned();
    let order = session.engine.resolve(&order.id, statement).await?;
    if let Some(waits) = order.proposal() {
        tell(before.as_ref(), waits, console);
    }
    walk::ended(&session.engine, &order, console).await
}

/// One of the two people who must say the same has spoken.
fn tell(before: Option<&Verdict>, waits: &Verdict, console: &Console) {
    let word = |placed: bool| if placed { "placed" } else { "not placed" };
    if let Some(before) = before {
        console.note(&format!(
            "This contradicts {}, who said \"{}\" ({}): nothing is settled. Ask the carrier again, together.",
            before.name,
            word(before.placed),
            before.reference
        ));
    }
    console.note(&format!(
        "Recorded as proposed: \"{}\", said by {}. Another person must give the same verdict at their own desk.",
        word(waits.placed),
        waits.name
    ));
}
