//! What the engine does with orders: Px's four calls, doubt, retries.

mod calls;
mod doubt;
mod hands;
mod requests;
mod retention;
mod retry;

pub(super) use calls::Bound;
pub use retry::Retried;

use super::driver::Ended;
use super::world::World;
use super::{Engine, Error};
use crate::order::{Order, OrderId};
use std::time::Duration;

/// A call that ended, whichever way: the order says which.
#[derive(Clone, Debug)]
pub struct Done {
    pub order: Order,
    /// How long Px asked us to wait before the next call.
    pub retry_after: Option<Duration>,
}

impl From<Ended<Order>> for Done {
    fn from(ended: Ended<Order>) -> Self {
        Self { order: ended.thing, retry_after: ended.retry_after }
    }
}

impl<W: World<Order>> Engine<W> {
    /// The order, if it is one of this environment.
    pub(super) async fn load(&self, id: &OrderId) -> Result<Order, Error> {
        self.of::<Order>().load(id).await
    }

    /// Finds the calls whose process is gone and says so in the journal: a retrieve may be repeated, a send is offered
    /// again, a Complete is in doubt. Returns the orders concerned.
    ///
    /// # Errors
    /// What the journal cannot do.
    pub async fn recover(&self) -> Result<Vec<OrderId>, Error> {
        self.of::<Order>().recover().await
    }

    /// Offers the answers that the journal has not taken until it has.
    pub async fn keep_offering(&self) {
        self.of::<Order>().keep_offering().await;
    }

    /// What Px has answered about the order, when the journal has not taken it yet.
    pub fn answer_in_hand(&self, id: &OrderId) -> Option<String> {
        self.of::<Order>().in_hand(id)
    }

    /// True when an answer to a Complete in doubt was kept on this machine and cannot be read any more.
    pub fn has_unreadable_answer(&self, order: &Order) -> bool {
        let driver = self.of::<Order>();
        order.doubts().any(|attempt| driver.has_unreadable_answer(&order.id, attempt.number, &attempt.owner))
    }

    /// All such answers, each with the id of its order.
    pub fn answers_in_hand(&self) -> Vec<(String, String)> {
        self.of::<Order>().all_in_hand()
    }

    /// Says of the call under way that its process is gone, if it is.
    pub(super) async fn cut_off(&self, id: &OrderId) -> Result<bool, Error> {
        self.of::<Order>().cut_off(id).await
    }
}
