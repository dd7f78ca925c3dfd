//! Production from the command line: said every time, and gone into by nobody who did not mean it.

use super::{Console, Exit, Failed};
use crate::config::{MarketTarget, Settings};
use crate::order::Environment;
use crate::session::registration_client;
use std::io::{self, IsTerminal as _, Write as _};

/// What a person types to go on.
const WORD: &str = "live";

/// Says where orders go when that is production, and when they go nowhere.
pub fn announce(settings: &Settings, console: &Console) {
    if let Some(production) = settings.production() {
        console.note(&format!("{production}: every order is live"));
    } else if settings.environment == Environment::Embedded {
        console.note("the embedded Px: practice, nothing leaves this machine");
    }
}

/// The same before a call to the marketplace that has an effect there.
pub fn announce_market(settings: &Settings, console: &Console) {
    let Some(market) = &settings.market else { return };
    let at = match &market.target {
        MarketTarget::At { base_url } => base_url.as_str(),
        MarketTarget::InProcess => "",
    };
    if let Some(production) = settings.production_at(at) {
        console.note(&format!("{production}: every call to the marketplace is live"));
    }
}

/// The same before a contract is changed. Where it is may be known to the credentials alone.
pub async fn announce_registration(settings: &Settings, console: &Console) {
    if settings.environment != Environment::Production {
        return;
    }
    let at = match registration_client(settings, None) {
        Ok(Some(client)) => client.server().await.map(|server| format!("https://{}", server.host())),
        Ok(None) | Err(_) => Ok(String::new()),
    };
    if let Some(production) = settings.production_at(&at.unwrap_or_default()) {
        console.note(&format!("{production}: every change of the contract is live"));
    }
}

/// Before what may place an order: in production it needs `--live`, or the word from whoever sits at the terminal.
///
/// # Errors
/// When it has neither; nothing was sent then.
pub fn confirm(settings: &Settings, live: bool, console: &Console) -> Result<(), Failed> {
    announce(settings, console);
    if settings.production().is_none() || live || (io::stdin().is_terminal() && asked()?) {
        return Ok(());
    }
    Err(Failed {
        exit: Exit::RefusedHere,
        what: "refused here, not by Px: this can place a live order, and nobody said that it should"
            .to_owned(),
        next: Some("Next, for the agent: add --live if a live order is what you mean.".to_owned()),
    })
}

fn asked() -> Result<bool, Failed> {
    let failed = |e: io::Error| Failed::new(Exit::BadInput, format!("cannot ask at the terminal: {e}"));
    let mut err = io::stderr().lock();
    write!(err, "This can place a live order. Type {WORD} to go on: ").map_err(failed)?;
    err.flush().map_err(failed)?;
    drop(err);
    let mut line = String::new();
    io::stdin().read_line(&mut line).map_err(failed)?;
    Ok(line.trim() == WORD)
}
