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
    for (pair, now) in now {
        let then = before.remove(&pair).unwrap_or_default();
        lines.extend(otherwise("pair", &pair, &then, &now));
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

/// Of `lines`, as [`moved`] tells them, those that are not about the names that `ours` gave; and those of `ours` that have the
/// name of before: the list does not show them yet.
pub fn besides_renames(mut lines: Vec<String>, ours: &[Change]) -> (Vec<String>, Vec<&Change>) {
    let mut behind = Vec::new();
    for change in ours {
        let Change::Rename { collection, id, from, to, .. } = change else { continue };
        let back = renamed(collection.one(), id, Some(to), from.as_ref());
        if lines.contains(&back) {
            behind.push(change);
        }
        let caught_up = line(change);
        lines.retain(|told| *told != back && *told != caught_up);
    }
    (lines, behind)
}

/// What somebody else did to the name of what `change` renames or removes: it is neither the one that was planned with nor the
/// new one. None where there is nothing to tell.
pub fn renamed_meanwhile(change: &Change, now: Option<&Name>) -> Option<String> {
    let (collection, id, planned, to) = match change {
        Change::Rename { collection, id, from, to, .. } => (collection, id, from, Some(to)),
        Change::Remove { collection, id, name, .. } => (collection, id, name, None),
        Change::Create { .. }
        | Change::CreatePair { .. }
        | Change::RemovePair { .. }
        | Change::RemoveOrphan { .. } => return None,
    };
    let is_planned = now == planned.as_ref() || (to.is_some() && now == to);
    (!is_planned).then(|| renamed(collection.one(), id, planned.as_ref(), now))
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
    let by_id = |listed: &[Listed]| {
        let mut by_id = BTreeMap::<ProviderId, Vec<Listed>>::new();
        for listed in listed {
            by_id.entry(listed.id.clone()).or_default().push(listed.clone());
        }
        by_id
    };
    let numbers = |listed: &[Listed]| -> Vec<_> { listed.iter().map(|l| l.surrogate.clone()).collect() };
    let one = collection.one();
    let mut before = by_id(before);
    for (id, now) in by_id(now) {
        let then = before.remove(&id).unwrap_or_default();
        let line = otherwise(one, &format!("`{id}`"), &numbers(&then), &numbers(&now));
        let line = line.or_else(|| match (then.as_slice(), now.as_slice()) {
            ([then], [now]) if then.name != now.name => {
                Some(renamed(one, &id, then.name.as_ref(), now.name.as_ref()))
            }
            _ => None,
        });
        lines.extend(line);
    }
    lines.extend(before.into_keys().map(|id| is_gone(one, &format!("`{id}`"))));
}

/// What is there now as these objects, and was as those; none where that is the same.
fn otherwise(one: &str, what: &str, then: &[SurrogateId], now: &[SurrogateId]) -> Option<String> {
    let sorted = |numbers: &[SurrogateId]| {
        let mut numbers = numbers.to_vec();
        numbers.sort_unstable_by_key(SurrogateId::to_string);
        numbers
    };
    let (then, now) = (sorted(then), sorted(now));
    match (then.as_slice(), now.as_slice()) {
        _ if then == now => None,
        ([], [_]) => Some(is_there(one, &what)),
        ([_], [_]) => Some(format!("the {one} {what} was removed and created again")),
        (_, [now]) => Some(format!("the {one} {what} is there once now, as the object {now}")),
        // One of them may be somebody else's.
        (_, all) => {
            let times = if all.len() == 2 { "twice".to_owned() } else { format!("{} times", all.len()) };
            let numbers: Vec<_> = all.iter().map(ToString::to_string).collect();
            Some(format!("the {one} {what} is there {times} now, as the objects {}", numbers.join(" and ")))
        }
    }
}

/// The pairs by what they are of, as people read it.
fn pairs(listing: &Listing) -> BTreeMap<String, Vec<SurrogateId>> {
    let ids = Ids::of(listing);
    let mut pairs = BTreeMap::<_, Vec<_>>::new();
    for pair in &listing.pairs {
        let [customer, application] = ids.ends(pair).map(|id| id.map_or("?", ProviderId::as_str));
        let of = format!("`{customer}` with `{application}`");
        pairs.entry(of).or_default().push(pair.surrogate.clone());
    }
    pairs
}
