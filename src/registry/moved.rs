//! What has changed between two listings of a contract.

use super::{Change, Collection, Ids, Listed, Listing, Name, Plan, ProviderId, SurrogateId};
use std::collections::{BTreeMap, HashSet};
use std::fmt::Display;

/// What has changed from `before` to `now`, a line for each.
pub fn moved(before: &Listing, now: &Listing) -> Vec<String> {
    let mut lines = Vec::new();
    for collection in [Collection::Applications, Collection::Customers] {
        named(collection, before.named(collection), now.named(collection), &mut lines);
    }
    let (mut before, now) = (pairs(before), pairs(now));
    for (pair, surrogate) in now {
        match before.remove(&pair) {
            None => lines.push(is_there("pair", &pair)),
            Some(then) if then != surrogate => {
                lines.push(format!("the pair {pair} was removed and created again"));
            }
            Some(_) => {}
        }
    }
    lines.extend(before.into_keys().map(|pair| is_gone("pair", &pair)));
    lines
}

/// The same without what `plan` does: that was nobody else.
pub fn moved_besides(plan: &Plan, before: &Listing, now: &Listing) -> Vec<String> {
    let along = plan.goes_along.iter().map(|gone| is_gone("pair", &gone.pair));
    let ours: HashSet<_> = plan.changes.iter().map(line).chain(along).collect();
    moved(before, now).into_iter().filter(|line| !ours.contains(line)).collect()
}

/// What somebody else did to the name of what `change` renames: it is neither the one that was planned with nor the new one.
/// None where there is nothing to tell.
pub fn renamed_meanwhile(change: &Change, now: Option<&Name>) -> Option<String> {
    let Change::Rename { collection, id, from, to, .. } = change else { return None };
    let is_planned = now == from.as_ref() || now == Some(to);
    (!is_planned).then(|| renamed(collection.one(), id, from.as_ref(), now))
}

/// What a listing shows once the change is done.
fn line(change: &Change) -> String {
    let quoted = |id: &ProviderId| format!("`{id}`");
    match change {
        Change::Create { collection, id, .. } => is_there(collection.one(), &quoted(id)),
        Change::CreatePair { pair } => is_there("pair", pair),
        Change::Rename { collection, id, from, to, .. } => {
            renamed(collection.one(), id, from.as_ref(), Some(to))
        }
        Change::Remove { collection, id, .. } => is_gone(collection.one(), &quoted(id)),
        Change::RemovePair { pair, .. } => is_gone("pair", pair),
        Change::RemoveOrphan { pair } => is_gone("pair", pair),
    }
}

fn is_there(one: &str, what: &impl Display) -> String {
    format!("the {one} {what} is there now")
}

fn is_gone(one: &str, what: &impl Display) -> String {
    format!("the {one} {what} is not there any more")
}

fn renamed(one: &str, id: &ProviderId, then: Option<&Name>, now: Option<&Name>) -> String {
    let name = |name: Option<&Name>| name.map_or("none".to_owned(), |name| format!("\"{name}\""));
    format!("the {one} `{id}` has another name: it was {}, and is {} now", name(then), name(now))
}

fn named(collection: Collection, before: &[Listed], now: &[Listed], lines: &mut Vec<String>) {
    let by_id = |listed: &[Listed]| -> BTreeMap<ProviderId, Listed> {
        listed.iter().map(|listed| (listed.id.clone(), listed.clone())).collect()
    };
    let one = collection.one();
    let mut before = by_id(before);
    for (id, now) in by_id(now) {
        match before.remove(&id) {
            None => lines.push(is_there(one, &format!("`{id}`"))),
            Some(then) if then.surrogate != now.surrogate => {
                lines.push(format!("the {one} `{id}` was removed and created again"));
            }
            Some(then) if then.name != now.name => {
                lines.push(renamed(one, &id, then.name.as_ref(), now.name.as_ref()));
            }
            Some(_) => {}
        }
    }
    lines.extend(before.into_keys().map(|id| is_gone(one, &format!("`{id}`"))));
}

/// The pairs by what they are of, as people read it.
fn pairs(listing: &Listing) -> BTreeMap<String, SurrogateId> {
    let ids = Ids::of(listing);
    let pair = |pair: &super::ListedPair| {
        let [customer, application] = ids.ends(pair).map(|id| id.map_or("?", ProviderId::as_str));
        (format!("`{customer}` with `{application}`"), pair.surrogate.clone())
    };
    listing.pairs.iter().map(pair).collect()
}
