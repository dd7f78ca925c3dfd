//! The ledger: what arrived, and what was applied. Nothing of what a name says is in it.

use super::call::{Call, Collection};
use super::edgegrid::Unsigned;
use super::rules::Done;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::{BTreeMap, VecDeque};

/// So many arrivals of a contract are kept, the latest; all of them are counted.
const KEPT: usize = 1000;

/// All contracts, and what the gateway turned away, by reason.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Ledger {
    contracts: BTreeMap<String, Book>,
    turned_away: BTreeMap<Unsigned, u64>,
}

/// What is known of one contract.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Book {
    calls: BTreeMap<Call, Count>,
    /// How often each was created by a client, by what it is called.
    creates: BTreeMap<Collection, BTreeMap<String, u64>>,
    id_changes: Vec<IdChange>,
    arrivals: VecDeque<Arrival>,
}

#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
struct Count {
    received: u64,
    applied: u64,
}

/// An object that has another provider id now, or a pair that has other ends.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct IdChange {
    collection: Collection,
    surrogate_id: u64,
    from: String,
    to: String,
}

/// One arrival, whatever became of it; or what was carried out late.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Arrival {
    /// RFC 3339, on the servers' own clock.
    pub at: String,
    pub call: Call,
    /// What was answered; nothing when the connection was cut, or is kept waiting.
    pub status: Option<u16>,
    /// Whether it was done.
    pub applied: bool,
    /// Where it was done: the object.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub surrogate_id: Option<u64>,
    /// Why it was refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<String>,
    /// Carried out after it had arrived, by a fault.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub late: bool,
}

impl Ledger {
    /// The gateway turned a request away.
    pub fn turn_away(&mut self, why: Unsigned) {
        *self.turned_away.entry(why).or_default() += 1;
    }

    /// Enters an arrival, and what was done.
    pub fn enter(&mut self, contract: &str, mut arrival: Arrival, done: Option<&Done>) {
        let book = self.contracts.entry(contract.to_owned()).or_default();
        let count = book.calls.entry(arrival.call).or_default();
        count.received += u64::from(!arrival.late);
        count.applied += u64::from(done.is_some());
        arrival.applied = done.is_some();
        let of = arrival.call.of;
        match done {
            Some(Done::Created(id, name)) => {
                arrival.surrogate_id = Some(*id);
                *book.creates.entry(of).or_default().entry(name.clone()).or_default() += 1;
            }
            Some(Done::Modified(id, ids)) => {
                arrival.surrogate_id = Some(*id);
                let change = |(from, to)| IdChange { collection: of, surrogate_id: *id, from, to };
                book.id_changes.extend(ids.clone().map(change));
            }
            Some(Done::Removed(id)) => arrival.surrogate_id = Some(*id),
            Some(Done::Read(_)) | None => {}
        }
        book.arrivals.push_back(arrival);
        if book.arrivals.len() > KEPT {
            book.arrivals.pop_front();
        }
    }

    /// All of it.
    pub fn shown(&self) -> Value {
        let contracts: serde_json::Map<String, Value> =
            self.contracts.iter().map(|(contract, book)| (contract.clone(), book.shown())).collect();
        json!({ "contracts": contracts, "turnedAway": self.turned_away })
    }
}

impl Book {
    fn shown(&self) -> Value {
        let creates: Vec<Value> = self
            .creates
            .iter()
            .flat_map(|(of, ids)| {
                ids.iter().map(move |(id, times)| json!({ "collection": of, "id": id, "times": times }))
            })
            .collect();
        json!({ "calls": self.calls, "creates": creates, "idChanges": self.id_changes, "arrivals": self.arrivals })
    }
}
