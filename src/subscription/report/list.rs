//! The list of reports: one row for each slot, and no two rows for one.

use super::{Report, ReportState, Slot};
use crate::kind::{Column, Index, List, Row, ShortId, Timestamp, Unique, Value};
use crate::order::Environment;
use crate::subscription::{Amount, Calendar, Month, ProvisioningId, Sku, Sole};
use jiff::SignedDuration;

/// Its table. Times are microseconds since 1970, UTC.
pub(super) const LIST: List = List {
    table: "usage_reports",
    columns: &[
        Column::text("environment").fixed(),
        Column::text("subscription").fixed(),
        Column::text("provisioning_id").fixed(),
        Column::text("sku").fixed(),
        Column::text("month").fixed(),
        Column::integer("supplement").fixed(),
        Column::text("state"),
        // A decimal; none while nothing was taken in.
        Column::text("amount").optional(),
        Column::integer("lines"),
        Column::integer("begun_at").optional(),
        Column::integer("reported_at").optional(),
        Column::text("owner").optional(),
    ],
    unique: &[Unique {
        columns: &["environment", "provisioning_id", "sku", "month", "supplement"],
        field: Sole::Slot.name(),
    }],
    indexes: &[
        Index {
            name: "usage_reports_by_month",
            columns: &["environment", "month", "provisioning_id", "sku", "supplement"],
            only: None,
        },
        Index {
            name: "usage_reports_by_state",
            columns: &["environment", "state", "month", "id"],
            only: None,
        },
        Index {
            name: "usage_reports_under_way",
            columns: &["environment", "id"],
            only: Some("owner IS NOT NULL"),
        },
    ],
    counted: &["environment", "month", "state"],
};

/// The places of some columns.
pub(super) const STATE: usize = 6;
pub(super) const AMOUNT: usize = 7;
pub(super) const LINES: usize = 8;
pub(super) const BEGUN_AT: usize = 9;

/// What the list says of a report.
#[derive(Clone, Debug, PartialEq)]
pub struct ReportRow {
    pub id: ShortId,
    pub seq: u64,
    pub environment: Environment,
    pub subscription: ShortId,
    pub slot: Slot,
    pub state: ReportState,
    /// What is frozen, or what was taken in until now.
    pub amount: Option<Amount>,
    /// How many lines were taken in.
    pub lines: i64,
    /// When its last call began: what decides on the bill.
    pub begun_at: Option<Timestamp>,
    pub reported_at: Option<Timestamp>,
    pub owner: Option<String>,
}

impl ReportRow {
    /// The month on whose bill it is, or may be, by when its call began. What a person saw on the portal is not in the row.
    pub fn bill_by_its_call(&self, calendar: &Calendar) -> Option<Month> {
        self.begun_at.filter(|_| self.state.is_on_a_bill()).map(|at| calendar.bill_month(at))
    }

    /// The first and the last of the bills on which it can be, as long as nobody knows whether it arrived: those that were
    /// open since its call began.
    pub fn bills_since_its_call(&self, calendar: &Calendar, now: Timestamp) -> Option<(Month, Month)> {
        Some(calendar.bills_since(self.begun_at?, now))
    }

    /// False when the marketplace itself said that it is reported: that comes with the answer. A person says so once
    /// `quiet` is over.
    pub fn may_be_by_verdict(&self, quiet: SignedDuration) -> bool {
        let waited = self.reported_at.zip(self.begun_at).map(|(said, begun)| said.duration_since(begun));
        waited.is_some_and(|waited| waited < SignedDuration::ZERO || waited >= quiet)
    }
}

pub(super) fn values(report: &Report) -> Vec<Value> {
    let Slot { provisioning_id, sku, month, supplement } = &report.slot;
    vec![
        report.environment.name().into(),
        report.subscription.as_str().into(),
        provisioning_id.as_str().into(),
        sku.as_str().into(),
        month.to_string().into(),
        i64::from(*supplement).into(),
        report.state().name().into(),
        report.amount().map(|amount| amount.to_string()).into(),
        i64::try_from(report.lines.len()).unwrap_or(i64::MAX).into(),
        report.begun_at().map(Timestamp::as_microsecond).into(),
        report.reported_at().map(Timestamp::as_microsecond).into(),
        report.attempts.pending().map(|pending| pending.owner).into(),
    ]
}

pub(super) fn read(id: &str, seq: u64, values: &[Value]) -> Result<ReportRow, String> {
    let row = Row { list: &LIST, values };
    let short = |text: &str| ShortId::parse(text);
    Ok(ReportRow {
        id: short(id).ok_or_else(|| format!("`{id}` is not an id"))?,
        seq,
        environment: row.read(0, Environment::named)?,
        subscription: row.read(1, short)?,
        slot: Slot {
            provisioning_id: row.read(2, |text| ProvisioningId::new(text).ok())?,
            sku: row.read(3, |text| Sku::new(text).ok())?,
            month: row.read(4, |text| Month::parse(text).ok())?,
            supplement: u32::try_from(row.integer(5)?)
                .map_err(|_| "the supplement is not a number".to_owned())?,
        },
        state: row.read(STATE, ReportState::named)?,
        amount: row
            .maybe_text(AMOUNT)
            .map(|_| row.read(AMOUNT, |text| Amount::parse(text).ok()))
            .transpose()?,
        lines: row.integer(LINES)?,
        begun_at: row.maybe_instant(BEGUN_AT)?,
        reported_at: row.maybe_instant(10)?,
        owner: row.maybe_text(11).map(str::to_owned),
    })
}
