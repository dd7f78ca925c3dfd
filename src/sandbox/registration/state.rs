//! All that this registration remembers.

use super::call::Call;
use super::contract::Contract;
use super::fault::{Fault, Pending};
use super::late::Late;
use super::ledger::Ledger;
use super::nonces::Nonces;
use super::practice;
use super::settings::{Overrides, Settings};
use crate::sandbox::clock::Millis;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Everything that the registration remembers.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct State {
    /// Those that somebody asked for; others are as they are at first.
    contracts: BTreeMap<String, Contract>,
    /// Contracts that the credentials have no rights on.
    pub without_rights: BTreeSet<String>,
    pub overrides: Overrides,
    pub ledger: Ledger,
    /// What is carried out later.
    pub late: Vec<Late>,
    /// Faults that wait for their call.
    pub faults: VecDeque<Pending>,
    /// Counts requests, and everything that was left to chance.
    pub counter: u64,
    /// Those of requests that were let in.
    #[serde(skip)]
    pub nonces: Nonces,
}

impl State {
    /// The world of that contract: empty at first, but for that of practice.
    pub fn contract(&mut self, id: &str) -> &mut Contract {
        self.contracts.entry(id.to_owned()).or_insert_with(|| {
            if id == practice::PRACTICE_CONTRACT { practice::contract() } else { Contract::default() }
        })
    }

    /// Carries out what is late and due, in the order in which it is due.
    pub fn catch_up(&mut self, scenario: Settings, now: Millis) {
        if self.late.iter().all(|late| late.due > now) {
            return;
        }
        let (mut due, waiting): (Vec<Late>, Vec<Late>) =
            std::mem::take(&mut self.late).into_iter().partition(|late| late.due <= now);
        self.late = waiting;
        due.sort_by_key(|late| late.due);
        let settings = self.overrides.over(scenario);
        for late in due {
            let (arrival, done) = late.carry_out(self.contract(&late.contract), settings);
            self.ledger.enter(&late.contract, arrival, done.as_ref());
        }
    }

    /// How many objects there are, under all contracts that somebody asked for.
    pub fn objects(&self) -> usize {
        self.contracts.values().map(Contract::len).sum()
    }

    /// The fault that waits for this request, once less.
    pub fn take_fault(&mut self, call: Call, contract: Option<&str>) -> Option<Fault> {
        let fits = |p: &Pending| {
            p.call.fits(call) && p.contract.as_deref().is_none_or(|wanted| contract == Some(wanted))
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
