//! What happens to the marketplace's desk, in the past tense.

use super::ask::Ask;
use crate::kind::{Recorded, ShortId, Timestamp};
use crate::subscription::{
    Calendar, Ending, Event, MonthView, ProvisioningId, Report, ReportRow, Subscription, SubscriptionRow,
    Takeover,
};
use jiff::SignedDuration;
use std::collections::BTreeMap;

/// One thing that happened.
#[derive(Clone, Debug)]
pub enum News {
    /// The lists were read.
    Loaded(Box<Loaded>),
    Month(Box<MonthView>),
    /// These were looked at; those with earlier tries of the same buyer, and which.
    Tries {
        looked: Vec<ShortId>,
        found: Vec<(ShortId, Vec<ProvisioningId>)>,
    },
    Page(Box<Page>),
    Ending(Box<Ending>),
    /// A subscription as it is now.
    Row(Box<SubscriptionRow>),
    /// A task is over, about this subscription or report.
    Done {
        id: Option<ShortId>,
        what: String,
    },
    /// It could not be done, or was refused. `task`: it ends a task; `insist`: what a person can ask for all the same, with
    /// a reason.
    Failed {
        id: Option<ShortId>,
        what: String,
        next: String,
        task: bool,
        insist: Option<Ask>,
    },
    /// What became of a report of a run.
    Sent(Sent),
    /// The run is over. This ends a task.
    Ran(Ran),
}

impl News {
    /// True for what ends a task.
    pub fn ends_task(&self) -> bool {
        matches!(self, Self::Done { .. } | Self::Ran(_) | Self::Failed { task: true, .. })
    }
}

/// What was read for the lists.
#[derive(Clone, Debug)]
pub struct Loaded {
    pub calendar: Calendar,
    /// How far this machine's clock is ahead of the marketplace's, as far as is known.
    pub clock_error: Option<SignedDuration>,
    /// The latest first.
    pub rows: Vec<SubscriptionRow>,
    pub doubts: Vec<Report>,
    pub takeover: Option<Takeover>,
    /// When the id of a deploy last came with other content.
    pub conflicts: BTreeMap<ShortId, Timestamp>,
    /// Deploys that could not be read, and requests without proof of who sent them.
    pub unreadable: u64,
    pub strangers: u64,
}

/// All that is known of a subscription.
#[derive(Clone, Debug)]
pub struct Page {
    pub subscription: Subscription,
    pub history: Vec<Recorded<Event>>,
    /// Its reports of the bill month and of the one before.
    pub reports: Vec<ReportRow>,
    /// What is known of each of these of which something was sent.
    pub accounts: Vec<Report>,
    /// Earlier deploys of the same buyer and product.
    pub earlier: Vec<ProvisioningId>,
}

/// What became of one report.
#[derive(Clone, Debug, PartialEq)]
pub struct Sent {
    pub id: ShortId,
    /// The provisioning id and the SKU.
    pub about: String,
    pub amount: String,
    pub end: SentEnd,
    /// The answer, or why not, in words.
    pub what: String,
}

/// How it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SentEnd {
    Reported,
    Refused,
    InDoubt,
    NotSent,
    /// Another desk was sending it.
    Elsewhere,
    /// It was answered, and the journal has not taken that yet.
    Unrecorded,
}

/// A run that has ended, or was stopped.
#[derive(Clone, Debug, PartialEq)]
pub struct Ran {
    /// Why it ended before its end; none when it did not.
    pub halt: Option<String>,
    /// A person stopped it: it can go on.
    pub paused: bool,
}
