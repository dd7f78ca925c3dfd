//! What the supervisor's screens hold.

use crate::desk::effect::Job;
use crate::order::{OrderId, Timestamp};
use crate::report::Figures;
use std::collections::VecDeque;
use std::sync::Arc;

/// What became of one order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ended {
    pub id: OrderId,
    pub how: How,
    pub what: String,
}

/// How one order of a batch ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// What was wanted is done.
    Done,
    /// It came to nothing, and that says nothing about the next order.
    Failed,
    /// It has moved on since it was decided on: nothing was done with it, and nothing went wrong.
    LeftOut,
    /// There is an answer, and the journal has not taken it: the next one would not be taken either.
    Answered,
    /// Nothing of it was recorded, and nothing of the next one would be.
    Lost,
}

impl How {
    /// Of what an order alone decides.
    pub fn of(done: bool) -> Self {
        if done { Self::Done } else { Self::Failed }
    }

    /// Whether the batch has nothing to go on with.
    pub fn stops(self) -> bool {
        match self {
            Self::Answered | Self::Lost => true,
            Self::Done | Self::Failed | Self::LeftOut => false,
        }
    }
}

/// Several orders, one after the other.
#[derive(Clone, Debug, PartialEq)]
pub struct Batch {
    pub job: Job,
    /// How many there are.
    pub of: usize,
    /// Those that have not begun.
    pub(super) waiting: VecDeque<OrderId>,
    /// The one that is under way.
    pub current: Option<OrderId>,
    pub ended: Vec<Ended>,
    pub paused: bool,
    /// How many had not begun when it was stopped.
    pub left: usize,
}

impl Batch {
    /// Whether anything of it is still to be done.
    pub fn is_running(&self) -> bool {
        self.current.is_some() || !self.waiting.is_empty()
    }

    /// Whether it was told to stop, and an order of it is still under way.
    pub fn is_stopping(&self) -> bool {
        self.current.is_some() && self.left > 0
    }

    /// How many of it did what was wanted.
    pub fn done(&self) -> usize {
        self.count(&[How::Done])
    }

    /// How many of it came to nothing.
    pub fn failed(&self) -> usize {
        self.count(&[How::Failed, How::Lost])
    }

    /// How many of it had moved on before their turn.
    pub fn left_out(&self) -> usize {
        self.count(&[How::LeftOut])
    }

    /// What did not come about, as `2 failed, 1 left out`; empty where all of it did.
    pub fn shortfall(&self) -> String {
        let parts = [(self.failed(), "failed"), (self.left_out(), "left out")];
        let parts = parts.iter().filter(|(number, _)| *number > 0);
        parts.map(|(number, word)| format!("{number} {word}")).collect::<Vec<_>>().join(", ")
    }

    /// The order whose answer is kept until the journal takes it.
    pub fn answered(&self) -> Option<&OrderId> {
        self.ended.iter().find(|ended| ended.how == How::Answered).map(|ended| &ended.id)
    }

    /// Whether it ended because nothing could be recorded any more.
    pub fn is_cut_short(&self) -> bool {
        self.ended.last().is_some_and(|ended| ended.how.stops())
    }

    fn count(&self, how: &[How]) -> usize {
        self.ended.iter().filter(|ended| how.contains(&ended.how)).count()
    }
}

/// The day's figures.
#[derive(Clone, Debug, Default)]
pub struct Day {
    pub figures: Option<Arc<Figures>>,
    /// From when to when they are.
    pub since: Timestamp,
    pub until: Timestamp,
    pub loading: bool,
    /// Whether it was opened from the stalled orders, which it then goes back to.
    pub from_stalled: bool,
    /// The first line shown, and how many there are in one column.
    pub top: usize,
    pub lines: usize,
    pub(super) asked_at: Option<Timestamp>,
}
