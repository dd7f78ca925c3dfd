//! What may be done for an order without a person: asking whether the customer has accepted, and retrying what is safe to
//! repeat by itself. Never a Complete, and never anything about a doubt.

use super::{Brief, Call, Class, State, Summary, Timestamp, WINDOW_LENGTH};
use crate::kind::Reached;
use jiff::SignedDuration;

/// Something that a worker does for an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Errand {
    /// Ask whether the customer has accepted what an agent sent.
    Check,
    /// Send this call again.
    Retry(Call),
}

/// What may be done for `row` at `now`, if anything.
pub fn errand(row: &Summary, now: Timestamp) -> Option<Errand> {
    let old = now.duration_since(row.updated_at) > WINDOW_LENGTH;
    if old || row.owner.is_some() {
        return None;
    }
    match (row.state(now), &row.trouble) {
        (State::Sent, None) => Some(Errand::Check),
        (
            State::Opened | State::RccRetrieved | State::RccBlocked | State::Reading | State::Sent,
            Some(trouble),
        ) => trouble.is_repeated_by_itself().then_some(Errand::Retry(trouble.call)),
        (
            State::Opened
            | State::RccRetrieved
            | State::RccBlocked
            | State::Reading
            | State::Accepted
            | State::Completing
            | State::InDoubt
            | State::Completed
            | State::Expired
            | State::Refused
            | State::Abandoned,
            _,
        ) => None,
    }
}

impl Brief {
    /// Whether the call that failed may be sent again without a person, and is not Complete.
    fn is_repeated_by_itself(&self) -> bool {
        let reached = match self.class {
            Class::Refused | Class::PlacedAgain => Reached::Answered,
            Class::NotSent | Class::Credentials => Reached::No,
            Class::Unknown | Class::CutOff => Reached::Unknown,
        };
        self.call != Call::CompleteOrder && self.is_retryable() && self.call.repeat().by_itself(reached)
    }
}

/// How long apart errands for one order are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backoff {
    pub first: SignedDuration,
    pub longest: SignedDuration,
}

impl Backoff {
    /// The pause after so many errands in vain: doubled each time, up to the longest, and up to a quarter more or less by
    /// chance, so that many orders do not all come at once.
    pub fn pause(&self, tries: u32, random: u64) -> SignedDuration {
        let doubled = self.first.checked_mul(1_i32.checked_shl(tries.min(20)).unwrap_or(1 << 20));
        let whole = doubled.unwrap_or(self.longest).min(self.longest);
        let thousandths = 750 + i32::try_from(random % 501).unwrap_or(250);
        (whole / 1_000).checked_mul(thousandths).unwrap_or(whole)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_the_longest_and_differ_by_chance() {
        let second = SignedDuration::from_secs(1);
        let backoff = Backoff { first: second * 2, longest: second * 30 };
        let even = |tries| backoff.pause(tries, 250).as_secs();
        assert_eq!([0, 1, 2, 3, 4, 5, 60].map(even), [2, 4, 8, 16, 30, 30, 30]);
        for random in [0, 1, 250, 500, u64::MAX] {
            let pause = backoff.pause(9, random);
            assert!(pause >= second * 30 * 3 / 4 && pause <= second * 30 * 5 / 4, "{pause:?}");
        }
        assert_ne!(backoff.pause(0, 0), backoff.pause(0, 500));
    }
}
