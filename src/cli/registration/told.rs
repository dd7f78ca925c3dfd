//! A plan for people, and for programs.

use crate::registry::{Change, Collection, ContractId, Gone, Listing, Name, PairId, Plan, ProviderId};
use serde_json::{Value, json};

/// The plan as a person reads it: counts, then a line for each change, and below a removal what goes along.
pub fn text(contract: &ContractId, plan: &Plan) -> String {
    if plan.is_empty() {
        return format!("contract {contract}: nothing to do");
    }
    let mut lines = vec![format!("contract {contract}: {}", counts(plan))];
    for change in &plan.changes {
        lines.push(format!("  {}", line(change)));
        let along = plan.goes_along.iter().filter(|gone| goes_with(gone, change));
        lines.extend(along.map(|Gone { pair, .. }| format!("      its pair {pair} goes along")));
    }
    lines.join("\n")
}

/// How much of what, in one line.
pub fn counts(plan: &Plan) -> String {
    let count = |is: fn(&Change) -> bool| plan.changes.iter().filter(|change| is(change)).count();
    let created = count(|change| matches!(change, Change::Create { .. } | Change::CreatePair { .. }));
    let renamed = count(|change| matches!(change, Change::Rename { .. }));
    let along = match plan.goes_along.len() {
        0 => String::new(),
        1 => " (1 pair goes along)".to_owned(),
        n => format!(" ({n} pairs go along)"),
    };
    format!("{created} to create, {renamed} to rename, {} to remove{along}", plan.removals())
}

fn goes_with(gone: &Gone, change: &Change) -> bool {
    match change {
        Change::Remove { collection: Collection::Customers, id, .. } => {
            gone.with == Collection::Customers && gone.pair.customer == *id
        }
        Change::Remove { id, .. } => gone.with == Collection::Applications && gone.pair.application == *id,
        Change::Create { .. }
        | Change::CreatePair { .. }
        | Change::Rename { .. }
        | Change::RemovePair { .. } => false,
    }
}

fn line(change: &Change) -> String {
    let named = |name: &Option<Name>| name.as_ref().map(|name| format!(" \"{name}\"")).unwrap_or_default();
    match change {
        Change::Create { collection, id, name } => format!("+ {} `{id}`{}", collection.one(), named(name)),
        Change::CreatePair { pair } => format!("+ pair {pair}"),
        Change::Rename { collection, id, from, to, .. } => {
            let from = from.as_ref().map_or("no name".to_owned(), |name| format!("\"{name}\""));
            format!("~ {} `{id}` {from} becomes \"{to}\"", collection.one())
        }
        Change::Remove { collection, id, name, .. } => {
            format!("- {} `{id}`{}", collection.one(), named(name))
        }
        Change::RemovePair { pair, .. } => format!("- pair {pair}"),
    }
}

/// The plan as JSON; `seen` is the listing that it was made from, so that whoever applies it can say what has moved.
pub fn json(contract: &ContractId, plan: &Plan, seen: &Listing) -> Value {
    let of = |wanted: fn(&Change) -> Option<Value>| -> Vec<Value> {
        plan.changes.iter().filter_map(wanted).collect()
    };
    let mut pairs = of(removed_pair);
    pairs.extend(plan.goes_along.iter().map(|gone| pair(&gone.pair, Some(gone.with.one()))));
    json!({
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
        | Change::RemovePair { .. } => None,
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
        | Change::RemovePair { .. } => None,
    }
}

fn removed_pair(change: &Change) -> Option<Value> {
    let Change::RemovePair { pair: removed, .. } = change else { return None };
    Some(pair(removed, None))
}
