//! What came of one request.

use crate::order::{Failure, Outcome};
use crate::wire;
use std::time::Duration;

/// What came of one request.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    pub outcome: Outcome,
    /// The status of Px's reply; none when there was no whole reply.
    pub http_status: Option<u16>,
    /// How long Px asked us to wait before the next call.
    pub retry_after: Option<Duration>,
    /// How many bytes of the request the socket took (for https: of its encrypted form). Counted for Send RCC and
    /// Complete Order, and 0 when no request was made for want of a token; none where nobody counted.
    pub written: Option<u64>,
    /// From the start to the last byte, the fetching of a token and the wait for our turn included.
    pub elapsed: Duration,
}

impl Answer {
    pub fn without_reply(failure: Failure, written: Option<u64>) -> Self {
        let outcome = Outcome::Failed(failure);
        Self { outcome, http_status: None, retry_after: None, written, elapsed: Duration::ZERO }
    }
}

impl From<wire::Failure> for Failure {
    fn from(failure: wire::Failure) -> Self {
        match failure {
            wire::Failure::NotSent(why) => Self::NotSent(why),
            wire::Failure::Unknown(why) => Self::Unknown(why),
        }
    }
}
