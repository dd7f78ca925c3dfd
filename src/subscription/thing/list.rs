//! The list of subscriptions.

use super::{State, Subscription};
use crate::kind::{Column, Index, List, Row, ShortId, Timestamp, Unique, Value};
use crate::order::Environment;
use crate::subscription::{
    Calendar, Call, Called, CustomerId, Month, Plan, ProvisioningId, Refusal, Sku, SkuLine, Sole,
};
use serde::{Deserialize, Serialize};

/// Its table. Times are microseconds since 1970, UTC.
pub(super) const LIST: List = List {
    table: "subscriptions",
    columns: &[
        Column::text("environment").fixed(),
        Column::text("provisioning_id").fixed(),
        Column::text("customer_id").optional(),
        Column::integer("product_id").optional(),
        // Whether it is answered, and how; what it is by the clock follows from its SKUs.
        Column::text("standing"),
        // As JSON: the plan, when billing started and ended, and which of its calls may have been carried out.
        Column::text("skus"),
        Column::integer("requested_at"),
        Column::integer("updated_at"),
        Column::integer("unconfirmed"),
        Column::integer("conflicts"),
        Column::text("owner").optional(),
        Column::text("termination_due").optional(),
        // The customer id, where the pattern of the configuration made it: that is given to nobody else.
        Column::text("assigned").optional(),
    ],
    unique: &[
        Unique { columns: &["environment", "provisioning_id"], field: Sole::ProvisioningId.name() },
        Unique { columns: &["environment", "assigned"], field: Sole::CustomerId.name() },
    ],
    indexes: &[
        Index {
            name: "subscriptions_by_standing",
            columns: &["environment", "standing", "requested_at", "id"],
            only: None,
        },
        Index { name: "subscriptions_by_time", columns: &["environment", "requested_at", "id"], only: None },
        Index {
            name: "subscriptions_by_customer",
            columns: &["environment", "customer_id", "id"],
            only: None,
        },
        Index {
            name: "subscriptions_under_way",
            columns: &["environment", "id"],
            only: Some("owner IS NOT NULL"),
        },
    ],
    counted: &["environment", "standing"],
};

/// What the list says of a subscription.
#[derive(Clone, Debug, PartialEq)]
pub struct SubscriptionRow {
    pub id: ShortId,
    pub seq: u64,
    pub environment: Environment,
    pub provisioning_id: ProvisioningId,
    pub customer_id: Option<CustomerId>,
    pub product_id: Option<i64>,
    standing: Standing,
    pub skus: Vec<SkuLine>,
    pub requested_at: Timestamp,
    pub updated_at: Timestamp,
    pub unconfirmed: bool,
    /// How often its id came with other content since a person last set that aside.
    pub conflicts: i64,
    pub owner: Option<String>,
    /// Until when the customer is to be written to, as `YYYY-MM-DD`, after they pressed Terminate.
    pub termination_due: Option<String>,
}

/// What no clock changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    Requested,
    Provisioned,
    Rejected,
    Ended,
}

impl Standing {
    const ALL: [Self; 4] = [Self::Requested, Self::Provisioned, Self::Rejected, Self::Ended];

    fn name(self) -> &'static str {
        match self {
            Self::Requested => State::Requested.name(),
            Self::Provisioned => State::Provisioned.name(),
            Self::Rejected => State::Rejected.name(),
            Self::Ended => State::Ended.name(),
        }
    }

    fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|standing| standing.name() == name)
    }

    fn of(subscription: &Subscription) -> Self {
        // Whatever the time is, only an end by a call is one.
        match subscription.state(Timestamp::MIN) {
            State::Requested => Self::Requested,
            State::Rejected => Self::Rejected,
            State::Ended => Self::Ended,
            State::Provisioned | State::Billing => Self::Provisioned,
        }
    }
}

impl SubscriptionRow {
    /// What it is at `now`.
    pub fn state(&self, now: Timestamp) -> State {
        match self.standing {
            Standing::Requested => State::Requested,
            Standing::Rejected => State::Rejected,
            Standing::Ended => State::Ended,
            Standing::Provisioned if self.skus.iter().any(|sku| sku.was_billed(now)) => State::Billing,
            Standing::Provisioned => State::Provisioned,
        }
    }

    /// True when it may be called that.
    pub fn is_called(&self, called: &Called) -> bool {
        let customer = self.customer_id.as_ref().map(CustomerId::as_str);
        let (provisioning, ours) = (self.provisioning_id.as_str(), self.id.as_str());
        match called {
            Called::ProvisioningId(text) => provisioning == text,
            Called::CustomerId(text) => customer == Some(text),
            Called::Id(text) => ours == text,
            Called::Any(text) => [Some(provisioning), customer, Some(ours)].contains(&Some(text)),
        }
    }

    /// Nothing, when usage of that SKU and month can be taken in; `bill` is the month whose bill something would go on now.
    /// With `late`, that of a SKU which has ended is, until the month of its end.
    ///
    /// # Errors
    /// Why not.
    pub fn takes_usage(
        &self,
        sku: &Sku,
        month: Month,
        bill: Month,
        now: Timestamp,
        late: Option<&Calendar>,
    ) -> Result<(), Refusal> {
        self.state(now).has_customer()?;
        let line = self.skus.iter().find(|line| line.plan.sku == *sku);
        let line = line.ok_or_else(|| Refusal::NoSuchSku(sku.clone()))?;
        if !line.plan.usage {
            return Err(Refusal::NoUsage(sku.clone()));
        }
        match (line.ended, late) {
            (Some(_), None) => return Err(Refusal::SkuEnded(sku.clone())),
            (Some(ended), Some(calendar)) if month > calendar.bill_month(ended) => {
                let (sku, last) = (sku.clone(), calendar.bill_month(ended));
                return Err(Refusal::AfterEnd { sku, month, last });
            }
            (Some(_), Some(_)) | (None, _) => {}
        }
        if month > bill {
            return Err(Refusal::FutureMonth { month, bill });
        }
        Ok(())
    }

    /// True when a person had usage of this SKU left out, to end it.
    pub fn is_excused(&self, sku: &Sku) -> bool {
        self.skus.iter().any(|line| line.plan.sku == *sku && line.excused)
    }

    /// The first month in which this SKU can have been used: that of the purchase, or of the start of its billing where a
    /// person noted an earlier one.
    pub fn first_month(&self, sku: &Sku, calendar: &Calendar) -> Month {
        let line = self.skus.iter().find(|line| line.plan.sku == *sku);
        let began = line.into_iter().flat_map(|line| line.started.into_iter().chain(line.plan.starts));
        calendar.bill_month(began.fold(self.requested_at, Timestamp::min))
    }

    /// The value of the column `standing` that subscriptions of this state have.
    pub fn standing_of(state: State) -> &'static str {
        match state {
            State::Billing => Standing::Provisioned.name(),
            other => other.name(),
        }
    }
}

/// A SKU as the column has it.
#[derive(Serialize, Deserialize)]
struct Kept {
    #[serde(flatten)]
    plan: Plan,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    started: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ended: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    excused: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    unknown: Option<Call>,
}

pub(super) fn values(subscription: &Subscription) -> Vec<Value> {
    let kept = |line: &SkuLine| {
        let SkuLine { plan, started, ended, excused, unknown } = line.clone();
        Kept { plan, started, ended, excused, unknown }
    };
    let skus: Vec<_> = subscription.skus.iter().map(kept).collect();
    let due = subscription.notes.iter().rev().find_map(|note| match note {
        super::Note::TerminationMail { due, .. } => Some(due.to_string()),
        super::Note::BillingMoved { .. }
        | super::Note::UsageLeftOut { .. }
        | super::Note::AsConfigured { .. }
        | super::Note::ProductNamed { .. }
        | super::Note::AlarmSetAside { .. }
        | super::Note::Text { .. } => None,
    });
    vec![
        subscription.environment.name().into(),
        subscription.provisioning_id.as_str().into(),
        subscription.customer_id().map(CustomerId::as_str).into(),
        subscription.product_id.into(),
        Standing::of(subscription).name().into(),
        // Values that were read from JSON can be written as JSON.
        serde_json::to_string(&skus).unwrap_or_default().into(),
        subscription.requested_at.as_microsecond().into(),
        subscription.updated_at.as_microsecond().into(),
        i64::from(subscription.is_unconfirmed()).into(),
        i64::from(subscription.open_conflicts()).into(),
        subscription.attempts.pending().map(|pending| pending.owner).into(),
        due.into(),
        subscription.assigned().map(CustomerId::as_str).into(),
    ]
}

pub(super) fn read(id: &str, seq: u64, values: &[Value]) -> Result<SubscriptionRow, String> {
    let row = Row { list: &LIST, values };
    let skus: Vec<Kept> = row.read(5, |text| serde_json::from_str(text).ok())?;
    let line = |kept: Kept| {
        let Kept { plan, started, ended, excused, unknown } = kept;
        SkuLine { plan, started, ended, excused, unknown }
    };
    Ok(SubscriptionRow {
        id: ShortId::parse(id).ok_or_else(|| format!("`{id}` is not an id"))?,
        seq,
        environment: row.read(0, Environment::named)?,
        provisioning_id: row.read(1, |text| ProvisioningId::new(text).ok())?,
        customer_id: row.maybe_text(2).map(|_| row.read(2, |text| CustomerId::new(text).ok())).transpose()?,
        product_id: row.maybe_integer(3),
        standing: row.read(4, Standing::named)?,
        skus: skus.into_iter().map(line).collect(),
        requested_at: row.instant(6)?,
        updated_at: row.instant(7)?,
        unconfirmed: row.integer(8)? != 0,
        conflicts: row.integer(9)?,
        owner: row.maybe_text(10).map(str::to_owned),
        termination_due: row.maybe_text(11).map(str::to_owned),
    })
}
