//! What the marketplace's desk keeps.

use super::news::{Page, Ran, Sent};
use super::plan::Plan;
use crate::kind::{ShortId, Timestamp};
use crate::subscription::{
    Calendar, Month, MonthView, ProvisioningId, Report, SubscriptionRow, Takeover, there,
};
use jiff::SignedDuration;
use std::collections::{BTreeMap, BTreeSet};
use tui_input::Input;

/// What does not change while the desk is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MarketSetup {
    /// Whether deploys arrive that are there to practice on.
    pub practice: bool,
    /// How long a report may be under way.
    pub limit: SignedDuration,
}

/// The lists, in the order of their tabs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum List {
    #[default]
    Requests,
    Subscriptions,
    Month,
    Doubts,
}

impl List {
    pub const ALL: [Self; 4] = [Self::Requests, Self::Subscriptions, Self::Month, Self::Doubts];

    /// The list so many tabs on, round and round.
    #[must_use]
    pub fn step(self, by: usize) -> Self {
        Self::ALL[(self as usize + by) % Self::ALL.len()]
    }
}

/// Why a deploy is among the requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Request {
    /// It waits for an answer.
    Waiting,
    /// Its id came again with other content.
    Conflict,
    /// The answer may not have arrived.
    Unconfirmed,
    /// The same buyer asked for the same product before.
    SecondTry,
}

/// What a subscription is read for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    Show,
    Answer,
}

/// How far the lists were read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// True once the desk was opened: nothing is read before that.
    pub opened: bool,
    /// True while they are on their way.
    pub under_way: bool,
    /// Somebody else has written since.
    pub stale: bool,
}

/// The marketplace's desk.
#[derive(Clone, Debug, Default)]
pub struct Market {
    pub list: List,
    /// The chosen row of each list, and the first one shown.
    pub selected: [usize; 4],
    pub top: [usize; 4],
    pub reading: Reading,
    /// None until the lists were read.
    pub calendar: Option<Calendar>,
    /// How far this machine's clock is ahead of the marketplace's, as far as is known.
    pub clock_error: Option<SignedDuration>,
    pub rows: Vec<SubscriptionRow>,
    /// The requests and the subscriptions that are shown: places in `rows`.
    pub requests: Vec<(Request, usize)>,
    pub matches: Vec<usize>,
    pub filter: Input,
    pub filtering: bool,
    pub tries: BTreeMap<ShortId, Vec<ProvisioningId>>,
    /// The deploys that were looked at for earlier tries.
    pub looked: BTreeSet<ShortId>,
    /// When the id of a deploy last came with other content.
    pub conflicts: BTreeMap<ShortId, Timestamp>,
    pub unreadable: u64,
    pub strangers: u64,
    pub month: Option<MonthView>,
    /// The month that was asked for; none for the one whose bill is open.
    pub wanted_month: Option<Month>,
    pub month_loading: bool,
    pub doubts: Vec<Report>,
    pub takeover: Option<Takeover>,
    /// The subscription that is open, or was last.
    pub page: Option<Page>,
    pub page_top: usize,
    /// The subscription that was asked for and is not there yet.
    pub opening: Option<(ShortId, Purpose)>,
    /// The subscriptions and reports that this desk runs a task for, and since when.
    pub busy: BTreeMap<ShortId, Timestamp>,
    pub run: Option<Run>,
}

/// Reports that are being sent, or were.
#[derive(Clone, Debug)]
pub struct Run {
    pub plan: Plan,
    pub reason: Option<String>,
    pub sent: Vec<Sent>,
    /// None while it is under way.
    pub ended: Option<Ran>,
    /// A person asked to stop before the next one.
    pub stopping: bool,
    /// The result at which the screen begins.
    pub top: usize,
}

impl Run {
    /// True while reports of it are on their way, or may be.
    pub fn is_running(&self) -> bool {
        self.ended.is_none()
    }

    /// True when a person stopped it and it can go on.
    pub fn is_paused(&self) -> bool {
        self.ended.as_ref().is_some_and(|ran| ran.paused) && !self.left().is_empty()
    }

    /// What of it has not been tried yet.
    pub fn left(&self) -> Vec<(ShortId, crate::subscription::Amount)> {
        let tried: BTreeSet<&ShortId> = self.sent.iter().map(|sent| &sent.id).collect();
        let left = self.plan.reports.iter().filter(|planned| !tried.contains(&planned.id));
        left.map(|planned| (planned.id.clone(), planned.amount)).collect()
    }
}

impl Market {
    /// The subscription of the chosen row, on the lists that have one.
    pub fn row(&self) -> Option<&SubscriptionRow> {
        let selected = self.selected[self.list as usize];
        let at = match self.list {
            List::Requests => self.requests.get(selected).map(|(_, at)| *at),
            List::Subscriptions => self.matches.get(selected).copied(),
            List::Month => {
                let line = self.month.as_ref()?.lines.get(selected)?;
                self.rows.iter().position(|row| row.provisioning_id == line.provisioning_id)
            }
            List::Doubts => {
                let report = self.doubts.get(selected)?;
                self.rows.iter().position(|row| row.id == report.subscription)
            }
        };
        self.rows.get(at?)
    }

    /// The row of this subscription.
    pub fn of(&self, id: &ShortId) -> Option<&SubscriptionRow> {
        self.rows.iter().find(|row| row.id == *id)
    }

    /// The chosen report in doubt.
    pub fn doubt(&self) -> Option<&Report> {
        self.doubts.get(self.selected[List::Doubts as usize])
    }

    /// How many rows the list in front has.
    pub fn length(&self) -> usize {
        match self.list {
            List::Requests => self.requests.len(),
            List::Subscriptions => self.matches.len(),
            List::Month => self.month.as_ref().map_or(0, |month| month.lines.len()),
            List::Doubts => self.doubts.len(),
        }
    }

    /// How many deploys a person should look at: one that could not be read may be a purchase.
    pub fn to_look_at(&self) -> usize {
        self.requests.len().saturating_add(usize::try_from(self.unreadable).unwrap_or(usize::MAX))
    }

    /// The month whose bill something sent now would go on, once the calendar is known.
    pub fn bill(&self, now: Timestamp) -> Option<Month> {
        self.calendar.as_ref().map(|calendar| calendar.bill_month(there(now, self.clock_error)))
    }

    /// True while reports are being sent.
    pub fn is_sending(&self) -> bool {
        self.run.as_ref().is_some_and(Run::is_running)
    }
}
