//! A plan for people, and for programs.

use crate::order::Environment;
use crate::registry::{Change, Collection, ContractId, Listing, Name, PairId, Plan, ProviderId};
use serde_json::{Value, json};

/// The plan as a person reads it: counts, then a line for each change, and below a removal what goes along.
pub fn text(contract: &ContractId, plan: &Plan) -> String {
    if plan.is_empty() {
        return format!("contract {contract}: nothing to do");
    }
    let mut text = format!("contract {contract}: {}", plan.counts());
    for line in plan.lines() {
        text.push_str("\n  ");
        text.push_str(&line);
    }
    text
}

/// The plan as JSON; `seen` is the listing that it was made from, so that whoever applies it can say what has moved.
pub fn json((environment, contract): (Environment, &ContractId), plan: &Plan, seen: &Listing) -> Value {
    let of = |wanted: fn(&Change) -> Option<Value>| -> Vec<Value> {
        plan.changes.iter().filter_map(wanted).collect()
    };
    let mut pairs = of(removed_pair);
    pairs.extend(plan.goes_along.iter().map(|gone| pair(&gone.pair, Some(gone.with.one()))));
    json!({
        "environment": environment.name(),
        "contract": contract,
        "listing": plan.listing,
        "create": {
            "applications": of(|change| created(change, Collection::Applications)),
            "customers": of(|change| created(change, Collection::Customers)),
            "pairs": of(created_pair),
        },
        "rename": of(renamed),
        "remove": {
            "applications": of(|change| removed(change, Collection::Applications)),
            "customers": of(|change| removed(change, Collection::Customers)),
            "pairs": pairs,
        },
        "changes": plan.changes.len(),
        "removals": plan.removals(),
        "seen": seen,
    })
}

/// A pair, and whose removal takes it along.
fn pair(PairId { customer, application }: &PairId, with: Option<&str>) -> Value {
    match with {
        None => json!({ "customer": customer, "application": application }),
        Some(with) => json!({ "customer": customer, "application": application, "with": with }),
    }
}

fn named(id: &ProviderId, name: Option<&Name>) -> Value {
    match name {
        None => json!({ "id": id }),
        Some(name) => json!({ "id": id, "name": name }),
    }
}

fn created(change: &Change, of: Collection) -> Option<Value> {
    match change {
        Change::Create { collection, id, name } if *collection == of => Some(named(id, name.as_ref())),
        Change::Create { .. }
        | Change::CreatePair { .. }
        | Change::Rename { .. }
        | Change::Remove { .. }
        | Change::RemovePair { .. }
        | Change::RemoveOrphan { .. } => None,
    }
}

fn created_pair(change: &Change) -> Option<Value> {
    let Change::CreatePair { pair: created } = change else { return None };
    Some(pair(created, None))
}

fn renamed(change: &Change) -> Option<Value> {
    let Change::Rename { collection, id, from, to, surrogate } = change else { return None };
    Some(json!({ "collection": collection, "id": id, "from": from, "to": to, "surrogate": surrogate }))
}

fn removed(change: &Change, of: Collection) -> Option<Value> {
    match change {
        Change::Remove { collection, id, surrogate, name } if *collection == of => {
            Some(json!({ "id": id, "name": name, "surrogate": surrogate }))
        }
        Change::Create { .. }
        | Change::CreatePair { .. }
        | Change::Rename { .. }
        | Change::Remove { .. }
        | Change::RemovePair { .. }
        | Change::RemoveOrphan { .. } => None,
    }
}

fn removed_pair(change: &Change) -> Option<Value> {
    let Change::RemovePair { pair: removed, .. } = change else { return None };
    Some(pair(removed, None))
}
