//! `order probe` and `order resolve`: what a person does about an order in doubt.

use super::args::ResolveArgs;
use super::stop::Stop;
use super::{Console, Exit, Failed, Session, walk};
use crate::config::Settings;
use crate::order::Statement;

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
    let order = session.engine.resolve(&order.id, statement).await?;
    walk::ended(&session.engine, &order, console).await
}
