//! One entry in a keyring, and what can be done with it.
//!
//! An entry has the service `pxdesk` and, as its user, the name of what it keeps: for a pair the environment's.

use super::error::Why;
use super::slot::Slot;
use keyring::{Entry, Error};
use zeroize::Zeroizing;

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
    let done =
        store.build(SERVICE, &slot.to_string(), None).and_then(|inner| perform(&Entry { inner }, work));
    done.map_err(|error| match error {
        Error::NoStorageAccess(error) => {
            // It is added before it is refused, and cannot be taken back either.
            let stays = match work {
                Work::Write(_) => ". What was typed may stay in the kernel until the machine restarts",
                Work::Read | Work::Remove => "",
            };
            Why::Failed(format!(
                "{error}: this login may have no session keyring of its own (`keyctl session -` begins one){stays}"
            ))
        }
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
