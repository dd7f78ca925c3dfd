//! All that this Px remembers.

use super::call::Call;
use super::fault::{Fault, Pending, Place};
use super::transaction::Transaction;
use crate::sandbox::clock::Millis;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap, VecDeque};

/// Everything that Px remembers.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct State {
    pub transactions: BTreeMap<String, Transaction>,
    /// Which transaction a partner order id was first seen with.
    pub partner_orders: HashMap<String, String>,
    /// Tokens that were issued, and when each ends.
    pub tokens: HashMap<String, Millis>,
    pub tokens_issued: u64,
    /// Faults that wait for their call.
    pub faults: VecDeque<Pending>,
    /// Counts everything that was given a number.
    pub counter: u64,
}

impl State {
    /// The transaction of that id, for counting; made when it is new.
    pub fn transaction(&mut self, id: &str) -> &mut Transaction {
        self.transactions.entry(id.to_owned()).or_default()
    }

    /// Counts a call that arrived for a transaction; calls that name none are nowhere.
    pub fn receive(&mut self, call: Call, transaction: &str) {
        if transaction.trim().is_empty() {
            return;
        }
        let seen = self.transaction(transaction);
        match call {
            Call::RetrieveRcc => seen.retrieves_received += 1,
            Call::SendRcc => seen.sends_received += 1,
            Call::GetRccAcceptance => seen.acceptance_checks_received += 1,
            Call::CompleteOrder => seen.completes_received += 1,
        }
    }

    /// The fault that waits for this request at `now`, once less.
    pub fn take_fault(&mut self, place: Place, transaction: &str, now: Millis) -> Option<Fault> {
        self.faults.retain(|pending| pending.until.is_none_or(|until| now < until));
        let fits =
            |p: &Pending| p.call == place && p.transaction_id.as_deref().is_none_or(|id| id == transaction);
        let at = self.faults.iter().position(|p| fits(p) && p.after_calls == 0);
        // This call is one of those that the others let pass.
        for pending in self.faults.iter_mut().filter(|p| fits(p)) {
            pending.after_calls = pending.after_calls.saturating_sub(1);
        }
        let at = at?;
        let pending = self.faults.get_mut(at)?;
        if pending.until.is_some() {
            return Some(pending.fault.clone());
        }
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
