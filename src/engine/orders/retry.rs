//! Retrying what is safe to retry, and only that.

use super::Done;
use crate::engine::world::World;
use crate::engine::{Engine, Error};
use crate::order::stalled::retryable;
use crate::order::{Call, Order, OrderId, Refusal};

/// What a retry did.
#[derive(Clone, Debug)]
pub struct Retried {
    /// The call that was sent again.
    pub call: Call,
    pub order: Order,
}

impl<W: World<Order>> Engine<W> {
    /// Sends the call that failed last again, with the same ids, when that is safe and may help.
    ///
    /// # Errors
    /// Why it is not safe, or would be of no use; nothing was sent then.
    pub async fn retry(&self, id: &OrderId) -> Result<Retried, Error> {
        self.cut_off(id).await?;
        let order = self.load(id).await?;
        let call = retryable(&order)?;
        let done = self.repeat(&order, call).await?;
        Ok(Retried { call, order: done.order })
    }

    /// As [`Engine::retry`], for a worker: only while it is `call` that failed last, and never Complete.
    ///
    /// # Errors
    /// As for [`Engine::retry`].
    pub async fn retry_only(&self, id: &OrderId, call: Call) -> Result<Done, Error> {
        let order = self.load(id).await?;
        if retryable(&order)? != call || call == Call::CompleteOrder {
            return Err(Refusal::NothingFailed.into());
        }
        self.repeat(&order, call).await
    }

    async fn repeat(&self, order: &Order, call: Call) -> Result<Done, Error> {
        let id = &order.id;
        match call {
            Call::RetrieveRcc => self.retrieve(id).await,
            Call::GetRccAcceptance => self.check(id).await,
            Call::CompleteOrder => self.complete(id).await,
            Call::SendRcc => {
                let last =
                    order.attempts.iter().rev().find(|a| a.call == Call::SendRcc).and_then(|a| a.to.clone());
                self.send(id, &last.ok_or(Refusal::NothingSent)?).await
            }
        }
    }
}
