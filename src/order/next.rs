//! What may be done next, so that no screen and no script has to guess.

use super::doubt::{Moment, may_probe, quiet_left};
use super::model::Order;
use super::state::State;
use super::{Call, Method, Reopens};
use jiff::SignedDuration;

/// One thing that may be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    Retrieve,
    Read,
    AcceptVerbally,
    SendSms,
    SendEmail,
    CheckAcceptance,
    Complete,
    Amend,
    Release,
    Wait,
    Probe,
    Resolve,
    Abandon,
    Erase,
}

impl Next {
    /// The name in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Retrieve => "retrieve",
            Self::Read => "read",
            Self::AcceptVerbally => "accept_verbally",
            Self::SendSms => "send_sms",
            Self::SendEmail => "send_email",
            Self::CheckAcceptance => "check_acceptance",
            Self::Complete => "complete",
            Self::Amend => "amend",
            Self::Release => "release",
            Self::Wait => "wait",
            Self::Probe => "probe",
            Self::Resolve => "resolve",
            Self::Abandon => "abandon",
            Self::Erase => "erase",
        }
    }

    /// The call that it makes, of those that are refused once and not again the same.
    fn call(self) -> Option<Call> {
        match self {
            Self::Retrieve => Some(Call::RetrieveRcc),
            Self::SendSms | Self::SendEmail => Some(Call::SendRcc),
            Self::Complete => Some(Call::CompleteOrder),
            Self::Read
            | Self::AcceptVerbally
            | Self::CheckAcceptance
            | Self::Amend
            | Self::Release
            | Self::Wait
            | Self::Probe
            | Self::Resolve
            | Self::Abandon
            | Self::Erase => None,
        }
    }
}

/// What may be done with `order`, the best first.
pub fn next_steps(order: &Order, moment: &Moment) -> Vec<Next> {
    let mut next = Vec::new();
    match order.state(moment.now) {
        State::Completed | State::Abandoned => {
            next.extend(order.is_placed_again().then_some(Next::Release));
            next.extend((!order.erased).then_some(Next::Erase));
            return next;
        }
        State::InDoubt if order.under_way().is_some() => return vec![Next::Wait],
        State::InDoubt if quiet_left(order, moment).is_zero() => {
            return if may_probe(order) { vec![Next::Probe, Next::Resolve] } else { vec![Next::Resolve] };
        }
        State::InDoubt | State::Completing => return vec![Next::Wait],
        State::Expired => {}
        State::Opened
        | State::RccRetrieved
        | State::RccBlocked
        | State::Reading
        | State::Sent
        | State::Accepted
        | State::Refused
            if order.under_way().is_some() =>
        {
            return vec![Next::Wait];
        }
        State::Opened
        | State::RccRetrieved
        | State::RccBlocked
        | State::Reading
        | State::Sent
        | State::Accepted
        | State::Refused => {
            if !order.erased {
                steps(order, &mut next);
            }
        }
    }
    next.push(Next::Abandon);
    if !order.erased {
        next.push(Next::Erase);
    }
    next
}

/// The same as this machine would do it: a Complete that may last for `room` is none where the window closes before that.
pub fn next_steps_within(order: &Order, moment: &Moment, room: SignedDuration) -> Vec<Next> {
    let mut next = next_steps(order, moment);
    if !order.window().has_room(moment.now, room) {
        next.retain(|step| *step != Next::Complete);
    }
    next
}

fn steps(order: &Order, next: &mut Vec<Next>) {
    match order.refusal().map(|error| error.remedy().reopens) {
        Some(Reopens::Never) => return,
        Some(Reopens::Release) => {
            next.push(Next::Release);
            return;
        }
        Some(Reopens::Mend) => next.push(Next::Amend),
        Some(Reopens::Anytime | Reopens::Accept) | None => {}
    }
    let deliver = [Next::Read, Next::SendSms, Next::SendEmail];
    match order.progress() {
        State::Opened | State::RccBlocked => next.push(Next::Retrieve),
        State::Reading => {
            next.push(if order.reading.as_ref().is_some_and(|r| r.left() == 0) {
                Next::AcceptVerbally
            } else {
                Next::Read
            });
            // What was sent before still counts: the customer may accept it instead.
            next.extend(order.delivery().map(|_| Next::CheckAcceptance));
            next.extend([Next::SendSms, Next::SendEmail, Next::Retrieve]);
        }
        State::Sent => {
            next.push(Next::CheckAcceptance);
            let same = if order.method == Some(Method::Email) {
                [Next::SendEmail, Next::SendSms]
            } else {
                [Next::SendSms, Next::SendEmail]
            };
            next.extend(same);
            next.extend([Next::Read, Next::Retrieve]);
        }
        State::Accepted => next.push(Next::Complete),
        // `progress` knows only the five above; the rest cannot come and would mean: choose how to deliver.
        State::RccRetrieved
        | State::Completing
        | State::InDoubt
        | State::Completed
        | State::Expired
        | State::Refused
        | State::Abandoned => {
            next.extend(deliver);
            // Px may hold another text by now: what is accepted next has to be that one.
            let first = if is_to_be_retrieved(order) { 0 } else { next.len() };
            next.insert(first, Next::Retrieve);
        }
    }
    if !next.contains(&Next::Amend) {
        next.push(Next::Amend);
    }
    next.retain(|step| step.call().is_none_or(|call| order.to_mend(call).is_none()));
}

/// True while Px holds no acceptance of ours, and the text was not retrieved again since it said so.
pub fn is_to_be_retrieved(order: &Order) -> bool {
    let refused = order.refusal().map(|error| error.remedy().reopens);
    refused == Some(Reopens::Accept) && order.progress() == State::RccRetrieved
}
