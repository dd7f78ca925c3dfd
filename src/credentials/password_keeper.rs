//! Who keeps the password of the server that the journal is on.

use super::error::Error;
use super::line::{line, parse_line};
use super::place::Place;
use super::slot::Slot;
use super::store::Store;
use crate::order::Secret;

/// Keeps the password of the journal's server, in a keyring: one in a file is written by whoever sets the desk up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PasswordKeeper(Place);

impl PasswordKeeper {
    /// The keeper of what is in `store`.
    pub fn new(store: Store) -> Self {
        Self(Place { slot: Slot::JournalPassword, store })
    }

    /// Where it keeps it.
    pub fn store(&self) -> &Store {
        &self.0.store
    }

    /// The password. May block for some seconds, while a keyring asks for its own.
    ///
    /// # Errors
    /// When there is none, or it cannot be had.
    pub fn read(&self) -> Result<Secret, Error> {
        self.0.read(parse_line)
    }

    /// Stores `password` in the place of the one that is there. May block as [`PasswordKeeper::read`] may, for longer.
    ///
    /// # Errors
    /// When it could not be stored.
    pub fn write(&self, password: &Secret) -> Result<(), Error> {
        self.0.write(line(password), parse_line)
    }

    /// Removes the password; false when there was none.
    ///
    /// # Errors
    /// When it could not be removed.
    pub fn remove(&self) -> Result<bool, Error> {
        self.0.remove(parse_line)
    }
}
