//! Who keeps the credentials of an environment.

use super::error::Error;
use super::pair;
use super::place::Place;
use super::slot::{Kept, Slot};
use super::store::Store;
use crate::order::Environment;
use crate::px::{Credentials, Source};
use std::sync::Arc;

/// Keeps the credentials of one environment, and reaches those of no other. There is none for the embedded Px: see
/// [`Keeper::new`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keeper(Place);

impl Keeper {
    /// The keeper of `environment`'s credentials; none for the embedded Px, which takes any and is never given real
    /// ones.
    pub fn new(environment: Environment, store: Store) -> Option<Self> {
        match environment {
            Environment::Embedded => None,
            Environment::Sandbox | Environment::Production => {
                Some(Self(Place { slot: Slot::Of(environment, Kept::Pair), store }))
            }
        }
    }

    /// Where it keeps them.
    pub fn store(&self) -> &Store {
        &self.0.store
    }

    /// The credentials. May block for some seconds, while a keyring asks for its password.
    ///
    /// # Errors
    /// When there are none, or they cannot be had.
    pub fn read(&self) -> Result<Credentials, Error> {
        self.0.read(pair::parse)
    }

    /// Stores `credentials` in the place of those that are there. May block as [`Keeper::read`] may, for longer.
    ///
    /// # Errors
    /// When they could not be stored.
    pub fn write(&self, credentials: &Credentials) -> Result<(), Error> {
        self.0.write(pair::lines(credentials), pair::parse)
    }

    /// Removes the credentials; false when there were none.
    ///
    /// # Errors
    /// When they could not be removed.
    pub fn remove(&self) -> Result<bool, Error> {
        self.0.remove(pair::parse)
    }

    /// The same, to be asked when a token is needed.
    pub fn source(&self) -> Source {
        let keeper = self.clone();
        let Place { slot, store } = &self.0;
        Source::Asked {
            look_up: Arc::new(move || keeper.read().map_err(|error| error.to_string())),
            next_step: format!("; they are from {store}; new ones: pxdesk login {}", slot.flags()),
        }
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
