//! When a call that changes nothing at Px is made again: pure.

use super::answer::Answer;
use crate::kind::Repeat;
use crate::order::{Call, Failure, Outcome};
use crate::wire::Backoff;
use std::time::Duration;

/// Proof that a call may be repeated: there is none for what changes something at Px, and without one there is no way
/// to [`Repeatable::pause`].
pub struct Repeatable(Backoff);

impl Repeatable {
    /// Of a call that is declared to be safe at any time, and of no other.
    pub fn of(call: Call) -> Option<Self> {
        match call.repeat() {
            Repeat::Safe => Some(Self(Backoff::default())),
            Repeat::WhenAsked | Repeat::AfterProbe | Repeat::ByVerdictOnly | Repeat::AfterListing => None,
        }
    }

    /// How long to wait before the call is made again; none when this answer stands: Px is not busy, has been asked
    /// often enough, or wants more time than there is. `left` and `chance` are the [`Backoff`]'s.
    pub fn pause(&mut self, answer: &Answer, left: Duration, chance: u32) -> Option<Duration> {
        let busy = matches!(answer.http_status, Some(429 | 503))
            && matches!(answer.outcome, Outcome::Failed(Failure::Unknown(_)));
        if busy { self.0.pause(answer.retry_after, left, chance) } else { None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::order::CallError;

    const LEFT: Duration = Duration::from_secs(30);

    fn pause(status: u16, outcome: Outcome) -> Option<Duration> {
        let retry_after = Some(Duration::from_secs(1));
        let answer = Answer {
            outcome,
            http_status: Some(status),
            retry_after,
            written: None,
            elapsed: Duration::ZERO,
        };
        Repeatable::of(Call::RetrieveRcc).unwrap().pause(&answer, LEFT, 0)
    }

    #[test]
    fn only_what_asks_is_repeated() {
        let repeatable: Vec<_> =
            Call::ALL.into_iter().filter(|call| Repeatable::of(*call).is_some()).collect();
        assert_eq!(repeatable, [Call::RetrieveRcc, Call::GetRccAcceptance]);
    }

    #[test]
    fn only_a_busy_server_is_asked_again() {
        let unknown = || Outcome::Failed(Failure::Unknown("busy".to_owned()));
        for status in [429, 503] {
            assert_eq!(pause(status, unknown()), Some(Duration::from_secs(1)));
        }
        for status in [200, 401, 500, 502, 504] {
            assert_eq!(pause(status, unknown()), None, "{status}");
        }
    }

    #[test]
    fn what_px_itself_says_stands() {
        let error = CallError {
            api: Call::RetrieveRcc,
            http_status: 503,
            internal_code: Some("4040".to_owned()),
            user_message: String::new(),
            tx_id: None,
            row: None,
        };
        assert_eq!(pause(503, Outcome::Refused(error)), None);
    }
}
