//! Where credentials can be kept.

use std::fmt;
use std::path::PathBuf;

/// A place for credentials, as the configuration names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Store {
    /// `"keyring"`: the Secret Service, the macOS Keychain, the Windows Credential Manager.
    Keyring,
    /// `"keyutils"`: the Linux kernel's keyring, until the machine restarts, or for as long after its last use as the kernel keeps
    /// it (`persistent_keyring_expiry`: three days). Each use begins that time anew.
    Keyutils,
    /// A file's name: mode 0600.
    File(PathBuf),
}

impl Store {
    /// For how long what was stored stays, where that is not for good: the end of a sentence.
    pub fn until(&self) -> &'static str {
        match self {
            Self::Keyring | Self::File(_) => "",
            Self::Keyutils => ", until the machine restarts, or three days go by without its use",
        }
    }
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
