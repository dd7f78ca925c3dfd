//! Orders in doubt: what a person may do about them, and what others must not do meanwhile.

use super::Done;
use super::calls::{complete_request, sender};
use crate::engine::world::World;
use crate::engine::{Engine, Error};
use crate::order::doubt::{Moment, is_same_sale};
use crate::order::{Command, DespiteDoubt, NewOrder, Order, OrderId, Refusal, Statement};
use crate::px::Request;

impl<W: World<Order>> Engine<W> {
    /// The moment at which orders are looked at.
    pub fn moment(&self) -> Moment {
        Moment { now: self.world().now(), uptime: self.world().uptime(), quiet: self.0.options.quiet }
    }

    /// Sends the very same Complete once more, journaled as a further attempt, for a person who wants to know what became
    /// of the one in doubt. 2130 then means: that one arrived.
    ///
    /// # Errors
    /// Before the quiet period is over, when nothing is in doubt, or when the request would be another one; nothing was
    /// sent then.
    pub async fn probe(&self, id: &OrderId) -> Result<Done, Error> {
        let quiet = self.0.options.quiet;
        let begin = |request: &Request, by| Command::BeginProbe { sender: sender(request, by), quiet };
        self.of().probe(id, complete_request, begin).await.map(Done::from)
    }

    /// Records what a person found out about the Complete in doubt.
    ///
    /// # Errors
    /// Before the quiet period is over, when nothing is in doubt, or when the statement names no reference or nobody.
    pub async fn resolve(&self, id: &OrderId, statement: Statement) -> Result<Order, Error> {
        let Moment { uptime, quiet, .. } = self.moment();
        self.command(id, Command::Resolve { statement, quiet, uptime }).await
    }

    /// What `new` must bear because an order for the same customer and address is in doubt: that order, and why it is
    /// added all the same.
    pub(super) async fn despite_doubt(&self, new: &NewOrder) -> Result<Option<Box<DespiteDoubt>>, Error> {
        for id in World::<Order>::in_doubt(self.world(), self.environment().name()).await? {
            let doubted = self.load(&id).await?;
            // It may have been settled since it was listed.
            if doubted.doubt().is_none() || !is_same_sale(new, &doubted) {
                continue;
            }
            let reason = new.despite_doubt.as_deref().map(str::trim).filter(|reason| !reason.is_empty());
            return match reason {
                Some(reason) => Ok(Some(Box::new(DespiteDoubt { order: id, reason: reason.to_owned() }))),
                None => Err(Refusal::SameSaleInDoubt { order: id.to_string() }.into()),
            };
        }
        Ok(None)
    }
}
