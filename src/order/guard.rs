//! What speaks against a command, whichever it is.

use super::event::Event;
use super::model::{Attempt, AttemptOutcome, Order};
use super::refusal::Refusal;
use super::{Call, CallError, Digest, Reopens, Timestamp, WindowState};

/// What a command leads to.
pub(super) type Decision = Result<Vec<Event>, Refusal>;

/// Not ended, not in doubt, nothing under way.
pub(super) fn guard_open(order: &Order) -> Result<(), Refusal> {
    guard_resting(order)?;
    if order.erased { Err(Refusal::Erased) } else { Ok(()) }
}

/// As [`guard_open`], for an order whose personal data may be gone.
pub(super) fn guard_resting(order: &Order) -> Result<(), Refusal> {
    if let Some(completion) = &order.completion {
        return Err(Refusal::Completed { order_number: completion.order_number.clone() });
    }
    if let Some(reason) = &order.abandoned {
        return Err(Refusal::Abandoned { reason: reason.clone() });
    }
    if order.doubt().is_some() {
        return Err(Refusal::InDoubt);
    }
    match order.under_way() {
        Some(attempt) => Err(busy(attempt)),
        None => Ok(()),
    }
}

/// As [`guard_open`], and the window is not over: nothing is worth sending, reading or saying after it.
pub(super) fn guard_send(order: &Order, now: Timestamp) -> Result<(), Refusal> {
    guard_open(order)?;
    match order.window().at(now) {
        WindowState::Over(since) => Err(Refusal::WindowOver { since }),
        WindowState::Open(_) | WindowState::Unknown | WindowState::Ahead => Ok(()),
    }
}

/// Px has not said no for good.
pub(super) fn guard_final_refusal(order: &Order) -> Result<(), Refusal> {
    match order.refusal() {
        Some(error) => match error.remedy().reopens {
            Reopens::Never => Err(Refusal::Futile(Box::new(error.clone()))),
            Reopens::Release => Err(Refusal::Held(Box::new(error.clone()))),
            Reopens::Anytime | Reopens::Mend | Reopens::Accept => Ok(()),
        },
        None => Ok(()),
    }
}

impl Order {
    /// What Px refused of `call` until something is corrected, when nothing was since: the same again would only bring the
    /// same. Whatever else was done in between corrects nothing, and neither does another refusal, of a probe for instance.
    pub fn to_mend(&self, call: Call) -> Option<&CallError> {
        let since = self.attempts.iter().rev().filter(|a| a.call == call && a.number > self.corrected_after);
        let outcomes = since.filter_map(|attempt| attempt.outcome.as_ref());
        let unanswered = outcomes.take_while(|outcome| !matches!(outcome, AttemptOutcome::Answered));
        let mut refusals = unanswered.filter_map(|outcome| match outcome {
            AttemptOutcome::Refused(error) => Some(error),
            AttemptOutcome::Answered
            | AttemptOutcome::Failed(_)
            | AttemptOutcome::CutOff
            | AttemptOutcome::HeldBack => None,
        });
        refusals.find(|error| error.remedy().reopens == Reopens::Mend)
    }
}

/// Px has not refused `call` for something that still stands as it was.
pub(super) fn guard_mended(order: &Order, call: Call) -> Result<(), Refusal> {
    match order.to_mend(call) {
        Some(error) => Err(Refusal::Futile(Box::new(error.clone()))),
        None => Ok(()),
    }
}

pub(super) fn guard_text(order: &Order) -> Result<Digest, Refusal> {
    if order.rcc_blocked {
        return Err(Refusal::RccBlocked);
    }
    order.retrieval.as_ref().map(|r| r.sha256).ok_or(Refusal::NoRcc)
}

pub(super) fn text_to_read(order: &Order, now: Timestamp) -> Result<Digest, Refusal> {
    guard_send(order, now)?;
    guard_final_refusal(order)?;
    guard_text(order)
}

/// A call is under way: whoever sent it is at work, in whosever hands the order is.
pub fn busy(attempt: &Attempt) -> Refusal {
    Refusal::Busy { owner: attempt.owner.clone(), worker: Some(attempt.by.clone()) }
}
