//! What can go wrong with a contract.

use crate::journal;
use crate::kind::off;
use crate::order::Environment;
use crate::registry::{
    Change, Finding, Gone, Problem, ProviderId, SurrogateId, may_be_kept_as, mend, remove_pairs,
};
use jiff::SignedDuration;
use std::fmt;

/// Why something was not done, or not all of it.
#[derive(Debug)]
pub enum RegistrationError {
    /// No contract is looked after in this environment.
    NotConfigured(Environment),
    /// There is nothing to sign a request with; says why, and what to do.
    Credentials(String),
    /// The server does not answer, or not in a way that could be relied on.
    Unreachable(String),
    /// The server refuses.
    Refused(Problem),
    /// Where a list should be, the server says that there is nothing: it is not the API's address, or not our contract.
    NoList(Problem),
    /// What it lists cannot be used, and asked again it lists the same; says what, and why.
    Unfit(String),
    /// The listing contradicts itself.
    Findings(Vec<Finding>),
    /// All is done, and the server has left these pairs, which were to go along.
    PairsLeft(Vec<Gone>),
    /// Somebody else changed the contract: what was planned is not what would happen.
    Moved(Vec<String>),
    /// Somebody else is applying a plan to this contract at this moment.
    Busy {
        by: String,
        since: crate::kind::Timestamp,
    },
    /// Another desk has taken this run over, and goes on with it.
    TakenOver {
        by: String,
        since: crate::kind::Timestamp,
    },
    /// What the server says an earlier run did, and no listing shows: done again, it might be there twice.
    Unlisted(Vec<Unlisted>),
    /// A person stopped it; what was done is done.
    Stopped {
        done: usize,
        changes: usize,
    },
    Journal(journal::Error),
    /// The operating system refused something.
    System(String),
}

/// A change that the server says it has done, and that no listing shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unlisted {
    pub change: Change,
    /// The new object's number, where the server told it.
    pub surrogate: Option<SurrogateId>,
    pub found: Found,
}

/// What the server says of the very object, when it is asked for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// It is there.
    There,
    /// It is there under this id, and was sent another one.
    Other(ProviderId),
    /// It is not, or nobody knows its number.
    Nowhere,
}

impl fmt::Display for Unlisted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { change, surrogate, found } = self;
        if change.is_removal() {
            return write!(f, "{change}: it is not there any more, and the list still shows it");
        }
        write!(f, "{change}: the server has taken it")?;
        if matches!(change, Change::Rename { .. }) {
            return f.write_str(", and the list does not show it yet");
        }
        if let Some(surrogate) = surrogate {
            write!(f, ", as the object {surrogate}")?;
        }
        f.write_str(match (surrogate, found) {
            (_, Found::Other(id)) => {
                return write!(
                    f,
                    "; that object is `{id}`: the server keeps the id otherwise than it was sent, or the number is \
                     another's by now"
                );
            }
            (_, Found::There) => "; it is there, and the list does not show it yet",
            (Some(_), Found::Nowhere) => {
                "; the list does not show it, and asked for it, the server says there is none"
            }
            (None, Found::Nowhere) => ", and not as which object; the list does not show it",
        })
    }
}

impl From<journal::Error> for RegistrationError {
    fn from(error: journal::Error) -> Self {
        Self::Journal(error)
    }
}

/// How far the two clocks may be apart, in seconds (G).
const ALLOWED: i64 = 30;

/// As many as are told in one line.
const TOLD: usize = 8;

/// All on one line, or the first of them.
fn told(f: &mut fmt::Formatter<'_>, first: &str, all: &[impl fmt::Display]) -> fmt::Result {
    f.write_str(first)?;
    for (n, one) in all.iter().take(TOLD).enumerate() {
        write!(f, "{}{one}", if n == 0 { " " } else { "; " })?;
    }
    if all.len() > TOLD { write!(f, "; and {} more", all.len() - TOLD) } else { Ok(()) }
}

impl fmt::Display for RegistrationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotConfigured(environment) => {
                write!(f, "no contract is configured in the {environment} environment")
            }
            Self::Credentials(why) | Self::Unreachable(why) | Self::Unfit(why) | Self::System(why) => {
                f.write_str(why)
            }
            Self::Refused(problem) => write!(f, "the server refused: {problem}"),
            Self::NoList(problem) => write!(f, "the server has no such list: {problem}"),
            Self::Findings(findings) => {
                told(f, "the listing contradicts itself, so nothing is planned with it:", findings)
            }
            Self::PairsLeft(left) => {
                let pair =
                    |Gone { pair, surrogate, .. }: &Gone| format!("{pair}, which is the pair {surrogate}");
                let left: Vec<_> = left.iter().map(pair).collect();
                told(
                    f,
                    "all that was planned is done, but the server has left pairs that were to go along:",
                    &left,
                )
            }
            Self::Moved(moved) => told(f, "the contract has changed since the plan was made:", moved),
            Self::Busy { by, since } => {
                write!(f, "{by} has been applying a plan to this contract since {since:.0}")
            }
            Self::TakenOver { by, since } => {
                write!(f, "{by} took this run over at {since:.0}, and goes on with it")
            }
            Self::Unlisted(changes) => {
                told(f, "nothing was sent, because the list does not show what an earlier run did:", changes)
            }
            Self::Stopped { changes: 0, .. } => f.write_str("stopped before anything was sent"),
            Self::Stopped { done, changes } => write!(f, "stopped: {done} of {changes} changes are done"),
            Self::Journal(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for RegistrationError {}

impl RegistrationError {
    /// Who can fix it, and what to do next; none where the words say all there is.
    pub fn next(&self) -> Option<String> {
        match self {
            Self::NotConfigured(environment) => Some(format!(
                "Say where it is: [environments.{environment}.registration] base_url and contract"
            )),
            Self::Refused(problem) => Some(next_after(problem)),
            Self::NoList(_) => Some(
                "Is base_url right, or the host in the .edgerc file, and the contract? What listed before is there still: \
                 a contract without objects has an empty list"
                    .to_owned(),
            ),
            Self::Unfit(_) => Some(
                "To try again does not help. Change it in the vendor's portal, or remove it there; if that cannot be \
                 done, ask the vendor"
                    .to_owned(),
            ),
            Self::Findings(findings) => Some(mend(findings)),
            Self::PairsLeft(left) => Some(format!(
                "Nothing is planned before they are gone. Remove what is left of them: {}",
                remove_pairs(left.iter().map(|gone| &gone.surrogate))
            )),
            Self::Moved(_) => Some("Plan again, and look at what would change now".to_owned()),
            Self::Busy { .. } | Self::TakenOver { .. } => Some("Wait until it has ended, then plan again".to_owned()),
            Self::Unreachable(_) => Some(
                "Mend what it names, or try again later. What was already done is found by listing; nothing is \
                 done twice"
                    .to_owned(),
            ),
            Self::Unlisted(changes) => Some(next_after_unlisted(changes)),
            Self::Stopped { .. } => Some("Apply again to do the rest".to_owned()),
            Self::Credentials(_) | Self::Journal(_) | Self::System(_) => None,
        }
    }
}

/// What to do about what no listing shows.
fn next_after_unlisted(changes: &[Unlisted]) -> String {
    if changes.iter().any(|unlisted| matches!(unlisted.found, Found::Other(_))) {
        let next = "If the server keeps the id otherwise, use that one, in the file too. Then plan again";
        let is_like = |unlisted: &Unlisted| match (&unlisted.change, &unlisted.found) {
            (Change::Create { id, .. }, Found::Other(kept)) => may_be_kept_as(id, kept),
            _ => true,
        };
        if changes.iter().all(is_like) {
            return next.to_owned();
        }
        return format!(
            "{next}. If you have looked, and that object is somebody else's by now, have yours created: the same \
             command with --create-again"
        );
    }
    if changes.iter().any(|unlisted| unlisted.found == Found::There) {
        return "The server's lists are behind. Try again once they show it: `pxdesk registration list`"
            .to_owned();
    }
    "Try again later. If you have looked in the vendor's portal and it is not there, have it created again: pxdesk \
     registration apply --file FILE --create-again"
        .to_owned()
}

/// What to do about what the server refused.
fn next_after(problem: &Problem) -> String {
    if problem.is_clock() {
        return match problem.clock_ahead {
            Some(seconds) if seconds.abs() <= ALLOWED => format!(
                "By the time in the server's own answer this machine's clock is right: it is {} s off, and {ALLOWED} s \
                 are allowed. So the server takes a right time for wrong, which only the vendor can mend. Try again \
                 later; if it stays so, tell the vendor's support, and when it was",
                seconds.abs()
            ),
            Some(seconds) => format!(
                "This machine's clock is {} the server's, and {ALLOWED} s are allowed. Set the clock, then try again",
                off(SignedDuration::from_secs(seconds))
            ),
            None => {
                format!("This machine's clock is more than {ALLOWED} s off. Set the clock, then try again")
            }
        };
    }
    match problem.status {
        401 => "The credentials do not fit. Check the section of the .edgerc file, or ask for new ones in the vendor's \
                control center"
            .to_owned(),
        403 => "These credentials have no rights on this contract, or the contract's id is wrong. Whoever manages the \
                API clients in the vendor's control center can grant them"
            .to_owned(),
        404 => "It does not exist, or it is not yours. List again".to_owned(),
        409 => "Something with this id exists. List again, and plan again".to_owned(),
        _ => "Correct what the server names, then plan again".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_is_to_be_set_only_where_it_is_off() {
        let next = |clock_ahead| {
            let detail = Some("Invalid timestamp".to_owned());
            next_after(&Problem {
                status: 400,
                error: None,
                title: None,
                detail,
                clock_ahead,
                request_id: None,
            })
        };
        for off in [Some(31), Some(-3600), None] {
            assert!(next(off).contains("Set the clock"), "{off:?}");
        }
        for right in [0, 30, -30] {
            let next = next(Some(right));
            assert!(next.contains("clock is right") && !next.contains("Set the clock"), "{next}");
            assert!(next.contains("vendor's support"), "{next}");
        }
    }
}
