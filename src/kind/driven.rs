//! Kinds that are driven: calls leave this machine for their things, and what came of each call is recorded.
//!
//! The engine drives things of any such kind in one way: what is about to be sent is on disk first, then it is sent, then
//! its outcome is on disk. A kind says what may be decided, and how each of its calls may be repeated.

use super::{Kind, Timestamp, Uptime};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fmt;

/// How a call may be sent once more. Each call of a kind declares one of these; nothing else decides about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repeat {
    /// It changes nothing on the other side: at any time, by itself.
    Safe,
    /// It does something that does no harm twice, but should not be done twice: when a person asks for it.
    WhenAsked,
    /// It must not be done twice. While its outcome is unknown the thing is locked, until a person has the very same
    /// request sent again, which tells what became of the first one, or says what became of it.
    AfterProbe,
    /// It must not be done twice, and sending it again tells nothing. While its outcome is unknown the thing is locked,
    /// until a person says what became of it.
    ByVerdictOnly,
    /// It must not be done twice, and what it makes can be listed. While its outcome is unknown nothing is locked: a listing
    /// tells what became of it, once the request cannot be on its way any more.
    AfterListing,
}

/// What is known of a call that has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reached {
    /// It was not looked at: it never left, or was turned away before.
    No,
    /// There is an answer to it, good or bad.
    Answered,
    /// It may have been carried out, and nobody knows.
    Unknown,
}

impl Repeat {
    /// Whether a call that ended so may be sent again without a person asking for it.
    pub fn by_itself(self, reached: Reached) -> bool {
        match reached {
            Reached::No => true,
            Reached::Answered | Reached::Unknown => self == Self::Safe,
        }
    }

    /// Whether a call that ended so locks its thing until a person finds out what became of it.
    pub fn in_doubt(self, reached: Reached) -> bool {
        matches!(self, Self::AfterProbe | Self::ByVerdictOnly) && reached == Reached::Unknown
    }

    /// Whether it does harm to do it twice.
    pub fn harms(self) -> bool {
        matches!(self, Self::AfterProbe | Self::ByVerdictOnly | Self::AfterListing)
    }

    /// Whether the very same request tells what became of the first one.
    pub fn may_probe(self) -> bool {
        self == Self::AfterProbe
    }
}

/// A call that is under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pending<'a> {
    /// The number of the attempt.
    pub attempt: u32,
    /// The process that made it.
    pub owner: &'a str,
}

/// How often a call was begun, as the journal knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Begun {
    /// Of the call for this very thing.
    pub name: String,
    pub times: usize,
}

/// Who makes a call, and when: part of every intent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    /// The process.
    pub owner: String,
    /// How long the machine has been up, where it can be known.
    pub uptime: Option<Uptime>,
}

/// What a log may say of an outcome: nothing that somebody wrote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Told<'a> {
    pub name: &'static str,
    /// The code that the server gave, when it refused.
    pub code: Option<&'a str>,
    /// The server's own id of the exchange.
    pub tx_id: Option<&'a str>,
}

/// How much an event matters to whoever reads a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    /// For whoever looks closely.
    Detail,
    Normal,
    /// A person must look into it.
    Warning,
}

/// A kind of thing that calls are made for.
pub trait Driven: Kind {
    /// Its calls, by the names that people use.
    type Call: Copy + Eq + fmt::Debug + fmt::Display + Send + Sync;

    /// What a person, or the engine on their behalf, wants done.
    type Command: Send;

    /// What came of a call.
    type Outcome: Clone + Serialize + DeserializeOwned + Send + Sync;

    /// Why something may not be done.
    type Refusal: fmt::Debug + fmt::Display + Send + Sync;

    /// How `call` may be repeated.
    fn repeat(call: Self::Call) -> Repeat;

    /// The call's name in logs.
    fn call_name(call: Self::Call) -> &'static str;

    /// What `outcome` says of the call that it ended.
    fn reached(outcome: &Self::Outcome) -> Reached;

    /// The environment that it belongs to: what is decided there is sent there.
    fn environment(&self) -> &str;

    /// The events that `command` leads to at `now`, or why it may not be.
    ///
    /// # Errors
    /// Why not, in the kind's own terms.
    fn decide(&self, command: Self::Command, now: Timestamp) -> Result<Vec<Self::Event>, Self::Refusal>;

    /// The refusal in other words, where it is for a call under way whose answer is in hand, and not recorded yet.
    fn answered(refusal: Self::Refusal, _answer: impl FnOnce() -> Option<String>) -> Self::Refusal {
        refusal
    }

    /// The call under way, if any.
    fn pending(&self) -> Option<Pending<'_>>;

    /// The call that may have been carried out while nobody knows, if any.
    fn doubted(&self) -> Option<Self::Call>;

    /// True when `owner` made the attempt of this number.
    fn knows(&self, attempt: u32, owner: &str) -> bool;

    /// True while an outcome of this attempt can be recorded: it is under way, or was called cut off.
    fn awaits(&self, attempt: u32) -> bool;

    /// How often `call` was begun for the thing, with a name that tells the thing from all others in whatever journal;
    /// none where the other side is begun anew together with the journal.
    fn begun(&self, call: Self::Call) -> Option<Begun>;

    /// The command that ends an attempt.
    fn end(attempt: u32, outcome: Self::Outcome, uptime: Option<Uptime>) -> Self::Command;

    /// True when `outcome` answers `call`, and can answer no other: where an attempt that the journal does not know of left one.
    fn is_answer_to(outcome: &Self::Outcome, call: Self::Call) -> bool {
        let _ = (outcome, call);
        false
    }

    /// What records `outcome` of an attempt by `owner` that the thing knows nothing of, as an attempt of its own: where no other
    /// attempt can be ended by it any more. No events where it is known already; none at all where it is not recorded so.
    fn answered_unknown(&self, owner: &str, outcome: &Self::Outcome) -> Option<Vec<Self::Event>> {
        let _ = (owner, outcome);
        None
    }

    /// The call that must not have been begun unknown to the journal, for `command` to be done: it ends the thing, or changes
    /// what the call says.
    fn ends(command: &Self::Command) -> Option<Self::Call> {
        let _ = command;
        None
    }

    /// The command that says of an attempt that its process is gone.
    fn cut_off(attempt: u32, uptime: Option<Uptime>) -> Self::Command;

    /// The command that says of an attempt that it was not sent, and stands for one that the journal had lost.
    fn hold_back(attempt: u32, uptime: Option<Uptime>) -> Self::Command {
        Self::cut_off(attempt, uptime)
    }

    /// What a person should be told at once of what is recorded of the thing, as it contradicts itself. Nothing personal.
    fn alarm(&self) -> Option<String> {
        None
    }

    /// `outcome` without the thing's personal data, where it will be stored in clear.
    fn mask(&self, outcome: Self::Outcome) -> Self::Outcome;

    /// What `outcome` says, in one line for people.
    fn describe(outcome: &Self::Outcome) -> String;

    /// The same without what may go when there is no room for all of it; none when nothing of it may.
    fn brief(outcome: &Self::Outcome) -> Option<Self::Outcome> {
        let _ = outcome;
        None
    }

    /// What a log may say of `outcome`.
    fn told(outcome: &Self::Outcome) -> Told<'_>;

    /// How much `event` matters in a log.
    fn weight(event: &Self::Event) -> Weight;

    /// What is said when an identifier already belongs to another thing.
    fn taken(field: &'static str, thing: String) -> Self::Refusal;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_never_left_may_be_sent_again_and_what_may_have_been_done_only_as_declared() {
        let all = [
            Repeat::Safe,
            Repeat::WhenAsked,
            Repeat::AfterProbe,
            Repeat::ByVerdictOnly,
            Repeat::AfterListing,
        ];
        assert!(all.iter().all(|repeat| repeat.by_itself(Reached::No) && !repeat.in_doubt(Reached::No)));
        for reached in [Reached::Answered, Reached::Unknown] {
            assert_eq!(all.map(|repeat| repeat.by_itself(reached)), [true, false, false, false, false]);
        }
        assert_eq!(all.map(|repeat| repeat.in_doubt(Reached::Unknown)), [false, false, true, true, false]);
        assert_eq!(all.map(|repeat| repeat.in_doubt(Reached::Answered)), [false; 5]);
        assert_eq!(all.map(Repeat::may_probe), [false, false, true, false, false]);
    }
}
