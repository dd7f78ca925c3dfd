//! The model marketplace: what the contract says of its calls, and the worst that it does not rule out. It adds up
//! whatever usage arrives, keeps no key, and tells nothing but its ledger, on a portal that people look at.

use super::net::Cargo;
use pxdesk::subscription::{Amount, Call, Slot};
use std::collections::BTreeMap;

#[derive(Default)]
pub struct Portal {
    /// All usage that was added, in the order in which it was.
    pub ledger: Vec<Added>,
    /// How often billing of a SKU was started, and ended.
    pub started: BTreeMap<(String, String), u32>,
    pub ended: BTreeMap<(String, String), u32>,
}

/// Usage that was added to somebody's bill.
pub struct Added {
    pub slot: Slot,
    pub attempt: u32,
    pub amount: Amount,
}

impl Portal {
    /// Carries a request out; returns how often it has been by now.
    pub fn apply(&mut self, cargo: &Cargo) -> u32 {
        match cargo {
            Cargo::Usage { slot, attempt, amount } => {
                let (slot, attempt, amount) = (slot.clone(), *attempt, *amount);
                self.ledger.push(Added { slot: slot.clone(), attempt, amount });
                u32::try_from(self.of(&slot).count()).unwrap_or(u32::MAX)
            }
            Cargo::Skus { of, call, skus, .. } => {
                let mut most = 0;
                for sku in skus {
                    let counts =
                        if *call == Call::StartBilling { &mut self.started } else { &mut self.ended };
                    let count = counts.entry((of.clone(), sku.to_string())).or_default();
                    *count += 1;
                    most = most.max(*count);
                }
                most
            }
        }
    }

    /// What was added for a slot.
    pub fn of<'a>(&'a self, slot: &'a Slot) -> impl Iterator<Item = &'a Added> {
        self.ledger.iter().filter(move |added| added.slot == *slot)
    }

    /// Whether this attempt was added: what a person sees who looks at the ledger.
    pub fn shows(&self, slot: &Slot, attempt: u32) -> bool {
        self.of(slot).any(|added| added.attempt == attempt)
    }
}
