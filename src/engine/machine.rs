//! The real world: the journal, Px, this machine's clock and processes.

use super::heard::{Heard, Told};
use super::sent::Sent;
use super::spool::Spool;
use super::world::{Answer, Ground, World};
use super::{Clock, Error, Presence};
use crate::journal::{self, Journal};
use crate::kind::{Timestamp, Uptime};
use crate::market;
use crate::order::{Environment, Event, Failure, Order, OrderId, Outcome, State};
use crate::px::{Client, Request};
use jiff::SignedDuration;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use zeroize::Zeroizing;

/// What a clock said longer ago says nothing of now.
const FRESH: Duration = Duration::from_hours(1);
/// An answer that says the same as one before is noted again after so long.
const AGAIN: Duration = Duration::from_secs(30);
/// What is the same, in milliseconds: a header tells whole seconds.
const EXACT: u64 = 2000;

/// The real world.
pub struct Machine {
    pub journal: Journal,
    pub px: Client,
    /// The way to the marketplace, where one is configured.
    pub market: Option<market::Client>,
    /// The contract that is looked after, where one is configured.
    pub registration: Option<super::Registration>,
    /// How far this machine's clock was ahead of the marketplace's at its last answer, in milliseconds.
    pub market_clock: Mutex<Option<(i64, Instant)>>,
    /// The same for the next process; without it, for this one alone.
    pub heard: Option<Heard>,
    pub clock: Clock,
    pub presence: Presence,
    /// Where answers are kept that the journal does not take; without it, in memory alone.
    pub spool: Option<Spool>,
    /// Where it is counted what must not be done twice; without it, nowhere but in the journal.
    pub sent: Option<Sent>,
}

impl Machine {
    /// Notes what the marketplace's clock said, where its answer had one.
    pub fn heard(&self, clock: Option<Timestamp>) {
        let Some(theirs) = clock else { return };
        let at = Timestamp::now();
        let ahead = at.duration_since(theirs);
        let millis = i64::try_from(ahead.as_millis()).unwrap_or(i64::MAX);
        {
            let mut known = self.market_clock.lock().unwrap_or_else(PoisonError::into_inner);
            let is_same =
                |(before, at): (i64, Instant)| at.elapsed() < AGAIN && before.abs_diff(millis) <= EXACT;
            if known.is_some_and(is_same) {
                return;
            }
            *known = Some((millis, Instant::now()));
        }
        if let Some(heard) = &self.heard {
            heard.keep(&Told { theirs, at, uptime: self.clock.uptime() });
        }
    }

    /// How far this machine's clock was ahead of the marketplace's at its last answer, within an hour.
    pub fn clock_error(&self) -> Option<SignedDuration> {
        let heard = *self.market_clock.lock().unwrap_or_else(PoisonError::into_inner);
        let fresh = heard.filter(|(_, at)| at.elapsed() < FRESH);
        fresh.map(|(millis, _)| SignedDuration::from_millis(millis))
    }

    /// The same as any process of this machine heard it: for where this one asks and is not told.
    pub fn clock_error_of_others(&self) -> Option<SignedDuration> {
        self.heard.as_ref()?.ahead(Timestamp::now(), self.clock.uptime().as_ref())
    }
}

impl Ground for Machine {
    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    fn uptime(&self) -> Option<Uptime> {
        self.clock.uptime()
    }

    fn steady(&self) -> Uptime {
        self.clock.steady()
    }

    async fn sleep(&self, pause: Duration) {
        tokio::time::sleep(pause).await;
    }

    fn desk<R>(&self) -> Result<&str, Error<R>> {
        let name = self.presence.name().map_err(Error::System)?;
        self.journal.announce(name);
        Ok(name)
    }

    async fn is_alive(&self, desk: &str) -> bool {
        // A file of this machine tells what a server that cannot be reached does not.
        if self.presence.knows(desk) {
            self.presence.is_alive(desk)
        } else {
            self.journal.is_there(desk).await
        }
    }

    fn trust(&self) -> Result<(), journal::Error> {
        self.journal.trust()
    }

    fn key_stays(&self) -> Result<(), journal::Error> {
        self.journal.key_stays()
    }

    fn clock_error(&self) -> Option<SignedDuration> {
        self.clock_error()
    }

    fn random<R>(&self) -> Result<u64, Error<R>> {
        let mut bytes = [0; 8];
        getrandom::fill(&mut bytes)
            .map_err(|e| Error::System(format!("the system has no random numbers: {e}")))?;
        Ok(u64::from_le_bytes(bytes))
    }

    fn keep(&self, name: &str, answer: &[u8]) -> Result<(), String> {
        let spool = self.spool.as_ref().ok_or("there is no folder for it")?;
        spool.keep(&self.journal, name, answer)
    }

    fn keeps(&self, name: &str) -> bool {
        self.spool.as_ref().is_some_and(|spool| spool.has(name))
    }

    fn still_keeps(&self, name: &str) -> bool {
        self.spool.as_ref().is_none_or(|spool| spool.has(name))
    }

    fn make_room(&self) -> Result<(), String> {
        self.spool.as_ref().map_or(Ok(()), Spool::make_room)
    }

    fn spare_room(&self) {
        if let Some(spool) = &self.spool {
            spool.spare_room();
        }
    }

    fn kept(&self, kind: &str) -> Vec<(String, Zeroizing<Vec<u8>>)> {
        self.spool.as_ref().map(|spool| spool.all(&self.journal, kind)).unwrap_or_default()
    }

    fn forget(&self, name: &str) {
        if let Some(spool) = &self.spool {
            spool.forget(name);
        }
    }

    fn times_begun(&self, name: &str) -> Result<usize, String> {
        self.sent.as_ref().map_or(Ok(0), |sent| sent.times(name))
    }

    fn room_to_note(&self, name: &str) -> Result<(), String> {
        self.sent.as_ref().map_or(Ok(()), |sent| sent.room_for(name))
    }

    fn note_begun(&self, name: &str) -> Result<(), String> {
        self.sent.as_ref().map_or(Ok(()), |sent| sent.note(name))
    }
}

impl World<Order> for Machine {
    async fn load(&self, id: &OrderId) -> Result<Order, journal::Error> {
        self.journal.load(id).await
    }

    async fn open(
        &self,
        id: &OrderId,
        first: Event,
        at: Timestamp,
        by: &str,
    ) -> Result<Order, journal::Error> {
        self.journal.open_thing::<Order>(id, first, at, by).await
    }

    async fn open_many(
        &self,
        many: Vec<(OrderId, Event)>,
        at: Timestamp,
        by: &str,
    ) -> Result<Vec<Result<Order, journal::Error>>, journal::Error> {
        self.journal.open_many::<Order>(many, at, by).await
    }

    async fn is_whole(&self, thing: &Order) -> Result<(), journal::Error> {
        self.journal.is_whole(thing).await
    }

    async fn append(
        &self,
        order: &Order,
        events: Vec<Event>,
        at: Timestamp,
        by: &str,
    ) -> Result<Order, journal::Error> {
        self.journal.append(order, events, at, by).await
    }

    async fn under_way(&self, environment: &str) -> Result<Vec<(OrderId, String)>, journal::Error> {
        let Some(environment) = Environment::named(environment) else { return Ok(Vec::new()) };
        let rows = self.journal.under_way(environment).await?;
        Ok(rows.into_iter().filter_map(|row| Some((row.id, row.owner?.into_string()))).collect())
    }

    async fn in_doubt(&self, environment: &str) -> Result<Vec<OrderId>, journal::Error> {
        let Some(environment) = Environment::named(environment) else { return Ok(Vec::new()) };
        let rows = self.journal.standing(environment, State::InDoubt).await?;
        Ok(rows.into_iter().map(|row| row.id).collect())
    }

    async fn send(&self, request: &Request, order: &Order) -> Answer<Outcome> {
        if let Err(fenced) = self.journal.holds() {
            let outcome = Outcome::Failed(Failure::NotSent(fenced.to_string()));
            let (status, retry_after, elapsed) = (None, None, Duration::ZERO);
            return Answer { outcome, status, token_refused: false, retry_after, elapsed };
        }
        // Desks of one machine tell by a lock whether another one lives, and it holds while that one sleeps.
        if self.journal.is_shared() {
            let last_look = super::look::still_under_way(self, order);
            return self.px.send_after(request, &order.identity, last_look).await.into();
        }
        self.px.send(request, &order.identity).await.into()
    }
}
