//! What an engine stands on: a clock, pauses, random numbers, the signs of life of other desks; and for each kind of thing
//! a journal and a way to send.
//!
//! [`Machine`](super::Machine) is the real one. The tests bring their own: a simulation in which time is virtual and
//! everything that can go wrong does.

use super::Error;
use crate::journal;
use crate::kind::{Driven, Timestamp, Uptime};
use jiff::SignedDuration;
use std::time::Duration;
use zeroize::Zeroizing;

/// What is outside of an engine, whatever it drives.
pub trait Ground: Send + Sync + 'static {
    /// The time now.
    fn now(&self) -> Timestamp;

    /// How long this machine has been up; unknown where the system does not say.
    fn uptime(&self) -> Option<Uptime>;

    /// How long this machine, or this process, has been up, by a clock that nobody moves.
    fn steady(&self) -> Uptime;

    /// Waits.
    fn sleep(&self, pause: Duration) -> impl Future<Output = ()> + Send;

    /// This process's name; from the first call on, others can tell that it is alive.
    fn desk<R>(&self) -> Result<&str, Error<R>>;

    /// True while the process of this name lives.
    fn is_alive(&self, desk: &str) -> impl Future<Output = bool> + Send;

    /// Nothing, when what an answer says can be recorded as far as is known: asked before a call that writes no intent.
    ///
    /// # Errors
    /// Why the journal takes nothing.
    fn trust(&self) -> Result<(), journal::Error> {
        Ok(())
    }

    /// Nothing, while the journal's key is where it was read: else nobody could read what is about to be recorded.
    ///
    /// # Errors
    /// What is wrong with the key file.
    fn key_stays(&self) -> Result<(), journal::Error> {
        Ok(())
    }

    /// How far this machine's clock is ahead of the other side's, as far as its last answer said so.
    fn clock_error(&self) -> Option<SignedDuration> {
        None
    }

    /// 64 random bits.
    fn random<R>(&self) -> Result<u64, Error<R>>;

    /// Keeps an answer that the journal does not take, so that it outlives this process: on disk when this returns.
    ///
    /// # Errors
    /// Says why not.
    fn keep(&self, name: &str, answer: &[u8]) -> Result<(), String> {
        let _ = (name, answer);
        Err("there is no folder for it".to_owned())
    }

    /// True when something is kept under `name`, whether it can be read or not.
    fn keeps(&self, name: &str) -> bool {
        let _ = name;
        false
    }

    /// True unless what was kept under `name` is gone: somebody may have made room on the disk.
    fn still_keeps(&self, name: &str) -> bool {
        let _ = name;
        true
    }

    /// Makes room for one more answer that may have to be kept.
    ///
    /// # Errors
    /// Says why there may be none when it is needed.
    fn make_room(&self) -> Result<(), String> {
        Ok(())
    }

    /// One answer less may have to be kept.
    fn spare_room(&self) {}

    /// Every answer about things of `kind` that is kept for this journal, by whichever process.
    fn kept(&self, kind: &str) -> Vec<(String, Zeroizing<Vec<u8>>)> {
        let _ = kind;
        Vec::new()
    }

    /// Forgets an answer: the journal has it.
    fn forget(&self, name: &str) {
        let _ = name;
    }

    /// How often the call of this name was begun on this machine, whatever the journal knows of it.
    ///
    /// # Errors
    /// Says why that cannot be known.
    fn times_begun(&self, name: &str) -> Result<usize, String> {
        let _ = name;
        Ok(0)
    }

    /// Makes room for noting one more time.
    ///
    /// # Errors
    /// Says why it could not be noted.
    fn room_to_note(&self, name: &str) -> Result<(), String> {
        let _ = name;
        Ok(())
    }

    /// Notes, apart from the journal, that the call of this name is begun once more.
    ///
    /// # Errors
    /// Says why not.
    fn note_begun(&self, name: &str) -> Result<(), String> {
        let _ = name;
        Ok(())
    }
}

/// A kind whose requests leave this machine.
pub trait Sends: Driven {
    /// A request, ready to be sent.
    type Request: Send + Sync;

    /// The call that `request` makes.
    fn call(request: &Self::Request) -> Self::Call;

    /// What a line in the log stands under.
    fn span(id: &Self::Id) -> tracing::Span {
        tracing::error_span!("thing", kind = Self::NAME, %id)
    }
}

/// What came of one request.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer<O> {
    pub outcome: O,
    /// The HTTP status of the reply; none when there was no whole reply.
    pub status: Option<u16>,
    /// True when a server in front refused the token, so that a new one may help.
    pub token_refused: bool,
    /// How long the server asked us to wait before the next call.
    pub retry_after: Option<Duration>,
    /// From the start to the last byte.
    pub elapsed: Duration,
}

/// What is outside of an engine that drives things of the kind `K`.
pub trait World<K: Sends>: Ground {
    /// The thing as it stands in the journal.
    fn load(&self, id: &K::Id) -> impl Future<Output = Result<K, journal::Error>> + Send;

    /// Records the first event of a thing.
    fn open(
        &self,
        id: &K::Id,
        first: K::Event,
        at: Timestamp,
        by: &str,
    ) -> impl Future<Output = Result<K, journal::Error>> + Send;

    /// Records the first events of many things together; each fails alone.
    fn open_many(
        &self,
        many: Vec<(K::Id, K::Event)>,
        at: Timestamp,
        by: &str,
    ) -> impl Future<Output = Result<Vec<Result<K, journal::Error>>, journal::Error>> + Send {
        async move {
            let mut opened = Vec::with_capacity(many.len());
            for (id, first) in many {
                opened.push(self.open(&id, first, at, by).await);
            }
            Ok(opened)
        }
    }

    /// As [`World::open_many`], each with some more events that follow at once.
    fn open_all(
        &self,
        many: Vec<(K::Id, Vec<K::Event>)>,
        at: Timestamp,
        by: &str,
    ) -> impl Future<Output = Result<Vec<Result<K, journal::Error>>, journal::Error>> + Send {
        async move {
            let mut opened = Vec::with_capacity(many.len());
            for (id, events) in many {
                let mut events = events.into_iter();
                let Some(first) = events.next() else { continue };
                let thing = self.open(&id, first, at, by).await;
                let rest: Vec<_> = events.collect();
                opened.push(match thing {
                    Ok(thing) if !rest.is_empty() => self.append(&thing, rest, at, by).await,
                    other => other,
                });
            }
            Ok(opened)
        }
    }

    /// Records what was decided on many things together; each fails alone.
    fn append_many(
        &self,
        many: Vec<(K, Vec<K::Event>)>,
        at: Timestamp,
        by: &str,
    ) -> impl Future<Output = Result<Vec<Result<K, journal::Error>>, journal::Error>> + Send {
        async move {
            let mut appended = Vec::with_capacity(many.len());
            for (thing, events) in many {
                appended.push(self.append(&thing, events, at, by).await);
            }
            Ok(appended)
        }
    }

    /// Nothing, when what was read of the thing is all that the journal has of it: asked before what must not be done twice. A
    /// kind of which many are sent one after the other goes without: the look takes the longer, the more there are.
    ///
    /// # Errors
    /// Says that there is more, or what is wrong with the journal.
    fn is_whole(&self, thing: &K) -> impl Future<Output = Result<(), journal::Error>> + Send {
        let _ = thing;
        std::future::ready(Ok(()))
    }

    /// Records what was decided on `thing`, all of it or nothing; a conflict when it has moved on since.
    fn append(
        &self,
        thing: &K,
        events: Vec<K::Event>,
        at: Timestamp,
        by: &str,
    ) -> impl Future<Output = Result<K, journal::Error>> + Send;

    /// The things of an environment with a call under way, each with the process that made it.
    fn under_way(
        &self,
        environment: &str,
    ) -> impl Future<Output = Result<Vec<(K::Id, String)>, journal::Error>> + Send;

    /// The things of an environment that are in doubt.
    fn in_doubt(&self, environment: &str) -> impl Future<Output = Result<Vec<K::Id>, journal::Error>> + Send;

    /// Sends `request` once, for `thing`.
    fn send(&self, request: &K::Request, thing: &K) -> impl Future<Output = Answer<K::Outcome>> + Send;
}
