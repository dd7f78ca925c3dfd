//! Orders in doubt: what a person may do about them, and what others must not do meanwhile.

use super::Done;
use super::requests::{complete_request, sender};
use crate::engine::world::World;
use crate::engine::{Engine, Error};
use crate::order::doubt::{Moment, Sale, is_same_sale};
use crate::order::{
    Amendment, Command, DespiteDoubt, NewOrder, Order, OrderId, Refusal, Statement, without_customer,
};
use crate::px::Request;
use jiff::SignedDuration;

impl<W: World<Order>> Engine<W> {
    /// The moment at which orders are looked at.
    pub fn moment(&self) -> Moment {
        Moment { now: self.world().now(), uptime: self.world().uptime(), quiet: self.0.options.quiet }
    }

    /// How long a Complete may last: what the window must leave for one that begins.
    pub fn complete_room(&self) -> SignedDuration {
        self.0.options.complete_room
    }

    /// Sends the very same Complete once more, journaled as a further attempt, for a person who wants to know what became
    /// of the one in doubt. 2130 then means: that one arrived.
    ///
    /// # Errors
    /// Before the quiet period is over, when nothing is in doubt, or when the request would be another one; nothing was
    /// sent then.
    pub async fn probe(&self, id: &OrderId) -> Result<Done, Error> {
        self.permit_work()?;
        let quiet = self.0.options.quiet;
        let begin = |request: &Request, by| Command::BeginProbe { sender: sender(request, by), quiet };
        self.of().probe(id, complete_request, begin).await.map(Done::from)
    }

    /// Records what a person found out about the Complete in doubt. Where two people must say the same, the first one's word
    /// leaves it in doubt; and where one has said so at a desk that asks for two, it takes another one at this desk as well.
    ///
    /// # Errors
    /// Before the quiet period is over, when nothing is in doubt, or when the statement names no reference or nobody.
    pub async fn resolve(&self, id: &OrderId, statement: Statement) -> Result<Order, Error> {
        if !statement.placed
            && let Some(answer) = self.answer_in_hand(id)
        {
            return Err(Refusal::AnswerInHand { answer }.into());
        }
        let Moment { uptime, quiet, .. } = self.moment();
        let proposed = self.load(id).await?.proposal().is_some();
        let command = if self.0.options.two_people || proposed {
            Command::ResolveByTwo { statement, by: self.0.options.agent.clone(), quiet, uptime }
        } else {
            Command::Resolve { statement, quiet, uptime }
        };
        self.command(id, command).await
    }

    /// The orders in doubt.
    pub(super) async fn doubted(&self) -> Result<Vec<Order>, Error> {
        let mut doubted = Vec::new();
        for id in World::<Order>::in_doubt(self.world(), self.environment().name()).await? {
            doubted.push(self.load(&id).await?);
        }
        Ok(doubted)
    }

    /// Nothing, unless `amendment` makes the order one for the customer and the address of another that is in doubt: a correction
    /// adds nothing that could not be added.
    ///
    /// # Errors
    /// [`Refusal::TwinInDoubt`] when it does, and no supervisor has said why the order is added all the same.
    pub(super) async fn guard_amended(&self, id: &OrderId, amendment: &Amendment) -> Result<(), Error> {
        let Some(address) = &amendment.address_detail_id else { return Ok(()) };
        let order = self.load(id).await?;
        // What the order itself has against it says more.
        if order.standing().is_final() || order.doubt().is_some() || order.under_way().is_some() {
            return Ok(());
        }
        let sale = Sale { address, customer: &order.customer };
        let allowed = order.despite_doubt.as_ref().map(|despite| &despite.order);
        let doubted = self.doubted().await?;
        let twin = doubted.iter().find(|other| {
            other.id != order.id
                && Some(&other.id) != allowed
                && other.doubt().is_some()
                && is_same_sale(sale, other)
        });
        match twin {
            Some(twin) => Err(Refusal::TwinInDoubt { order: twin.id.to_string() }.into()),
            None => Ok(()),
        }
    }
}

/// What `new` must bear because one of the orders in doubt is for the same customer and address: that order, and why it
/// is added all the same.
pub(super) fn despite_doubt(new: &NewOrder, doubted: &[Order]) -> Result<Option<Box<DespiteDoubt>>, Error> {
    // One may have been settled since it was listed.
    let same = doubted.iter().find(|order| order.doubt().is_some() && is_same_sale(new.into(), order));
    let Some(doubted) = same else { return Ok(None) };
    let order = doubted.id.clone();
    match new.despite_doubt.as_deref().map(str::trim).filter(|reason| !reason.is_empty()) {
        Some(reason) => {
            // It is kept in clear, and outlives an erasure; both orders' customers may be named in it.
            let reason = without_customer(reason.to_owned(), &new.customer);
            let reason = without_customer(reason, &doubted.customer);
            Ok(Some(Box::new(DespiteDoubt { order, reason })))
        }
        None => Err(Refusal::SameSaleInDoubt { order: order.to_string() }.into()),
    }
}
