//! Who decides on a deploy is asked, once; and what becomes of what they say.

use super::clerk::NoId;
use super::decide;
use super::options::{Deciding, Otherwise};
use super::program;
use super::receive::{LONGER, Receiver};
use crate::engine::{Engine, Error, MarketError};
use crate::kind::ShortId;
use crate::subscription::{Answer, Answered, By, CustomerId, Decider, Refusal, Subscription, said};
use jiff::SignedDuration;
use std::sync::PoisonError;
use std::time::Duration;
use tokio::time::{Instant, sleep, timeout};

/// How soon an answer is offered again that the journal did not take.
const OFFERED_AGAIN: Duration = Duration::from_millis(250);
/// How long a receiver that ends waits for the journal to take what is offered.
const OFFERED_LAST: Duration = Duration::from_secs(5);

/// What a person does with a deploy that has no answer.
const WAITS: &str = "the deploy waits for `market provision` or `market reject`";

/// An answer of whoever was asked, about to be recorded.
struct Given {
    answer: Answer,
    from: Decider,
}

impl Given {
    fn words(&self) -> String {
        format!("{} {}", self.from.words(), said(self.answer.customer_id()))
    }

    fn customer_id(&self) -> Option<&CustomerId> {
        self.answer.customer_id()
    }
}

impl Receiver {
    /// Has it decided, and records that.
    pub(super) async fn decide(
        &self,
        subscription: Subscription,
        deadline: Instant,
    ) -> Result<Option<Subscription>, MarketError> {
        let from = match &self.options.deciding {
            Deciding::Program(_) => Decider::Program,
            Deciding::Forward(_) => Decider::Server,
            Deciding::Assign => {
                return match self.next_answer(&subscription).await? {
                    Ok(answer) => self.record(&subscription, answer, By::Pattern).await,
                    Err(why) => self.otherwise(&subscription, why.to_string(), None).await,
                };
            }
            Deciding::Ask => {
                if let Some(answered) = decide::answered(&self.engine, &subscription.id, deadline).await? {
                    return Ok(Some(answered));
                }
                let why = "nobody answered at the desk in time".to_owned();
                return self.otherwise(&subscription, why, None).await;
            }
        };
        // Before it is asked: it may make a customer, and would make another one if it were asked again.
        let subscription = match self.engine.hand_over(&subscription.id, from).await {
            Ok(subscription) => subscription,
            Err(Error::Refusal(Refusal::HandedOver(_) | Refusal::Answered)) => {
                return self.asked_before(&subscription.id, deadline).await;
            }
            Err(error) => return Err(error),
        };
        match self.ask(&subscription, deadline).await {
            Ok(answer) => self.take_answer(&subscription, Given { answer, from }).await,
            Err(why) => self.otherwise(&subscription, why, None).await,
        }
    }

    /// What the program, or the server, says; or why it says nothing that is an answer.
    async fn ask(&self, subscription: &Subscription, deadline: Instant) -> Result<Answer, String> {
        let within = deadline.saturating_duration_since(Instant::now());
        match &self.options.deciding {
            Deciding::Program(words) => {
                let (engine, tell, id) = (self.engine.clone(), self.options.tell, subscription.id.clone());
                let late = move |answer| {
                    let given = Given { answer, from: Decider::Program };
                    tokio::spawn(offer_until_taken(engine, tell, id, given));
                };
                program::ask(words, subscription, &self.options.refusal, within, late).await
            }
            Deciding::Forward(to) => decide::forward(to, subscription, within, &self.options.refusal).await,
            Deciding::Assign | Deciding::Ask => Err("nobody is to be asked".to_owned()),
        }
    }

    /// The answer to a deploy that was handed over before, by another process or by one that is gone: as long as somebody
    /// waits for it there, and with `ask` as long as a person may answer, it is waited for. It is asked for no second time.
    pub(super) async fn asked_before(
        &self,
        id: &ShortId,
        deadline: Instant,
    ) -> Result<Option<Subscription>, MarketError> {
        let limit = SignedDuration::try_from(self.options.within).unwrap_or(SignedDuration::MAX);
        loop {
            let subscription = self.engine.of::<Subscription>().load(id).await?;
            if subscription.answer.is_some() {
                return Ok(Some(subscription));
            }
            let asks = matches!(self.options.deciding, Deciding::Ask);
            let waits = asks || self.engine.is_being_asked(&subscription, limit).await;
            if !waits || Instant::now() >= deadline + LONGER {
                let asked = subscription.open_hand_over().map(|before| before.words(false));
                let why = asked.unwrap_or_else(|| WAITS.to_owned());
                tracing::error!(%id, why, "a deploy that was handed over before has no answer");
                (self.options.tell)(&format!("{id}: {why}"));
                return Ok(None);
            }
            sleep(decide::LOOK).await;
        }
    }

    /// Records the answer of whoever was asked, unless it is the customer id of another company: what is used would be on
    /// that one's bill.
    async fn take_answer(
        &self,
        subscription: &Subscription,
        given: Given,
    ) -> Result<Option<Subscription>, MarketError> {
        let taken = self.take_given(subscription, &given).await;
        match taken {
            Err(error) => {
                self.offer(subscription.id.clone(), given, &error);
                Ok(None)
            }
            taken => taken,
        }
    }

    async fn take_given(
        &self,
        subscription: &Subscription,
        given: &Given,
    ) -> Result<Option<Subscription>, MarketError> {
        let id = &subscription.id;
        if let Some(customer_id) = given.customer_id()
            && let Some(others) = self.engine.others_customer(id, customer_id).await?
        {
            return self.otherwise(subscription, others.unnamed().to_string(), Some(given)).await;
        }
        match self.engine.answer(id, given.answer.clone(), given.from.by()).await {
            Ok(answered) => Ok(Some(answered)),
            Err(Error::Refusal(Refusal::Answered)) => {
                besides(&self.engine, self.options.tell, id, given).await.map(Some)
            }
            Err(error) => Err(error),
        }
    }

    /// The journal did not take an answer that may stand for a customer who was made. This process alone knows it: that is said
    /// at once, and it is offered until the journal takes it.
    fn offer(&self, id: ShortId, given: Given, error: &MarketError) {
        let what = given.words();
        tracing::error!(%id, %error, what, "an answer could not be recorded; it is offered again");
        (self.options.tell)(&format!(
            "{id}: {what}, and the journal did not take that: {error}. It is offered again while this receiver runs"
        ));
        let (engine, tell) = (self.engine.clone(), self.options.tell);
        self.offers
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .spawn(offer_until_taken(engine, tell, id, given));
    }

    /// Waits a little for the journal to take what is offered, before the receiver ends.
    pub(super) async fn settle_offers(&self) {
        let offers = std::mem::take(&mut *self.offers.lock().unwrap_or_else(PoisonError::into_inner));
        if timeout(OFFERED_LAST, offers.join_all()).await.is_err() {
            tracing::error!("the receiver ends, and the journal has not taken an answer");
            (self.options.tell)("an answer that was told before is not recorded, and this receiver ends");
        }
    }

    /// Whoever decides has not, or has said what cannot be used: `unused`.
    async fn otherwise(
        &self,
        subscription: &Subscription,
        why: String,
        unused: Option<&Given>,
    ) -> Result<Option<Subscription>, MarketError> {
        tracing::warn!(why, id = %subscription.id, "the deploy was not decided");
        let answer = match &self.options.otherwise {
            Otherwise::Refuse(answer) => Ok(answer.clone()),
            Otherwise::Assign => self.next_answer(subscription).await?,
        };
        match answer {
            Ok(answer) => self.record(subscription, answer, By::Otherwise { why }).await,
            Err(no_id) => {
                if let Some(given) = unused {
                    let customer_id = given.customer_id().cloned();
                    self.engine.not_used(&subscription.id, given.from, customer_id).await?;
                }
                Ok(self.waits(subscription, &format!("{why}; {no_id}")))
            }
        }
    }

    /// It is left to a person, who finds it among the requests.
    fn waits(&self, subscription: &Subscription, why: &str) -> Option<Subscription> {
        let id = &subscription.id;
        let asked = subscription.open_hand_over().map(|before| format!("; {}", before.words(false)));
        let waits = asked.unwrap_or_else(|| format!("; {WAITS}"));
        tracing::error!(%id, "{why}{waits}");
        (self.options.tell)(&format!("{id}: {why}{waits}"));
        None
    }

    /// A purchase that was answered for want of anybody who decides is said aloud: somebody is to look at it.
    fn tell_otherwise(&self, answered: &Subscription) {
        let Some(Answered { answer, by: By::Otherwise { why }, .. }) = &answered.answer else { return };
        let done = match answer {
            Answer::Provisioned { customer_id } => format!("was given the id {customer_id}"),
            Answer::Refused { .. } => "was refused".to_owned(),
        };
        (self.options.tell)(&format!("{}: {why}; it {done}, as `otherwise` says", answered.id));
    }

    async fn next_answer(&self, subscription: &Subscription) -> Result<Result<Answer, NoId>, MarketError> {
        Ok(self.clerk.assigned(&subscription.provisioning_id).await?.map(|assigned| assigned.answer))
    }

    /// Records the answer, unless somebody was faster: then theirs is the one. An id that is taken is tried with the next;
    /// where the pattern has no other, the configured refusal is the answer, or else a person's.
    async fn record(
        &self,
        subscription: &Subscription,
        answer: Answer,
        by: By,
    ) -> Result<Option<Subscription>, MarketError> {
        let (mut answer, mut by) = (answer, by);
        loop {
            match self.engine.answer(&subscription.id, answer, by.clone()).await {
                Ok(answered) => {
                    self.tell_otherwise(&answered);
                    return Ok(Some(answered));
                }
                Err(Error::Refusal(Refusal::Answered)) => {
                    return self.engine.of::<Subscription>().load(&subscription.id).await.map(Some);
                }
                Err(Error::Refusal(Refusal::Taken { .. })) => {
                    answer = match (self.next_answer(subscription).await?, &self.options.otherwise) {
                        (Ok(next), _) => next,
                        (Err(why), Otherwise::Refuse(refusal)) => {
                            by = By::Otherwise { why: why.to_string() };
                            refusal.clone()
                        }
                        (Err(why), Otherwise::Assign) => {
                            return Ok(self.waits(subscription, &why.to_string()));
                        }
                    };
                }
                Err(other) => return Err(other),
            }
        }
    }
}

/// Offers an answer to the journal until it is taken, or refused for good.
async fn offer_until_taken(engine: Engine, tell: fn(&str), id: ShortId, given: Given) {
    loop {
        sleep(OFFERED_AGAIN).await;
        if offered(&engine, tell, &id, &given).await.is_ok() {
            return;
        }
    }
}

/// Offers an answer to the journal once more, and says what became of it.
///
/// # Errors
/// When the journal still does not take it.
async fn offered(engine: &Engine, tell: fn(&str), id: &ShortId, given: &Given) -> Result<(), MarketError> {
    let what = given.words();
    if let Some(customer_id) = given.customer_id()
        && let Some(others) = engine.others_customer(id, customer_id).await?.map(Refusal::unnamed)
    {
        engine.not_used(id, given.from, Some(customer_id.clone())).await?;
        tracing::error!(%id, %others, "an answer is not used");
        tell(&format!("{id}: {what}, and that is not used: {others}; {WAITS}"));
        return Ok(());
    }
    match engine.answer(id, given.answer.clone(), given.from.by()).await {
        Ok(_) => {
            tracing::info!(%id, what, "the journal has taken an answer");
            tell(&format!("{id}: {what}, and the journal has that now"));
            Ok(())
        }
        Err(Error::Refusal(Refusal::Answered)) => besides(engine, tell, id, given).await.map(drop),
        Err(error) => Err(error),
    }
}

/// Somebody else answered while whoever was asked did: theirs is the answer. Where this one says something else, a customer may
/// have been made that nothing leads to, so it is said and recorded.
async fn besides(
    engine: &Engine,
    tell: fn(&str),
    id: &ShortId,
    given: &Given,
) -> Result<Subscription, MarketError> {
    let answered = engine.of::<Subscription>().load(id).await?;
    let customer_id = given.customer_id();
    if answered.customer_id() == customer_id {
        return Ok(answered);
    }
    let what = given.words();
    let has = said(answered.customer_id());
    let by = answered.answer.as_ref().map_or_else(String::new, |answered| answered.by.words());
    tracing::error!(%id, what, "an answer is not used: the deploy has another one");
    tell(&format!("{id}: {what}, and that is not used: before that, {by} {has}; `market requests` lists it"));
    engine.not_used(id, given.from, customer_id.cloned()).await
}
