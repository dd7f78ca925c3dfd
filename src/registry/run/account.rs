//! What a run did: each of its changes, and what became of it, as far as it was recorded.

use super::{Begun, Closed, Ended, How, RunEvent};
use crate::kind::{Recorded, Timestamp};
use crate::registry::Change;
use std::collections::BTreeMap;
use std::fmt;

/// A run in full.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Account {
    /// Why it was applied, in the words of whoever did.
    pub reason: Option<String>,
    /// The changes that were begun, and those that were given up before, by their number in the plan.
    pub steps: BTreeMap<u32, RunStep>,
    /// How it ended, if it did.
    pub closed: Option<Closed>,
}

/// One change of a run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RunStep {
    /// None where it was given up before it was begun: only its number was recorded.
    pub change: Option<Change>,
    /// When it was begun last.
    pub begun: Option<Timestamp>,
    /// What is known of it; none where nothing was recorded after it was begun.
    pub how: Option<How>,
    /// True when it may have left before what is known of it now: that attempt had no answer.
    pub left_before: bool,
}

impl RunStep {
    /// What is known of it, in words.
    pub fn words(&self) -> Option<String> {
        let how = self.how.as_ref()?;
        if how.was_gone() && self.left_before {
            let gone = "gone when it was to be sent again";
            return Some(format!("{gone}: what was sent before, without an answer, may have removed it"));
        }
        Some(how.to_string())
    }

    /// True when it may have left, and nobody knows what became of it.
    fn may_have_left(&self) -> bool {
        self.begun.is_some() && matches!(self.how, None | Some(How::Unknown { .. }))
    }
}

impl Account {
    /// The run with this history.
    pub fn of(history: &[Recorded<RunEvent>]) -> Self {
        let mut account = Self::default();
        for recorded in history {
            match &recorded.event {
                RunEvent::RunOpened { reason, .. } => account.reason.clone_from(reason),
                RunEvent::ChangesStarted { begun, .. } => account.begins(begun, recorded.at),
                RunEvent::ChangesEnded { ended } => account.ends(ended),
                RunEvent::RunTakenOver { .. } => {}
                RunEvent::RunClosed { how } => account.closed = Some(how.clone()),
            }
        }
        account
    }

    fn begins(&mut self, begun: &[Begun], at: Timestamp) {
        for Begun { n, change } in begun {
            let step = self.steps.entry(*n).or_default();
            let left_before = step.left_before || step.may_have_left();
            *step = RunStep { change: Some(change.clone()), begun: Some(at), how: None, left_before };
        }
    }

    fn ends(&mut self, ended: &[Ended]) {
        for Ended { n, how } in ended {
            let step = self.steps.entry(*n).or_default();
            let unknown = matches!(step.how, Some(How::Unknown { .. }));
            // What a listing showed as not done was not done by what left before.
            step.left_before = (step.left_before || unknown) && !matches!(how, How::NotThere);
            let answered = match &step.how {
                Some(How::Answered { surrogate, .. }) => surrogate.clone(),
                _ => None,
            };
            step.how = Some(match how {
                // That a listing has it no more does not make it this run's work.
                How::Listed { .. } if step.how.as_ref().is_some_and(How::was_gone) => continue,
                // The number was told by the answer.
                How::Listed { surrogate: None } => How::Listed { surrogate: answered },
                how => how.clone(),
            });
        }
    }
}

impl How {
    /// True for a removal that was not sent: the server was asked for the object before, and it was not there any more.
    fn was_gone(&self) -> bool {
        matches!(self, Self::Answered { status: 404, .. } | Self::Replaced)
    }
}

impl fmt::Display for RunStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.change {
            Some(change) => write!(f, "{}: ", change.line())?,
            None => f.write_str("a change that was not begun: ")?,
        }
        match self.words() {
            Some(words) => f.write_str(&words),
            None => f.write_str("begun, and nothing else was recorded"),
        }
    }
}

impl fmt::Display for How {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let object = |surrogate: &Option<_>| match surrogate {
            Some(surrogate) => format!(", as the object {surrogate}"),
            None => String::new(),
        };
        match self {
            Self::Replaced => f.write_str(
                "not sent, as it is not there any more: the server has something else under its number",
            ),
            Self::Answered { status: 404, .. } => {
                f.write_str("not sent, as the server said that it is not there any more (HTTP 404)")
            }
            Self::Answered { status, surrogate } => {
                write!(f, "done, as the server answered (HTTP {status}){}", object(surrogate))
            }
            Self::Listed { surrogate } => write!(f, "done, as a listing showed{}", object(surrogate)),
            Self::NotThere => f.write_str("not done, as a listing showed"),
            Self::NotSent { why } => write!(f, "not sent: {why}"),
            Self::Refused { problem } => write!(f, "refused: {problem}"),
            Self::Unknown { why } => write!(f, "without an answer that says what became of it: {why}"),
            Self::GivenUp { why } => write!(f, "not done: {why}"),
        }
    }
}
