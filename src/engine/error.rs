//! Why the engine could not do something. What Px said is not among these: that is part of the order.

use crate::journal;
use crate::kind::Driven;
use crate::order::{Order, Refusal};
use std::fmt;

/// An error of the engine. `R`: why a thing does not allow something, in its kind's own terms.
#[derive(Debug)]
pub enum Error<R = Refusal> {
    /// The thing does not allow it.
    Refusal(R),
    /// Another desk kept being faster.
    Conflict,
    /// The journal could not be read or written.
    Journal(journal::Error),
    /// There is an answer, and the journal has not taken it yet. It is kept, and offered again.
    Unrecorded { answer: String, error: journal::Error },
    /// The call was sent before, and its kind declares that this is no way to send it again.
    NotRepeatable { call: String },
    /// The call was begun on this machine before, and the journal does not know of it.
    BegunElsewhere {
        call: String,
        /// True when it is recorded that it was held back; otherwise something else was refused for it.
        recorded: bool,
    },
    /// What must be kept apart from the journal cannot be, and so nothing was sent; says which folder, and why.
    StateFolder(String),
    /// The operating system refused something.
    System(String),
}

impl<R> Error<R> {
    /// What the journal's error means for a thing of the kind `K`.
    pub(super) fn of<K: Driven<Refusal = R>>(error: journal::Error) -> Self {
        match error {
            journal::Error::Conflict { .. } => Self::Conflict,
            journal::Error::Taken { field, thing, .. } => Self::Refusal(K::taken(field, thing)),
            other => Self::Journal(other),
        }
    }

    /// Whether other things would fail for the same reason: the journal, a folder or the system is at fault, and not this
    /// thing.
    pub fn is_for_all(&self) -> bool {
        match self {
            Self::Journal(error) => !error.is_of_one(),
            Self::Unrecorded { .. } | Self::StateFolder(_) | Self::System(_) => true,
            Self::Refusal(_) | Self::Conflict | Self::NotRepeatable { .. } | Self::BegunElsewhere { .. } => {
                false
            }
        }
    }
}

impl<R: fmt::Display> fmt::Display for Error<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refusal(refusal) => refusal.fmt(f),
            Self::Conflict => f.write_str("another desk keeps changing this; look at it again"),
            Self::Journal(error) => error.fmt(f),
            Self::Unrecorded { answer, error: journal::Error::NotFound { .. } } => write!(
                f,
                "{answer}, not yet recorded here. The answer is kept on this machine; do not send this again. The journal that \
                 is there does not know of this call: it is an older copy, or another one. Put the right one back. If that is \
                 lost, let a supervisor accept this one with `pxdesk journal accept`, and go on with this: the answer is \
                 recorded then, and the call is not sent again"
            ),
            Self::Unrecorded { answer, error } => {
                write!(
                    f,
                    "{answer}, not yet recorded here. The answer is kept on this machine, and recorded by itself as \
                     soon as the journal takes it; do not send this again. "
                )?;
                match error {
                    // All that it says besides is of something that was not begun.
                    journal::Error::Away { .. } | journal::Error::Unknown { .. } => {
                        f.write_str(error.remedy())
                    }
                    error => write!(f, "It said: {error}"),
                }
            }
            Self::NotRepeatable { call } => write!(
                f,
                "{call} may have been carried out, and sending it again is no way to find out. Ask the other side, and \
                 record what it says"
            ),
            Self::BegunElsewhere { call, recorded } => write!(
                f,
                "{call} may have been sent from this machine before: the journal that knew of it was lost, or an older \
                 copy of it was put back. {}",
                if *recorded {
                    "It is not sent again, and is in doubt from now on. Ask the other side what became of it, and record \
                     what it says"
                } else {
                    "This was not recorded. Go on with the order to that call first: it is not sent again, and what this machine \
                     knows of it is recorded"
                }
            ),
            Self::StateFolder(why) => write!(
                f,
                "{why}. Nothing was sent: an answer that the journal does not take is kept there. Make room on that disk, and \
                 give this user the right to read and write there"
            ),
            Self::System(what) => f.write_str(what),
        }
    }
}

impl<R: fmt::Debug + fmt::Display> std::error::Error for Error<R> {}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        Self::Refusal(refusal)
    }
}

impl From<journal::Error> for Error {
    fn from(error: journal::Error) -> Self {
        Self::of::<Order>(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_to_a_call_that_the_journal_knows_nothing_of_is_said_to_be_that() {
        let error = journal::Error::NotFound { kind: "order", thing: "7f3a with its attempt 2".to_owned() };
        let told = Error::<Refusal>::Unrecorded { answer: "completed, order number N1".to_owned(), error };
        let told = told.to_string();
        assert!(told.contains("an older copy") && told.contains("`pxdesk journal accept`"), "{told}");
        assert!(!told.contains("by itself") && !told.contains("attempt 2"), "{told}");
    }
}
