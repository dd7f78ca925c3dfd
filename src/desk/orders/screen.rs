//! The open order: which step it shows, and what is under way for it.

use crate::desk::frame::seen::Seen;
use crate::desk::problem::Problem;
use crate::order::{Attempt, Call, Order, Recorded, Reopens, Retry, State, Timestamp, Trouble};
use jiff::SignedDuration;
use std::sync::Arc;

/// A task is running: its call, if it makes one, and since when.
pub type Busy = (Option<Call>, Timestamp);

/// The open order.
#[derive(Clone, Debug)]
pub struct OrderScreen {
    pub order: Arc<Order>,
    pub history: Arc<Vec<Recorded>>,
    pub pane: Pane,
    /// The current section while reading.
    pub section: usize,
    /// Since when the current section is in front, for the reading time kept per section; none while something covers it.
    pub shown_at: Option<Timestamp>,
    /// How far the current section has been on the screen; none before its first frame.
    pub seen: Option<Seen>,
    /// True once the section was marked read too soon: then what is left of its time is shown.
    pub too_soon: bool,
    /// First visible line of the text, when it is longer than the pane.
    pub top: usize,
    /// The character of the current section with which the part in front begins, until the text is scrolled by rows: at
    /// another size it is in another row.
    pub anchor: Option<usize>,
    /// The task that is running for it.
    pub busy: Option<Busy>,
    /// What last went wrong here, shown at its field until something goes right.
    pub problem: Option<Problem>,
    /// What the page in front tells.
    pub(in crate::desk) about: About,
}

/// What the page of a step tells: once that is something else, it begins at its top.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::desk) struct About {
    state: State,
    trouble: Option<Trouble>,
    /// The text was replaced.
    replaced: bool,
    /// Every section was read.
    read: bool,
}

impl About {
    fn of(order: &Order, now: Timestamp) -> Self {
        Self {
            state: order.state(now),
            trouble: order.trouble.clone(),
            replaced: order.replaced.is_some(),
            read: order.reading.as_ref().is_some_and(|reading| reading.left() == 0),
        }
    }
}

/// Which of the four steps the order's screen shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pane {
    /// Step 1: the text is not there yet, or was changed.
    Retrieve,
    /// Step 2: how the customer gets the text.
    Deliver,
    /// Step 2, aloud.
    Reading,
    /// Step 3: what was sent, and waiting for the yes.
    Sent,
    /// Step 4: what will be sent, on what evidence.
    Complete,
    /// The end, whichever.
    Outcome,
}

impl OrderScreen {
    /// The screen of an order.
    pub fn new(order: Arc<Order>, history: Arc<Vec<Recorded>>, now: Timestamp) -> Self {
        let mut screen = Self {
            pane: Pane::Retrieve,
            section: 0,
            shown_at: None,
            seen: None,
            too_soon: false,
            top: 0,
            anchor: None,
            busy: None,
            problem: None,
            about: About::of(&order, now),
            order,
            history,
        };
        screen.settle(now);
        screen
    }

    /// Shows the step that the order is at, and the first section that was not read. What is read aloud stays where it is.
    pub fn settle(&mut self, now: Timestamp) {
        let pane = pane(&self.order, now);
        let bookmark = self
            .order
            .reading
            .as_ref()
            .map_or(0, |r| r.bookmark().unwrap_or(r.sections.len().saturating_sub(1)));
        if pane != self.pane || bookmark != self.section {
            self.show(bookmark);
            self.too_soon = false;
        }
        let about = About::of(&self.order, now);
        if about != self.about && (pane != Pane::Reading || about.read != self.about.read) {
            self.scroll_to(0);
        }
        (self.pane, self.about) = (pane, about);
    }

    /// Something went wrong: its page says so at its top.
    pub fn fails(&mut self, problem: Problem) {
        self.problem = Some(problem);
        if self.pane != Pane::Reading {
            self.scroll_to(0);
        }
    }

    /// Shows this section from its beginning.
    pub fn show(&mut self, section: usize) {
        (self.section, self.seen, self.shown_at) = (section, None, None);
        self.scroll_to(0);
    }

    /// Shows the text from this row on.
    pub fn scroll_to(&mut self, top: usize) {
        (self.top, self.anchor) = (top, None);
    }

    /// Shows the text from this character of the current section on.
    pub fn begin_at(&mut self, character: usize) {
        self.anchor = Some(character);
    }

    /// The text has other rows from now on: the part in front begins where it began, and of it only what is drawn again
    /// counts as shown.
    pub fn resized(&mut self) {
        if let Some(seen) = &mut self.seen {
            let from = *self.anchor.get_or_insert(seen.from);
            seen.through = seen.through.min(from);
        }
    }

    /// True while the answer to its call is here, and the journal has not taken it yet.
    pub fn has_answer(&self) -> bool {
        let problem = self.problem.as_ref();
        problem.is_some_and(|problem| problem.field == "journal" && problem.retry == Retry::Dangerous)
    }

    /// The call that another desk is making for it.
    pub fn elsewhere(&self) -> Option<&Attempt> {
        self.order.under_way().filter(|_| self.busy.is_none() && !self.has_answer())
    }

    /// For how long the current section has been in front at `now`; negative when the clock was set back.
    pub fn shown_for(&self, now: Timestamp) -> SignedDuration {
        self.shown_at.map_or(SignedDuration::ZERO, |since| now.duration_since(since))
    }

    /// True where the text was scrolled until nothing of the current section is left on the screen.
    pub fn is_out_of_sight(&self) -> bool {
        self.seen.is_some_and(|seen| !seen.in_sight)
    }

    /// True where a part of the current section is still to be shown, as far as is known.
    pub fn goes_on(&self) -> bool {
        self.seen.is_some_and(|seen| !seen.is_whole())
    }
}

/// The step that an order is at.
pub fn pane(order: &Order, now: Timestamp) -> Pane {
    let held =
        order.refusal().is_some_and(|e| matches!(e.remedy().reopens, Reopens::Never | Reopens::Release));
    match order.state(now) {
        State::Completed | State::Abandoned | State::InDoubt | State::Expired => Pane::Outcome,
        State::Refused if held => Pane::Outcome,
        State::Completing => Pane::Complete,
        State::Opened
        | State::RccRetrieved
        | State::RccBlocked
        | State::Reading
        | State::Sent
        | State::Accepted
        | State::Refused => match order.progress() {
            State::Opened | State::RccBlocked => Pane::Retrieve,
            State::Reading if order.reading.as_ref().is_some_and(|r| r.interrupted) => Pane::Deliver,
            State::Reading => Pane::Reading,
            State::Sent => Pane::Sent,
            State::Accepted => Pane::Complete,
            State::RccRetrieved
            | State::Completing
            | State::InDoubt
            | State::Completed
            | State::Expired
            | State::Refused
            | State::Abandoned => Pane::Deliver,
        },
    }
}
