//! `login --registration` and `logout --registration`: what signs the registration's calls, into the keyring and out of
//! it. A file of the vendor's own form is neither written nor removed.

use super::login::{answers, on_a_thread, refuse};
use super::{Console, Exit, Failed};
use crate::config::Settings;
use crate::credentials::{self, EdgeKeeper, Store};
use crate::order::Environment;

/// Asks for the tokens and the secret, and stores them.
pub async fn login(settings: &Settings, named: bool, console: &Console) -> Result<Exit, Failed> {
    let keeper = keeper(settings, named, "login")?.clone();
    let text = answers(&["Client token: ", "Access token: ", "Client secret: "]).await?;
    let credentials = credentials::parse_trio(&text).ok_or_else(|| {
        let what = "this is not a client token, an access token and a client secret: one line each, of ASCII, without \
                    blanks and semicolons; nothing was stored";
        Failed::new(Exit::BadInput, what)
    })?;
    let (place, until) = (keeper.store().to_string(), keeper.store().until());
    on_a_thread(move || keeper.write(&credentials)).await?;
    let environment = settings.environment;
    console.note(&format!("the registration credentials for {environment} are in {place} now{until}"));
    console.note(&format!("Next: pxdesk doctor -e {environment}"));
    Ok(Exit::Done)
}

/// Removes them.
pub async fn logout(settings: &Settings, named: bool, console: &Console) -> Result<Exit, Failed> {
    let keeper = keeper(settings, named, "logout")?.clone();
    let place = keeper.store().to_string();
    let environment = settings.environment;
    if on_a_thread(move || keeper.remove()).await? {
        console.note(&format!("the registration credentials for {environment} are no longer in {place}"));
    } else {
        console.note(&format!("there were no registration credentials for {environment} in {place}"));
    }
    Ok(Exit::Done)
}

/// The keeper of the environment that was named with the command, where it is a keyring.
fn keeper<'a>(settings: &'a Settings, named: bool, command: &str) -> Result<&'a EdgeKeeper, Failed> {
    const FLAG: &str = " --registration";
    let environment = settings.environment;
    if !named {
        return Err(refuse("the environment must be named", command, FLAG));
    }
    if environment == Environment::Embedded {
        let what = "the embedded server has credentials of its own, and real ones are never shown to it";
        return Err(refuse(what, command, FLAG));
    }
    let registration = settings.registration.as_ref().ok_or_else(|| Failed {
        exit: Exit::Configuration,
        what: format!("{environment} has no registration"),
        next: Some(format!("Name its contract: [environments.{environment}.registration] contract")),
    })?;
    let none = || Failed::new(Exit::Unexpected, "there is no place for registration credentials");
    let keeper = registration.credentials.as_ref().ok_or_else(none)?;
    match keeper.store() {
        Store::Keyring | Store::Keyutils => Ok(keeper),
        Store::File(path) => Err(Failed {
            exit: Exit::BadInput,
            what: format!(
                "the registration credentials for {environment} are the section [{}] of {}, which pxdesk reads and \
                 does not change",
                crate::text::quote(keeper.section()),
                path.display()
            ),
            next: Some(format!(
                "Edit that file (mode 0600); or have them in the keyring: [environments.{environment}.registration] \
                 edgerc = \"keyring\", with base_url"
            )),
        }),
    }
}
