//! Driving a thing of any kind: intent on disk, then send, then outcome on disk; and finding the calls whose process is
//! gone.

use super::room::Room;
use super::world::{Answer, Ground, Sends, World};
use super::{Busy, Engine, Error, Inner, log};
use crate::journal;
use crate::kind::{Driven, Signature};
use std::marker::PhantomData;
use std::time::Duration;
use tracing::Instrument as _;

/// How often a decision is made again when another desk was faster; each round lost means that the other one moved on.
pub(super) const ROUNDS: usize = 16;

/// What the engine does for things of one kind.
pub struct Driver<'e, W, K> {
    pub(super) inner: &'e Inner<W>,
    kind: PhantomData<fn() -> K>,
}

/// A call that ended, whichever way: the thing says which.
#[derive(Clone, Debug)]
pub struct Ended<K> {
    pub thing: K,
    /// How long the server asked us to wait before the next call.
    pub retry_after: Option<Duration>,
}

pub(super) type Result<T, K> = std::result::Result<T, Error<<K as Driven>::Refusal>>;

impl<W: Ground> Engine<W> {
    /// Drives things of the kind `K`.
    pub fn of<K: Sends>(&self) -> Driver<'_, W, K>
    where
        W: World<K>,
    {
        Driver { inner: &self.0, kind: PhantomData }
    }
}

impl<W: World<K>, K: Sends> Driver<'_, W, K> {
    pub(super) fn world(&self) -> &W {
        &self.inner.world
    }

    /// The thing, if it is one of this environment: what is decided here is sent there.
    ///
    /// # Errors
    /// When there is none.
    pub async fn load(&self, id: &K::Id) -> Result<K, K> {
        let thing = self.world().load(id).await.map_err(Error::of::<K>)?;
        if thing.environment() == self.inner.options.environment.name() {
            Ok(thing)
        } else {
            let missing = journal::Error::NotFound { kind: K::NAME, thing: id.to_string() };
            Err(Error::of::<K>(missing))
        }
    }

    /// Records the first events of many things together; each fails alone.
    ///
    /// # Errors
    /// When the journal can record none of them.
    pub async fn open_many(&self, many: Vec<(K::Id, K::Event)>) -> Result<Vec<Result<K, K>>, K> {
        let told: Vec<_> = many
            .iter()
            .map(|(id, first)| (id.clone(), log::entries::<K>(std::slice::from_ref(first))))
            .collect();
        let now = self.world().now();
        let opened = self.world().open_many(many, now, &self.inner.options.agent).await;
        let opened = opened.map_err(Error::of::<K>)?;
        let tell = |((id, entries), opened): ((K::Id, Vec<_>), std::result::Result<K, _>)| {
            let thing = opened.map_err(Error::of::<K>)?;
            K::span(&id).in_scope(|| log::opened(&entries, thing.environment()));
            Ok(thing)
        };
        Ok(told.into_iter().zip(opened).map(tell).collect())
    }

    /// As [`Driver::open_many`], each with some more events that follow at once.
    ///
    /// # Errors
    /// When the journal can record none of them.
    pub async fn open_all(&self, many: Vec<(K::Id, Vec<K::Event>)>) -> Result<Vec<Result<K, K>>, K> {
        let now = self.world().now();
        let opened = self.world().open_all(many, now, &self.inner.options.agent).await;
        let each = opened.map_err(Error::of::<K>)?.into_iter();
        Ok(each.map(|opened| opened.map_err(Error::of::<K>)).collect())
    }

    /// Records what was decided on many things together; each fails alone.
    ///
    /// # Errors
    /// When the journal can record none of them.
    pub async fn append_many(&self, many: Vec<(K, Vec<K::Event>)>) -> Result<Vec<Result<K, K>>, K> {
        let now = self.world().now();
        let appended = self.world().append_many(many, now, &self.inner.options.agent).await;
        let each = appended.map_err(Error::of::<K>)?.into_iter();
        Ok(each.map(|appended| appended.map_err(Error::of::<K>)).collect())
    }

    /// Records the first event of a thing.
    ///
    /// # Errors
    /// When an identifier is taken, or the journal cannot record it.
    pub async fn open(&self, id: &K::Id, first: K::Event) -> Result<K, K> {
        let entries = log::entries::<K>(std::slice::from_ref(&first));
        let now = self.world().now();
        let opened = self.world().open(id, first, now, &self.inner.options.agent).await;
        let thing = opened.map_err(Error::of::<K>)?;
        K::span(id).in_scope(|| log::opened(&entries, thing.environment()));
        Ok(thing)
    }

    /// Does what sends nothing.
    ///
    /// # Errors
    /// The kind's refusals, and what the journal cannot do.
    pub async fn command(&self, id: &K::Id, command: K::Command) -> Result<K, K>
    where
        K::Command: Clone + Sync,
    {
        self.command_within(&self.inner.busy().await, id, command).await
    }

    /// The same, for who is at work already.
    pub(super) async fn command_within(&self, _: &Busy<'_>, id: &K::Id, command: K::Command) -> Result<K, K>
    where
        K::Command: Clone + Sync,
    {
        let decide = |thing: &K| thing.decide(command.clone(), self.world().now());
        self.decide_and_append(id, decide).instrument(K::span(id)).await
    }

    /// Records what `decide` says of the thing as it is, where a kind needs to know more for that than the time.
    ///
    /// # Errors
    /// As for [`Driver::command`].
    pub async fn decided(
        &self,
        id: &K::Id,
        decide: impl Fn(&K) -> std::result::Result<Vec<K::Event>, K::Refusal>,
    ) -> Result<K, K> {
        let _busy = self.inner.busy().await;
        self.decide_and_append(id, decide).instrument(K::span(id)).await
    }

    /// Decides on the thing as it is, appends, and starts over when another desk was faster.
    async fn decide_and_append(
        &self,
        id: &K::Id,
        decide: impl Fn(&K) -> std::result::Result<Vec<K::Event>, K::Refusal>,
    ) -> Result<K, K> {
        for _ in 0..ROUNDS {
            let thing = self.load(id).await?;
            let events = decide(&thing).map_err(|refusal| self.refused(id, refusal))?;
            if events.is_empty() {
                return Ok(thing);
            }
            match self.append(&thing, events).await {
                Err(Error::Conflict) => {}
                other => return other,
            }
        }
        Err(Error::Conflict)
    }

    pub(super) fn decide(&self, thing: &K, command: K::Command) -> Result<Vec<K::Event>, K> {
        thing.decide(command, self.world().now()).map_err(|refusal| self.refused(thing.id(), refusal))
    }

    /// Whose call is answered is not told to wait for it.
    fn refused(&self, id: &K::Id, refusal: K::Refusal) -> Error<K::Refusal> {
        Error::Refusal(K::answered(refusal, || self.in_hand(id)))
    }

    pub(super) async fn append(&self, thing: &K, events: Vec<K::Event>) -> Result<K, K> {
        let entries = log::entries::<K>(&events);
        let now = self.world().now();
        let appended = self.world().append(thing, events, now, &self.inner.options.agent).await;
        let appended = appended.map_err(Error::of::<K>)?;
        log::recorded(&entries);
        Ok(appended)
    }

    /// A call that only asks: nothing is written before it, and `command` says what its outcome means.
    ///
    /// # Errors
    /// When `command` would be refused whatever the outcome was, for which `before` stands, and when the journal is not to
    /// be written to; nothing was sent then.
    pub async fn ask(
        &self,
        id: &K::Id,
        request: impl Fn(&K) -> K::Request,
        before: K::Command,
        command: impl Fn(K::Outcome) -> K::Command,
    ) -> Result<Ended<K>, K> {
        let _busy = self.inner.busy().await;
        let thing = self.load(id).await?;
        self.decide(&thing, before)?;
        self.world().trust().map_err(Error::of::<K>)?;
        let request = request(&thing);
        let span = log::call::<K>(id, K::call(&request), None);
        let answer = self.world().send(&request, &thing).instrument(span.clone()).await;
        let outcome = thing.mask(answer.outcome);
        span.in_scope(|| log::ended::<K>(&outcome, answer.status, answer.elapsed));
        let decide = |thing: &K| thing.decide(command(outcome.clone()), self.world().now());
        let thing = self.decide_and_append(id, decide).instrument(span).await?;
        Ok(Ended { thing, retry_after: answer.retry_after })
    }

    /// Intent on disk, then the call, then the outcome on disk. When a server in front refused the token and the call may
    /// be repeated by itself then, a second attempt, journaled as one of its own, is made with a new token; never a third.
    ///
    /// # Errors
    /// The kind's refusals, with nothing sent; and what the journal cannot do.
    pub async fn attempt(
        &self,
        id: &K::Id,
        request: impl Fn(&K) -> K::Request,
        begin: impl Fn(&K::Request, Signature) -> K::Command,
    ) -> Result<Ended<K>, K> {
        self.attempts(id, None, &Attempt { request, begin, probe: false }).await
    }

    /// The same, first of all on the thing as it was just read: when it has moved on since it is read again.
    ///
    /// # Errors
    /// As for [`Driver::attempt`].
    pub async fn attempt_on(
        &self,
        thing: K,
        request: impl Fn(&K) -> K::Request,
        begin: impl Fn(&K::Request, Signature) -> K::Command,
    ) -> Result<Ended<K>, K> {
        let id = thing.id().clone();
        self.attempts(&id, Some(Box::new(thing)), &Attempt { request, begin, probe: false }).await
    }

    /// The very same request as the one in doubt, for a person who wants to know what became of that one.
    ///
    /// # Errors
    /// As for [`Driver::attempt`]; and when the call declares that this would tell nothing.
    pub async fn probe(
        &self,
        id: &K::Id,
        request: impl Fn(&K) -> K::Request,
        begin: impl Fn(&K::Request, Signature) -> K::Command,
    ) -> Result<Ended<K>, K> {
        self.attempts(id, None, &Attempt { request, begin, probe: true }).await
    }

    async fn attempts<R, B>(
        &self,
        id: &K::Id,
        known: Option<Box<K>>,
        attempt: &Attempt<R, B>,
    ) -> Result<Ended<K>, K>
    where
        R: Fn(&K) -> K::Request,
        B: Fn(&K::Request, Signature) -> K::Command,
    {
        let _busy = self.inner.busy().await;
        // Its future is large.
        let (ended, again) = Box::pin(self.attempt_once(id, known, attempt)).await?;
        if again { Ok(Box::pin(self.attempt_once(id, None, attempt)).await?.0) } else { Ok(ended) }
    }

    /// One attempt, and whether another one may follow by itself.
    async fn attempt_once<R, B>(
        &self,
        id: &K::Id,
        known: Option<Box<K>>,
        attempt: &Attempt<R, B>,
    ) -> Result<(Ended<K>, bool), K>
    where
        R: Fn(&K) -> K::Request,
        B: Fn(&K::Request, Signature) -> K::Command,
    {
        let (thing, request, _room) = self.begin(id, known, attempt).instrument(K::span(id)).await?;
        let number = thing.pending().map_or(0, |pending| pending.attempt);
        let call = K::call(&request);
        let span = log::call::<K>(id, call, Some(number));
        let answer = self.world().send(&request, &thing).instrument(span.clone()).await;
        let Answer { outcome, status, token_refused, retry_after, elapsed } = answer;
        let again = token_refused && K::repeat(call).by_itself(K::reached(&outcome));
        let outcome = thing.mask(outcome);
        span.in_scope(|| log::ended::<K>(&outcome, status, elapsed));
        let thing = self.record(&thing, number, outcome).instrument(span).await?;
        Ok((Ended { thing, retry_after }, again))
    }

    /// Writes the intent. The request is made from the very thing that the append was decided on.
    async fn begin<R, B>(
        &self,
        id: &K::Id,
        mut known: Option<Box<K>>,
        attempt: &Attempt<R, B>,
    ) -> Result<(K, K::Request, Room<'_, W>), K>
    where
        R: Fn(&K) -> K::Request,
        B: Fn(&K::Request, Signature) -> K::Command,
    {
        for _ in 0..ROUNDS {
            let thing = match known.take() {
                Some(thing) => *thing,
                None => self.load(id).await?,
            };
            let request = (attempt.request)(&thing);
            let signature =
                Signature { owner: self.world().desk()?.to_owned(), uptime: self.world().uptime() };
            let events = self.decide(&thing, (attempt.begin)(&request, signature))?;
            let call = K::call(&request);
            may_begin(&thing, call, attempt.probe)?;
            self.world().key_stays().map_err(Error::of::<K>)?;
            let harms = K::repeat(call).harms();
            if harms {
                self.world().is_whole(&thing).await.map_err(Error::of::<K>)?;
            }
            self.room_to_note(&thing, call)?;
            let noted = self.noted_here(&thing, call)?;
            let room = Room::before(self.world(), harms).map_err(Error::StateFolder)?;
            match self.append(&thing, events).await {
                Ok(thing) if noted.is_beyond => self.begun_elsewhere(&thing, call).await?,
                Ok(thing) => {
                    self.note_begun(&thing, call, noted.times);
                    return Ok((thing, request, room));
                }
                Err(Error::Conflict) => {}
                Err(error) => return Err(error),
            }
        }
        Err(Error::Conflict)
    }

    /// Finds the calls whose process is gone and says so in the journal: what they mean is for the kind to know. Returns
    /// the things concerned.
    ///
    /// # Errors
    /// What the journal cannot do.
    pub async fn recover(&self) -> Result<Vec<K::Id>, K> {
        // What is known of a call comes before what can only be said of its process.
        self.take_up().await;
        self.offer().await;
        let mut recovered = Vec::new();
        let environment = self.inner.options.environment.name();
        for (id, owner) in self.world().under_way(environment).await.map_err(Error::of::<K>)? {
            if !self.world().is_alive(&owner).await && self.cut_off(&id).await? {
                recovered.push(id);
            }
        }
        Ok(recovered)
    }

    /// Says of the call under way that its process is gone, if it is.
    pub(super) async fn cut_off(&self, id: &K::Id) -> Result<bool, K> {
        let thing = self.load(id).await?;
        let Some(pending) = thing.pending() else { return Ok(false) };
        if self.world().is_alive(pending.owner).await {
            return Ok(false);
        }
        // Looked for after its process was seen to be gone: it keeps no more from now on.
        self.take_up().await;
        if self.holds(id, pending.attempt, pending.owner) {
            self.offer().await;
            return Ok(self.load(id).await?.pending().is_none());
        }
        let events = self.decide(&thing, K::cut_off(pending.attempt, self.world().uptime()))?;
        match self.append(&thing, events).instrument(K::span(id)).await {
            Ok(_) => Ok(true),
            // Somebody else has just said so.
            Err(Error::Conflict) => Ok(false),
            Err(error) => Err(error),
        }
    }
}

/// How an attempt is made.
struct Attempt<R, B> {
    request: R,
    begin: B,
    /// True for the very same request as the one in doubt.
    probe: bool,
}

/// What holds whatever a kind decides: a probe is made of a call that declares that it tells something, and of no other;
/// and a thing in doubt is otherwise left alone.
fn may_begin<K: Driven>(thing: &K, call: K::Call, probe: bool) -> Result<(), K> {
    let refused = match thing.doubted() {
        _ if probe => !K::repeat(call).may_probe(),
        Some(_) => true,
        None => false,
    };
    if refused { Err(Error::NotRepeatable { call: call.to_string() }) } else { Ok(()) }
}
