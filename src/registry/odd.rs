//! Ids that may not be what somebody meant.

use super::world::case_twins;
use super::{Collection, Desired, Listing, ProviderId};
use std::collections::HashSet;

/// Ids of one collection that differ only in upper and lower case: whether that counts is not documented.
pub fn differ_in_case(one: &ProviderId, other: &ProviderId) -> String {
    format!(
        "the ids `{one}` and `{other}` differ only in upper and lower case; whether that counts is not documented"
    )
}

/// True when `kept` may be what a server has made of `sent`: its letters and digits are the same, large or small.
pub fn may_be_kept_as(sent: &ProviderId, kept: &ProviderId) -> bool {
    let core = |id: &ProviderId| -> Vec<u8> {
        let bytes = id.as_str().bytes().filter(u8::is_ascii_alphanumeric);
        bytes.map(|byte| byte.to_ascii_lowercase()).collect()
    };
    core(sent) == core(kept)
}

/// What is odd about the ids that are desired or there; a line for each.
pub fn oddities(desired: &Desired, listing: &Listing) -> Vec<String> {
    let both =
        [(Collection::Applications, desired.applications()), (Collection::Customers, desired.customers())];
    let mut lines = Vec::new();
    for (collection, wanted) in both {
        let here: HashSet<_> = listing.named(collection).iter().map(|listed| &listed.id).collect();
        let new = wanted.iter().map(|wanted| &wanted.id).filter(|id| !here.contains(id));
        let blank = new.filter(|id| is_blank_at_an_end(id));
        lines.extend(blank.map(|id| has_blank_end(collection, id)));
        let all = here.iter().copied().chain(wanted.iter().map(|wanted| &wanted.id));
        lines.extend(case_twins(all).into_iter().map(|[one, other]| differ_in_case(one, other)));
    }
    lines
}

/// What is odd about a new id beside those that are there; a line for each.
pub fn oddities_of_new(collection: Collection, id: &ProviderId, listing: &Listing) -> Vec<String> {
    let blank = is_blank_at_an_end(id).then(|| has_blank_end(collection, id));
    let is_twin = |here: &&ProviderId| *here != id && here.as_str().eq_ignore_ascii_case(id.as_str());
    let twins = listing.named(collection).iter().map(|listed| &listed.id).filter(is_twin);
    blank.into_iter().chain(twins.map(|here| differ_in_case(here, id))).collect()
}

fn is_blank_at_an_end(id: &ProviderId) -> bool {
    id.as_str().starts_with(' ') || id.as_str().ends_with(' ')
}

fn has_blank_end(collection: Collection, id: &ProviderId) -> String {
    format!("the new {} `{id}` has a space at an end of its id, which then counts", collection.one())
}
