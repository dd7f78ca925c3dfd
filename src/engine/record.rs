//! Recording what came of a call, however long the journal takes to take it.

use super::Error;
use super::driver::{Driver, ROUNDS, Result};
use super::spool::{Entry, Held, name};
use super::world::{Sends, World};
use crate::journal;
use jiff::SignedDuration;
use std::pin::pin;
use std::sync::{MutexGuard, PoisonError};
use std::time::Duration;
use zeroize::Zeroizing;

/// After how long an answer that is being written is kept outside of the journal as well.
const AT_HAND: Duration = Duration::from_secs(1);
/// How often, and how long apart in milliseconds, an answer is offered before whoever asked for the call is told.
const AT_ONCE: [u64; 4] = [50, 200, 1000, 3000];
/// For how long in all, where each takes its time.
const PATIENCE: SignedDuration = SignedDuration::from_secs(20);
/// How long apart from then on.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

impl<W: World<K>, K: Sends> Driver<'_, W, K> {
    /// Writes the outcome. A journal that does not take it at once is asked again: what the server said must not be lost
    /// to a full disk, nor to a server that has gone silent. Meanwhile it is kept outside of the journal; as long as that
    /// fails, too, the call is not over.
    pub(super) async fn record(&self, thing: &K, attempt: u32, outcome: K::Outcome) -> Result<K, K> {
        let id = thing.id();
        let owner = thing.pending().map_or_else(String::new, |pending| pending.owner.to_owned());
        let began = self.world().steady();
        let write = self.record_once(Some(thing), id, attempt, &owner, &outcome);
        let hold = |error: Option<&journal::Error>| self.hold(thing, attempt, &outcome, error);
        let name = match self.or_held(write, hold).await {
            (Err(Error::Journal(error)), Some(name)) => {
                self.hindered(&name, &error);
                name
            }
            (Err(Error::Journal(error)), None) => hold(Some(&error)),
            (other, name) => {
                if let Some(name) = name {
                    self.let_go(&name);
                }
                return other;
            }
        };
        let mut pauses = AT_ONCE.into_iter();
        let mut later = FIRST_PAUSE;
        loop {
            tracing::warn!("the journal did not take the outcome; trying again");
            let pause = pauses.next().map_or(later, Duration::from_millis);
            self.world().sleep(pause).await;
            let error = match self.record_once(None, id, attempt, &owner, &outcome).await {
                Err(Error::Journal(error)) => error,
                other => {
                    self.let_go(&name);
                    return other;
                }
            };
            self.hindered(&name, &error);
            let kept = self.keep(&name);
            let long = self.world().steady().since_exactly(&began).is_some_and(|for_now| for_now > PATIENCE);
            if long || pauses.len() == 0 {
                if kept {
                    return Err(Error::Unrecorded { answer: K::describe(&outcome), error });
                }
                later = (later * 2).min(LONGEST_PAUSE);
            }
        }
    }

    /// What a write came to. One that takes long may never be answered: the answer is held then, under the name that is
    /// returned with it, while the write goes on.
    async fn or_held(
        &self,
        write: impl Future<Output = Result<K, K>> + Send,
        hold: impl Fn(Option<&journal::Error>) -> String + Send,
    ) -> (Result<K, K>, Option<String>) {
        let mut write = pin!(write);
        tokio::select! {
            biased;
            done = &mut write => return (done, None),
            () = self.world().sleep(AT_HAND) => {}
        }
        let name = hold(None);
        (write.await, Some(name))
    }

    /// Writes the outcome unless it is known already. An answer may come after its attempt was called cut off, and may
    /// have been recorded by a journal that said it was not: either way it is recorded once.
    ///
    /// # Errors
    /// [`Error::Refusal`] when the thing refuses it for good; otherwise [`Error::Journal`], and the answer is to be held.
    async fn record_once(
        &self,
        known: Option<&K>,
        id: &K::Id,
        attempt: u32,
        owner: &str,
        outcome: &K::Outcome,
    ) -> Result<K, K> {
        let mut known = known.cloned();
        for _ in 0..ROUNDS {
            let thing = match known.take() {
                Some(thing) => thing,
                None => self.load(id).await?,
            };
            let events = if !thing.knows(attempt, owner) {
                // An older copy of the journal: this is not the attempt that the answer is to.
                let missing = format!("{id} with its attempt {attempt}");
                let missing = || Error::Journal(journal::Error::NotFound { kind: K::NAME, thing: missing });
                thing.answered_unknown(owner, outcome).ok_or_else(missing)?
            } else if thing.awaits(attempt) {
                self.decide(&thing, K::end(attempt, outcome.clone(), self.world().uptime()))?
            } else {
                Vec::new()
            };
            if events.is_empty() {
                return Ok(thing);
            }
            match self.append(&thing, events).await {
                Err(Error::Conflict) => {}
                Ok(thing) => {
                    if let Some(alarm) = thing.alarm() {
                        tracing::warn!(alarm, "an answer contradicts what was said of its call");
                    }
                    return Ok(thing);
                }
                error @ Err(_) => return error,
            }
        }
        // Others that keep being faster end some time; until then it is an answer that the journal does not take.
        let thing = id.to_string();
        Err(Error::Journal(journal::Error::Conflict { kind: K::NAME, thing }))
    }

    /// Offers what is held to the journal once; true when nothing of this kind is held any more.
    pub async fn offer(&self) -> bool {
        let held = self.held().iter().filter(|held| held.kind == K::NAME).map(copy).collect::<Vec<_>>();
        let mut all = true;
        for (name, entry) in held {
            let read = serde_json::from_slice::<Entry<K::Outcome>>(&entry).ok();
            let read = read.and_then(|entry| Some((K::parse_id(&entry.thing)?, entry)));
            let Some((id, entry)) = read else { continue };
            match self.record_once(None, &id, entry.attempt, &entry.owner, &entry.outcome).await {
                // What the thing refuses for good is known to it otherwise.
                Ok(_) | Err(Error::Refusal(_)) => self.let_go(&name),
                Err(error) => {
                    if let Error::Journal(error) = &error {
                        self.hindered(&name, error);
                    }
                    self.keep(&name);
                    all = false;
                }
            }
        }
        all
    }

    /// Offers what is held to the journal until it has taken it all.
    pub async fn keep_offering(&self) {
        let mut pause = FIRST_PAUSE;
        while !self.offer().await {
            self.world().sleep(pause).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    /// Takes up the answers that processes left which are gone. One whose process lives is left to it.
    pub(super) async fn take_up(&self) {
        let environment = self.inner.options.environment.name();
        for (name, entry) in self.world().kept(K::NAME) {
            let Ok(read) = serde_json::from_slice::<Entry<K::Outcome>>(&entry) else { continue };
            let ours = read.environment == environment && !self.held().iter().any(|held| held.name == name);
            if ours && !self.world().is_alive(&read.owner).await {
                let Entry { thing, outcome, .. } = read;
                let answer = K::describe(&outcome);
                self.held().push(Held {
                    name,
                    kind: K::NAME,
                    thing,
                    answer,
                    entry,
                    brief: None,
                    kept: true,
                    remedy: None,
                });
                self.inner.held_more.notify_one();
            }
        }
    }

    /// What an answer about this thing says that is in hand, here or in the spool of another process, and not in the
    /// journal yet.
    pub fn in_hand(&self, id: &K::Id) -> Option<String> {
        let id = id.to_string();
        self.all_in_hand().into_iter().find_map(|(thing, answer)| (thing == id).then_some(answer))
    }

    /// All such answers, each with the thing that it is about.
    pub fn all_in_hand(&self) -> Vec<(String, String)> {
        let held = self.held();
        let ours = held.iter().filter(|held| held.kind == K::NAME);
        let mut all: Vec<_> = ours.map(|held| (held.thing.clone(), held.answer.clone())).collect();
        for (name, entry) in self.world().kept(K::NAME) {
            if held.iter().all(|held| held.name != name)
                && let Ok(entry) = serde_json::from_slice::<Entry<K::Outcome>>(&entry)
            {
                all.push((entry.thing, K::describe(&entry.outcome)));
            }
        }
        all
    }

    /// True where an answer to this attempt was kept outside of the journal and cannot be read: it was damaged since.
    pub fn has_unreadable_answer(&self, id: &K::Id, attempt: u32, owner: &str) -> bool {
        let name = name(K::NAME, &id.to_string(), attempt, owner);
        self.world().keeps(&name) && self.world().kept(K::NAME).iter().all(|(kept, _)| *kept != name)
    }

    /// True while an answer to this attempt is in hand. Another process's attempt may have the same number: of an older copy
    /// of the journal, which was accepted.
    pub(super) fn holds(&self, id: &K::Id, attempt: u32, owner: &str) -> bool {
        let name = name(K::NAME, &id.to_string(), attempt, owner);
        self.held().iter().any(|held| held.name == name)
    }

    /// What ends an attempt of `call` by an answer in hand to another one, that the journal knows nothing of: the name that it
    /// is kept under, and the events.
    pub(super) fn end_by_answer_in_hand(
        &self,
        thing: &K,
        call: K::Call,
        attempt: u32,
    ) -> Option<(String, Vec<K::Event>)> {
        self.answers_in_hand(thing, call).find_map(|(name, outcome)| {
            let end = K::end(attempt, outcome, self.world().uptime());
            Some((name, self.decide(thing, end).ok()?))
        })
    }

    /// The answers in hand to attempts of `call` that the journal knows nothing of, each with the name that it is kept under.
    pub(super) fn answers_in_hand(
        &self,
        thing: &K,
        call: K::Call,
    ) -> impl Iterator<Item = (String, K::Outcome)> {
        let ours = self.held().iter().map(copy).collect::<Vec<_>>();
        let all = ours.into_iter().chain(self.world().kept(K::NAME));
        let id = thing.id().to_string();
        all.filter_map(move |(name, entry)| {
            let entry = serde_json::from_slice::<Entry<K::Outcome>>(&entry).ok()?;
            let unknown = !thing.knows(entry.attempt, &entry.owner);
            let is_one = entry.thing == id && unknown && K::is_answer_to(&entry.outcome, call);
            is_one.then_some((name, entry.outcome))
        })
    }

    fn hold(&self, thing: &K, attempt: u32, outcome: &K::Outcome, error: Option<&journal::Error>) -> String {
        let id = thing.id().to_string();
        let owner = thing.pending().map_or_else(String::new, |pending| pending.owner.to_owned());
        let name = name(K::NAME, &id, attempt, &owner);
        let environment = thing.environment().to_owned();
        let entry = |outcome| {
            let (environment, thing, owner) = (environment.clone(), id.clone(), owner.clone());
            let entry = Entry { environment, thing, attempt, owner, outcome };
            // A value that is read from JSON can be written as JSON.
            Zeroizing::new(serde_json::to_vec(&entry).unwrap_or_default())
        };
        let (brief, entry) = (K::brief(outcome).map(entry), entry(outcome.clone()));
        let answer = K::describe(outcome);
        self.held().push(Held {
            name: name.clone(),
            kind: K::NAME,
            thing: id,
            answer,
            entry,
            brief,
            kept: false,
            remedy: error.map(journal::Error::remedy),
        });
        self.keep(&name);
        self.inner.held_more.notify_one();
        name
    }

    /// The journal has not taken what is held under `name`: what makes it take it is remembered for people.
    fn hindered(&self, name: &str, error: &journal::Error) {
        if let Some(held) = self.held().iter_mut().find(|held| held.name == name) {
            held.remedy = Some(error.remedy());
        }
    }

    /// Keeps what is held outside of memory, where that is possible; true when it is kept so. What was kept and is gone is
    /// kept anew.
    fn keep(&self, name: &str) -> bool {
        let mut all = self.held();
        let Some(held) = all.iter_mut().find(|held| held.name == name) else { return true };
        held.kept = held.kept && self.world().still_keeps(name);
        if !held.kept {
            let kept = self.world().keep(name, &held.entry);
            let kept = kept.or_else(|why| match &held.brief {
                Some(brief) => self.world().keep(name, brief),
                None => Err(why),
            });
            match kept {
                Ok(()) => held.kept = true,
                Err(why) => tracing::error!(why, "an answer is in memory alone"),
            }
        }
        held.kept
    }

    pub(super) fn let_go(&self, name: &str) {
        self.held().retain(|held| held.name != name);
        self.world().forget(name);
    }

    fn held(&self) -> MutexGuard<'_, Vec<Held>> {
        self.inner.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn copy(held: &Held) -> (String, Zeroizing<Vec<u8>>) {
    (held.name.clone(), held.entry.clone())
}
