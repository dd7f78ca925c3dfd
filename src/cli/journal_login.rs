//! `login --journal` and `logout --journal`: the password of the server that the journal is on, into the keyring and out of it.

use super::login::{answers, on_a_thread};
use super::{Console, Exit, Failed};
use crate::config::Settings;
use crate::credentials::{self, PasswordKeeper};

/// Asks for the password, and stores it.
pub async fn login(settings: &Settings, console: &Console) -> Result<Exit, Failed> {
    let keeper = keeper(settings)?;
    let text = answers(&["Password of the journal's server: "]).await?;
    let password = credentials::parse_line(&text).ok_or_else(|| {
        let what =
            "this is not a password: one line, without characters that cannot be seen; nothing was stored";
        Failed::new(Exit::BadInput, what)
    })?;
    let (place, until) = (keeper.store().to_string(), keeper.store().until());
    on_a_thread(move || keeper.write(&password)).await?;
    console.note(&format!("the password of the journal's server is in {place} now{until}"));
    console.note("Next: pxdesk doctor");
    Ok(Exit::Done)
}

/// Removes the password.
pub async fn logout(settings: &Settings, console: &Console) -> Result<Exit, Failed> {
    let keeper = keeper(settings)?;
    let place = keeper.store().to_string();
    if on_a_thread(move || keeper.remove()).await? {
        console.note(&format!("the password of the journal's server is no longer in {place}"));
    } else {
        console.note(&format!("there was no password of the journal's server in {place}"));
    }
    Ok(Exit::Done)
}

fn keeper(settings: &Settings) -> Result<PasswordKeeper, Failed> {
    settings.password_keeper().cloned().ok_or_else(|| Failed {
        exit: Exit::Configuration,
        what: "the configuration keeps no password of the journal's server in a keyring".to_owned(),
        next: Some("Say so first: [journal] password = \"keyring\"".to_owned()),
    })
}
