//! `login` and `logout`: the consumer key and secret, or the marketplace's provider key, into the place that the
//! configuration names, and out of it.

use super::ask::{LONGEST, hushed, too_long};
use super::console::remark;
use super::{Console, Exit, Failed};
use crate::config::Settings;
use crate::credentials::{self, Keeper, KeyKeeper, Store};
use crate::order::Environment;
use std::io::{self, IsTerminal as _, Read as _};
use std::time::Duration;
use zeroize::Zeroizing;

/// Asks for key and secret, or for the marketplace's key, and stores them. `named`: the environment was.
pub async fn login(
    settings: &Settings,
    market: bool,
    named: bool,
    console: &Console,
) -> Result<Exit, Failed> {
    if market {
        return login_market(settings, named, console).await;
    }
    let keeper = keeper(settings, named, "login")?.clone();
    unshared(settings, "credentials", keeper.store())?;
    let text = answers(&["Consumer key: ", "Consumer secret: "]).await?;
    let credentials = credentials::parse(&text).ok_or_else(|| {
        let what = "this is not a consumer key and a consumer secret: one line each, without blanks, and without a \
                    colon in the key; nothing was stored";
        Failed::new(Exit::BadInput, what)
    })?;
    let (place, until) = (keeper.store().to_string(), keeper.store().until());
    on_a_thread(move || keeper.write(&credentials)).await?;
    let environment = settings.environment;
    console.note(&format!("the credentials for {environment} are in {place} now{until}"));
    console.note(&format!("Next: pxdesk doctor -e {environment}"));
    Ok(Exit::Done)
}

/// Removes key and secret, or the marketplace's key.
pub async fn logout(
    settings: &Settings,
    market: bool,
    named: bool,
    console: &Console,
) -> Result<Exit, Failed> {
    if market {
        return logout_market(settings, named, console).await;
    }
    let keeper = keeper(settings, named, "logout")?.clone();
    unshared(settings, "credentials", keeper.store())?;
    let place = keeper.store().to_string();
    let environment = settings.environment;
    if on_a_thread(move || keeper.remove()).await? {
        console.note(&format!("the credentials for {environment} are no longer in {place}"));
    } else {
        console.note(&format!("there were no credentials for {environment} in {place}"));
    }
    Ok(Exit::Done)
}

/// Asks for the marketplace's provider key, and stores it.
async fn login_market(settings: &Settings, named: bool, console: &Console) -> Result<Exit, Failed> {
    let keeper = key_keeper(settings, named, "login")?.clone();
    unshared(settings, "market.provider_key", keeper.store())?;
    let text = answers(&["Provider key: "]).await?;
    let key = credentials::parse_line(&text).ok_or_else(|| {
        let what = "this is not a provider key: one line, without characters that cannot be seen; nothing was stored";
        Failed::new(Exit::BadInput, what)
    })?;
    let (place, until) = (keeper.store().to_string(), keeper.store().until());
    on_a_thread(move || keeper.write(&key)).await?;
    let environment = settings.environment;
    console.note(&format!("the provider key for {environment} is in {place} now{until}"));
    console.note(&format!("Next: pxdesk doctor -e {environment}"));
    Ok(Exit::Done)
}

/// Removes the provider key.
async fn logout_market(settings: &Settings, named: bool, console: &Console) -> Result<Exit, Failed> {
    let keeper = key_keeper(settings, named, "logout")?.clone();
    unshared(settings, "market.provider_key", keeper.store())?;
    let place = keeper.store().to_string();
    let environment = settings.environment;
    if on_a_thread(move || keeper.remove()).await? {
        console.note(&format!("the provider key for {environment} is no longer in {place}"));
    } else {
        console.note(&format!("there was no provider key for {environment} in {place}"));
    }
    Ok(Exit::Done)
}

/// The keeper of the environment that was named with the command: neither command goes by a configuration or a
/// variable, for that could be production's.
fn keeper<'a>(settings: &'a Settings, named: bool, command: &str) -> Result<&'a Keeper, Failed> {
    if !named {
        return Err(refuse("the environment must be named", command, ""));
    }
    settings.credentials.as_ref().ok_or_else(|| {
        let what = "the embedded Px has no credentials: it takes any, and real ones are never shown to it";
        refuse(what, command, "")
    })
}

/// The same for the provider key.
fn key_keeper<'a>(settings: &'a Settings, named: bool, command: &str) -> Result<&'a KeyKeeper, Failed> {
    let environment = settings.environment;
    if !named {
        return Err(refuse("the environment must be named", command, " --market"));
    }
    if environment == Environment::Embedded {
        let what = "the embedded marketplace has its own key, and a real one is never shown to it";
        return Err(refuse(what, command, " --market"));
    }
    let market = settings.market.as_ref().ok_or_else(|| Failed {
        exit: Exit::Configuration,
        what: format!("{environment} has no marketplace"),
        next: Some(format!("Say where it is: [environments.{environment}.market] base_url")),
    })?;
    market.key.as_ref().ok_or_else(|| Failed::new(Exit::Unexpected, "there is no place for a provider key"))
}

/// Nothing, where no other setting names the file at `store`: what it holds would be replaced or removed there, too.
fn unshared(settings: &Settings, key: &str, store: &Store) -> Result<(), Failed> {
    let key = format!("environments.{}.{key}", settings.environment);
    settings.shares(&key, store).map_or(Ok(()), |other| {
        Err(Failed {
            exit: Exit::Configuration,
            what: format!("{store} is named by {key} and by {other}; nothing was changed"),
            next: Some("Next: name a file of its own in each of the two".to_owned()),
        })
    })
}

/// Neither command goes on: what is missing, and how to say it.
pub fn refuse(what: &str, command: &str, flag: &str) -> Failed {
    Failed {
        exit: Exit::BadInput,
        what: what.to_owned(),
        next: Some(format!(
            "Name it: pxdesk {command}{flag} -e {}, or -e {}",
            Environment::Sandbox,
            Environment::Production
        )),
    }
}

/// After so long somebody who waits is told for what.
const SILENT: Duration = Duration::from_secs(3);

/// Waits for a keyring where waiting harms nothing.
pub async fn on_a_thread<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, credentials::Error> + Send + 'static,
) -> Result<T, Failed> {
    let mut working = tokio::task::spawn_blocking(work);
    let done = if let Ok(done) = tokio::time::timeout(SILENT, &mut working).await {
        done
    } else {
        // Only a keyring takes so long.
        remark("waiting for the keyring, which may be asking to be unlocked; Ctrl-C breaks it off");
        working.await
    };
    let done = done.map_err(|e| Failed::new(Exit::Unexpected, e.to_string()))?;
    done.map_err(|error| Failed {
        exit: Exit::Configuration,
        what: error.what(),
        next: Some(format!("Next: {}", error.next_step())),
    })
}

/// What a person types at the prompts, or as many lines from standard input.
pub async fn answers(prompts: &'static [&'static str]) -> Result<Zeroizing<Vec<u8>>, Failed> {
    if io::stdin().is_terminal() {
        let typed = hushed(prompts).await?;
        return Ok(Zeroizing::new(typed.as_bytes().to_vec()));
    }
    let mut text = Zeroizing::new(Vec::with_capacity(LONGEST + 1));
    let read = io::stdin().lock().take(LONGEST as u64 + 1).read_to_end(&mut text);
    read.map_err(|e| Failed::new(Exit::BadInput, format!("cannot read standard input: {e}")))?;
    if text.len() > LONGEST { Err(too_long()) } else { Ok(text) }
}
