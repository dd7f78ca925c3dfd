//! The consumer key and secret at rest: in the platform's keyring, in the kernel's keyring, or in a file that nobody
//! else may read.
//!
//! One shape everywhere: two lines, the key and the secret. They are looked up when a token is needed and not kept;
//! they come from no argument and no variable. The embedded Px has none, so nothing here can be asked for its.
//! May touch: the keyring, that one file, `px`'s type for the pair, `order`. Never: the network, the journal.

mod error;
mod file;
mod keyring;
mod memory;
mod pair;

pub use error::Error;
pub use memory::keep_private;
pub use pair::parse;

use crate::order::Environment;
use crate::px::{Credentials, Source};
use error::Why;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

/// A place for credentials, as the configuration names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Store {
    /// `"keyring"`: the Secret Service, the macOS Keychain, the Windows Credential Manager.
    Keyring,
    /// `"keyutils"`: the Linux kernel's keyring, until the machine restarts.
    Keyutils,
    /// A file's name: two lines, mode 0600.
    File(PathBuf),
}

impl fmt::Display for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Keyring => f.write_str("the platform's keyring"),
            Self::Keyutils => f.write_str("the kernel's keyring"),
            Self::File(path) => write!(f, "the credentials file {}", path.display()),
        }
    }
}

/// Keeps the credentials of one environment, and reaches those of no other. There is none for the embedded Px: see
/// [`Keeper::new`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keeper {
    environment: Environment,
    store: Store,
}

impl Keeper {
    /// The keeper of `environment`'s credentials; none for the embedded Px, which takes any and is never given real
    /// ones.
    pub fn new(environment: Environment, store: Store) -> Option<Self> {
        match environment {
            Environment::Embedded => None,
            Environment::Sandbox | Environment::Production => Some(Self { environment, store }),
        }
    }

    /// Where it keeps them.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// The credentials. May block for some seconds, while a keyring asks for its password.
    ///
    /// # Errors
    /// When there are none, or they cannot be had.
    pub fn read(&self) -> Result<Credentials, Error> {
        let text = match &self.store {
            Store::File(path) => file::read(path),
            Store::Keyring | Store::Keyutils => keyring::read(&self.store, self.environment),
        };
        text.and_then(|text| parse(&text).ok_or(Why::Shape)).map_err(|why| self.error(why))
    }

    /// Stores `credentials` in the place of those that are there. May block as [`Keeper::read`] may, for longer.
    ///
    /// # Errors
    /// When they could not be stored.
    pub fn write(&self, credentials: &Credentials) -> Result<(), Error> {
        let text = pair::lines(credentials);
        let written = match &self.store {
            Store::File(path) => file::write(path, &text),
            Store::Keyring | Store::Keyutils => keyring::write(&self.store, self.environment, text),
        };
        written.map_err(|why| self.error(why))
    }

    /// Removes the credentials; false when there were none.
    ///
    /// # Errors
    /// When they could not be removed.
    pub fn remove(&self) -> Result<bool, Error> {
        let removed = match &self.store {
            Store::File(path) => file::remove(path),
            Store::Keyring | Store::Keyutils => keyring::remove(&self.store, self.environment),
        };
        match removed {
            Ok(()) => Ok(true),
            Err(Why::Nothing) => Ok(false),
            Err(why) => Err(self.error(why)),
        }
    }

    /// The same, to be asked when a token is needed.
    pub fn source(&self) -> Source {
        let keeper = self.clone();
        Source::Asked {
            look_up: Arc::new(move || keeper.read().map_err(|error| error.to_string())),
            mend: format!("; they are from {}; new ones: pxdesk login -e {}", self.store, self.environment),
        }
    }

    fn error(&self, why: Why) -> Error {
        Error { keeper: self.clone(), why }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_keeps_credentials_for_the_embedded_px() {
        let store = || Store::File(PathBuf::from("production"));
        assert_eq!(Keeper::new(Environment::Embedded, store()), None);
        assert_eq!(Keeper::new(Environment::Embedded, Store::Keyring), None);
        assert!(Keeper::new(Environment::Production, store()).is_some());
    }
}
