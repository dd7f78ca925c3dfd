//! When a call that changes nothing at Px is made again: pure.

use super::Answer;
use crate::order::{Call, Failure, Outcome};
use std::time::Duration;

/// How often a call is repeated, at most.
const REPEATS: u32 = 2;
/// Before the first repeat, where the server does not say; doubled each time.
const FIRST_PAUSE: Duration = Duration::from_millis(500);

/// Proof that a call may be repeated: there is none for what changes something at Px, and without one there is no way
/// to [`Repeatable::pause`].
pub struct Repeatable {
    /// How often it was repeated.
    repeats: u32,
}

impl Repeatable {
    /// Retrieve RCC and Get RCC Acceptance ask; Send RCC reaches a customer and Complete an order.
    pub fn of(call: Call) -> Option<Self> {
        match call {
            Call::RetrieveRcc | Call::GetRccAcceptance => Some(Self { repeats: 0 }),
            Call::SendRcc | Call::CompleteOrder => None,
        }
    }

    /// How long to wait before the call is made again; none when this answer stands: Px is not busy, has been asked
    /// often enough, or wants more time than there is.
    ///
    /// `left` remains of the call's time, and `chance` is any number: it keeps many desks from coming back at once.
    pub fn pause(&mut self, answer: &Answer, left: Duration, chance: u32) -> Option<Duration> {
        let busy = matches!(answer.http_status, Some(429 | 503))
            && matches!(answer.outcome, Outcome::Failed(Failure::Unknown(_)));
        if !busy || self.repeats >= REPEATS {
            return None;
        }
        let half = FIRST_PAUSE * 2u32.pow(self.repeats) / 2;
        let backoff = half + half.mul_f64(f64::from(chance) / f64::from(u32::MAX));
        let pause = answer.retry_after.unwrap_or(backoff);
        self.repeats += 1;
        (pause < left).then_some(pause)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::order::CallError;

    const LEFT: Duration = Duration::from_secs(30);

    fn answer(status: u16, outcome: Outcome, asked: Option<u64>) -> Answer {
        let retry_after = asked.map(Duration::from_secs);
        Answer { outcome, http_status: Some(status), retry_after, written: None, elapsed: Duration::ZERO }
    }

    fn pause(status: u16, repeats: u32, asked: Option<u64>, chance: u32) -> Option<u128> {
        let busy = Outcome::Failed(Failure::Unknown("busy".to_owned()));
        let mut repeatable = Repeatable { repeats };
        repeatable.pause(&answer(status, busy, asked), LEFT, chance).map(|pause| pause.as_millis())
    }

    #[test]
    fn only_what_asks_is_repeated() {
        let repeatable: Vec<_> =
            Call::ALL.into_iter().filter(|call| Repeatable::of(*call).is_some()).collect();
        assert_eq!(repeatable, [Call::RetrieveRcc, Call::GetRccAcceptance]);
    }

    #[test]
    fn a_busy_server_is_left_alone_as_long_as_it_asks_and_twice_at_most() {
        for status in [429, 503] {
            assert_eq!(pause(status, 0, Some(7), 0), Some(7000));
            assert_eq!((pause(status, 0, None, 0), pause(status, 0, None, u32::MAX)), (Some(250), Some(500)));
            assert_eq!(
                (pause(status, 1, None, 0), pause(status, 1, None, u32::MAX)),
                (Some(500), Some(1000))
            );
            assert_eq!(pause(status, 2, Some(1), 0), None);
            assert_eq!(pause(status, 0, Some(30), 0), None, "longer than the call may take");
        }
        for status in [200, 401, 500, 502, 504] {
            assert_eq!(pause(status, 0, Some(1), 0), None, "{status}");
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
        let mut repeatable = Repeatable::of(Call::RetrieveRcc).unwrap();
        assert_eq!(repeatable.pause(&answer(503, Outcome::Refused(error), None), LEFT, 0), None);
    }
}
