//! In whose hands an order is: who has it, who works on it, and what it takes to take it over.

use super::event::{Event, NotePersonal};
use super::guard::Decision;
use super::model::Order;
use super::refusal::Refusal;
use super::worker::Worker;
use super::{Personal, Timestamp};

/// A note is at most so long, in characters.
pub const LONGEST_NOTE: usize = 500;

/// An agent's name is at most so long, in characters.
const LONGEST_NAME: usize = 100;

/// What it takes for a person to begin, or to go on, with an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Claim {
    /// Nothing: it is theirs, or nobody works on it.
    Free,
    /// It is somebody else's who has not done anything for a while, or not begun: it is taken over, and the history says so.
    Resting,
    /// Somebody else works on it now: only a deliberate taking over will do.
    WorkedOn(Worker),
}

impl Order {
    /// Whom the order is assigned to: who added it, until it was assigned or taken over.
    pub fn is_in_hand_of(&self, name: &str) -> bool {
        self.holder == name || self.worker.as_ref().is_some_and(|worker| worker.name == name)
    }

    /// What it takes for `by` to work on it at `now`. `is_alive`: whether the process of that name lives.
    pub fn claim(&self, by: &str, now: Timestamp, is_alive: impl Fn(&str) -> bool) -> Claim {
        let Some(worker) = self.worker.as_ref().filter(|worker| worker.name != by) else {
            let is_anothers = self.waits_for_holder && self.holder != by;
            return if is_anothers { Claim::Resting } else { Claim::Free };
        };
        let calling = self.under_way().is_some_and(|attempt| attempt.by != by && is_alive(&attempt.owner));
        if calling || worker.is_at_it(now) { Claim::WorkedOn(worker.clone()) } else { Claim::Resting }
    }

    /// Keeps up with who works on it. The first who does something has it; then only a taking over or an assignment
    /// changes that. To be given an order is not yet to work on it.
    pub(super) fn note_hands(&mut self, event: &Event, by: &str, at: Timestamp) {
        let is_by = |name: &str| Worker { name: name.to_owned(), at };
        match event {
            Event::TakenOver { .. } => {
                by.clone_into(&mut self.holder);
                (self.worker, self.waits_for_holder) = (Some(is_by(by)), false);
                self.last_worker = Some(is_by(by));
            }
            Event::Assigned { to } => {
                self.holder.clone_from(to);
                self.worker = self.worker.take().filter(|worker| worker.name == *to);
                self.waits_for_holder = self.worker.is_none();
            }
            Event::CallStarted { .. }
            | Event::Amended { .. }
            | Event::ReadingStarted { .. }
            | Event::SectionRead { .. }
            | Event::ReadingVouched { .. }
            | Event::ReadingInterrupted { .. }
            | Event::AcceptedVerbally { .. }
            | Event::Declined { .. } => {
                self.last_worker = Some(is_by(by));
                if self.worker.as_ref().is_none_or(|worker| worker.name == by) {
                    (self.worker, self.waits_for_holder) = (Some(is_by(by)), false);
                }
            }
            Event::Opened { .. }
            | Event::RccRetrieved { .. }
            | Event::RccSent { .. }
            | Event::AcceptancePending { .. }
            | Event::AcceptanceReceived { .. }
            | Event::Completed { .. }
            | Event::CompletionInferred { .. }
            | Event::VerdictProposed { .. }
            | Event::Resolved { .. }
            | Event::CallRefused { .. }
            | Event::CallFailed { .. }
            | Event::CallCutOff { .. }
            | Event::Released { .. }
            | Event::Noted { .. }
            | Event::Abandoned { .. }
            | Event::Erased { .. } => {}
        }
    }
}

/// `by` takes the order over from whoever works on it; nothing happens when that is nobody else.
pub(super) fn take_over(order: &Order, by: &str) -> Decision {
    guard_not_ended(order)?;
    let given = order.waits_for_holder.then_some(&order.holder);
    match order.worker.as_ref().map(|worker| &worker.name).or(given).filter(|name| *name != by) {
        Some(name) => Ok(vec![Event::TakenOver { from: name.clone() }]),
        None => Ok(Vec::new()),
    }
}

/// The order is given to an agent.
pub(super) fn assign(order: &Order, to: &str) -> Decision {
    guard_not_ended(order)?;
    Ok(vec![Event::Assigned { to: agent_name(to)? }])
}

/// The name of an agent, as it was typed.
///
/// # Errors
/// What cannot be one.
pub fn agent_name(text: &str) -> Result<String, Refusal> {
    let name = text.trim();
    let fits = !name.is_empty() && name.chars().count() <= LONGEST_NAME;
    if fits && !name.chars().any(super::is_invisible) {
        Ok(name.to_owned())
    } else {
        Err(Refusal::NoSuchAgent)
    }
}

/// Something is written down.
pub(super) fn note(order: &Order, text: &Personal) -> Decision {
    if order.erased {
        return Err(Refusal::Erased);
    }
    Ok(vec![Event::Noted { personal: Some(NotePersonal { text: note_text(text.expose())? }) }])
}

/// The text of a note, as it was typed: whoever shows it makes visible what cannot be seen.
///
/// # Errors
/// A note that is empty or too long.
pub fn note_text(text: &str) -> Result<Personal, Refusal> {
    let text = text.trim();
    match text.chars().count() {
        0 => Err(Refusal::EmptyNote),
        chars if chars > LONGEST_NOTE => Err(Refusal::NoteTooLong { chars }),
        _ => Ok(Personal::new(text)),
    }
}

fn guard_not_ended(order: &Order) -> Result<(), Refusal> {
    if let Some(completion) = &order.completion {
        return Err(Refusal::Completed { order_number: completion.order_number.clone() });
    }
    match &order.abandoned {
        Some(reason) => Err(Refusal::Abandoned { reason: reason.clone() }),
        None => Ok(()),
    }
}
