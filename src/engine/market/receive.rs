//! Deploys: on disk before they are answered; what comes again gets the same answer.

use super::{MarketError, Result};
use crate::engine::world::World;
use crate::engine::{Busy, Engine, Error};
use crate::kind::ShortId;
use crate::subscription::{
    Answer, By, Called, Command, CustomerId, Decider, Deploy, Event, Plan, ProvisioningId, Refusal, Repeat,
    RequestedPersonal, Sole, Subscription,
};
use jiff::SignedDuration;

/// How many subscriptions of a customer id are looked at, to see whose it is.
const OTHERS: u32 = 16;

/// How much longer than it may take an answer is waited for: until it is recorded.
const RECORDED_WITHIN: SignedDuration = SignedDuration::from_secs(1);

/// A deploy, and what the configuration says of it.
#[derive(Clone, Debug)]
pub struct NewDeploy {
    pub deploy: Deploy,
    pub plans: Vec<Plan>,
    pub first_version: bool,
    /// The answer, where it can be given at once.
    pub answer: Option<(Answer, By)>,
}

/// What a deploy was.
#[derive(Clone, Debug)]
pub enum Received {
    /// A new one; on disk now.
    New(Subscription),
    /// One that is known already, with the same content.
    Again(Subscription),
    /// The id of one that is known already, with other content: an alarm.
    Conflict(Subscription),
    /// The customer id that was to be given is taken: another one is needed.
    IdTaken(NewDeploy),
}

impl<W: World<Subscription>> Engine<W> {
    /// Records deploys together. Each is on disk, with its answer where that is given at once, when this returns.
    ///
    /// # Errors
    /// What the journal cannot do: then none of them was taken.
    pub async fn receive(&self, new: Vec<NewDeploy>) -> Result<Vec<Result<Received>>> {
        let busy = self.0.busy().await;
        let mut openings = Vec::with_capacity(new.len());
        for new in &new {
            openings.push((ShortId::from_bits(self.world().random()?), self.first_events(new)));
        }
        let opened = self.of::<Subscription>().open_all(openings).await?;
        let mut received = Vec::with_capacity(new.len());
        for (new, opened) in new.into_iter().zip(opened) {
            received.push(match opened {
                Ok(subscription) => Ok(Received::New(subscription)),
                Err(Error::Refusal(Refusal::Taken { what: Sole::CustomerId, .. })) => {
                    Ok(Received::IdTaken(new))
                }
                Err(Error::Refusal(Refusal::Taken { thing, .. })) => {
                    self.again(&busy, &thing, &new.deploy).await
                }
                Err(other) => Err(other),
            });
        }
        Ok(received)
    }

    fn first_events(&self, new: &NewDeploy) -> Vec<Event> {
        let NewDeploy { deploy, plans, first_version, answer } = new;
        let requested = Event::Requested {
            environment: self.environment(),
            provisioning_id: deploy.provisioning_id.clone(),
            product_id: deploy.product_id,
            skus: plans.clone(),
            first_version: *first_version,
            personal: Some(RequestedPersonal {
                fields: deploy.fields.clone(),
                exact: deploy.exact.clone(),
                passwords: deploy.passwords.clone(),
                content: deploy.content,
            }),
        };
        let answered = answer.clone().map(|(answer, decided)| Event::answered(answer, decided));
        std::iter::once(requested).chain(answered).collect()
    }

    /// A deploy whose id is known: whether it is the same is a matter of its content.
    async fn again(&self, busy: &Busy<'_>, thing: &str, deploy: &Deploy) -> Result<Received> {
        let id = ShortId::parse(thing).ok_or_else(|| Error::System(format!("`{thing}` is not an id")))?;
        let again = Repeat {
            content: deploy.content,
            before: deploy.before,
            product_id: deploy.product_id,
            skus: deploy.skus.clone(),
        };
        let known =
            self.of::<Subscription>().command_within(busy, &id, Command::Again(again.clone())).await?;
        // Not by how many conflicts there are: another receiver may have recorded one in between.
        Ok(if known.conflicts_with(&again) { Received::Conflict(known) } else { Received::Again(known) })
    }

    /// Records the answer to a deploy.
    ///
    /// # Errors
    /// [`Refusal::Answered`] when somebody else was faster.
    pub async fn answer(&self, id: &ShortId, answer: Answer, by: By) -> Result<Subscription> {
        self.of::<Subscription>().command(id, Command::Answer { answer, by }).await
    }

    /// Records that `to` is about to be asked what this deploy is answered. It is on disk when this returns, and no other
    /// process may ask from then on.
    ///
    /// # Errors
    /// [`Refusal::HandedOver`] when somebody was asked before, and [`Refusal::Answered`] when there is an answer.
    pub async fn hand_over(&self, id: &ShortId, to: Decider) -> Result<Subscription> {
        let owner = self.world().desk()?.to_owned();
        self.world().key_stays().map_err(Error::of::<Subscription>)?;
        self.of::<Subscription>().command(id, Command::HandOver { to, owner }).await
    }

    /// True while the process that handed this deploy over may still wait for the answer, which may take `limit`.
    pub async fn is_being_asked(&self, of: &Subscription, limit: SignedDuration) -> bool {
        let Some(handed_over) = of.open_hand_over() else { return false };
        let asked = self.world().now().duration_since(handed_over.at);
        asked <= limit.saturating_add(RECORDED_WITHIN) && self.world().is_alive(&handed_over.owner).await
    }

    /// Records an answer of whoever was asked that is not the answer to the deploy.
    ///
    /// # Errors
    /// What the journal cannot do.
    pub async fn not_used(
        &self,
        id: &ShortId,
        from: Decider,
        customer_id: Option<CustomerId>,
    ) -> Result<Subscription> {
        self.of::<Subscription>().command(id, Command::NotUsed { from, customer_id }).await
    }

    /// Records whether the connection took the answers to these deploys.
    ///
    /// # Errors
    /// What the journal cannot do. They are unconfirmed then, which is the careful reading.
    pub async fn delivered(&self, of: Vec<(Subscription, bool)>) -> Result<()> {
        let now = self.world().now();
        let mut many = Vec::with_capacity(of.len());
        for (subscription, taken) in of {
            use crate::kind::Driven as _;
            let events =
                subscription.decide(Command::Delivered { taken }, now).map_err(MarketError::Refusal)?;
            if !events.is_empty() {
                many.push((subscription, events));
            }
        }
        let mut moved_on = Vec::new();
        let kept: Vec<_> = many.iter().map(|(of, events)| (of.id.clone(), events.clone())).collect();
        for ((id, events), appended) in
            kept.into_iter().zip(self.of::<Subscription>().append_many(many).await?)
        {
            match appended {
                Ok(_) => {}
                Err(Error::Conflict) => moved_on.push((id, events.contains(&Event::AnswerDelivered))),
                Err(other) => return Err(other),
            }
        }
        for (id, taken) in moved_on {
            self.of::<Subscription>().command(&id, Command::Delivered { taken }).await?;
        }
        Ok(())
    }
}

impl Engine {
    /// The same deploy of version 1 under the id that this journal gives it: version 1 brings none, and the same content is
    /// the same deploy. It is made with the journal's key, as nobody is to try passwords on it. A deploy that was recorded
    /// under the plain hash of its content, as journals of before have it, keeps that.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub async fn of_first_version(&self, deploy: Deploy) -> Result<Deploy> {
        let before = Called::ProvisioningId(deploy.provisioning_id.as_str().to_owned());
        if !self.called(&before).await?.is_empty() {
            return Ok(deploy);
        }
        let keyed = self.journal().keyed("deploy of version 1", &deploy.content.to_string());
        let provisioning_id = ProvisioningId::new(format!("v1-{keyed}"));
        let provisioning_id = provisioning_id.map_err(|error| Error::System(error.to_string()))?;
        Ok(Deploy { provisioning_id, ..deploy })
    }

    /// Records the answer of the person called `name`. `reason`: why it is the customer id of another company.
    ///
    /// # Errors
    /// [`Refusal::OthersCustomer`] when it is that, without a reason; and those of [`Engine::answer`].
    pub async fn answer_by(
        &self,
        name: &str,
        id: &ShortId,
        answer: Answer,
        reason: Option<&str>,
    ) -> Result<Subscription> {
        // A receiver may be waiting for it, and the marketplace would have an answer that nobody can read.
        self.journal().key_stays().map_err(MarketError::Journal)?;
        let reason = reason.map(str::trim).filter(|reason| !reason.is_empty());
        if let (Answer::Provisioned { customer_id }, None) = (&answer, reason)
            && let Some(refusal) = self.others_customer(id, customer_id).await?
        {
            return Err(Error::Refusal(refusal));
        }
        self.answer(id, answer, By::Person { name: name.to_owned(), reason: reason.map(str::to_owned) }).await
    }

    /// Why `customer_id` is not to be given to this subscription without a reason: another company has it.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub async fn others_customer(&self, id: &ShortId, customer_id: &CustomerId) -> Result<Option<Refusal>> {
        let others = self.of_customer(customer_id, OTHERS).await?;
        if others.iter().all(|row| row.id == *id) {
            return Ok(None);
        }
        let asked = self.of::<Subscription>().load(id).await?;
        if asked.answer.is_some() {
            return Ok(None);
        }
        for row in others {
            let other = self.of::<Subscription>().load(&row.id).await?;
            if !asked.is_of_same_company(&other) {
                let (customer_id, company) = (customer_id.clone(), other.company().map(str::to_owned));
                return Ok(Some(Refusal::OthersCustomer { customer_id, of: other.id, company }));
            }
        }
        Ok(None)
    }
}
