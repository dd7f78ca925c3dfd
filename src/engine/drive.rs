//! The four calls.

use super::{Engine, Error, ROUNDS, World, log, mask::mask};
use crate::order::{Command, Contact, Failure, Method, Order, OrderId, Outcome, Sender, decide};
use crate::px::{Answer, Request};
use std::time::Duration;
use tracing::Instrument as _;

/// How often, and how long apart, an outcome is offered to a journal that does not take it.
const RECORDING: [u64; 4] = [50, 200, 1000, 3000];

/// A call that ended, whichever way: the order says which.
#[derive(Clone, Debug)]
pub struct Done {
    pub order: Order,
    /// How long the server asked us to wait before the next call.
    pub retry_after: Option<Duration>,
}

impl<W: World> Engine<W> {
    /// Retrieves the RCC text.
    pub async fn retrieve(&self, id: &OrderId) -> Result<Done, Error> {
        let request = |order: &Order| Request::retrieve(&order.identity);
        self.attempt(id, request, |_, sender| Command::BeginRetrieve { sender }).await
    }

    /// Has the RCC text sent.
    pub async fn send(&self, id: &OrderId, to: &Contact) -> Result<Done, Error> {
        let request = |order: &Order| Request::send(&order.identity, to);
        self.attempt(id, request, |_, sender| Command::BeginSend { to: to.clone(), sender }).await
    }

    /// Submits the order. Sent once; whatever comes back, nothing here sends it again.
    pub async fn complete(&self, id: &OrderId) -> Result<Done, Error> {
        let room = self.0.options.complete_room;
        self.attempt(id, complete_request, |_, sender| Command::BeginComplete { sender, room }).await
    }

    /// Asks once whether the customer accepted. Changes nothing at Px, so nothing is written before it.
    pub async fn check(&self, id: &OrderId) -> Result<Done, Error> {
        let _busy = self.0.busy.read().await;
        let order = self.load(id).await?;
        // Decided before the call, too, so that nothing is asked for an order that could not take the answer.
        decide(&order, Command::Checked { outcome: Outcome::NotAccepted }, self.world().now())?;
        let request = Request::acceptance(&order.identity);
        let call = log::call(id, request.call, None);
        let answer = self.world().send(&request, &order.identity).instrument(call.clone()).await;
        let outcome = mask(answer.outcome, &order);
        call.in_scope(|| log::ended(&outcome, answer.http_status, answer.elapsed));
        let checked = |_: &Order| Ok(Command::Checked { outcome: outcome.clone() });
        let order = self.decide_and_append(id, checked).instrument(call).await?;
        Ok(Done { order, retry_after: answer.retry_after })
    }

    /// Intent on disk, then the call, then the outcome on disk. When the gateway refused the token, a second attempt,
    /// journaled as one of its own, is made with a new token; never a third.
    pub(super) async fn attempt(
        &self,
        id: &OrderId,
        request: impl Fn(&Order) -> Request,
        begin: impl Fn(&Order, Sender) -> Command,
    ) -> Result<Done, Error> {
        let _busy = self.0.busy.read().await;
        let done = self.attempt_once(id, &request, &begin).await?;
        if done.token_refused {
            Ok(self.attempt_once(id, &request, &begin).await?.done)
        } else {
            Ok(done.done)
        }
    }

    async fn attempt_once(
        &self,
        id: &OrderId,
        request: &impl Fn(&Order) -> Request,
        begin: &impl Fn(&Order, Sender) -> Command,
    ) -> Result<Attempted, Error> {
        let (order, request) = self.begin(id, request, begin).instrument(log::order(id)).await?;
        let number = order.under_way().map_or(0, |attempt| attempt.number);
        let call = log::call(id, request.call, Some(number));
        let Answer { outcome, http_status, retry_after, elapsed, .. } =
            self.world().send(&request, &order.identity).instrument(call.clone()).await;
        let token_refused =
            http_status.is_some() && matches!(outcome, Outcome::Failed(Failure::Credentials(_)));
        let outcome = mask(outcome, &order);
        call.in_scope(|| log::ended(&outcome, http_status, elapsed));
        let order = self.record(&order, number, outcome).instrument(call).await?;
        Ok(Attempted { done: Done { order, retry_after }, token_refused })
    }

    /// Writes the intent. The request is made from the very order that the append was decided on.
    async fn begin(
        &self,
        id: &OrderId,
        request: &impl Fn(&Order) -> Request,
        begin: &impl Fn(&Order, Sender) -> Command,
    ) -> Result<(Order, Request), Error> {
        for _ in 0..ROUNDS {
            let order = self.load(id).await?;
            let request = request(&order);
            let sender = Sender {
                owner: self.world().desk()?.to_owned(),
                request: request.digest(),
                uptime: self.world().uptime(),
            };
            let events = decide(&order, begin(&order, sender), self.world().now())?;
            match self.append(&order, events).await {
                Ok(order) => return Ok((order, request)),
                Err(Error::Conflict) => {}
                Err(error) => return Err(error),
            }
        }
        Err(Error::Conflict)
    }

    /// Writes the outcome. A journal that does not take it at once is asked again a few times: what Px said must not
    /// be lost to a full disk that someone is about to clear, and if it is, a person is told what it was.
    async fn record(&self, order: &Order, attempt: u32, outcome: Outcome) -> Result<Order, Error> {
        let mut pauses = RECORDING.iter();
        let mut order = order.clone();
        loop {
            let uptime = self.world().uptime();
            let end = Command::End { attempt, outcome: outcome.clone(), uptime };
            let events = decide(&order, end, self.world().now())?;
            let error = match self.append(&order, events).await {
                Err(Error::Conflict) => {
                    order = self.load(&order.id).await?;
                    continue;
                }
                Err(Error::Journal(error)) => error,
                other => return other,
            };
            let Some(pause) = pauses.next() else {
                return Err(Error::Unrecorded { answer: describe(&outcome), error });
            };
            tracing::warn!("the journal did not take the outcome; trying again");
            self.world().sleep(Duration::from_millis(*pause)).await;
        }
    }
}

struct Attempted {
    done: Done,
    token_refused: bool,
}

/// The request of Complete, the same bytes for the same order. Without an acceptance the guards refuse it before it is
/// sent, so what stands in for the method then does not matter.
pub(super) fn complete_request(order: &Order) -> Request {
    let method = order.acceptance.as_ref().map_or(Method::Verbal, |acceptance| acceptance.method);
    Request::complete(&order.identity, method, order.payment_token.as_ref(), &order.gift_cards)
}

/// One line for a person to write down.
fn describe(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Completed { order_number, tx_id, .. } => {
            format!("completed, order number {order_number}, TxID {}", tx_id.as_deref().unwrap_or("none"))
        }
        Outcome::Refused(error) => format!("refused with {}: {}", error.code(), error.user_message),
        Outcome::Failed(failure) => format!("no usable answer: {}", failure.why()),
        Outcome::Rcc { .. } => "the RCC text came".to_owned(),
        Outcome::Sent { .. } => "the RCC was sent".to_owned(),
        Outcome::NotAccepted => "not accepted yet".to_owned(),
        Outcome::Accepted { .. } => "the customer accepted".to_owned(),
    }
}
