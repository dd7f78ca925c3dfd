//! What happens to the desk, in the past tense.

use super::frame::key::Key;
use super::frame::seen::Seen;
use super::frame::target::Target;
use super::market::news::News;
use super::orders::window::Page;
use super::problem::Problem;
use super::registration::news::News as ContractNews;
use super::supervisor::state::Ended;
use super::training::exchange::News as ClassroomNews;
use super::training::scene::PlayView;
use crate::order::{Order, OrderId, Recorded, Summary, Timestamp};
use crate::report::Figures;
use std::sync::Arc;

/// One thing that happened.
#[derive(Clone, Debug)]
pub enum Msg {
    /// A key was pressed.
    Key(Key),
    /// A key is held down, as the terminal itself says; or it was pressed before a frame showed the question that is asked.
    Held(Key),
    /// Text was pasted, whole.
    Paste(String),
    /// The mouse was pressed on a place that the view had named: a row of a list, a key of the help line.
    Clicked(Target),
    /// A frame showed so much of the section that is read.
    Shown(Seen),
    /// The wheel turned; negative is up.
    Scrolled(i32),
    /// The terminal has this size now.
    Resized { width: u16, height: u16 },
    /// The terminal got the keyboard, or lost it.
    Focused(bool),
    /// The program was stopped, and goes on.
    Continued,
    /// Time passed that something on the screen shows.
    Tick,
    /// A timer fired.
    Timer(u64),
    /// A part of the queue was read.
    Queue(Box<Page>),
    /// What the journal has for a text typed into the filter.
    Found { text: String, rows: Vec<Summary> },
    /// Stalled orders were read: those after a row, or from the beginning; whether there are more.
    Stalled { after: Option<OrderId>, rows: Vec<Summary>, more: bool },
    /// An order was loaded, or changed. `after`: it ends a task that this desk started.
    Order { order: Arc<Order>, history: Arc<Vec<Recorded>>, after: bool },
    /// An order was loaded to be shown beside a list.
    Glance { order: Arc<Order>, history: Arc<Vec<Recorded>> },
    /// An order was added.
    Opened(Box<Order>),
    /// What became of one order of a batch, or of a retry of one.
    Ended(Ended),
    /// What happened since midnight.
    Day { figures: Arc<Figures>, since: Timestamp, until: Timestamp },
    /// A task failed or was refused. The order as it is now follows as `Order`, if it could be read.
    /// `after`: it ends a task that this desk started; `retry_after`: the wait that the server asked for, in seconds.
    Failed { id: Option<OrderId>, problem: Problem, after: bool, retry_after: Option<u64> },
    /// The embedded Px did what the trainer asked.
    Simulated { what: String, clock_offset: jiff::SignedDuration },
    /// Something happened to the marketplace's desk.
    Market(News),
    /// Something happened to the registration's desk.
    Contract(ContractNews),
    /// Something happened in the classroom.
    Classroom(ClassroomNews),
    /// The journal was changed by someone else.
    JournalChanged,
    /// How the run of practice stands now.
    Practice(Box<PlayView>),
    /// The journal cannot be reached, until it is said to be back.
    JournalAway,
    /// The journal can be reached again, and may have been changed meanwhile.
    JournalBack,
    /// The journal is not what this machine saw, and nothing is sent or recorded with it.
    JournalDoubted,
    /// The journal that was not trusted is: the right one is back, or a supervisor has accepted this one.
    JournalTrusted,
    /// The terminal or the system asked the program to end.
    AskedToQuit,
}

/// What a person did at the keyboard or with the mouse.
#[derive(Clone, Copy, Debug)]
pub enum Input<'a> {
    Key(Key),
    Held(Key),
    Paste(&'a str),
    Clicked(Target),
    Scrolled(i32),
}

impl Msg {
    /// What a person did; none for all else that can happen.
    pub fn input(&self) -> Option<Input<'_>> {
        match self {
            Self::Key(key) => Some(Input::Key(*key)),
            Self::Held(key) => Some(Input::Held(*key)),
            Self::Paste(text) => Some(Input::Paste(text)),
            Self::Clicked(target) => Some(Input::Clicked(*target)),
            Self::Scrolled(rows) => Some(Input::Scrolled(*rows)),
            Self::Shown(_)
            | Self::Resized { .. }
            | Self::Focused(_)
            | Self::Continued
            | Self::Tick
            | Self::Timer(_)
            | Self::Queue(_)
            | Self::Found { .. }
            | Self::Stalled { .. }
            | Self::Order { .. }
            | Self::Glance { .. }
            | Self::Opened(_)
            | Self::Ended(_)
            | Self::Day { .. }
            | Self::Failed { .. }
            | Self::Simulated { .. }
            | Self::Market(_)
            | Self::Contract(_)
            | Self::Classroom(_)
            | Self::JournalChanged
            | Self::Practice(_)
            | Self::JournalAway
            | Self::JournalBack
            | Self::JournalDoubted
            | Self::JournalTrusted
            | Self::AskedToQuit => None,
        }
    }
}
