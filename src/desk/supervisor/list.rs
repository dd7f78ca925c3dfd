//! The stalled orders by cause: groups that are opened and closed, and which orders are marked.

use super::state::Batch;
use crate::order::stalled::{Group, Groups, cause};
use crate::order::{OrderId, Summary, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

/// A line of the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line {
    /// The heading of a group, by its place in [`Stalled::groups`].
    Group(usize),
    /// An order of an open group, by its place in [`Stalled::rows`].
    Row(usize),
}

/// What is of use to the orders that are meant: the marked ones, else those of the chosen line's group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fitting {
    /// A retry of some of them is safe and may help.
    Retry,
    /// The time of all of them is over.
    Abandon,
    /// Somebody has to look at each.
    Hands,
}

/// What stays chosen when lines come and go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Chosen {
    Group(String),
    Order(OrderId),
}

/// The supervisor's screen.
#[derive(Clone, Debug, Default)]
pub struct Stalled {
    /// The most urgent first; as many as were read so far.
    pub rows: Vec<Summary>,
    /// The cause of each of these rows, at the same place; none of one that has moved on.
    pub(super) causes: Vec<Option<String>>,
    /// By cause, the most urgent first.
    pub groups: Vec<Group>,
    /// The causes whose groups are open.
    pub(super) open: BTreeSet<String>,
    /// What is shown: each group, and under an open one its orders.
    pub lines: Vec<Line>,
    /// The chosen one of these.
    pub selected: usize,
    pub(super) chosen: Option<Chosen>,
    /// The orders that are marked. A mark stays until its order has been dealt with.
    pub marked: BTreeSet<OrderId>,
    /// Whether there are more than were read.
    pub more: bool,
    /// True until the rows that were asked for have come.
    pub loading: bool,
    /// True when the list may have changed in the journal since it was read.
    pub(super) stale: bool,
    /// When it was last asked for, and when it was last grouped.
    pub(super) loaded_at: Option<Timestamp>,
    pub(super) grouped_at: Option<Timestamp>,
    /// What is done, or was done last, with several orders one after the other.
    pub batch: Option<Batch>,
}

impl Stalled {
    /// The chosen line.
    pub fn line(&self) -> Option<Line> {
        self.lines.get(self.selected).copied()
    }

    /// The chosen order; none on a group's heading.
    pub fn row(&self) -> Option<&Summary> {
        match self.line()? {
            Line::Row(at) => self.rows.get(at),
            Line::Group(_) => None,
        }
    }

    /// The group of the chosen line.
    pub fn group(&self) -> Option<&Group> {
        match self.line()? {
            Line::Group(at) => self.groups.get(at),
            Line::Row(at) => {
                let key = self.causes.get(at)?.as_ref()?;
                self.groups.iter().find(|group| group.cause.key == *key)
            }
        }
    }

    /// Whether the orders of a cause are shown.
    pub fn is_open(&self, key: &str) -> bool {
        self.open.contains(key)
    }

    /// Opens or closes the group of a cause.
    pub(super) fn set_open(&mut self, key: &str, open: bool) {
        if open {
            self.open.insert(key.to_owned());
        } else {
            self.open.remove(key);
        }
        self.lay_out();
    }

    /// The orders of a cause, the most urgent first.
    pub fn of_cause<'a>(&'a self, key: &'a str) -> impl Iterator<Item = &'a Summary> {
        let is_of = move |(_, cause): &(&Summary, &Option<String>)| cause.as_deref() == Some(key);
        self.rows.iter().zip(&self.causes).filter(is_of).map(|(row, _)| row)
    }

    /// The marked orders that are in the list.
    pub fn marked_rows(&self) -> impl Iterator<Item = &Summary> {
        self.rows.iter().filter(|row| self.marked.contains(&row.id))
    }

    /// What is of use to the orders that are meant.
    pub fn fitting(&self) -> Fitting {
        let rows = self.rows.iter().zip(&self.causes);
        let marked = rows.filter(|(row, _)| self.marked.contains(&row.id));
        let mut causes: BTreeSet<&str> = marked.filter_map(|(_, cause)| cause.as_deref()).collect();
        if causes.is_empty() {
            causes = self.group().into_iter().map(|group| group.cause.key.as_str()).collect();
        }
        let meant = |group: &&Group| causes.contains(group.cause.key.as_str());
        if self.groups.iter().filter(meant).any(|group| group.useful > 0) {
            Fitting::Retry
        } else if causes.iter().eq(&["expired"]) {
            Fitting::Abandon
        } else {
            Fitting::Hands
        }
    }

    /// Works the groups and the lines out again.
    pub(super) fn group_again(&mut self, now: Timestamp) {
        let mut groups = Groups::default();
        self.causes.clear();
        for row in &self.rows {
            self.causes.push(cause(row, now).map(|cause| cause.key));
            groups.add(row, now);
        }
        self.groups = groups.sorted();
        self.grouped_at = Some(now);
        self.lay_out();
    }

    /// Opens every group when there are no more than `height` lines then.
    pub(super) fn open_all_within(&mut self, height: usize) {
        if self.groups.len() + self.rows.len() <= height {
            self.open = self.groups.iter().map(|group| group.cause.key.clone()).collect();
            self.lay_out();
        }
    }

    /// Puts the cause of the row at `at` right, without counting the groups again.
    pub(super) fn cause_again(&mut self, at: usize, now: Timestamp) {
        if let (Some(row), Some(known)) = (self.rows.get(at), self.causes.get_mut(at)) {
            *known = cause(row, now).map(|cause| cause.key);
        }
        self.lay_out();
    }

    /// Works the lines out again; what was chosen stays chosen, or what has come in its place is.
    fn lay_out(&mut self) {
        let mut of: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (at, key) in self.causes.iter().enumerate() {
            if let Some(key) = key.as_deref().filter(|key| self.open.contains(*key)) {
                of.entry(key).or_default().push(at);
            }
        }
        let mut lines = Vec::with_capacity(self.groups.len());
        for (at, group) in self.groups.iter().enumerate() {
            lines.push(Line::Group(at));
            let rows = of.remove(group.cause.key.as_str()).unwrap_or_default();
            lines.extend(rows.into_iter().map(Line::Row));
        }
        self.lines = lines;
        let kept = self.chosen.as_ref().and_then(|chosen| {
            self.lines.iter().position(|line| self.identity(*line).as_ref() == Some(chosen))
        });
        let last = self.lines.len().saturating_sub(1);
        self.choose(kept.unwrap_or(self.selected).min(last));
    }

    /// Chooses the `at`-th line.
    pub(super) fn choose(&mut self, at: usize) {
        self.selected = at;
        self.chosen = self.line().and_then(|line| self.identity(line));
    }

    /// Chooses the heading of the chosen order's group.
    pub(super) fn choose_heading(&mut self) {
        let Some(key) = self.group().map(|group| group.cause.key.clone()) else { return };
        let wanted = Some(Chosen::Group(key));
        if let Some(at) = self.lines.iter().position(|line| self.identity(*line) == wanted) {
            self.choose(at);
        }
    }

    fn identity(&self, line: Line) -> Option<Chosen> {
        match line {
            Line::Group(at) => self.groups.get(at).map(|group| Chosen::Group(group.cause.key.clone())),
            Line::Row(at) => self.rows.get(at).map(|row| Chosen::Order(row.id.clone())),
        }
    }
}
