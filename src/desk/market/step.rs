//! What comes next for a subscription.

use crate::kind::Timestamp;
use crate::subscription::{Sku, SkuLine, SkuState, State, SubscriptionRow};

/// What comes next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// A person, or a program, has to say what the buyer is told.
    Answer,
    /// A call that starts or ends billing got no answer: the portal shows what became of it.
    Look,
    /// These wait until somebody reports that they are ready.
    StartBilling(Vec<Sku>),
    /// Billing starts by itself, then.
    Starts(Timestamp),
    /// The customer pressed Terminate and is to be written to until this day.
    Write(String),
    /// Usage is reported, month by month.
    Report,
    /// A call is under way.
    Wait,
    Nothing,
}

impl Step {
    /// What comes next for `row`.
    pub fn of(row: &SubscriptionRow, now: Timestamp) -> Self {
        if row.owner.is_some() {
            return Self::Wait;
        }
        let state = row.state(now);
        let waiting: Vec<Sku> = waiting(row, now);
        match state {
            State::Requested => Self::Answer,
            State::Rejected | State::Ended => Self::Nothing,
            State::Provisioned | State::Billing
                if row.skus.iter().any(|line| line.not_known(now).is_some()) =>
            {
                Self::Look
            }
            State::Provisioned | State::Billing if !waiting.is_empty() => Self::StartBilling(waiting),
            State::Provisioned | State::Billing => match (&row.termination_due, starts(row, now)) {
                (Some(due), _) => Self::Write(due.clone()),
                (None, Some(at)) if state == State::Provisioned => Self::Starts(at),
                (None, _) if row.skus.iter().any(|line| line.plan.usage && line.ended.is_none()) => {
                    Self::Report
                }
                (None, _) => Self::Nothing,
            },
        }
    }
}

/// The SKUs whose billing waits for somebody.
pub fn waiting(row: &SubscriptionRow, now: Timestamp) -> Vec<Sku> {
    waiting_lines(row, now).map(|line| line.plan.sku.clone()).collect()
}

/// Those of them whose start was never sent, or is known not to have been carried out.
pub fn not_started(row: &SubscriptionRow, now: Timestamp) -> Vec<Sku> {
    let known = waiting_lines(row, now).filter(|line| line.not_known(now).is_none());
    known.map(|line| line.plan.sku.clone()).collect()
}

fn waiting_lines(row: &SubscriptionRow, now: Timestamp) -> impl Iterator<Item = &SkuLine> {
    row.skus.iter().filter(move |line| line.state(now) == SkuState::Waiting)
}

/// When the next SKU's billing starts by itself.
fn starts(row: &SubscriptionRow, now: Timestamp) -> Option<Timestamp> {
    let starts = row.skus.iter().filter_map(|line| match line.state(now) {
        SkuState::Scheduled(at) => Some(at),
        SkuState::Waiting | SkuState::Billing | SkuState::Ended => None,
    });
    starts.min()
}
