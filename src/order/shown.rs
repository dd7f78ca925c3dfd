//! An order as a person saw it when they said yes, pure: whether it is still that one.

use super::{Command, Order, Refusal};
use crate::kind::Reached;

/// An order at the moment at which it was shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shown {
    /// Of its last event.
    pub seq: u64,
    /// How many calls had been sent for it.
    pub attempts: usize,
}

impl Order {
    /// True while the text that counts was retrieved with another sales code, partner or address than the order has now: Px may
    /// have another one for these (A).
    pub fn has_text_of_before(&self) -> bool {
        self.retrieval.as_ref().is_some_and(|text| text.of != self.identity)
    }

    /// What a person is shown of it now, to be held to when they say yes.
    pub fn shown(&self) -> Shown {
        Shown { seq: self.seq, attempts: self.attempts.len() }
    }
}

/// Nothing, when `order` is as it was shown, but for a first attempt at the call of `command` that the gateway turned away.
pub(super) fn guard_shown(order: &Order, shown: Shown, command: &Command) -> Result<(), Refusal> {
    if order.shown() == shown || is_second_of(order, shown, command).unwrap_or(false) {
        Ok(())
    } else {
        Err(Refusal::ChangedSinceShown)
    }
}

/// After a token that was refused the same process tries once more. Its first attempt is a beginning and an end in the
/// history, and nothing else may stand there.
fn is_second_of(order: &Order, shown: Shown, command: &Command) -> Option<bool> {
    let (call, sender) = command.begins()?;
    let first = order.attempts.get(shown.attempts)?;
    let ours = first.call == call && first.owner == sender.owner;
    let turned_away = first.outcome.as_ref()?.reached() == Reached::No;
    let alone = order.shown() == Shown { seq: shown.seq + 2, attempts: shown.attempts + 1 };
    Some(ours && turned_away && alone)
}
