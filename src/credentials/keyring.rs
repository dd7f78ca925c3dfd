//! The platform's keyring and the kernel's, through the stores of the `keyring` family.
//!
//! An entry has the service `pxdesk` and, as its user, the environment's name. A keyring may wait for a person to
//! unlock it, so it is asked on a thread of its own and not waited for without end.

use super::Store;
use super::error::Why;
use crate::order::Environment;
use keyring_core::{CredentialStore, Entry, Error};
use std::sync::{Arc, mpsc};
use std::time::Duration;
use zeroize::Zeroizing;

/// The service of every entry.
const SERVICE: &str = "pxdesk";
/// How long a call waits for it.
const WHILE_CALLING: Duration = Duration::from_secs(8);
/// How long a person at the command line waits, who may have to type the keyring's password first.
const WITH_A_PERSON: Duration = Duration::from_mins(2);

/// What the entry of `environment` holds.
pub fn read(store: &Store, environment: Environment) -> Result<Zeroizing<Vec<u8>>, Why> {
    ask(store, environment, WHILE_CALLING, |entry| Ok(Zeroizing::new(entry.get_secret()?)))
}

/// Writes the entry of `environment`.
pub fn write(store: &Store, environment: Environment, text: Zeroizing<Vec<u8>>) -> Result<(), Why> {
    ask(store, environment, WITH_A_PERSON, move |entry| entry.set_secret(&text))
}

/// Removes the entry of `environment`, or all of them when there are several.
pub fn remove(store: &Store, environment: Environment) -> Result<(), Why> {
    ask(store, environment, WITH_A_PERSON, |entry| match entry.delete_credential() {
        Err(Error::Ambiguous(entries)) => entries.iter().try_for_each(Entry::delete_credential),
        removed => removed,
    })
}

/// Does `work` with an entry on a thread of its own. One that is given up on goes on waiting for its keyring, so
/// that a person who unlocks it then finds it unlocked.
fn ask<T: Send + 'static>(
    store: &Store,
    environment: Environment,
    limit: Duration,
    work: impl FnOnce(&Entry) -> Result<T, Error> + Send + 'static,
) -> Result<T, Why> {
    let (tell, told) = mpsc::channel();
    let store = store.clone();
    let asking = move || {
        let opened = open(&store).map_err(|error| Why::Unreachable(error.to_string()));
        let answer = opened.and_then(|opened| {
            let done = opened.build(SERVICE, environment.name(), None).and_then(|entry| work(&entry));
            done.map_err(|error| why(&store, error))
        });
        // Nobody listens any more when it took too long.
        let _ = tell.send(answer);
    };
    std::thread::Builder::new().name("keyring".to_owned()).spawn(asking).map_err(Why::File)?;
    told.recv_timeout(limit).unwrap_or_else(|error| match error {
        mpsc::RecvTimeoutError::Timeout => Err(Why::Late(limit)),
        mpsc::RecvTimeoutError::Disconnected => Err(Why::Failed("it broke off".to_owned())),
    })
}

/// The store, newly connected: one that was started or unlocked since the last time is found.
fn open(store: &Store) -> Result<Arc<CredentialStore>, Error> {
    match store {
        Store::Keyutils => kernel(),
        Store::Keyring | Store::File(_) => platform(),
    }
}

#[cfg(target_os = "linux")]
fn kernel() -> Result<Arc<CredentialStore>, Error> {
    Ok(linux_keyutils_keyring_store::Store::new()?)
}

#[cfg(not(target_os = "linux"))]
fn kernel() -> Result<Arc<CredentialStore>, Error> {
    Err(Error::NotSupportedByStore("only Linux has it".to_owned()))
}

#[cfg(all(unix, not(target_os = "macos")))]
fn platform() -> Result<Arc<CredentialStore>, Error> {
    Ok(zbus_secret_service_keyring_store::Store::new()?)
}

#[cfg(target_os = "macos")]
fn platform() -> Result<Arc<CredentialStore>, Error> {
    Ok(apple_native_keyring_store::keychain::Store::new()?)
}

#[cfg(windows)]
fn platform() -> Result<Arc<CredentialStore>, Error> {
    Ok(windows_native_keyring_store::Store::new()?)
}

/// What `error` means for a person. Never its data, which may be a secret.
fn why(store: &Store, error: Error) -> Why {
    match error {
        Error::NoEntry => Why::Nothing,
        Error::BadEncoding(_) | Error::BadDataFormat(..) => Why::Shape,
        Error::Ambiguous(_) => Why::Several,
        Error::NoStorageAccess(error) if *store == Store::Keyutils => {
            Why::Failed(format!("{error}: this login may have no session keyring of its own"))
        }
        Error::NoStorageAccess(error) => Why::Locked(error.to_string()),
        Error::PlatformFailure(error) => Why::Failed(error.to_string()),
        other => Why::Failed(other.to_string()),
    }
}
