//! Calls about subscriptions, notices, and what people write down.

use super::Result;
use crate::engine::world::World;
use crate::engine::{Engine, Error};
use crate::kind::{ShortId, Signature};
use crate::market::{Ids, Request};
use crate::order::Right;
use crate::subscription::{
    Call, Command, CustomerId, Gate, Note, Notice, NoticeCommand, NoticeEvent, Refusal, Signed, Sku,
    Statement, Subscription, Told,
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
        let skus = if named.is_empty() { due } else { each_once(named) };
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
        if matches!(note, Note::AlarmSetAside { .. }) {
            self.market_right(Right::SetAside)?;
        }
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

impl Engine {
    /// Writes down the product of a subscription that named none; or another one, with a reason, as long as nothing was
    /// carried out with the one before.
    ///
    /// # Errors
    /// Why not, or what the journal cannot do.
    pub async fn name_product(
        &self,
        id: &ShortId,
        product_id: i64,
        reason: Option<String>,
    ) -> Result<Subscription> {
        let of = self.of::<Subscription>().load(id).await?;
        if let Some(known) = of.product_id
            && self.reports_about(&of).await?.iter().any(|row| row.state.is_on_a_bill())
        {
            return Err(Error::Refusal(Refusal::ProductKnown(known)));
        }
        self.note_subscription(id, Note::ProductNamed { product_id, reason }).await
    }
}

impl<W: World<Notice>> Engine<W> {
    /// Writes a notice down and sends it. What was told before is told again only with a person's reason. A count is added
    /// to what was told before it, as far as anybody knows: while one may have arrived, no other is sent, and none leaves in
    /// the closed hours.
    ///
    /// # Errors
    /// Why not, or what the journal cannot do. What came of the call is part of the notice.
    pub async fn tell(&self, told: Told, gate: &Gate, reason: Option<&str>) -> Result<Notice> {
        let now = self.world().now();
        let bill = gate.calendar.bill_month(now);
        let id = told.id(self.environment(), bill);
        if told.call() == Call::UpdateCount {
            gate.check(now).map_err(|shut| Error::Refusal(Refusal::Shut(shut)))?;
            self.no_count_is_open(&told, &id).await?;
        }
        let written = NoticeEvent::NoticeWritten { environment: self.environment(), told: told.clone() };
        match self.of::<Notice>().open(&id, written).await {
            Ok(_) => {}
            Err(Error::Refusal(Refusal::Taken { .. })) => {
                let before = self.of::<Notice>().load(&id).await?;
                if before.told != told && told.call() == Call::UpdateCount {
                    return Err(Error::Refusal(Refusal::CountOtherwise(id)));
                }
                if before.told != told {
                    return Err(Error::System(format!("the notice {id} tells something else")));
                }
                if told.call() == Call::UpdateCount && before.is_done() && reason.is_none() {
                    return Err(Error::Refusal(Refusal::CountSent { bill }));
                }
            }
            Err(other) => return Err(other),
        }
        self.send_notice(&id, reason).await
    }

    /// Nothing, unless another count for the same customer and SKU is under way, or may have arrived.
    async fn no_count_is_open(&self, told: &Told, id: &ShortId) -> Result<()> {
        let here = self.environment().name();
        let under_way = World::<Notice>::under_way(self.world(), here).await.map_err(Error::of::<Notice>)?;
        let in_doubt = World::<Notice>::in_doubt(self.world(), here).await.map_err(Error::of::<Notice>)?;
        for other in under_way.into_iter().map(|(id, _)| id).chain(in_doubt).filter(|other| other != id) {
            if self.of::<Notice>().load(&other).await?.told.counts_the_same_as(told) {
                return Err(Error::Refusal(Refusal::CountInDoubt(other)));
            }
        }
        Ok(())
    }

    async fn send_notice(&self, id: &ShortId, reason: Option<&str>) -> Result<Notice> {
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
        let (quiet, uptime) = (self.0.options.market_quiet, self.world().uptime());
        self.of::<Notice>().command(id, NoticeCommand::Resolve { statement, quiet, uptime }).await
    }
}

/// A SKU that is named twice is one SKU.
fn each_once(named: &[Sku]) -> Vec<Sku> {
    let mut skus: Vec<Sku> = Vec::with_capacity(named.len());
    for sku in named {
        if !skus.contains(sku) {
            skus.push(sku.clone());
        }
    }
    skus
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
