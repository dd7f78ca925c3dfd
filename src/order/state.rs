//! Where an order stands, in one word.

use super::{Timestamp, Window};
use serde::{Deserialize, Serialize};

/// Where an order stands. The names are those of the command line and its JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    Opened,
    RccRetrieved,
    RccBlocked,
    Reading,
    Sent,
    Accepted,
    Completing,
    InDoubt,
    Completed,
    Expired,
    Refused,
    Abandoned,
}

impl State {
    pub const ALL: [Self; 12] = [
        Self::Opened,
        Self::RccRetrieved,
        Self::RccBlocked,
        Self::Reading,
        Self::Sent,
        Self::Accepted,
        Self::Completing,
        Self::InDoubt,
        Self::Completed,
        Self::Expired,
        Self::Refused,
        Self::Abandoned,
    ];

    /// The name in JSON and flags.
    pub fn name(self) -> &'static str {
        match self {
            Self::Opened => "opened",
            Self::RccRetrieved => "rcc_retrieved",
            Self::RccBlocked => "rcc_blocked",
            Self::Reading => "reading",
            Self::Sent => "sent",
            Self::Accepted => "accepted",
            Self::Completing => "completing",
            Self::InDoubt => "in_doubt",
            Self::Completed => "completed",
            Self::Expired => "expired",
            Self::Refused => "refused",
            Self::Abandoned => "abandoned",
        }
    }

    /// The name for people.
    pub fn title(self) -> &'static str {
        match self {
            Self::Opened => "opened",
            Self::RccRetrieved => "RCC retrieved",
            Self::RccBlocked => "RCC blocked",
            Self::Reading => "reading",
            Self::Sent => "sent",
            Self::Accepted => "accepted",
            Self::Completing => "completing",
            Self::InDoubt => "in doubt",
            Self::Completed => "completed",
            Self::Expired => "expired",
            Self::Refused => "refused",
            Self::Abandoned => "abandoned",
        }
    }

    /// The state of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.name() == name)
    }

    /// True when nothing more will happen to the order.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Completed | Self::Abandoned)
    }
}

/// `standing`, seen at `now`.
pub fn at(standing: State, window: Window, now: Timestamp) -> State {
    match standing {
        State::Completed | State::Abandoned | State::InDoubt | State::Completing | State::Expired => standing,
        State::Opened
        | State::RccRetrieved
        | State::RccBlocked
        | State::Reading
        | State::Sent
        | State::Accepted
        | State::Refused => {
            if window.is_over(now) {
                State::Expired
            } else {
                standing
            }
        }
    }
}
