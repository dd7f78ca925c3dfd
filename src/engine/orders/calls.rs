//! The four calls of Px, and what sends nothing.

use super::Done;
use super::doubt::despite_doubt;
use super::requests::{complete_request, sender};
use crate::engine::world::{Answer, Sends, World};
use crate::engine::{Engine, Error};
use crate::kind::Driven as _;
use crate::order::{
    Again, Command, Contact, Event, Failure, NewOrder, OpenedPersonal, Order, OrderId, Outcome, Refusal,
    Right, Shown, Timing, decide_timed,
};
use crate::px::{self, Request};

impl Sends for Order {
    type Request = Request;

    fn call(request: &Request) -> crate::order::Call {
        request.call
    }

    fn span(id: &OrderId) -> tracing::Span {
        tracing::error_span!("order", %id)
    }
}

impl From<px::Answer> for Answer<Outcome> {
    fn from(answer: px::Answer) -> Self {
        let px::Answer { outcome, http_status, retry_after, elapsed, .. } = answer;
        let token_refused =
            http_status.is_some() && matches!(outcome, Outcome::Failed(Failure::Credentials(_)));
        Self { outcome, status: http_status, token_refused, retry_after, elapsed }
    }
}

impl<W: World<Order>> Engine<W> {
    /// Adds an order. Neither of its ids may ever have been used in this environment (2131); and while an order for the
    /// same customer and address is in doubt, a supervisor must have said why.
    ///
    /// # Errors
    /// Why it may not be added, or what the journal cannot do.
    pub async fn open(&self, new: NewOrder) -> Result<Order, Error> {
        self.permit_work()?;
        let _busy = self.0.busy().await;
        let doubted = self.doubted().await?;
        let given = new.clone();
        let event = self.opening(new, &doubted)?;
        let id = OrderId::from_bits(self.world().random()?);
        let mut opened = self.of::<Order>().open(&id, event).await;
        self.recognize(&mut opened, &given).await;
        opened
    }

    /// Adds many orders, recorded together; what keeps one out keeps out no other.
    ///
    /// # Errors
    /// What the journal cannot do: none of them is recorded then.
    pub async fn open_many(&self, new: Vec<NewOrder>) -> Result<Vec<Result<Order, Error>>, Error> {
        self.permit_work()?;
        let _busy = self.0.busy().await;
        let doubted = self.doubted().await?;
        let mut refused = Vec::with_capacity(new.len());
        let mut openings = Vec::with_capacity(new.len());
        let mut all_given = Vec::with_capacity(new.len());
        for new in new {
            let given = new.clone();
            match self.opening(new, &doubted) {
                Ok(event) => {
                    all_given.push(given);
                    openings.push((OrderId::from_bits(self.world().random()?), event));
                    refused.push(None);
                }
                Err(error) => refused.push(Some(error)),
            }
        }
        let mut opened = self.of::<Order>().open_many(openings).await?;
        for (opened, given) in opened.iter_mut().zip(&all_given) {
            self.recognize(opened, given).await;
        }
        let mut opened = opened.into_iter();
        // One that was not refused here has its own outcome from the journal, in the same order.
        let of_journal =
            |refused: Option<Error>| refused.map_or_else(|| opened.next(), |error| Some(Err(error)));
        Ok(refused.into_iter().filter_map(of_journal).collect())
    }

    /// Tells an order that is given again from one whose ids belong to two orders.
    async fn recognize(&self, opened: &mut Result<Order, Error>, given: &NewOrder) {
        let Err(Error::Refusal(Refusal::IdentityLocked { order, .. })) = opened else { return };
        let Some(id) = OrderId::parse(order) else { return };
        // Where it cannot be read, the refusal stands as it was: it is true of both.
        let Ok(there) = self.load(&id).await else { return };
        let (ours, theirs) = (&there.identity, &given.identity);
        let same =
            ours.transaction_id == theirs.transaction_id && ours.partner_order_id == theirs.partner_order_id;
        if same {
            let order = std::mem::take(order);
            *opened = Err(Error::Refusal(Refusal::AlreadyAdded { order, differs: differs(&there, given) }));
        }
    }

    /// The first event of a new order.
    fn opening(&self, new: NewOrder, doubted: &[Order]) -> Result<Event, Error> {
        let despite_doubt = despite_doubt(&new, doubted)?;
        if despite_doubt.is_some() {
            self.permit(Right::AddDespiteDoubt)?;
        }
        Ok(Event::Opened {
            environment: self.environment(),
            identity: new.identity,
            prepared_at: new.prepared_at,
            language: new.language,
            despite_doubt,
            personal: Some(OpenedPersonal {
                customer: new.customer,
                payment_token: new.payment_token,
                gift_cards: new.gift_cards,
            }),
        })
    }

    /// Does what sends nothing: marks a section as read, records a yes, amends, abandons, erases.
    ///
    /// # Errors
    /// Refusals of the order, and what the journal cannot do.
    pub async fn command(&self, id: &OrderId, command: Command) -> Result<Order, Error> {
        // A reading is timed by a clock that no trainer moves: moving one brings no word to anybody's ear.
        let timing = || Timing {
            now: self.world().now(),
            uptime: Some(self.steady()),
            fastest: self.0.options.fastest,
        };
        self.permit_work()?;
        if let Command::Amend(amendment) = &command {
            self.guard_amended(id, amendment).await?;
        }
        if Order::ends(&command).is_some() {
            self.of::<Order>().not_begun_elsewhere(&self.load(id).await?, &command)?;
        }
        let decide = |order: &Order| {
            self.permit_command(&command, order)?;
            decide_timed(order, command.clone(), &timing())
        };
        self.of::<Order>().decided(id, decide).await
    }

    /// Retrieves the RCC text.
    ///
    /// # Errors
    /// Refusals of the order, with nothing sent; and what the journal cannot do. So for the other calls.
    pub async fn retrieve(&self, id: &OrderId) -> Result<Done, Error> {
        self.retrieve_as(id, Bound::Nothing).await
    }

    /// The same while what it is bound to holds. So for the other calls.
    pub(in crate::engine) async fn retrieve_as(&self, id: &OrderId, bound: Bound) -> Result<Done, Error> {
        self.permit_work()?;
        let request = |order: &Order| Request::retrieve(&order.identity);
        let begin =
            |request: &Request, by| bound.around(Command::BeginRetrieve { sender: sender(request, by) });
        self.of().attempt(id, request, begin).await.map(Done::from)
    }

    /// Has the RCC text sent.
    pub async fn send(&self, id: &OrderId, to: &Contact) -> Result<Done, Error> {
        self.send_as(id, to, Bound::Nothing).await
    }

    pub(in crate::engine) async fn send_as(
        &self,
        id: &OrderId,
        to: &Contact,
        bound: Bound,
    ) -> Result<Done, Error> {
        self.permit_work()?;
        let request = |order: &Order| Request::send(&order.identity, to);
        let begin = |request: &Request, by| {
            bound.around(Command::BeginSend { to: to.clone(), sender: sender(request, by) })
        };
        self.of().attempt(id, request, begin).await.map(Done::from)
    }

    /// Submits the order. Sent once; whatever comes back, nothing here sends it again.
    pub async fn complete(&self, id: &OrderId) -> Result<Done, Error> {
        self.complete_as(id, Bound::Nothing).await
    }

    /// The same for a person who said yes to the order as it was shown to them: nothing is sent once anybody has changed it.
    ///
    /// # Errors
    /// As for [`Engine::claim`] and [`Engine::complete`]; [`Refusal::ChangedSinceShown`] when it is another order by now.
    pub async fn complete_shown(&self, id: &OrderId, shown: Shown) -> Result<Done, Error> {
        // Its own taking over of an order that rests is the one thing that may come between.
        let shown = self.claim_shown(id, shown).await?;
        self.complete_as(id, Bound::Shown(shown)).await
    }

    pub(in crate::engine) async fn complete_as(&self, id: &OrderId, bound: Bound) -> Result<Done, Error> {
        self.permit_work()?;
        let room = self.0.options.complete_room;
        let begin = |request: &Request, by| {
            bound.around(Command::BeginComplete { sender: sender(request, by), room })
        };
        self.of().attempt(id, complete_request, begin).await.map(Done::from)
    }

    /// Asks once whether the customer accepted. Changes nothing at Px, so nothing is written before it.
    pub async fn check(&self, id: &OrderId) -> Result<Done, Error> {
        self.check_as(id, Bound::Nothing).await
    }

    pub(super) async fn check_as(&self, id: &OrderId, bound: Bound) -> Result<Done, Error> {
        self.permit_work()?;
        let request = |order: &Order| Request::acceptance(&order.identity);
        // Decided before the call, too, so that nothing is asked for an order that could not take the answer.
        let before = bound.around(Command::Checked { outcome: Outcome::NotAccepted });
        self.of().ask(id, request, before, |outcome| Command::Checked { outcome }).await.map(Done::from)
    }
}

/// What a call was decided on, which must still hold when it begins.
#[derive(Clone, Copy)]
pub(in crate::engine) enum Bound {
    /// The order, as it is then.
    Nothing,
    /// What failed before, which a retry sends again.
    Again(Again),
    /// The order as it was shown to a person, or as a walk saw it.
    Shown(Shown),
}

impl Bound {
    fn around(self, begin: Command) -> Command {
        match self {
            Self::Nothing => begin,
            Self::Again(again) => Command::Retry { again, begin: Box::new(begin) },
            Self::Shown(shown) => Command::AsShown { shown, command: Box::new(begin) },
        }
    }
}

/// Whether what is given is something else than the order holds. Of one that was erased, only what is in the clear can be
/// compared.
fn differs(there: &Order, given: &NewOrder) -> bool {
    let sealed = there.customer != given.customer
        || there.payment_token != given.payment_token
        || there.gift_cards != given.gift_cards;
    let open = there.identity != given.identity
        || there.prepared_at != given.prepared_at
        || there.language != given.language;
    open || sealed && !there.erased
}
