//! Walking an order without a screen: from wherever it stands, as far as it can go, never the same call twice.

use super::orders::Bound;
use super::{Engine, Error, World};
use crate::order::{
    Call, Command, Contact, Method, Order, OrderId, Pauses, Personal, Polling, Refusal, State, Timestamp,
    Trouble, WindowState, busy, can_go_on, is_to_be_retrieved,
};
use jiff::SignedDuration;
use std::time::Duration;

/// How soon a walk looks again whether another desk's call has ended, at first and at last.
const LOOK_AGAIN: Duration = Duration::from_millis(100);
const LOOK_AGAIN_AT_LAST: Duration = Duration::from_secs(1);

/// A call may last longer than its time-out by the fetching of a token.
const LONGEST_OVERTIME: Duration = Duration::from_secs(35);

/// How far to walk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Until {
    Retrieved,
    Delivered,
    Accepted,
    Completed,
}

/// What a walk needs to know.
#[derive(Clone, Debug)]
pub struct Plan {
    pub method: Method,
    pub until: Until,
    /// Where SMS or e-mail goes; the order's customer when absent.
    pub to: Option<Contact>,
    /// Who accepted, when it was read aloud.
    pub accepted_by: Option<Personal>,
    /// Go on even where somebody else works on the order.
    pub take_over: bool,
    /// How the acceptance is asked for; `give_up_after` is the whole wait.
    pub pauses: Pauses,
}

/// Where a walk has come, for progress on stderr.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    Calling(Call),
    /// The reading is recorded.
    Read,
    WaitingForAcceptance,
    WaitingForAnotherDesk,
}

/// Where a walk came to.
#[derive(Clone, Debug)]
pub enum Walked {
    /// At its aim, or already past it.
    There(Order),
    /// After its last call, whose trouble says why no further.
    Stopped(Order),
}

impl Walked {
    /// The order as it stands there.
    pub fn order(self) -> Order {
        match self {
            Self::There(order) | Self::Stopped(order) => order,
        }
    }
}

/// Whether the walk goes on.
enum Flow {
    On(Order),
    /// The order's own trouble says why not.
    Stop(Order),
}

impl<W: World<Order>> Engine<W> {
    /// Walks `id` as `plan` says and returns where it came to.
    ///
    /// # Errors
    /// Refusals of the order, with nothing sent; and what the engine could not do.
    pub async fn walk(
        &self,
        id: &OrderId,
        plan: &Plan,
        report: &mut (dyn FnMut(Step) + Send),
    ) -> Result<Walked, Error> {
        match Box::pin(self.walk_on(id, plan, report)).await {
            // An older copy of the journal, put in its place meanwhile, refuses what the order itself allows.
            Err(Error::Refusal(refusal)) => match self.world().trust() {
                Err(error) => Err(error.into()),
                Ok(()) => Err(refusal.into()),
            },
            other => other,
        }
    }

    async fn walk_on(
        &self,
        id: &OrderId,
        plan: &Plan,
        report: &mut (dyn FnMut(Step) + Send),
    ) -> Result<Walked, Error> {
        let mut order = Box::pin(self.taken_up(id, plan, plan.take_over, report)).await?;
        loop {
            if order.completion.is_some() {
                return Ok(Walked::There(order));
            }
            if order.doubt().is_some() {
                return Err(Refusal::InDoubt.into());
            }
            can_go_on(&order, self.world().now())?;
            // A trouble of before, which did not keep it from coming so far, is not this walk's.
            if reached(&order, plan) {
                return Ok(Walked::There(order));
            }
            order = match self.step(&order, plan, report).await {
                Ok(Flow::On(order)) => order,
                Ok(Flow::Stop(order)) => return Ok(Walked::Stopped(order)),
                // Somebody else came between our look and our append: what is to be done now is decided by how it stands now.
                // Whoever took it over meanwhile keeps it.
                Err(Error::Refusal(Refusal::Busy { .. } | Refusal::ChangedSinceShown)) => {
                    Box::pin(self.taken_up(id, plan, false, report)).await?
                }
                Err(error) => return Err(error),
            };
        }
    }

    /// The order once it is at rest, and claimed where there is something left to do for it.
    async fn taken_up(
        &self,
        id: &OrderId,
        plan: &Plan,
        take_over: bool,
        report: &mut (dyn FnMut(Step) + Send),
    ) -> Result<Order, Error> {
        let order = Box::pin(self.settled(id, report)).await?;
        let goes_on = order.doubt().is_none() && can_go_on(&order, self.world().now()).is_ok();
        if !goes_on || reached(&order, plan) {
            return Ok(order);
        }
        self.claim(id, take_over).await?;
        self.load(id).await
    }

    /// The next step of `order`, as it stands.
    async fn step(
        &self,
        order: &Order,
        plan: &Plan,
        report: &mut (dyn FnMut(Step) + Send),
    ) -> Result<Flow, Error> {
        let (id, as_seen) = (&order.id, Bound::Shown(order.shown()));
        // After some refusals Px may hold another text, and what is accepted next has to be that one.
        let retrieves =
            matches!(order.progress(), State::Opened | State::RccBlocked) || is_to_be_retrieved(order);
        if retrieves {
            Box::pin(self.call(Call::RetrieveRcc, self.retrieve_as(id, as_seen), report)).await
        } else if order.progress() == State::Accepted {
            report(Step::Calling(Call::CompleteOrder));
            Ok(Flow::Stop(Box::pin(self.complete_as(id, as_seen)).await?.order))
        } else {
            Box::pin(self.deliver(order, plan, report)).await
        }
    }

    /// The order once no call of another desk is under way. What such a call brings is then the order's state. A desk that
    /// was stopped, and not killed, is not waited for forever.
    async fn settled(&self, id: &OrderId, report: &mut (dyn FnMut(Step) + Send)) -> Result<Order, Error> {
        let mut told = false;
        let mut pause = LOOK_AGAIN;
        let mut patience = self.0.options.complete_room.unsigned_abs() + LONGEST_OVERTIME;
        loop {
            let order = self.load(id).await?;
            let Some(attempt) = order.under_way() else { return Ok(order) };
            // A write to the journal takes no time, unless it fails.
            if told && let Some(answer) = self.answer_in_hand(id) {
                return Err(Refusal::AnswerInHand { answer }.into());
            }
            if patience.is_zero() {
                return Err(busy(attempt).into());
            }
            if !self.cut_off(id).await? {
                if !told {
                    report(Step::WaitingForAnotherDesk);
                    told = true;
                }
                self.world().sleep(pause).await;
                patience = patience.saturating_sub(pause);
                pause = (pause * 3 / 2).min(LOOK_AGAIN_AT_LAST);
            }
        }
    }

    async fn call(
        &self,
        call: Call,
        sending: impl Future<Output = Result<super::Done, Error>> + Send,
        report: &mut (dyn FnMut(Step) + Send),
    ) -> Result<Flow, Error> {
        report(Step::Calling(call));
        let order = sending.await?.order;
        Ok(if order.trouble.is_some() { Flow::Stop(order) } else { Flow::On(order) })
    }

    async fn deliver(
        &self,
        order: &Order,
        plan: &Plan,
        report: &mut (dyn FnMut(Step) + Send),
    ) -> Result<Flow, Error> {
        match plan.method {
            Method::Verbal => self.read_aloud(order, plan, report).await,
            Method::Sms | Method::Email => {
                let sent = order.delivery().filter(|d| {
                    d.method == plan.method && plan.to.as_ref().is_none_or(|to| d.to.as_ref() == Some(to))
                });
                if sent.is_some() {
                    return self.wait_for_acceptance(&order.id, plan, report).await;
                }
                let to = plan
                    .to
                    .clone()
                    .or_else(|| own_contact(order, plan.method))
                    .ok_or(Refusal::NoContact { method: plan.method })?;
                let sending = self.send_as(&order.id, &to, Bound::Shown(order.shown()));
                Box::pin(self.call(Call::SendRcc, sending, report)).await
            }
        }
    }

    /// The person who runs the walk vouches that the text was read and who said yes.
    async fn read_aloud(
        &self,
        order: &Order,
        plan: &Plan,
        report: &mut (dyn FnMut(Step) + Send),
    ) -> Result<Flow, Error> {
        let order = Box::pin(self.as_seen(order, Command::Vouch)).await?;
        report(Step::Read);
        if plan.until <= Until::Delivered {
            return Ok(Flow::On(order));
        }
        let name = plan.accepted_by.clone().unwrap_or(Personal::new(""));
        Box::pin(self.as_seen(&order, Command::AcceptVerbally { name })).await.map(Flow::On)
    }

    /// Does `command` with the order as it was seen.
    async fn as_seen(&self, order: &Order, command: Command) -> Result<Order, Error> {
        let as_seen = Command::AsShown { shown: order.shown(), command: Box::new(command) };
        self.command(&order.id, as_seen).await
    }

    async fn wait_for_acceptance(
        &self,
        id: &OrderId,
        plan: &Plan,
        report: &mut (dyn FnMut(Step) + Send),
    ) -> Result<Flow, Error> {
        report(Step::WaitingForAcceptance);
        let started_at = self.world().now();
        let begun = self.world().steady();
        let mut polling = Polling { pauses: plan.pauses, started_at, checks: 0, next_at: None, timer: 0 };
        loop {
            let done = self.check(id).await?;
            let refused = matches!(done.order.trouble, Some(Trouble::Refused(ref error)) if error.api == Call::GetRccAcceptance);
            if done.order.acceptance.is_some() {
                return Ok(Flow::On(done.order));
            }
            if refused {
                return Ok(Flow::Stop(done.order));
            }
            polling.checks += 1;
            // A wall clock that is set meanwhile neither ends the wait nor makes it last.
            let waited = self.world().steady().since_exactly(&begun).unwrap_or_default();
            let now = started_at.saturating_add(waited).unwrap_or(Timestamp::MAX);
            let asked = done.retry_after.and_then(|d| SignedDuration::try_from(d).ok());
            let Some(pause) = polling.pause(now, asked) else {
                if done.order.trouble.is_some() {
                    return Ok(Flow::Stop(done.order));
                }
                let order = self.command(id, Command::StopChecking { checks: polling.checks }).await?;
                return Err(match order.window().at(self.world().now()) {
                    WindowState::Over(since) => Refusal::WindowOver { since },
                    WindowState::Open(_) | WindowState::Unknown | WindowState::Ahead => Refusal::NotAccepted,
                }
                .into());
            };
            self.world().sleep(pause.unsigned_abs()).await;
        }
    }
}

/// Where the customer's SMS or e-mail goes, if it is known.
pub fn own_contact(order: &Order, method: Method) -> Option<Contact> {
    match method {
        Method::Verbal => None,
        Method::Sms => order.customer.phone.clone().map(Contact::Sms),
        Method::Email => order.customer.email.clone().map(Contact::Email),
    }
}

fn reached(order: &Order, plan: &Plan) -> bool {
    let retrieved = order.retrieval.is_some() && !order.rcc_blocked;
    let read = order.reading.as_ref().is_some_and(|r| r.left() == 0);
    let accepted = order.acceptance.is_some();
    let completed = order.completion.is_some();
    match plan.until {
        Until::Retrieved => retrieved || completed,
        Until::Delivered => {
            completed
                || accepted
                || (retrieved
                    && if plan.method == Method::Verbal {
                        read
                    } else {
                        order.delivery().is_some_and(|d| d.method == plan.method)
                    })
        }
        Until::Accepted => completed || (accepted && retrieved),
        Until::Completed => completed,
    }
}
