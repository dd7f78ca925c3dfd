//! Why the engine could not do something. What Px said is not among these: that is part of the order.

use crate::journal;
use crate::order::Refusal;
use std::fmt;

/// An error of the engine.
#[derive(Debug)]
pub enum Error {
    /// The order does not allow it.
    Refusal(Refusal),
    /// Another desk kept being faster.
    Conflict,
    /// The journal could not be read or written.
    Journal(journal::Error),
    /// Px answered, and the journal could not take the answer: what it was, for a person to write down.
    Unrecorded { answer: String, error: journal::Error },
    /// The operating system refused something.
    System(String),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refusal(refusal) => refusal.fmt(f),
            Self::Conflict => f.write_str("another desk keeps changing this order; look at it again"),
            Self::Journal(error) => error.fmt(f),
            Self::Unrecorded { answer, error } => {
                write!(
                    f,
                    "Px answered, but the journal could not take it down. Write this down now: {answer}. {error}"
                )
            }
            Self::System(what) => f.write_str(what),
        }
    }
}

impl std::error::Error for Error {}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        Self::Refusal(refusal)
    }
}

impl From<journal::Error> for Error {
    fn from(error: journal::Error) -> Self {
        match error {
            journal::Error::Conflict { .. } => Self::Conflict,
            journal::Error::Taken { field, thing, .. } => {
                Self::Refusal(Refusal::IdentityLocked { field, order: thing })
            }
            other => Self::Journal(other),
        }
    }
}
