//! The platform's keyring and the kernel's.
//!
//! A keyring may wait for a person to unlock it, so it is asked on a thread of its own and not waited for without end.

use super::entry::{Done, Work, in_kernel};
use super::error::Why;
use super::process::look;
use super::slot::Slot;
use super::store::Store;
use std::sync::mpsc;
use std::time::Duration;
use zeroize::Zeroizing;

/// How long a call waits for it.
const WHILE_CALLING: Duration = Duration::from_secs(8);
/// How long a person at the command line waits, who may have to type the keyring's password first.
const WITH_A_PERSON: Duration = Duration::from_mins(2);

/// What the entry of `slot` holds.
pub fn read(store: &Store, slot: Slot) -> Result<Done, Why> {
    ask(store, slot, WHILE_CALLING, Work::Read)
}

/// Writes the entry of `slot`.
pub fn write(store: &Store, slot: Slot, text: Zeroizing<Vec<u8>>) -> Result<(), Why> {
    ask(store, slot, WITH_A_PERSON, Work::Write(text)).map(drop)
}

/// Removes the entry of `slot`, or all of them when there are several.
pub fn remove(store: &Store, slot: Slot) -> Result<(), Why> {
    ask(store, slot, WITH_A_PERSON, Work::Remove).map(drop)
}

/// Has the work done within `limit`. One that is given up on goes on waiting for its keyring, so that a person who
/// unlocks it then finds it unlocked.
fn ask(store: &Store, slot: Slot, limit: Duration, work: Work) -> Result<Done, Why> {
    let (tell, told) = mpsc::channel();
    let open = work.left_open();
    let store = store.clone();
    let asking = move || {
        let answer = match store {
            Store::Keyutils => in_kernel(slot, &work),
            Store::Keyring | Store::File(_) => look(slot, &work),
        };
        // Nobody listens any more when it took too long.
        let _ = tell.send(answer);
    };
    std::thread::Builder::new().name("keyring".to_owned()).spawn(asking).map_err(Why::File)?;
    told.recv_timeout(limit).unwrap_or_else(|error| match error {
        mpsc::RecvTimeoutError::Timeout => Err(Why::Late(limit, open)),
        mpsc::RecvTimeoutError::Disconnected => Err(Why::Failed("it broke off".to_owned())),
    })
}
