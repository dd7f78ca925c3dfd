//! The engine: drives an order. Decide, append, call, classify, append: what is about to be sent is on disk before a
//! byte leaves, and what came back is on disk before anyone is told.
//!
//! One order, one owner: an append names the sequence number it was decided on, so of two desks that decide the same
//! thing one wins and the other reads again. May touch: `order`, `px`, `journal`. Never: ratatui, crossterm.

mod clock;
mod drive;
mod error;
mod mask;
mod presence;
mod retry;
mod walk;

pub use clock::Clock;
pub use drive::Done;
pub use error::Error;
pub use presence::Presence;
pub use retry::Retried;
pub use walk::{Plan, Step, Until};

use crate::journal::Journal;
use crate::order::{Command, Environment, Event, NewOrder, Order, OrderId, Summary, decide};
use crate::px::Client;
use jiff::SignedDuration;
use std::sync::Arc;

/// How often a decision is made again when another desk was faster; each round lost means that the other one moved on.
const ROUNDS: usize = 16;

/// One desk's hold on the journal and on Px. Cheap to clone.
#[derive(Clone)]
pub struct Engine(Arc<Inner>);

struct Inner {
    journal: Journal,
    px: Client,
    clock: Clock,
    presence: Presence,
    options: Options,
}

/// What the engine needs to know besides.
#[derive(Clone, Debug)]
pub struct Options {
    pub environment: Environment,
    /// Who acts: written to every event.
    pub agent: String,
    /// How long a Complete may last; the window must leave as much.
    pub complete_room: SignedDuration,
}

impl Engine {
    /// An engine over these.
    pub fn new(journal: Journal, px: Client, clock: Clock, presence: Presence, options: Options) -> Self {
        Self(Arc::new(Inner { journal, px, clock, presence, options }))
    }

    /// The journal, for reading.
    pub fn journal(&self) -> &Journal {
        &self.0.journal
    }

    /// The clock that every decision is made by.
    pub fn clock(&self) -> &Clock {
        &self.0.clock
    }

    /// Where orders go.
    pub fn environment(&self) -> Environment {
        self.0.options.environment
    }

    /// Takes an order in. Neither of its ids may ever have been used in this environment (2131).
    pub async fn open(&self, new: NewOrder) -> Result<Order, Error> {
        let event = Event::Opened {
            environment: self.environment(),
            identity: new.identity,
            prepared_at: new.prepared_at,
            language: new.language,
            personal: Some(crate::order::OpenedPersonal {
                customer: new.customer,
                payment_token: new.payment_token,
                gift_cards: new.gift_cards,
            }),
        };
        let id = OrderId::from_bits(random_bits()?);
        Ok(self.journal().open_order(&id, event, self.0.clock.now(), &self.0.options.agent).await?)
    }

    /// Does what sends nothing: reads a passage, records a yes, amends, abandons, erases.
    pub async fn command(&self, id: &OrderId, command: Command) -> Result<Order, Error> {
        self.decide_and_append(id, |_| Ok(command.clone())).await
    }

    /// Decides on the order as it is, appends, and starts over when another desk was faster.
    async fn decide_and_append(
        &self,
        id: &OrderId,
        command: impl Fn(&Order) -> Result<Command, Error>,
    ) -> Result<Order, Error> {
        let mut order = self.journal().load(id).await?;
        for _ in 0..ROUNDS {
            let events = decide(&order, command(&order)?, self.0.clock.now())?;
            if events.is_empty() {
                return Ok(order);
            }
            match self.append(&order, events).await {
                Err(Error::Conflict) => order = self.journal().load(id).await?,
                other => return other,
            }
        }
        Err(Error::Conflict)
    }

    async fn append(&self, order: &Order, events: Vec<Event>) -> Result<Order, Error> {
        let appended = self.journal().append(order, events, self.0.clock.now(), &self.0.options.agent).await;
        Ok(appended?)
    }

    /// Finds the calls whose process is gone and says so in the journal: a retrieve may be repeated, a send is offered
    /// again, a Complete is in doubt. Returns the orders concerned.
    pub async fn recover(&self) -> Result<Vec<OrderId>, Error> {
        let mut recovered = Vec::new();
        for Summary { id, owner, .. } in self.journal().under_way().await? {
            let gone = owner.is_some_and(|owner| !self.0.presence.is_alive(&owner));
            if gone && self.cut_off(&id).await? {
                recovered.push(id);
            }
        }
        Ok(recovered)
    }

    async fn cut_off(&self, id: &OrderId) -> Result<bool, Error> {
        let order = self.journal().load(id).await?;
        let Some(attempt) = order.under_way().filter(|a| !self.0.presence.is_alive(&a.owner)) else {
            return Ok(false);
        };
        let events = decide(&order, Command::CutOff { attempt: attempt.number }, self.0.clock.now())?;
        match self.append(&order, events).await {
            Ok(_) => Ok(true),
            // Somebody else has just said so.
            Err(Error::Conflict) => Ok(false),
            Err(error) => Err(error),
        }
    }
}

/// 64 random bits.
fn random_bits() -> Result<u64, Error> {
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes)
        .map_err(|e| Error::System(format!("the system has no random numbers: {e}")))?;
    Ok(u64::from_le_bytes(bytes))
}
