//! How one change stands, and why it will not be done.

use super::Moment;
use crate::kind::Reached;
use crate::registry::{Failure, Outcome, Problem, ProviderId, SurrogateId};
use jiff::SignedDuration;
use std::fmt;

/// How one change stands.
#[derive(Clone, Debug, PartialEq)]
pub enum Standing {
    Open,
    /// It was sent; no listing was looked at since.
    Sent {
        outcome: Option<Outcome>,
        last: Sent,
    },
    /// It was sent, and a listing does not show it; `cleared` when it could not be on its way any more at that time.
    Again {
        last: Sent,
        cleared: bool,
    },
    /// The server said at that time that it is done, and no listing shows it yet; a create as this object.
    Unseen {
        at: Moment,
        surrogate: Option<SurrogateId>,
    },
    Done,
    Failed(Failed),
}

/// The last time that a change was sent.
#[derive(Clone, Debug, PartialEq)]
pub struct Sent {
    pub times: u8,
    pub at: Moment,
    pub reached: Reached,
}

/// Why a change will not be done.
#[derive(Clone, Debug, PartialEq)]
pub enum Failed {
    Refused(Problem),
    GivenUp(String),
    /// Somebody else has removed what it needs.
    Moved(String),
    /// The server has taken it, as this object, and no listing showed it for so long.
    Unlisted(Option<SurrogateId>, SignedDuration),
    /// The server has taken it, and keeps it as this object under another id than it was sent.
    Otherwise {
        surrogate: SurrogateId,
        id: ProviderId,
    },
    /// The server said that it removed it, and it is listed all the same.
    StillListed,
    /// A removal that was not sent, because so many changes before it were not done: what was to come in its place is not
    /// there, and nothing brings back what is removed.
    HeldBack(usize),
}

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(problem) => write!(f, "the server refused: {problem}"),
            Self::GivenUp(why) | Self::Moved(why) => f.write_str(why),
            Self::Unlisted(surrogate, waited) => {
                let waited = waited.as_secs();
                let object = surrogate.as_ref().map(|id| format!(", as the object {id}")).unwrap_or_default();
                write!(
                    f,
                    "the server has taken it{object}, and it is not listed yet after {waited} s; it is not created \
                     again without your word"
                )
            }
            Self::Otherwise { surrogate, id } => write!(
                f,
                "the server keeps it as `{id}`, the object {surrogate}, and was sent another id; use the id that it keeps"
            ),
            Self::StillListed => f.write_str(
                "the server says that it is not there any more, and it is still listed; it is not removed again before the \
                 server was asked for it",
            ),
            Self::HeldBack(1) => f.write_str("it was not sent, because 1 change before it was not done"),
            Self::HeldBack(n) => write!(f, "it was not sent, because {n} changes before it were not done"),
        }
    }
}

/// Why nobody knows whether what was sent is done; none where that is known, or nothing was sent.
pub fn why_unknown(standing: &Standing) -> Option<String> {
    match standing {
        Standing::Sent { outcome: None, .. } => Some("it was about to be sent".to_owned()),
        Standing::Sent { outcome: Some(Outcome::Failed { failure: Failure::Unknown { why } }), .. } => {
            Some(why.clone())
        }
        Standing::Sent { outcome: Some(Outcome::Refused { problem }), .. } if problem.leaves_open() => {
            Some(format!("the server refused: {problem}; no listing says that it did nothing"))
        }
        Standing::Again { last, cleared: false } if last.reached == Reached::Unknown => {
            Some("no answer came, and no listing shows it yet".to_owned())
        }
        Standing::Open
        | Standing::Sent { .. }
        | Standing::Again { .. }
        | Standing::Unseen { .. }
        | Standing::Done
        | Standing::Failed(_) => None,
    }
}

/// Sent, and not answered.
pub fn is_in_trouble(standing: &Standing) -> bool {
    match standing {
        Standing::Sent { outcome, .. } => {
            outcome.as_ref().is_none_or(|outcome| matches!(outcome, Outcome::Failed { .. }))
        }
        Standing::Open
        | Standing::Again { .. }
        | Standing::Unseen { .. }
        | Standing::Done
        | Standing::Failed(_) => false,
    }
}
