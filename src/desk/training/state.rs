//! The trainer's screen.

use super::failures::Called;
use super::progress::Tour;
use super::scene::{PlayView, is_paused};
use crate::order::Timestamp;
use crate::practice::Snapshot;
use jiff::SignedDuration;
use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::Arc;
use tui_input::Input;

/// What a trainer works on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tab {
    /// Who is in the classroom.
    Trainees,
    #[default]
    Customer,
    Clock,
    Server,
}

impl Tab {
    pub const ALL: [Self; 4] = [Self::Trainees, Self::Customer, Self::Clock, Self::Server];

    /// For its heading.
    pub fn title(self) -> &'static str {
        match self {
            Self::Trainees => "Trainees",
            Self::Customer => "Customer",
            Self::Clock => "Clock",
            Self::Server => "Server",
        }
    }
}

/// What lies over the list of trainees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Over {
    /// One trainee, live.
    Trainee,
    /// The scenarios, to start one. `from_trainee`: it was opened from a trainee's page, and goes back to it.
    Scenarios { from_trainee: bool },
}

/// The trainer's screen.
#[derive(Clone, Debug, Default)]
pub struct Training {
    pub tab: Tab,
    /// The row that is chosen under each tab.
    pub(super) rows: [usize; 4],
    /// The call whose failures are listed, and the row that is chosen among them.
    pub call: Option<Called>,
    pub(super) failure: usize,
    pub over: Option<Over>,
    pub(super) scenario: usize,
    /// How far a trainee's page is scrolled.
    pub page_top: usize,
    /// What the customer is about to say, while it is typed.
    pub saying: Option<Input>,
    /// Whose run is about to be ended: the same key once more does it.
    pub(super) ending: Option<u32>,
    /// Whether everybody's runs are about to be replaced: the same key once more does it.
    pub(super) replacing: bool,
    pub classroom: Option<Classroom>,
    /// How far the embedded Px's clock is ahead.
    pub clock_offset: SignedDuration,
    /// What was done, the newest last.
    pub log: VecDeque<String>,
    /// The run of practice that this desk is for, if it is for one.
    pub play: Option<PlayView>,
    /// The first line of the report that is shown.
    pub report_top: usize,
    /// Whether somebody new is shown around.
    pub tour: Tour,
}

/// A classroom that is open.
#[derive(Clone, Debug)]
pub struct Classroom {
    /// The address that trainees type.
    pub address: String,
    pub code: String,
    pub lessons: Arc<Vec<Lesson>>,
    /// In the order in which they joined.
    pub trainees: Vec<Trainee>,
}

impl Classroom {
    /// What a trainee types to join.
    pub fn command(&self) -> String {
        format!("pxdesk practice --join {} --code {}", self.address, self.code)
    }

    /// How many runs are under way, as far as is known.
    pub fn running(&self) -> usize {
        self.trainees.iter().filter(|trainee| trainee.is_running() && !trainee.away).count()
    }

    /// Whether no other machine reaches the address.
    pub fn is_here_alone(&self) -> bool {
        self.address.parse().is_ok_and(|address: SocketAddr| address.ip().is_loopback())
    }
}

/// A scenario that can be started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lesson {
    pub name: String,
    pub title: String,
    pub teaches: String,
    /// Its file's text.
    pub text: String,
}

/// A trainee, as the trainer sees them.
#[derive(Clone, Debug, PartialEq)]
pub struct Trainee {
    /// The number of their seat.
    pub number: u32,
    pub name: String,
    pub away: bool,
    pub heard_at: Timestamp,
    /// When a key was last pressed there.
    pub key_at: Option<Timestamp>,
    /// When the snapshot came.
    pub told_at: Timestamp,
    pub snapshot: Snapshot,
    /// How much of what the trainer wanted has not arrived there yet.
    pub waiting: usize,
}

impl Trainee {
    /// True while a scenario is under way there.
    pub fn is_running(&self) -> bool {
        self.snapshot.scenario.is_some() && !self.snapshot.ended
    }

    /// How long the run has lasted at `now`, pauses left out.
    pub fn lasted(&self, now: Timestamp) -> SignedDuration {
        let told = SignedDuration::from_millis(i64::try_from(self.snapshot.elapsed).unwrap_or(i64::MAX));
        let runs = self.is_running() && !self.snapshot.paused && !self.away;
        let since = if runs { now.duration_since(self.told_at) } else { SignedDuration::ZERO };
        told.saturating_add(since.max(SignedDuration::ZERO))
    }

    /// How much of the order's window is left at `now`, by the trainee's own clock; none before it is known.
    pub fn window(&self, now: Timestamp) -> Option<SignedDuration> {
        let snapshot = &self.snapshot;
        let left = snapshot.expires_at?.duration_since(snapshot.now?);
        let stands = self.away || snapshot.paused || snapshot.ended;
        let since = if stands { SignedDuration::ZERO } else { now.duration_since(self.told_at) };
        Some(left.saturating_sub(since.max(SignedDuration::ZERO)))
    }
}

impl Training {
    /// True while the trainer has paused a run that is not over.
    pub fn is_paused(&self) -> bool {
        self.play.as_ref().is_some_and(is_paused)
    }

    /// The row that is chosen.
    pub fn selected(&self) -> usize {
        match (self.over, self.tab, self.call) {
            (Some(Over::Scenarios { .. }), ..) => self.scenario,
            (_, Tab::Server, Some(_)) => self.failure,
            (_, tab, _) => self.rows[tab as usize],
        }
    }

    /// Chooses a row.
    pub fn choose(&mut self, row: usize) {
        match (self.over, self.tab, self.call) {
            (Some(Over::Scenarios { .. }), ..) => self.scenario = row,
            (_, Tab::Server, Some(_)) => self.failure = row,
            (_, tab, _) => self.rows[tab as usize] = row,
        }
    }

    /// Shows the servers' calls, of which this one is chosen.
    pub fn show_calls(&mut self, row: usize) {
        (self.tab, self.call) = (Tab::Server, None);
        self.rows[Tab::Server as usize] = row;
    }

    /// The trainee whom everything here is about.
    pub fn trainee(&self) -> Option<&Trainee> {
        self.classroom.as_ref()?.trainees.get(self.rows[Tab::Trainees as usize])
    }

    /// The scenario that is chosen in the list of scenarios.
    pub fn lesson(&self) -> Option<&Lesson> {
        self.classroom.as_ref()?.lessons.get(self.scenario)
    }

    /// The tabs that there are.
    pub fn tabs(&self) -> &'static [Tab] {
        if self.classroom.is_some() { &Tab::ALL } else { &Tab::ALL[1..] }
    }
}
