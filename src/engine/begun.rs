//! Calls that must not be done twice: it is noted apart from the journal that one is begun, so that a journal which does not
//! know of it, an older copy for instance, sends none again.

use super::Error;
use super::driver::{Driver, Result};
use super::world::{Sends, World};

/// How often a call was noted to have begun on this machine, and whether that is more often than the journal knows.
pub(super) struct Noted {
    pub times: usize,
    pub is_beyond: bool,
}

impl<W: World<K>, K: Sends> Driver<'_, W, K> {
    /// There is room for noting that the call is begun once more.
    pub(super) fn room_to_note(&self, thing: &K, call: K::Call) -> Result<(), K> {
        match thing.begun(call).filter(|_| K::repeat(call).harms()) {
            Some(begun) => self.world().room_to_note(&begun.name).map_err(Error::StateFolder),
            None => Ok(()),
        }
    }

    /// How often a call that must not be done twice was noted to have begun on this machine.
    pub(super) fn noted_here(&self, thing: &K, call: K::Call) -> Result<Noted, K> {
        let begun = thing.begun(call).filter(|_| K::repeat(call).harms());
        let Some(begun) = begun else { return Ok(Noted { times: 0, is_beyond: false }) };
        let times = self.world().times_begun(&begun.name).map_err(Error::StateFolder)?;
        // An answer to one tells of it as well, where the note itself was lost.
        let is_beyond = times > begun.times || self.answers_in_hand(thing, call).next().is_some();
        Ok(Noted { times, is_beyond })
    }

    /// What is done to a thing without a call is refused, too, where it would make a person do the whole of it again: when a
    /// call that must not be done twice was begun on this machine and the journal does not know of it.
    pub(super) fn not_begun_elsewhere(&self, thing: &K, command: &K::Command) -> Result<(), K> {
        let Some(call) = K::ends(command) else { return Ok(()) };
        if self.noted_here(thing, call)?.is_beyond {
            return Err(Error::BegunElsewhere { call: call.to_string(), recorded: false });
        }
        Ok(())
    }

    /// The journal did not know of every time that the call was begun on this machine. The attempt that was just written
    /// stands for those: it is not sent. Where the answer to one of them is in hand, it is what became of it, and the thing is
    /// to be looked at again. Otherwise that is not known, which a person finds out as of any other.
    pub(super) async fn begun_elsewhere(&self, thing: &K, call: K::Call) -> Result<(), K> {
        let number = thing.pending().map_or(0, |pending| pending.attempt);
        if let Some((name, events)) = self.end_by_answer_in_hand(thing, call, number) {
            self.append(thing, events).await?;
            self.let_go(&name);
            return Ok(());
        }
        let events = self.decide(thing, K::hold_back(number, self.world().uptime()))?;
        match self.append(thing, events).await {
            // Another desk has called it cut off by itself.
            Ok(_) | Err(Error::Conflict) => {
                Err(Error::BegunElsewhere { call: call.to_string(), recorded: true })
            }
            Err(error) => Err(error),
        }
    }

    /// Notes it apart from the journal, where it was noted so often before. The intent is recorded already: that this failed
    /// is said, no more.
    pub(super) fn note_begun(&self, thing: &K, call: K::Call, noted: usize) {
        let Some(begun) = thing.begun(call).filter(|_| K::repeat(call).harms()) else { return };
        // A process that ended between an intent and its note left one out: the journal tells of it.
        for _ in 0..begun.times.saturating_sub(noted).max(1) {
            if let Err(why) = self.world().note_begun(&begun.name) {
                tracing::warn!(why, "what is about to be sent could not be noted apart from the journal");
            }
        }
    }
}
