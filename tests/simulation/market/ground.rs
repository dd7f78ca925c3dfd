//! What the real engine stands on in a simulation: the world of [`State`], seen from one desk.

use super::book::{Append, Shelf};
use super::net::{Back, Cargo};
use super::pause::Shared;
use super::plan::Break;
use super::state::State;
use crate::plan::TIMEOUT;
use crate::px::millis;
use pxdesk::engine::{self, Answer, Error, MarketKind, World};
use pxdesk::journal;
use pxdesk::kind::{Pending, ShortId, Timestamp, Uptime};
use pxdesk::market::{Reply, Request, Sent, classify};
use pxdesk::order::Secret;
use pxdesk::subscription::{Amount, Failure, Outcome, Report, ReportState, Subscription};
use std::time::Duration;
use zeroize::Zeroizing;

/// A kind whose requests the world carries.
pub trait Carried: Shelf + MarketKind {
    fn cargo(&self, request: &Request) -> Option<Cargo>;
}

impl Carried for Report {
    fn cargo(&self, request: &Request) -> Option<Cargo> {
        let body = request.body(&Secret::new("key"));
        let body: serde_json::Value = serde_json::from_slice(&body).ok()?;
        let amount = Amount::parse(&body.get("usageCount")?.to_string()).ok()?;
        let attempt = self.attempts.pending()?.attempt;
        Some(Cargo::Usage { slot: self.slot.clone(), attempt, amount })
    }
}

impl Carried for Subscription {
    fn cargo(&self, request: &Request) -> Option<Cargo> {
        let last = self.attempts.last()?;
        let (of, skus) = (self.provisioning_id.to_string(), last.skus.clone());
        let asked = last.reason.is_some();
        Some(Cargo::Skus { of, call: request.call, skus, attempt: last.number, asked })
    }
}

/// One desk's view of the world.
pub struct Ground {
    pub world: Shared,
    /// The name that its calls are signed with.
    pub desk: String,
}

impl Ground {
    /// An append: on its way, on disk, reported. A desk may die before, between and after.
    async fn write<K: Carried>(&self, append: Append<K>) -> Result<K, journal::Error> {
        self.world.some_pause(0, 3).await;
        let (place, failing) = {
            let state = &mut *self.world.state();
            let failing = state.rng.chance(state.plan.disk);
            if state.is_full() || (failing && state.rng.chance(700)) {
                return Err(full());
            }
            state.writes.push(Some((self.desk.clone(), K::write(append))));
            (state.writes.len() - 1, failing)
        };
        self.world.some_pause(0, 3).await;
        let written = {
            let mut state = self.world.state();
            let write = state.writes[place].take().and_then(|(_, write)| K::append(write));
            let append = write.ok_or_else(full)?;
            match unwritten(&state, &append) {
                Some(thing) => Ok(thing),
                None => state.commit(append),
            }
        };
        self.world.pause(0).await;
        // The worst disk: it says that it failed, and did not.
        if failing { Err(full()) } else { written }
    }

    /// One request, once, and what came of it.
    async fn exchange<K: Carried>(&self, request: &Request, thing: &K) -> (Outcome, Option<u16>) {
        let partly = {
            let state = &mut *self.world.state();
            state.rng.chance(state.plan.partly)
        };
        let failed = |failure| (Outcome::Failed { failure }, None);
        let (length, flight) = {
            let state = &mut *self.world.state();
            if let Err(why) = engine::leaves_in_time(thing, state.wall())
                && state.broken != Some(Break::NoLastLook)
            {
                return failed(Failure::NotSent { why });
            }
            let Some(cargo) = thing.cargo(request) else {
                return failed(Failure::NotSent { why: "there is nothing to send".to_owned() });
            };
            let cargo = super::check::leaving(state, &self.desk, cargo, request.digest());
            if partly {
                (1_000, None)
            } else {
                let flight = state.depart(cargo);
                state.perhaps_full();
                (millis(TIMEOUT), Some(flight))
            }
        };
        self.world.pause_for(length, flight).await;
        let sent = if partly { Sent::Part } else { Sent::Whole };
        let back = flight.map_or(Back::Broken, |flight| self.world.state().flights[flight].hang_up());
        let reply = |status| Reply { status, content_type: None, body: b"" };
        match back {
            Back::Answer(status) => (classify(request.call, Ok(&reply(status)), sent), Some(status)),
            Back::Broken => (classify(request.call, Err("the connection broke"), sent), None),
            Back::Awaited => (classify(request.call, Err("no answer came in time"), sent), None),
        }
    }
}

/// With a break, what an intent is said to have made, without being on disk.
fn unwritten<K: Carried>(state: &State, append: &Append<K>) -> Option<K> {
    let starts = |event: &K::Event| K::event_name(event) == "call_started";
    if state.broken != Some(Break::IntentUnwritten) || !append.events.iter().any(starts) {
        return None;
    }
    let mut thing = state.book.find::<K>(&append.id)?.clone();
    for (seq, event) in (thing.seq() + 1..).zip(append.events.clone()) {
        let (at, by, hash) = (append.at, append.by.clone(), pxdesk::kind::Digest([0; 32]));
        thing.follow(&pxdesk::kind::Recorded { seq, at, by, event, hash });
    }
    Some(thing)
}

impl engine::Ground for Ground {
    fn now(&self) -> Timestamp {
        self.world.state().wall()
    }

    fn uptime(&self) -> Option<Uptime> {
        Some(self.world.state().uptime())
    }

    fn steady(&self) -> Uptime {
        self.world.state().uptime()
    }

    async fn sleep(&self, pause: Duration) {
        self.world.pause(millis(pause)).await;
    }

    fn desk<R>(&self) -> Result<&str, Error<R>> {
        Ok(&self.desk)
    }

    async fn is_alive(&self, desk: &str) -> bool {
        self.world.state().alive.iter().any(|alive| alive == desk)
    }

    fn random<R>(&self) -> Result<u64, Error<R>> {
        Ok(self.world.state().rng.next())
    }

    fn keep(&self, name: &str, answer: &[u8]) -> Result<(), String> {
        self.world.state().keep(name, answer)
    }

    fn kept(&self, kind: &str) -> Vec<(String, Zeroizing<Vec<u8>>)> {
        let state = self.world.state();
        let ours = state.spool.iter().filter(|(name, _)| name.starts_with(kind));
        ours.map(|(name, answer)| (name.clone(), Zeroizing::new(answer.clone()))).collect()
    }

    fn forget(&self, name: &str) {
        self.world.state().spool.remove(name);
    }

    fn times_begun(&self, name: &str) -> Result<usize, String> {
        Ok(self.world.state().begun.get(name).copied().unwrap_or_default())
    }

    fn note_begun(&self, name: &str) -> Result<(), String> {
        let mut state = self.world.state();
        if state.broken != Some(Break::NoSentCounts) {
            *state.begun.entry(name.to_owned()).or_default() += 1;
        }
        Ok(())
    }
}

impl<K: Carried> World<K> for Ground {
    async fn load(&self, id: &ShortId) -> Result<K, journal::Error> {
        self.world.pause(0).await;
        let state = self.world.state();
        let missing = || journal::Error::NotFound { kind: K::NAME, thing: id.to_string() };
        state.book.find::<K>(id).cloned().ok_or_else(missing)
    }

    async fn open(
        &self,
        id: &ShortId,
        first: K::Event,
        at: Timestamp,
        by: &str,
    ) -> Result<K, journal::Error> {
        self.write(Append { id: id.clone(), seq: 0, events: vec![first], at, by: by.to_owned() }).await
    }

    /// Each thing with all its events at once, as the real journal has it.
    async fn open_all(
        &self,
        many: Vec<(ShortId, Vec<K::Event>)>,
        at: Timestamp,
        by: &str,
    ) -> Result<Vec<Result<K, journal::Error>>, journal::Error> {
        let mut opened = Vec::with_capacity(many.len());
        for (id, events) in many {
            opened.push(match self.write(Append { id, seq: 0, events, at, by: by.to_owned() }).await {
                Err(error @ journal::Error::Full { .. }) => return Err(error),
                other => other,
            });
        }
        Ok(opened)
    }

    async fn append(
        &self,
        thing: &K,
        events: Vec<K::Event>,
        at: Timestamp,
        by: &str,
    ) -> Result<K, journal::Error> {
        let (id, seq) = (thing.id().clone(), thing.seq());
        self.write(Append { id, seq, events, at, by: by.to_owned() }).await
    }

    async fn under_way(&self, _: &str) -> Result<Vec<(ShortId, String)>, journal::Error> {
        self.world.pause(0).await;
        let state = self.world.state();
        let owned = |thing: &K| {
            let Pending { owner, .. } = thing.pending()?;
            Some((thing.id().clone(), owner.to_owned()))
        };
        Ok(K::shelf(&state.book).iter().filter_map(owned).collect())
    }

    async fn in_doubt(&self, _: &str) -> Result<Vec<ShortId>, journal::Error> {
        self.world.pause(0).await;
        let state = self.world.state();
        let doubted = state.book.reports.iter().filter(|report| report.state() == ReportState::InDoubt);
        Ok(doubted.map(|report| report.id.clone()).collect())
    }

    async fn send(&self, request: &Request, thing: &K) -> Answer<Outcome> {
        // Looking up the key, and connecting.
        let (pause, unsent) = {
            let state = &mut *self.world.state();
            let slow = state.rng.chance(state.plan.slow);
            let unsent = state.rng.chance(state.plan.unsent);
            (state.some_millis(1, if slow { 30_000 } else { 50 }), unsent)
        };
        self.world.pause(pause).await;
        let broken = self.world.state().broken;
        let (mut outcome, mut status) = (Outcome::Failed { failure: not_sent() }, None);
        if !unsent {
            (outcome, status) = self.exchange(request, thing).await;
            let unknown = matches!(outcome, Outcome::Failed { failure: Failure::Unknown { .. } });
            if unknown && broken == Some(Break::Resend) {
                (outcome, status) = self.exchange(request, thing).await;
            }
        }
        let outcome = misread(broken, outcome, status);
        Answer { outcome, status, token_refused: false, retry_after: None, elapsed: Duration::ZERO }
    }
}

/// With a break, what the client takes an answer for.
fn misread(broken: Option<Break>, outcome: Outcome, status: Option<u16>) -> Outcome {
    let Outcome::Failed { failure: Failure::Unknown { why } } = &outcome else { return outcome };
    match (broken, status) {
        (Some(Break::TimeoutAsUnsent), None) => {
            Outcome::Failed { failure: Failure::NotSent { why: why.clone() } }
        }
        (Some(Break::FaultAsRefused), Some(status @ 500..)) => Outcome::Refused { status, message: None },
        (Some(Break::AnySuccess), Some(200..300)) => Outcome::Done { status: 200 },
        _ => outcome,
    }
}

fn not_sent() -> Failure {
    Failure::NotSent { why: "cannot connect".to_owned() }
}

fn full() -> journal::Error {
    journal::Error::Full { file: "simulated.db".into() }
}
