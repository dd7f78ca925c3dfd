//! Who keeps the provider key of an environment.

use super::error::Error;
use super::line::{line, parse_line};
use super::place::Place;
use super::slot::{Kept, Slot};
use super::store::Store;
use crate::market::Source;
use crate::order::{Environment, Secret};
use std::sync::Arc;

/// Keeps the marketplace's provider key of one environment, and reaches that of no other. There is none for an embedded
/// marketplace: see [`KeyKeeper::new`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyKeeper(Place);

impl KeyKeeper {
    /// The keeper of `environment`'s key; none for an embedded marketplace, which is never given a real one.
    pub fn new(environment: Environment, store: Store) -> Option<Self> {
        match environment {
            Environment::Embedded => None,
            Environment::Sandbox | Environment::Production => {
                Some(Self(Place { slot: Slot::Of(environment, Kept::ProviderKey), store }))
            }
        }
    }

    /// Where it keeps it.
    pub fn store(&self) -> &Store {
        &self.0.store
    }

    /// The key. May block for some seconds, while a keyring asks for its password.
    ///
    /// # Errors
    /// When there is none, or it cannot be had.
    pub fn read(&self) -> Result<Secret, Error> {
        self.0.read(parse_line)
    }

    /// Stores `key` in the place of the one that is there. May block as [`KeyKeeper::read`] may, for longer.
    ///
    /// # Errors
    /// When it could not be stored.
    pub fn write(&self, key: &Secret) -> Result<(), Error> {
        self.0.write(line(key), parse_line)
    }

    /// Removes the key; false when there was none.
    ///
    /// # Errors
    /// When it could not be removed.
    pub fn remove(&self) -> Result<bool, Error> {
        self.0.remove(parse_line)
    }

    /// The same, to be asked when a call is made.
    pub fn source(&self) -> Source {
        let keeper = self.clone();
        Source::Asked(Arc::new(move || keeper.read().map_err(|error| error.to_string())))
    }
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::{self, Permissions};
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn an_embedded_marketplace_has_no_real_key() {
        assert_eq!(KeyKeeper::new(Environment::Embedded, Store::Keyring), None);
    }

    #[test]
    fn a_key_is_one_line_in_a_private_file() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("market.key");
        let keeper = KeyKeeper::new(Environment::Sandbox, Store::File(path.clone())).unwrap();
        let missing = keeper.read().unwrap_err().to_string();
        assert!(missing.starts_with("there is no provider key for sandbox: "), "{missing}");
        assert!(missing.ends_with("run: pxdesk login -e sandbox --market"), "{missing}");
        keeper.write(&Secret::new("the-key")).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(keeper.read().unwrap().expose(), "the-key");
        fs::set_permissions(&path, Permissions::from_mode(0o640)).unwrap();
        let open = keeper.read().unwrap_err().to_string();
        assert!(
            open.contains("mode 0640") && open.contains("chmod 600") && !open.contains("the-key"),
            "{open}"
        );
        fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
        fs::write(&path, "the-key\nhunter2\n").unwrap();
        let shape = keeper.read().unwrap_err().to_string();
        assert!(shape.contains("than one line, the provider key") && !shape.contains("hunter2"), "{shape}");
        assert!(keeper.remove().is_err() && path.exists(), "it holds something else");
        fs::write(&path, "the-key\n").unwrap();
        assert!(keeper.remove().unwrap() && !keeper.remove().unwrap());
    }
}
