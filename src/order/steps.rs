//! A history, step by step: the order as it was after each of its events.

use super::model::{FoldError, Order};
use super::{OrderId, Recorded, State};
use jiff::SignedDuration;
use std::sync::Arc;

/// A history that makes an order.
#[derive(Clone, Debug)]
pub struct Steps {
    id: OrderId,
    events: Arc<Vec<Recorded>>,
}

/// One event, and what it led to.
#[derive(Clone, Debug)]
pub struct Step<'a> {
    pub recorded: &'a Recorded,
    /// How long after the first event; never negative, whatever the clocks did.
    pub since: SignedDuration,
    /// The order after it.
    pub order: Order,
    /// Its state at that moment.
    pub state: State,
}

impl Steps {
    /// The steps of these events, which are shown as they are: see [`super::masked`].
    ///
    /// # Errors
    /// When they do not make an order.
    pub fn of(id: &OrderId, events: impl Into<Arc<Vec<Recorded>>>) -> Result<Self, FoldError> {
        let events = events.into();
        Order::fold(id, events.iter())?;
        Ok(Self { id: id.clone(), events })
    }

    /// The order's id.
    pub fn id(&self) -> &OrderId {
        &self.id
    }

    /// How many events there are: one at the least.
    pub fn len(&self) -> usize {
        self.events.len()
    }

    /// Never, for an order has been opened. Here because whoever asks for a length may ask for this.
    pub fn is_empty(&self) -> bool {
        self.events.is_empty()
    }

    /// The step of the event with this number, from 1; none when there is no such event.
    pub fn at(&self, number: usize) -> Option<Step<'_>> {
        let (first, recorded) = (self.events.first()?, self.events.get(number.checked_sub(1)?)?);
        let order = Order::fold(&self.id, self.events.iter().take(number)).ok()?;
        let since = recorded.at.duration_since(first.at).max(SignedDuration::ZERO);
        Some(Step { recorded, since, state: order.state(recorded.at), order })
    }

    /// How long it was from this event to the next one; none after the last.
    pub fn pause_after(&self, number: usize) -> Option<SignedDuration> {
        let (this, next) = (self.events.get(number.checked_sub(1)?)?, self.events.get(number)?);
        Some(next.at.duration_since(this.at).max(SignedDuration::ZERO))
    }

    /// All steps, the first one first.
    pub fn each(&self) -> impl Iterator<Item = Step<'_>> {
        (1..=self.len()).filter_map(|number| self.at(number))
    }
}
