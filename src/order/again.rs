//! A retry, pure: of what it is one, and whether that is still what failed last.

use super::guard::guard_send;
use super::{Brief, Call, Order, Refusal, Reopens, Sender, Timestamp, Trouble};
use crate::kind::Reached;

/// What a retry is one of: the call that failed last, when so many attempts had been made for the order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Again {
    pub call: Call,
    pub attempts: usize,
}

/// What a retry of `order` at `now` would send again, or why nothing.
///
/// # Errors
/// Why it is not safe, or would be of no use.
pub fn retryable(order: &Order, now: Timestamp) -> Result<Again, Refusal> {
    guard_send(order, now)?;
    match &order.trouble {
        None => Err(Refusal::NothingFailed),
        Some(trouble) if trouble.is_retryable() => {
            Ok(Again { call: trouble.call(), attempts: order.attempts.len() })
        }
        Some(Trouble::Refused(error)) if error.remedy().reopens == Reopens::Release => {
            Err(Refusal::Held(Box::new(error.clone())))
        }
        Some(Trouble::Refused(error)) => Err(Refusal::Futile(Box::new(error.clone()))),
        Some(trouble @ (Trouble::Failed { .. } | Trouble::CutOff { .. } | Trouble::PlacedAgain)) => {
            Err(Refusal::NotByItself { stall: Brief::of(trouble).stall() })
        }
    }
}

/// Nothing, when the call of `again` is still what failed last, and only `sender`, who begins it, has tried since.
pub(super) fn guard_again(
    order: &Order,
    again: Again,
    sender: Option<&Sender>,
    now: Timestamp,
) -> Result<(), Refusal> {
    if retryable(order, now)?.call != again.call {
        return Err(Refusal::MovedOn);
    }
    // After a token that was refused the same process tries once more.
    let owner = sender.map(|sender| sender.owner.as_str());
    let mut since = order.attempts.iter().skip(again.attempts);
    let ours = since.all(|attempt| {
        Some(attempt.owner.as_str()) == owner
            && attempt.outcome.as_ref().is_some_and(|outcome| outcome.reached() == Reached::No)
    });
    if ours { Ok(()) } else { Err(Refusal::MovedOn) }
}
