//! Who keeps what signs the calls of the registration of an environment.

use super::edgerc;
use super::error::{Error, Why};
use super::file;
use super::place::Place;
use super::slot::{Kept, Slot};
use super::store::Store;
use super::trio::{parse_trio, trio};
use crate::order::Environment;
use crate::registration::{Credentials, Identity, Source};
use std::sync::Arc;

/// More than the sections of one person need.
const LONGEST: usize = 64 << 10;

/// Keeps the registration's credentials of one environment, and reaches those of no other. There is none for an embedded
/// server: see [`EdgeKeeper::new`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EdgeKeeper {
    place: Place,
    /// Of the `.edgerc` file; a keyring has none.
    section: String,
}

impl EdgeKeeper {
    /// The keeper of `environment`'s credentials; none for an embedded server, which is never given real ones. In a file
    /// they are the section `section`.
    pub fn new(environment: Environment, store: Store, section: String) -> Option<Self> {
        match environment {
            Environment::Embedded => None,
            Environment::Sandbox | Environment::Production => {
                let slot = Slot::Of(environment, Kept::EdgeGrid);
                Some(Self { place: Place { slot, store }, section })
            }
        }
    }

    /// Where it keeps them.
    pub fn store(&self) -> &Store {
        &self.place.store
    }

    /// The section of the file.
    pub fn section(&self) -> &str {
        &self.section
    }

    /// True when the address of the server may come from there, too.
    pub fn may_name_a_host(&self) -> bool {
        match self.place.store {
            Store::File(_) => true,
            Store::Keyring | Store::Keyutils => false,
        }
    }

    /// The credentials. May block for some seconds, while a keyring asks for its password.
    ///
    /// # Errors
    /// When there are none, or they cannot be had.
    pub fn read(&self) -> Result<Identity, Error> {
        let alone = |credentials| Identity { credentials, host: None };
        let Store::File(path) = &self.place.store else {
            return self.place.read(parse_trio).map(alone);
        };
        let text = file::read_longer(path, LONGEST);
        let read = text.and_then(|text| edgerc::parse(&text, &self.section).map_err(Why::Content));
        read.map_err(|why| self.place.error(why))
    }

    /// Stores `credentials` in the keyring, in the place of those that are there. May block as [`EdgeKeeper::read`] may, for
    /// longer.
    ///
    /// # Errors
    /// When they could not be stored. A file is not written: other programs read it, and it holds more than this.
    pub fn write(&self, credentials: &Credentials) -> Result<(), Error> {
        match self.place.store {
            Store::File(_) => Err(self.place.error(Why::Content("pxdesk does not write it".to_owned()))),
            Store::Keyring | Store::Keyutils => self.place.write(trio(credentials), parse_trio),
        }
    }

    /// Removes the credentials from the keyring; false when there were none.
    ///
    /// # Errors
    /// When they could not be removed. A file is not removed.
    pub fn remove(&self) -> Result<bool, Error> {
        match self.place.store {
            Store::File(_) => Err(self.place.error(Why::Content("pxdesk does not remove it".to_owned()))),
            Store::Keyring | Store::Keyutils => self.place.remove(parse_trio),
        }
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
    use crate::order::Secret;
    use std::fs::{self, Permissions};
    use std::os::unix::fs::PermissionsExt as _;

    const SECTION: &str =
        "[default]\nclient_token=hunter2\naccess_token=b\nclient_secret=c=\nhost=h.example\n";

    #[test]
    fn an_embedded_server_has_no_real_credentials() {
        assert_eq!(EdgeKeeper::new(Environment::Embedded, Store::Keyring, "default".to_owned()), None);
    }

    #[test]
    fn a_private_edgerc_is_read_and_never_written() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join(".edgerc");
        let store = Store::File(path.clone());
        let keeper = EdgeKeeper::new(Environment::Sandbox, store, "default".to_owned()).unwrap();
        let missing = keeper.read().unwrap_err().to_string();
        assert!(missing.starts_with("there are no registration credentials for sandbox: "), "{missing}");
        assert!(missing.contains(&format!("into {} (mode 0600)", path.display())), "{missing}");
        let more = "# another section of another program\n".repeat(500);
        let with = |text: &str, mode| {
            fs::write(&path, text).unwrap();
            fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
            keeper.read()
        };
        let read = with(&format!("{more}{SECTION}"), 0o600).unwrap();
        assert_eq!(
            (read.credentials.client_secret.expose(), read.host.as_deref()),
            ("c=", Some("h.example"))
        );
        for mode in [0o640, 0o604, 0o660] {
            let open = with(SECTION, mode).unwrap_err().to_string();
            assert!(open.contains(&format!("chmod 600 {}", path.display())), "{open}");
            assert!(open.contains(&format!("{mode:04o}")) && !open.contains("hunter2"), "{open}");
        }
        let wrong = with("[default]\nclient_token = hunter2\n", 0o600).unwrap_err().to_string();
        assert!(
            wrong.contains(".edgerc cannot be used for sandbox: its section [default] has no"),
            "{wrong}"
        );
        assert!(!wrong.contains("hunter2"), "{wrong}");
        let credentials = Credentials { client_token: Secret::new("x"), ..read.credentials };
        assert!(keeper.write(&credentials).is_err() && keeper.remove().is_err());
        assert!(path.exists());
    }
}
