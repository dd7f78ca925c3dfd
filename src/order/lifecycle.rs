//! What may happen to an order: [`decide`] turns a command into events, or says why not.
//!
//! The guards of Complete, in the order in which they speak: not ended, not in doubt, not busy, not refused for good,
//! held or to be corrected first, a text there and not blocked, its acceptance, the window.

use super::again::guard_again;
use super::aloud;
use super::command::{Amendment, Command, Sender};
use super::doubt::{Moment, may_probe, quiet_left};
use super::event::{AmendedPersonal, DetailsPersonal, Event, Outcome, RccPersonal, StartedPersonal};
use super::guard::{
    Decision, busy, guard_final_refusal, guard_mended, guard_open, guard_resting, guard_send, guard_text,
};
use super::hands;
use super::mask::mask_text;
use super::model::{Attempt, AttemptOutcome, Order, Retrieval};
use super::reading::Timing;
use super::refusal::Refusal;
use super::shown::guard_shown;
use super::state::State;
use super::verdict;
use super::{
    Call, CallError, Contact, Failure, Meaning, Method, Rcc, Reopens, Timestamp, Uptime, WindowState,
};
use jiff::SignedDuration;

/// As [`decide_timed`], by the wall clock alone and at the usual speed of reading.
pub fn decide(order: &Order, command: Command, now: Timestamp) -> Decision {
    decide_timed(order, command, &Timing::by_clock(now))
}

/// The events that `command` leads to, or why it may not be.
pub fn decide_timed(order: &Order, command: Command, timing: &Timing) -> Decision {
    let now = timing.now;
    match command {
        Command::BeginRetrieve { sender } => {
            guard_send(order, now)?;
            guard_final_refusal(order)?;
            guard_mended(order, Call::RetrieveRcc)?;
            Ok(vec![start(order, Call::RetrieveRcc, None, None, sender)])
        }
        Command::BeginSend { to, sender } => begin_send(order, to, sender, now),
        Command::BeginComplete { sender, room } => begin_complete(order, sender, room, now),
        Command::BeginProbe { sender, quiet } => begin_probe(order, sender, quiet, now),
        Command::Retry { again, begin } => {
            guard_again(order, again, begin.begins().map(|(_, sender)| sender), now)?;
            decide_timed(order, *begin, timing)
        }
        Command::AsShown { shown, command } => {
            guard_shown(order, shown, &command)?;
            decide_timed(order, *command, timing)
        }
        Command::Resolve { statement, quiet, uptime } => {
            guard_quiet(order, &Moment { now, uptime, quiet })?;
            verdict::by_one(statement)
        }
        Command::ResolveByTwo { statement, by, quiet, uptime } => {
            guard_quiet(order, &Moment { now, uptime, quiet })?;
            verdict::by_two(order, statement, &by)
        }
        Command::End { attempt, outcome, uptime } => end(order, attempt, outcome, uptime),
        Command::Checked { outcome } => checked(order, outcome),
        Command::StopChecking { checks } => Ok(vec![Event::AcceptancePending { checks, answered: false }]),
        Command::CutOff { attempt, uptime } => cut_off(order, attempt, false, uptime),
        Command::HoldBack { attempt, uptime } => cut_off(order, attempt, true, uptime),
        Command::Read => aloud::read(order, timing),
        Command::SectionRead { section, millis } => aloud::section_read(order, section, millis, timing),
        Command::Interrupt => aloud::interrupt(order),
        Command::ReadAgain => aloud::read_again(order, timing),
        Command::Vouch => aloud::vouch(order, timing),
        Command::AcceptVerbally { name } => aloud::accept_verbally(order, name, timing),
        Command::Decline => decline(order),
        Command::Amend(amendment) => amend(order, amendment),
        Command::Release { reason } => release(order, reason),
        Command::TakeOver { by } => hands::take_over(order, &by),
        Command::Assign { to } => hands::assign(order, &to),
        Command::Note { text } => hands::note(order, &text),
        Command::Abandon { reason } => {
            guard_resting(order)?;
            Ok(vec![Event::Abandoned { reason: mask_text(reason, order) }])
        }
        Command::Erase { reason } => erase(order, reason),
    }
}

fn start(order: &Order, call: Call, method: Option<Method>, to: Option<Contact>, sender: Sender) -> Event {
    let attempt = order.attempts.iter().map(|a| a.number).max().unwrap_or(0) + 1;
    let personal = Some(StartedPersonal { to, request: sender.request });
    Event::CallStarted { attempt, call, method, owner: sender.owner, probe: false, personal }
}

fn begin_send(order: &Order, to: Contact, sender: Sender, now: Timestamp) -> Decision {
    guard_send(order, now)?;
    guard_final_refusal(order)?;
    guard_mended(order, Call::SendRcc)?;
    guard_text(order)?;
    Ok(vec![start(order, Call::SendRcc, Some(to.method()), Some(to), sender)])
}

fn begin_complete(order: &Order, sender: Sender, room: SignedDuration, now: Timestamp) -> Decision {
    guard_open(order)?;
    guard_final_refusal(order)?;
    guard_mended(order, Call::CompleteOrder)?;
    let sha256 = guard_text(order)?;
    let acceptance = order.acceptance.as_ref().ok_or(Refusal::NotAccepted)?;
    if acceptance.sha256 != sha256 {
        return Err(Refusal::AcceptedEarlierText);
    }
    match order.window().at(now) {
        WindowState::Over(since) => Err(Refusal::WindowOver { since }),
        WindowState::Open(left) if left < room => Err(Refusal::WindowTooShort { left, room }),
        WindowState::Open(_) | WindowState::Unknown | WindowState::Ahead => {
            Ok(vec![start(order, Call::CompleteOrder, Some(acceptance.method), None, sender)])
        }
    }
}

/// In doubt, nothing under way, and the quiet period is over.
fn guard_quiet(order: &Order, moment: &Moment) -> Result<(), Refusal> {
    match guard_resting(order) {
        Err(Refusal::InDoubt) => {}
        Err(refusal) => return Err(refusal),
        Ok(()) => return Err(Refusal::NotInDoubt),
    }
    if let Some(attempt) = order.under_way() {
        return Err(busy(attempt));
    }
    let left = quiet_left(order, moment);
    if left.is_zero() { Ok(()) } else { Err(Refusal::TooEarly { left }) }
}

/// The very same request as the one in doubt, or none: other content would not tell what became of that one.
fn begin_probe(order: &Order, sender: Sender, quiet: SignedDuration, now: Timestamp) -> Decision {
    guard_quiet(order, &Moment { now, uptime: sender.uptime.clone(), quiet })?;
    if order.doubts().any(|attempt| attempt.request != Some(sender.request)) {
        return Err(Refusal::OtherRequest);
    }
    if !may_probe(order) {
        return Err(Refusal::OtherText);
    }
    let method = order.doubt().and_then(|attempt| attempt.method);
    let mut event = start(order, Call::CompleteOrder, method, None, sender);
    if let Event::CallStarted { probe, .. } = &mut event {
        *probe = true;
    }
    Ok(vec![event])
}

/// The attempt of ours that 2130 speaks of, when `attempt` got it: another one with the same content, whose request
/// went out and whose outcome is not known. Without one, somebody else has submitted the order.
fn submitted_by(order: &Order, attempt: &Attempt, error: &CallError) -> Option<u32> {
    let already = error.meaning() == Some(Meaning::AlreadySubmitted);
    let ours = |a: &&Attempt| a.number != attempt.number && a.in_doubt() && a.request == attempt.request;
    order.attempts.iter().find(ours).filter(|_| already && attempt.request.is_some()).map(|a| a.number)
}

/// What an ended call means. An outcome may come late, after another process has called the attempt cut off: it is
/// still the better evidence.
fn end(order: &Order, number: u32, outcome: Outcome, uptime: Option<Uptime>) -> Decision {
    let wanted = "end a call that is not in progress";
    let not_now = || Refusal::NotNow { state: order.standing(), wanted };
    let attempt = order.attempts.iter().find(|a| a.number == number).ok_or_else(not_now)?;
    match &attempt.outcome {
        None | Some(AttemptOutcome::CutOff | AttemptOutcome::HeldBack) => {}
        Some(AttemptOutcome::Answered | AttemptOutcome::Refused(_) | AttemptOutcome::Failed(_)) => {
            return Err(not_now());
        }
    }
    let call = attempt.call;
    let event = match (call, outcome) {
        (_, Outcome::Refused(error)) => match submitted_by(order, attempt, &error) {
            Some(earlier) => Event::CompletionInferred { attempt: number, earlier, error },
            None => Event::CallRefused { attempt: Some(number), error },
        },
        (_, Outcome::Failed(failure)) => Event::CallFailed { attempt: Some(number), call, failure, uptime },
        (Call::RetrieveRcc, Outcome::Rcc { rcc, tx_id }) => Event::RccRetrieved {
            attempt: number,
            sha256: rcc.sha256(),
            sections: rcc.sections.len(),
            words: rcc.words(),
            changed: changes(order, &rcc),
            tx_id,
            personal: Some(RccPersonal { rcc }),
        },
        (Call::SendRcc, Outcome::Sent { sent_at, tx_id }) => {
            let method = attempt.method.unwrap_or(Method::Sms);
            Event::RccSent { attempt: number, method, sha256: guard_text(order)?, sent_at, tx_id }
        }
        (Call::CompleteOrder, Outcome::Completed { order_number, order_status, tx_id, details }) => {
            let personal = details.map(|details| DetailsPersonal { details });
            Event::Completed { attempt: number, order_number, order_status, tx_id, personal }
        }
        (
            _,
            Outcome::Rcc { .. }
            | Outcome::Sent { .. }
            | Outcome::NotAccepted
            | Outcome::Accepted { .. }
            | Outcome::Completed { .. },
        ) => {
            let failure = Failure::Unknown(format!("the reply is not one to {call}"));
            Event::CallFailed { attempt: Some(number), call, failure, uptime }
        }
    };
    Ok(vec![event])
}

/// True when `new` is another text than the one that counts now.
fn changes(order: &Order, new: &Rcc) -> bool {
    match &order.retrieval {
        None => false,
        Some(Retrieval { text: Some(old), .. }) => !old.reads_like(new),
        Some(Retrieval { text: None, sha256, .. }) => *sha256 != new.sha256(),
    }
}

/// A yes counts when it is to the text that counts: not when Px's own clock says that it was given before that text was first
/// sent. Once an earlier text was sent, too, a yes without a time could be to that one; and where Px gives no time of the
/// sending, or that of an earlier one again, the time by our own clock stands in for it.
fn is_of_present_text(order: &Order, accepted_at: Option<Timestamp>) -> Result<(), Refusal> {
    let Some(first) = order.deliveries.iter().find(|d| d.counts) else { return Ok(()) };
    let earlier = || order.deliveries.iter().filter(|d| d.sha256 != first.sha256);
    let sent = first.sent_at.filter(|sent| earlier().filter_map(|d| d.sent_at).all(|before| before < *sent));
    let (is_later, is_known) = match (accepted_at, sent) {
        // To the second: a server may give the one time with its fraction and the other without.
        (Some(accepted), Some(sent)) => (accepted.as_second() >= sent.as_second(), true),
        (Some(accepted), None) => (accepted > first.at, false),
        (None, _) => (false, false),
    };
    let is_only_text = earlier().next().is_none();
    match (is_later, is_known) {
        (true, _) => Ok(()),
        (false, true) if is_only_text && is_about_then(accepted_at, sent) => Ok(()),
        // Sent by this journal: another program may have sent one before.
        (false, true) if is_only_text => Err(Refusal::MayBeOfEarlierText),
        (false, true) => Err(Refusal::AcceptedEarlierText),
        (false, false) if is_only_text => Ok(()),
        (false, false) => Err(Refusal::MayBeOfEarlierText),
    }
}

fn is_about_then(accepted: Option<Timestamp>, sent: Option<Timestamp>) -> bool {
    accepted.zip(sent).is_some_and(|(accepted, sent)| sent.duration_since(accepted) <= CLOCKS_OF_PX)
}

/// How far two clocks of Px may differ: the one that says when a text was sent, and the one that says when it was accepted.
const CLOCKS_OF_PX: SignedDuration = SignedDuration::from_mins(5);

/// What a check for acceptance means.
fn checked(order: &Order, outcome: Outcome) -> Decision {
    guard_open(order)?;
    let delivery = order.delivery().ok_or(Refusal::NothingSent)?;
    let call = Call::GetRccAcceptance;
    match outcome {
        // Not worth an event, unless the last check failed: that has gone right since.
        Outcome::NotAccepted if order.trouble.as_ref().is_some_and(|trouble| trouble.call() == call) => {
            Ok(vec![Event::AcceptancePending { checks: order.checks.saturating_add(1), answered: true }])
        }
        Outcome::NotAccepted => Ok(Vec::new()),
        Outcome::Accepted { method, accepted_at, tx_id } => {
            is_of_present_text(order, accepted_at)?;
            let method = method.unwrap_or(delivery.method);
            Ok(vec![Event::AcceptanceReceived { method, sha256: delivery.sha256, accepted_at, tx_id }])
        }
        Outcome::Refused(error) => Ok(vec![Event::CallRefused { attempt: None, error }]),
        Outcome::Failed(failure) => {
            Ok(vec![Event::CallFailed { attempt: None, call, failure, uptime: None }])
        }
        Outcome::Rcc { .. } | Outcome::Sent { .. } | Outcome::Completed { .. } => {
            let failure = Failure::Unknown(format!("the reply is not one to {call}"));
            Ok(vec![Event::CallFailed { attempt: None, call, failure, uptime: None }])
        }
    }
}

fn cut_off(order: &Order, attempt: u32, held_back: bool, uptime: Option<Uptime>) -> Decision {
    match order.under_way() {
        Some(open) if open.number == attempt => Ok(vec![Event::CallCutOff { attempt, held_back, uptime }]),
        Some(_) | None => {
            Err(Refusal::NotNow { state: order.standing(), wanted: "call an ended attempt cut off" })
        }
    }
}

fn decline(order: &Order) -> Decision {
    guard_open(order)?;
    guard_text(order)?;
    Ok(vec![Event::Declined { method: order.method }])
}

fn amend(order: &Order, amendment: Amendment) -> Decision {
    guard_open(order)?;
    guard_final_refusal(order)?;
    if amendment.is_empty() {
        return Err(Refusal::NothingToAmend);
    }
    let refused = Call::ALL.iter().find_map(|call| order.to_mend(*call));
    if let Some(error) = refused.filter(|error| !amendment.corrects(order, &error.remedy().field)) {
        return Err(Refusal::Futile(Box::new(error.clone())));
    }
    let Amendment { sales_code, partner_id, address_detail_id, payment_token, gift_cards } = amendment;
    Ok(vec![Event::Amended {
        sales_code,
        partner_id,
        address_detail_id,
        payment_token: payment_token.is_some(),
        gift_cards: gift_cards.is_some(),
        personal: Some(AmendedPersonal { payment_token, gift_cards }),
    }])
}

fn release(order: &Order, reason: String) -> Decision {
    let reason = mask_text(reason, order);
    if order.is_placed_again() {
        return Ok(vec![Event::Released { reason }]);
    }
    guard_open(order)?;
    let held = order.refusal().is_some_and(|error| error.remedy().reopens == Reopens::Release);
    if held { Ok(vec![Event::Released { reason }]) } else { Err(Refusal::NotHeld) }
}

/// Erasing is refused only where the data may still be needed to find out what happened.
fn erase(order: &Order, reason: String) -> Decision {
    if order.doubt().is_some() {
        return Err(Refusal::InDoubt);
    }
    if let Some(attempt) = order.under_way() {
        return Err(busy(attempt));
    }
    // The last moment at which it is known what must not stand in it.
    let reason = mask_text(reason, order);
    if order.erased { Err(Refusal::Erased) } else { Ok(vec![Event::Erased { reason }]) }
}

/// True when the four steps could be walked from here without a person's decision in between: used by the command line.
pub fn can_go_on(order: &Order, now: Timestamp) -> Result<(), Refusal> {
    guard_send(order, now)?;
    guard_final_refusal(order)?;
    match order.standing() {
        State::Completing | State::InDoubt | State::Completed | State::Expired | State::Abandoned => {
            Err(Refusal::NotNow { state: order.standing(), wanted: "go on" })
        }
        State::Opened
        | State::RccRetrieved
        | State::RccBlocked
        | State::Reading
        | State::Sent
        | State::Accepted
        | State::Refused => match order.progress() {
            State::Opened | State::RccBlocked => guard_mended(order, Call::RetrieveRcc),
            State::Accepted => guard_mended(order, Call::CompleteOrder),
            // How the text is delivered is chosen first.
            State::RccRetrieved
            | State::Reading
            | State::Sent
            | State::Completing
            | State::InDoubt
            | State::Completed
            | State::Expired
            | State::Refused
            | State::Abandoned => Ok(()),
        },
    }
}
