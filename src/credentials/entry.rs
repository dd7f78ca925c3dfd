//! One entry in a keyring, and what can be done with it.
//!
//! An entry has the service `pxdesk` and, as its user, the name of what it keeps: for a pair the environment's.

use super::error::{Open, Why};
use super::slot::Slot;
use keyring::{Entry, Error};
use zeroize::Zeroizing;

/// The name, and the content, of an entry that is made to see whether one can be made.
#[cfg(target_os = "linux")]
const TRIAL: &str = "trial";

/// The service of every entry.
const SERVICE: &str = "pxdesk";

/// What is to be done with an entry.
#[derive(Clone, Debug)]
pub enum Work {
    Read,
    Write(Zeroizing<Vec<u8>>),
    /// Of several entries with one name, all.
    Remove,
}

impl Work {
    /// What nobody knows when it brings no answer.
    pub fn left_open(&self) -> Open {
        match self {
            Self::Read => Open::Nothing,
            Self::Write(_) => Open::Stored,
            Self::Remove => Open::Removed,
        }
    }
}

/// What the entry holds when it was read; otherwise nothing.
pub type Done = Zeroizing<Vec<u8>>;

/// Works on the entry in the platform's keyring. `keyring` opens that once in a process, and never again.
pub fn in_platform(slot: Slot, work: &Work) -> Result<Done, Why> {
    match Entry::store_status() {
        Ok(()) => Entry::new(SERVICE, &slot.to_string()).and_then(|entry| perform(&entry, work)).map_err(why),
        Err(error) => Err(Why::Unreachable(error.to_string())),
    }
}

/// Works on the entry in the kernel's keyring.
#[cfg(target_os = "linux")]
pub fn in_kernel(slot: Slot, work: &Work) -> Result<Done, Why> {
    use keyring_core::api::CredentialStoreApi as _;
    let store = linux_keyutils_keyring_store::Store::new();
    let store = store.map_err(|error| Why::Unreachable(error.to_string()))?;
    let of = |name: &str, work: &Work| {
        store.build(SERVICE, name, None).and_then(|inner| perform(&Entry { inner }, work))
    };
    // A login without a session keyring of its own may add to one that it may not use: the kernel takes a key, refuses the
    // rest, and does not give it back. So what is no secret goes first.
    let tried = match work {
        Work::Write(_) => {
            of(TRIAL, &Work::Write(Zeroizing::new(TRIAL.into()))).and_then(|_| of(TRIAL, &Work::Remove))
        }
        Work::Read | Work::Remove => Ok(Done::default()),
    };
    tried.and_then(|_| of(&slot.to_string(), work)).map_err(|error| match error {
        Error::NoStorageAccess(error) => Why::Failed(format!(
            "{error}: this login may have no session keyring of its own (`keyctl session -` begins one)"
        )),
        other => why(other),
    })
}

#[cfg(not(target_os = "linux"))]
pub fn in_kernel(_: Slot, _: &Work) -> Result<Done, Why> {
    Err(Why::Unreachable("only Linux has it".to_owned()))
}

fn perform(entry: &Entry, work: &Work) -> Result<Done, Error> {
    let nothing = |()| Zeroizing::default();
    match work {
        Work::Read => entry.get_secret().map(Zeroizing::new),
        Work::Write(text) => entry.set_secret(text).map(nothing),
        Work::Remove => match entry.delete_credential() {
            Err(Error::Ambiguous(entries)) => {
                for entry in entries {
                    entry.delete_credential()?;
                }
                Ok(nothing(()))
            }
            removed => removed.map(nothing),
        },
    }
}

/// What `error` means for a person. Never its data, which may be a secret.
fn why(error: Error) -> Why {
    match error {
        Error::NoEntry => Why::Nothing,
        Error::BadEncoding(_) | Error::BadDataFormat(..) => Why::Shape,
        Error::Ambiguous(_) => Why::Several,
        Error::NoStorageAccess(error) => Why::Locked(error.to_string()),
        Error::PlatformFailure(error) => Why::Failed(error.to_string()),
        other => Why::Failed(other.to_string()),
    }
}
