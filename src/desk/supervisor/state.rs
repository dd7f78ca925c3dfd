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
    /// Whether what was wanted is done.
    pub done: bool,
    pub what: String,
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

    /// How many of it did what was wanted.
    pub fn done(&self) -> usize {
        self.ended.iter().filter(|ended| ended.done).count()
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
