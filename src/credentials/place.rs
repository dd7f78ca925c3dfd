//! The bytes of one thing that is kept, wherever that is.

use super::error::{Error, Why};
use super::slot::Slot;
use super::store::Store;
use super::{file, keyrings};
use zeroize::Zeroizing;

/// Where one thing is kept. Reaches nothing else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub slot: Slot,
    pub store: Store,
}

impl Place {
    /// What is kept, as `parse` understands it. May block for some seconds, while a keyring asks for its password.
    pub fn read<T>(&self, parse: impl FnOnce(&[u8]) -> Option<T>) -> Result<T, Error> {
        let text = match &self.store {
            Store::File(path) => file::read(path),
            Store::Keyring | Store::Keyutils => keyrings::read(&self.store, self.slot),
        };
        let shape = |text: &[u8]| if text.trim_ascii().is_empty() { Why::Nothing } else { Why::Shape };
        text.and_then(|text| parse(&text).ok_or_else(|| shape(&text))).map_err(|why| self.error(why))
    }

    /// Stores `text` in the place of what is there, which in a file is something that `parse` understands. May block for longer.
    pub fn write<T>(
        &self,
        text: Zeroizing<Vec<u8>>,
        parse: impl Fn(&[u8]) -> Option<T>,
    ) -> Result<(), Error> {
        let written = match &self.store {
            Store::File(path) => file::write(path, &text, |found| parse(found).is_some()),
            Store::Keyring | Store::Keyutils => keyrings::write(&self.store, self.slot, text),
        };
        written.map_err(|why| self.error(why))
    }

    /// Removes what is kept, which in a file is something that `parse` understands; false when there was nothing.
    pub fn remove<T>(&self, parse: impl Fn(&[u8]) -> Option<T>) -> Result<bool, Error> {
        let removed = match &self.store {
            Store::File(path) => file::remove(path, |found| parse(found).is_some()),
            Store::Keyring | Store::Keyutils => keyrings::remove(&self.store, self.slot),
        };
        match removed {
            Ok(()) => Ok(true),
            Err(Why::Nothing) => Ok(false),
            Err(why) => Err(self.error(why)),
        }
    }

    /// Why it cannot be used.
    pub fn error(&self, why: Why) -> Error {
        Error { slot: self.slot, store: self.store.clone(), why }
    }
}
