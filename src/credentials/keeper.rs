//! Who keeps the credentials of an environment.

use super::error::{Error, Why};
use super::store::Store;
use super::{file, keyrings, pair};
use crate::order::Environment;
use crate::px::{Credentials, Source};
use std::sync::Arc;

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
            Store::Keyring | Store::Keyutils => keyrings::read(&self.store, self.environment),
        };
        text.and_then(|text| pair::parse(&text).ok_or(Why::Shape)).map_err(|why| self.error(why))
    }

    /// Stores `credentials` in the place of those that are there. May block as [`Keeper::read`] may, for longer.
    ///
    /// # Errors
    /// When they could not be stored.
    pub fn write(&self, credentials: &Credentials) -> Result<(), Error> {
        let text = pair::lines(credentials);
        let written = match &self.store {
            Store::File(path) => file::write(path, &text),
            Store::Keyring | Store::Keyutils => keyrings::write(&self.store, self.environment, text),
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
            Store::Keyring | Store::Keyutils => keyrings::remove(&self.store, self.environment),
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
            next_step: format!(
                "; they are from {}; new ones: pxdesk login -e {}",
                self.store, self.environment
            ),
        }
    }

    fn error(&self, why: Why) -> Error {
        Error { environment: self.environment, store: self.store.clone(), why }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    #[test]
    fn nothing_keeps_credentials_for_the_embedded_px() {
        let store = || Store::File(PathBuf::from("production"));
        assert_eq!(Keeper::new(Environment::Embedded, store()), None);
        assert_eq!(Keeper::new(Environment::Embedded, Store::Keyring), None);
        assert!(Keeper::new(Environment::Production, store()).is_some());
    }
}
