//! What an engine stands on: a journal, Px, a clock, the signs of life of other desks, pauses, random numbers.
//!
//! There are two: [`Machine`], the real one, and that of the simulation among the tests, in which time is virtual and
//! everything that can go wrong does.

use super::{Clock, Error, Presence};
use crate::journal::{self, Journal};
use crate::order::{Environment, Event, Identity, Order, OrderId, State, Timestamp, Uptime};
use crate::px::{Answer, Client, Request};
use std::time::Duration;

/// Everything outside of an engine. Each method does what the one of the same name does in the room that it is from.
pub trait World: Send + Sync + 'static {
    /// [`Journal::load`].
    fn load(&self, id: &OrderId) -> impl Future<Output = Result<Order, journal::Error>> + Send;

    /// [`Journal::open_thing`].
    fn open_order(
        &self,
        id: &OrderId,
        opened: Event,
        at: Timestamp,
        by: &str,
    ) -> impl Future<Output = Result<Order, journal::Error>> + Send;

    /// [`Journal::append`].
    fn append(
        &self,
        order: &Order,
        events: Vec<Event>,
        at: Timestamp,
        by: &str,
    ) -> impl Future<Output = Result<Order, journal::Error>> + Send;

    /// The orders of [`Journal::under_way`], each with the desk whose call it is.
    fn under_way(
        &self,
        environment: Environment,
    ) -> impl Future<Output = Result<Vec<(OrderId, String)>, journal::Error>> + Send;

    /// The orders of an environment that are in doubt.
    fn in_doubt(
        &self,
        environment: Environment,
    ) -> impl Future<Output = Result<Vec<OrderId>, journal::Error>> + Send;

    /// [`Client::send`].
    fn send(&self, request: &Request, identity: &Identity) -> impl Future<Output = Answer> + Send;

    /// [`Clock::now`].
    fn now(&self) -> Timestamp;

    /// [`Clock::uptime`].
    fn uptime(&self) -> Option<Uptime>;

    /// [`Clock::steady`].
    fn steady(&self) -> Uptime;

    /// Waits.
    fn sleep(&self, pause: Duration) -> impl Future<Output = ()> + Send;

    /// [`Presence::name`].
    fn desk(&self) -> Result<&str, Error>;

    /// [`Presence::is_alive`].
    fn is_alive(&self, desk: &str) -> bool;

    /// 64 random bits.
    fn random(&self) -> Result<u64, Error>;
}

/// The real one.
pub struct Machine {
    pub journal: Journal,
    pub px: Client,
    pub clock: Clock,
    pub presence: Presence,
}

impl World for Machine {
    async fn load(&self, id: &OrderId) -> Result<Order, journal::Error> {
        self.journal.load(id).await
    }

    async fn open_order(
        &self,
        id: &OrderId,
        opened: Event,
        at: Timestamp,
        by: &str,
    ) -> Result<Order, journal::Error> {
        self.journal.open_thing::<Order>(id, opened, at, by).await
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

    async fn under_way(&self, environment: Environment) -> Result<Vec<(OrderId, String)>, journal::Error> {
        let rows = self.journal.under_way(environment).await?;
        Ok(rows.into_iter().filter_map(|row| Some((row.id, row.owner?.into_string()))).collect())
    }

    async fn in_doubt(&self, environment: Environment) -> Result<Vec<OrderId>, journal::Error> {
        let rows = self.journal.standing(environment, State::InDoubt).await?;
        Ok(rows.into_iter().map(|row| row.id).collect())
    }

    async fn send(&self, request: &Request, identity: &Identity) -> Answer {
        self.px.send(request, identity).await
    }

    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    fn uptime(&self) -> Option<Uptime> {
        self.clock.uptime()
    }

    fn steady(&self) -> Uptime {
        Clock::steady()
    }

    async fn sleep(&self, pause: Duration) {
        tokio::time::sleep(pause).await;
    }

    fn desk(&self) -> Result<&str, Error> {
        self.presence.name()
    }

    fn is_alive(&self, desk: &str) -> bool {
        self.presence.is_alive(desk)
    }

    fn random(&self) -> Result<u64, Error> {
        let mut bytes = [0; 8];
        getrandom::fill(&mut bytes)
            .map_err(|e| Error::System(format!("the system has no random numbers: {e}")))?;
        Ok(u64::from_le_bytes(bytes))
    }
}
