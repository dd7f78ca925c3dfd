//! The last look before a request leaves that must not be carried out twice.
//!
//! Where desks of several machines share a journal, one that sleeps or has lost its connection is taken for gone: another
//! one says so of its call, and goes on from there. So when all is ready to be sent, the journal is asked once more, and
//! while it cannot be asked nothing leaves.

use super::world::{Sends, World};
use crate::kind::Driven;
use jiff::SignedDuration;

/// A look that took longer says nothing of now: the machine may have slept meanwhile.
const FRESH: SignedDuration = SignedDuration::from_secs(2);

/// How often it is looked.
const LOOKS: usize = 3;

/// Nothing, when the call that was recorded with `thing` still is under way and is this process's, and nothing has been
/// recorded since: a late answer to an earlier call may have taken away what this one was decided on.
///
/// # Errors
/// Says why it must not be sent.
pub async fn still_under_way<K: Sends>(world: &impl World<K>, thing: &K) -> Result<(), String> {
    for _ in 0..LOOKS {
        let begun = world.steady();
        let now = world.load(thing.id()).await.map_err(|error| error.to_string())?;
        if call(&now) != call(thing) {
            return Err("another desk assumed that this one had stopped, and recorded that".to_owned());
        }
        if now.seq() != thing.seq() {
            return Err("it has changed since it was decided; look at it again".to_owned());
        }
        if world.steady().since_exactly(&begun).is_some_and(|took| took <= FRESH) {
            return Ok(());
        }
    }
    Err("the journal answers too slowly".to_owned())
}

/// The attempt that is under way, and whose it is.
fn call<K: Driven>(thing: &K) -> Option<(u32, &str)> {
    thing.pending().map(|pending| (pending.attempt, pending.owner))
}
