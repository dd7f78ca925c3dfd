//! The journal opened for a command: one that reads says first that what it prints may be old, and one that changes something
//! does nothing with a journal that is not to be trusted.

use super::{Failed, Session, remark};
use crate::config::Settings;

/// For a command that reads orders.
pub async fn to_read(settings: &Settings) -> Result<Session, Failed> {
    Session::open(settings).await.map(told)
}

/// For a command that reads what is sold on the marketplace.
pub async fn market_to_read(settings: &Settings) -> Result<Session, Failed> {
    Session::open_for_market(settings, false).await.map(told)
}

/// For a command that records something of the marketplace, and calls nobody.
pub async fn market_to_change(settings: &Settings) -> Result<Session, Failed> {
    trusted(Session::open_for_market(settings, false).await?)
}

/// For a command that reads of a contract.
pub async fn contract_to_read(settings: &Settings) -> Result<Session, Failed> {
    Session::open_for_registration(settings).await.map(told)
}

/// For a command that changes a contract.
pub async fn contract_to_change(settings: &Settings) -> Result<Session, Failed> {
    trusted(Session::open_for_registration(settings).await?)
}

fn told(session: Session) -> Session {
    if let Err(error) = session.engine.journal().trust() {
        remark(&format!("pxdesk: {error}"));
    }
    session
}

fn trusted(session: Session) -> Result<Session, Failed> {
    session.engine.journal().trust()?;
    Ok(session)
}
