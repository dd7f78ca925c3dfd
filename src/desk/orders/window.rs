//! Parts of the queue, as they are asked of the journal and as they come.

use crate::order::{Attention, Summary, Timestamp};

/// As many rows as are kept at the most: enough for any screen, few enough that memory stays flat.
pub const MOST: usize = 384;
/// As many as are asked for at a time.
pub const CHUNK: usize = 128;
/// As many as a search in the journal finds at the most: there may be more.
pub const FOUND: usize = 10;

/// Which part of the queue. A row is named by its place, which the journal finds even when the row has moved.
#[derive(Clone, Debug, PartialEq)]
pub enum Part {
    /// From the most urgent order on.
    First,
    /// Up to the last one.
    Last,
    /// What comes after this row.
    After(Box<Summary>),
    /// What comes before this row.
    Before(Box<Summary>),
    /// What lies around this row, and the row itself if it is still there.
    Around(Box<Summary>),
}

/// How many orders there are, ignoring the clock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Neither completed nor abandoned.
    pub open: usize,
    /// Of those: in need of a supervisor.
    pub alarms: usize,
    /// Of those: in need of a person, alarms included.
    pub needing: usize,
    /// Completed or abandoned, whenever that was.
    pub ended: usize,
}

impl Counts {
    /// The counts of these rows alone.
    pub fn of(rows: &[Summary]) -> Self {
        let mut counts = Self::default();
        for row in rows {
            counts.change(None, row.attention());
        }
        counts
    }

    /// An order that stood so, or was not there, stands otherwise now.
    pub fn change(&mut self, was: Option<Attention>, is: Attention) {
        let parts = |attention| {
            let open = attention != Attention::Done;
            [
                usize::from(open),
                usize::from(attention == Attention::Alarm),
                usize::from(attention <= Attention::Ready),
                usize::from(!open),
            ]
        };
        let (was, is) = (was.map_or([0; 4], parts), parts(is));
        let counts = [&mut self.open, &mut self.alarms, &mut self.needing, &mut self.ended];
        for (at, count) in counts.into_iter().enumerate() {
            *count = (*count + is[at]).saturating_sub(was[at]);
        }
    }
}

/// A part of the queue, read from the journal.
#[derive(Clone, Debug)]
pub struct Page {
    pub part: Part,
    /// In the queue's order.
    pub rows: Vec<Summary>,
    /// Whether there are rows before the first, and after the last. For [`Part::After`] only the latter counts, for
    /// [`Part::Before`] only the former.
    pub before: bool,
    pub after: bool,
    pub counts: Counts,
    /// Midnight: what ended earlier is not in the queue.
    pub today: Timestamp,
}

impl Page {
    /// The whole of a queue that is no longer than this.
    pub fn whole(rows: Vec<Summary>) -> Self {
        let counts = Counts::of(&rows);
        Self { part: Part::First, rows, before: false, after: false, counts, today: Timestamp::MIN }
    }
}
