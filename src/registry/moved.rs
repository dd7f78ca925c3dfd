//! What has changed between two listings of a contract.

use super::{Collection, Ids, Listed, Listing, Name, ProviderId, SurrogateId};
use std::collections::BTreeMap;

/// What has changed from `before` to `now`, a line for each.
pub fn moved(before: &Listing, now: &Listing) -> Vec<String> {
    let mut lines = Vec::new();
    for collection in [Collection::Applications, Collection::Customers] {
        named(collection, before.named(collection), now.named(collection), &mut lines);
    }
    let (mut before, now) = (pairs(before), pairs(now));
    for (pair, surrogate) in now {
        match before.remove(&pair) {
            None => lines.push(format!("the pair {pair} is there now")),
            Some(then) if then != surrogate => {
                lines.push(format!("the pair {pair} was removed and created again"));
            }
            Some(_) => {}
        }
    }
    lines.extend(before.into_keys().map(|pair| format!("the pair {pair} is not there any more")));
    lines
}

fn named(collection: Collection, before: &[Listed], now: &[Listed], lines: &mut Vec<String>) {
    let by_id = |listed: &[Listed]| -> BTreeMap<ProviderId, Listed> {
        listed.iter().map(|listed| (listed.id.clone(), listed.clone())).collect()
    };
    let one = collection.one();
    let name = |name: &Option<Name>| name.as_ref().map_or("none".to_owned(), |name| format!("\"{name}\""));
    let mut before = by_id(before);
    for (id, now) in by_id(now) {
        match before.remove(&id) {
            None => lines.push(format!("the {one} `{id}` is there now")),
            Some(then) if then.surrogate != now.surrogate => {
                lines.push(format!("the {one} `{id}` was removed and created again"));
            }
            Some(then) if then.name != now.name => {
                let (then, now) = (name(&then.name), name(&now.name));
                lines.push(format!("the {one} `{id}` has another name: it was {then}, and is {now} now"));
            }
            Some(_) => {}
        }
    }
    lines.extend(before.into_keys().map(|id| format!("the {one} `{id}` is not there any more")));
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
