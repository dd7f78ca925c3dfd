//! All that this marketplace remembers.

use super::bill::Bills;
use super::call::Call;
use super::entry::Entry;
use super::fault::{Fault, Pending};
use super::provisioning::Provisioning;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, VecDeque};

/// Everything that the marketplace remembers.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct State {
    pub provisionings: BTreeMap<String, Provisioning>,
    pub bills: Bills,
    /// Arrivals, in order.
    pub ledger: Vec<Entry>,
    /// Sales on partners' own sites.
    pub sales: Vec<Sale>,
    /// What v1 said of subscriptions.
    pub updates: Vec<Update>,
    /// Faults that wait for their call.
    pub faults: VecDeque<Pending>,
    /// Counts everything that was left to chance.
    pub counter: u64,
}

/// A sale that a partner tracked.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Sale {
    pub at: String,
    pub service_name: String,
    pub customer_id: String,
    pub purchased_at: String,
}

/// A subscription as v1 updates it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Update {
    pub at: String,
    pub coid: String,
    pub sku: String,
    pub expired: bool,
    pub expired_date: Option<String>,
    /// The aggregate, as it was sent. Whether a second one replaces it or is added is not documented.
    pub count: Option<String>,
    /// The bill that was open.
    pub month: String,
}

impl State {
    /// The fault that waits for this request, once less.
    pub fn take_fault(&mut self, call: Call, provisioning: Option<&str>) -> Option<Fault> {
        let fits = |p: &Pending| {
            p.call == call && p.provisioning_id.as_deref().is_none_or(|id| provisioning == Some(id))
        };
        let at = self.faults.iter().position(fits)?;
        let pending = self.faults.get_mut(at)?;
        pending.times = pending.times.saturating_sub(1);
        if pending.times > 0 {
            return Some(pending.fault.clone());
        }
        self.faults.remove(at).map(|last| last.fault)
    }

    /// The next number.
    pub fn count(&mut self) -> u64 {
        self.counter += 1;
        self.counter
    }
}
