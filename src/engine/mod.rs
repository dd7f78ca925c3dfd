//! The engine: drives an order. Decide, append, call, classify, append: what is about to be sent is on disk before a
//! byte leaves, and what came back is on disk before anyone is told.
//!
//! One order, one owner: an append names the sequence number it was decided on, so of two desks that decide the same
//! thing one wins and the other reads again. May touch: `order`, `px`, `journal`. Never: ratatui, crossterm.

mod clock;
mod doubt;
mod drive;
mod error;
mod log;
mod mask;
mod presence;
mod retry;
mod walk;
mod world;

pub use clock::Clock;
pub use drive::Done;
pub use error::Error;
pub use presence::Presence;
pub use retry::Retried;
pub use walk::{Plan, Step, Until};
pub use world::{Machine, World};

use crate::journal::Journal;
use crate::order::{
    Command, Environment, Event, NewOrder, Order, OrderId, Pace, Timing, Uptime, decide, decide_timed,
};
use crate::px::Client;
use jiff::SignedDuration;
use std::sync::Arc;
use tokio::sync::{RwLock, RwLockWriteGuard};
use tracing::Instrument as _;

/// How often a decision is made again when another desk was faster; each round lost means that the other one moved on.
const ROUNDS: usize = 16;

/// One desk's hold on the journal and on Px. Cheap to clone.
pub struct Engine<W = Machine>(Arc<Inner<W>>);

struct Inner<W> {
    world: W,
    options: Options,
    /// Read by whatever is done, until it is recorded.
    busy: RwLock<()>,
}

impl<W> Clone for Engine<W> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

/// What the engine needs to know besides.
#[derive(Clone, Debug)]
pub struct Options {
    pub environment: Environment,
    /// Who acts: written to every event.
    pub agent: String,
    /// How long a Complete may last; the window must leave as much.
    pub complete_room: SignedDuration,
    /// How long an order in doubt is left alone before a person may probe it or settle it.
    pub quiet: SignedDuration,
    /// The fastest reading aloud that counts.
    pub fastest: Pace,
}

impl Engine {
    /// An engine over these.
    pub fn new(journal: Journal, px: Client, clock: Clock, presence: Presence, options: Options) -> Self {
        Self::over(Machine { journal, px, clock, presence }, options)
    }

    /// The journal, for reading.
    pub fn journal(&self) -> &Journal {
        &self.0.world.journal
    }

    /// The clock that every decision is made by.
    pub fn clock(&self) -> &Clock {
        &self.0.world.clock
    }
}

impl<W: World> Engine<W> {
    /// An engine over any world.
    pub fn over(world: W, options: Options) -> Self {
        Self(Arc::new(Inner { world, options, busy: RwLock::new(()) }))
    }

    fn world(&self) -> &W {
        &self.0.world
    }

    /// Where orders go.
    pub fn environment(&self) -> Environment {
        self.0.options.environment
    }

    /// Waits until nothing is under way, each call with its outcome recorded; nothing begins from now on, as long as what
    /// is returned is kept. For leaving: a call ends at its own time-out at the latest.
    pub async fn idle(&self) -> RwLockWriteGuard<'_, ()> {
        self.0.busy.write().await
    }

    /// True while nothing is under way.
    pub fn is_idle(&self) -> bool {
        self.0.busy.try_write().is_ok()
    }

    /// Takes an order in. Neither of its ids may ever have been used in this environment (2131); and while an order for
    /// the same customer and address is in doubt, a supervisor must have said why.
    pub async fn open(&self, new: NewOrder) -> Result<Order, Error> {
        let _busy = self.0.busy.read().await;
        let despite_doubt = self.despite_doubt(&new).await?;
        let event = Event::Opened {
            environment: self.environment(),
            identity: new.identity,
            prepared_at: new.prepared_at,
            language: new.language,
            despite_doubt,
            personal: Some(crate::order::OpenedPersonal {
                customer: new.customer,
                payment_token: new.payment_token,
                gift_cards: new.gift_cards,
            }),
        };
        let id = OrderId::from_bits(self.world().random()?);
        let now = self.world().now();
        let order = self.world().open_order(&id, event, now, &self.0.options.agent).await?;
        log::order(&id).in_scope(|| log::opened(&order));
        Ok(order)
    }

    /// Does what sends nothing: reads a passage, records a yes, amends, abandons, erases.
    pub async fn command(&self, id: &OrderId, command: Command) -> Result<Order, Error> {
        let _busy = self.0.busy.read().await;
        self.decide_and_append(id, |_| Ok(command.clone())).instrument(log::order(id)).await
    }

    /// Decides on the order as it is, appends, and starts over when another desk was faster.
    async fn decide_and_append(
        &self,
        id: &OrderId,
        command: impl Fn(&Order) -> Result<Command, Error>,
    ) -> Result<Order, Error> {
        let mut order = self.load(id).await?;
        for _ in 0..ROUNDS {
            let events = decide_timed(&order, command(&order)?, &self.timing())?;
            if events.is_empty() {
                return Ok(order);
            }
            match self.append(&order, events).await {
                Err(Error::Conflict) => order = self.load(id).await?,
                other => return other,
            }
        }
        Err(Error::Conflict)
    }

    /// How long the machine has been up, by a clock that nobody moves, no trainer either.
    pub fn steady(&self) -> Uptime {
        self.world().steady()
    }

    /// What a reading is timed by now. Not by the clock that a trainer moves: that brings no word to anybody's ear.
    fn timing(&self) -> Timing {
        let uptime = Some(self.steady());
        Timing { now: self.world().now(), uptime, fastest: self.0.options.fastest }
    }

    /// The order, if it is one of this environment: what is decided here is sent there.
    async fn load(&self, id: &OrderId) -> Result<Order, Error> {
        let order = self.world().load(id).await?;
        if order.environment == self.environment() {
            Ok(order)
        } else {
            Err(crate::journal::Error::NotFound { kind: "order", thing: id.to_string() }.into())
        }
    }

    async fn append(&self, order: &Order, events: Vec<Event>) -> Result<Order, Error> {
        let entries = log::entries(&events);
        let now = self.world().now();
        let appended = self.world().append(order, events, now, &self.0.options.agent).await?;
        log::recorded(&entries);
        Ok(appended)
    }

    /// Finds the calls whose process is gone and says so in the journal: a retrieve may be repeated, a send is offered
    /// again, a Complete is in doubt. Returns the orders concerned.
    pub async fn recover(&self) -> Result<Vec<OrderId>, Error> {
        let mut recovered = Vec::new();
        for (id, owner) in self.world().under_way(self.environment()).await? {
            if !self.world().is_alive(&owner) && self.cut_off(&id).await? {
                recovered.push(id);
            }
        }
        Ok(recovered)
    }

    async fn cut_off(&self, id: &OrderId) -> Result<bool, Error> {
        let order = self.load(id).await?;
        let Some(attempt) = order.under_way().filter(|a| !self.world().is_alive(&a.owner)) else {
            return Ok(false);
        };
        let cut_off = Command::CutOff { attempt: attempt.number, uptime: self.world().uptime() };
        let events = decide(&order, cut_off, self.world().now())?;
        match self.append(&order, events).instrument(log::order(id)).await {
            Ok(_) => Ok(true),
            // Somebody else has just said so.
            Err(Error::Conflict) => Ok(false),
            Err(error) => Err(error),
        }
    }
}
