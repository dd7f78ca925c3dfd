//! Calls about subscriptions, notices, and what people write down.

use super::Result;
use crate::engine::world::World;
use crate::engine::{Engine, Error};
use crate::kind::{ShortId, Signature};
use crate::market::{Ids, Request};
use crate::order::Right;
use crate::subscription::{
    Call, Command, CustomerId, Note, Notice, NoticeCommand, NoticeEvent, Refusal, Signed, Sku, Statement,
    Subscription, Told,
};

impl<W: World<Subscription>> Engine<W> {
    /// Starts billing of these SKUs, or of all that wait for it. `reason` is a person's word for sending it although it was
    /// sent before.
    ///
    /// # Errors
    /// Why it may not be sent, or what the journal cannot do.
    pub async fn start_billing(
        &self,
        id: &ShortId,
        skus: &[Sku],
        reason: Option<&str>,
    ) -> Result<Subscription> {
        self.about_skus(id, Call::StartBilling, skus, reason).await
    }

    /// Ends these SKUs, or all that have not ended.
    ///
    /// # Errors
    /// As for [`Engine::start_billing`].
    pub async fn end_subscription(
        &self,
        id: &ShortId,
        skus: &[Sku],
        reason: Option<&str>,
    ) -> Result<Subscription> {
        self.about_skus(id, Call::EndUsage, skus, reason).await
    }

    async fn about_skus(
        &self,
        id: &ShortId,
        call: Call,
        named: &[Sku],
        reason: Option<&str>,
    ) -> Result<Subscription> {
        let subscription = self.of::<Subscription>().load(id).await?;
        let due = subscription.due(call, self.world().now());
        let skus = if named.is_empty() { due } else { named.to_vec() };
        // Refused before a request is made, which needs the customer's id.
        subscription.may_begin(call, &skus, reason.is_some(), self.world().now()).map_err(Error::Refusal)?;
        let request = |subscription: &Subscription| about(subscription, call, &skus);
        let begin = |request: &Request, by: Signature| Command::Begin {
            call,
            skus: skus.clone(),
            signed: signed(request, by),
            reason: reason.map(str::to_owned),
        };
        Ok(self.of::<Subscription>().attempt(id, request, begin).await?.thing)
    }

    /// Writes something down.
    ///
    /// # Errors
    /// Why not, or what the journal cannot do.
    pub async fn note_subscription(&self, id: &ShortId, note: Note) -> Result<Subscription> {
        self.of::<Subscription>().command(id, Command::Note(note)).await
    }

    /// Destroys the key of the buyer's data.
    ///
    /// # Errors
    /// Why not, or what the journal cannot do.
    pub async fn erase_subscription(&self, id: &ShortId, reason: &str) -> Result<Subscription> {
        self.market_right(Right::EraseBuyer)?;
        self.of::<Subscription>().command(id, Command::Erase { reason: reason.to_owned() }).await
    }

    /// Nothing, when the one who acts has this right.
    pub(super) fn market_right(&self, right: Right) -> Result<()> {
        let role = self.0.options.role;
        role.check(right).map_err(|forbidden| Error::Refusal(Refusal::NotYourRole(forbidden.0)))
    }
}

impl<W: World<Notice>> Engine<W> {
    /// Writes a notice down and sends it.
    ///
    /// # Errors
    /// What the journal cannot do. What came of the call is part of the notice.
    pub async fn tell(&self, told: Told) -> Result<Notice> {
        let id = ShortId::from_bits(self.world().random()?);
        let written = NoticeEvent::NoticeWritten { environment: self.environment(), told };
        self.of::<Notice>().open(&id, written).await?;
        self.tell_again(&id, None).await
    }

    /// Sends a notice that is written down already; once more only with a person's reason.
    ///
    /// # Errors
    /// Why not, or what the journal cannot do.
    pub async fn tell_again(&self, id: &ShortId, reason: Option<&str>) -> Result<Notice> {
        let request = |notice: &Notice| match &notice.told {
            Told::Sale { service, customer_id, purchased_at } => {
                Request::track(service, customer_id, *purchased_at)
            }
            Told::Update { coid, sku, expired, count } => {
                Request::update_subscription(coid, expired.is_some(), *expired, sku, *count)
            }
        };
        let begin = |request: &Request, by: Signature| NoticeCommand::Begin {
            signed: signed(request, by),
            reason: reason.map(str::to_owned),
        };
        Ok(self.of::<Notice>().attempt(id, request, begin).await?.thing)
    }

    /// Records what a person found out about a notice in doubt.
    ///
    /// # Errors
    /// Why not, or what the journal cannot do.
    pub async fn resolve_notice(&self, id: &ShortId, statement: Statement) -> Result<Notice> {
        let role = self.0.options.role;
        role.check(Right::RecordVerdict)
            .map_err(|forbidden| Error::Refusal(Refusal::NotYourRole(forbidden.0)))?;
        let (quiet, uptime) = (self.0.options.quiet, self.world().uptime());
        self.of::<Notice>().command(id, NoticeCommand::Resolve { statement, quiet, uptime }).await
    }
}

/// Who sends `request`.
pub(super) fn signed(request: &Request, by: Signature) -> Signed {
    Signed { by, request: request.digest() }
}

/// The request about some SKUs of a subscription. Without a customer or a product the guards refuse it before it is sent,
/// so what stands in for them then does not matter.
fn about(subscription: &Subscription, call: Call, skus: &[Sku]) -> Request {
    let nobody = || CustomerId::new("-").unwrap_or_else(|_| unreachable!());
    let ids = Ids {
        customer_id: subscription.customer_id().cloned().unwrap_or_else(nobody),
        provisioning_id: subscription.provisioning_id.clone(),
        product_id: subscription.product_id.unwrap_or_default(),
    };
    if call == Call::EndUsage { Request::end_usage(&ids, skus) } else { Request::start_billing(&ids, skus) }
}
