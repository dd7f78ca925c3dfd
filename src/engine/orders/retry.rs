//! Retrying what is safe to retry, and only that.

use super::{Bound, Done};
use crate::engine::world::World;
use crate::engine::{Engine, Error};
use crate::order::{Again, Call, Order, OrderId, Refusal, retryable};

/// What a retry did.
#[derive(Clone, Debug)]
pub struct Retried {
    /// The call that was sent again.
    pub call: Call,
    pub order: Order,
}

impl<W: World<Order>> Engine<W> {
    /// Sends the call of `again` once more, with the same ids, when that is safe and may help. Whoever decided on it looked at
    /// the order before: once anything has been sent since, nothing is. None when they found nothing to send again. Who retries
    /// an order goes on with it, so it is claimed as for any other call.
    ///
    /// # Errors
    /// Why it is not safe, or would be of no use; and as for [`Engine::claim`]. Nothing was sent then.
    pub async fn retry(&self, id: &OrderId, again: Option<Again>) -> Result<Retried, Error> {
        let (order, again) = self.about_to_retry(id, again).await?;
        self.claim(id, false).await?;
        self.retried(&order, again).await
    }

    /// As [`Engine::retry`], as one of many: whose it is, it stays.
    ///
    /// # Errors
    /// The same.
    pub async fn retry_in_bulk(&self, id: &OrderId, again: Option<Again>) -> Result<Retried, Error> {
        let (order, again) = self.about_to_retry(id, again).await?;
        self.retried(&order, again).await
    }

    async fn about_to_retry(&self, id: &OrderId, again: Option<Again>) -> Result<(Order, Again), Error> {
        self.cut_off(id).await?;
        let order = self.load(id).await?;
        // Why not, in the order's own words, comes first.
        retryable(&order, self.world().now())?;
        self.leave_to_others(id).await?;
        Ok((order, again.ok_or(Refusal::MovedOn)?))
    }

    async fn retried(&self, order: &Order, again: Again) -> Result<Retried, Error> {
        let done = Box::pin(self.repeat(order, again)).await?;
        Ok(Retried { call: again.call, order: done.order })
    }

    /// As [`Engine::retry`], for a worker: only while it is `call` that failed last, and never Complete.
    ///
    /// # Errors
    /// As for [`Engine::retry`].
    pub async fn retry_only(&self, id: &OrderId, call: Call) -> Result<Done, Error> {
        let order = self.load(id).await?;
        let again = retryable(&order, self.world().now())?;
        if again.call != call || call == Call::CompleteOrder {
            return Err(Refusal::NothingFailed.into());
        }
        Box::pin(self.repeat(&order, again)).await
    }

    async fn repeat(&self, order: &Order, again: Again) -> Result<Done, Error> {
        let (id, call, bound) = (&order.id, again.call, Bound::Again(again));
        match call {
            Call::RetrieveRcc => self.retrieve_as(id, bound).await,
            Call::GetRccAcceptance => self.check_as(id, bound).await,
            Call::CompleteOrder => self.complete_as(id, bound).await,
            Call::SendRcc => {
                let last =
                    order.attempts.iter().rev().find(|a| a.call == Call::SendRcc).and_then(|a| a.to.clone());
                self.send_as(id, &last.ok_or(Refusal::NothingSent)?, bound).await
            }
        }
    }
}
