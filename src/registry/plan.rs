//! The plan: exactly what will change, and what goes along with it.

use super::change::{Change, Gone};
use super::world::{PairHere, World};
use super::{
    Collection, Desired, Finding, Ids, Listed, Listing, Name, PairId, ProviderId, SurrogateId, Wanted,
};
use crate::kind::Digest;
use std::collections::{HashMap, HashSet};

/// What leads from a listing to what is desired.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The hash of the listing that it was made from.
    pub listing: Digest,
    /// In an order that works: creates of applications, customers, pairs; renames; removals of pairs, customers,
    /// applications.
    pub changes: Vec<Change>,
    /// The pairs that the removal of a customer or of an application takes along. No call is made for them.
    pub goes_along: Vec<Gone>,
}

impl Plan {
    /// What leads from `listing` to `desired`, and nothing else.
    ///
    /// # Errors
    /// What does not fit together in the listing: nothing is planned with it.
    pub fn new(desired: &Desired, listing: &Listing) -> Result<Self, Vec<Finding>> {
        let world = World::of(listing)?;
        let applications = Merged::of(&desired.applications, &world.applications);
        let customers = Merged::of(&desired.customers, &world.customers);
        let mut changes = Vec::new();
        changes.extend(applications.creates(Collection::Applications));
        changes.extend(customers.creates(Collection::Customers));
        let pairs = Pairs::of(desired, &world, &customers, &applications);
        changes.extend(pairs.creates);
        changes.extend(applications.renames(Collection::Applications));
        changes.extend(customers.renames(Collection::Customers));
        changes.extend(pairs.removals);
        changes.extend(customers.removals(Collection::Customers));
        changes.extend(applications.removals(Collection::Applications));
        Ok(Self { listing: listing.digest(), changes, goes_along: pairs.goes_along })
    }

    /// A plan of these changes alone, in this order; with what goes along with the removals among them.
    ///
    /// # Errors
    /// A change of an object that another one among them changes already. A create that is sent twice makes two objects.
    pub fn of(listing: &Listing, changes: Vec<Change>) -> Result<Self, Change> {
        let mut targets = HashSet::new();
        if let Some(again) = changes.iter().find(|change| !targets.insert(change.target())) {
            return Err(again.clone());
        }
        let goes_along = changes.iter().flat_map(|change| change.goes_along(listing));
        let goes_along = goes_along.filter(|gone| !targets.contains(&gone.target())).collect();
        Ok(Self { listing: listing.digest(), changes, goes_along })
    }

    /// What the server did of this plan otherwise, where that is why `left` would still be to do: it keeps another name than
    /// it was sent.
    pub fn kept_otherwise(&self, left: &Change) -> Option<String> {
        let Change::Rename { collection: of, id: is, from, to, .. } = left else { return None };
        let sent = |change: &Change| match change {
            Change::Create { collection, id, name } => (collection, id, name.as_ref()) == (of, is, Some(to)),
            Change::Rename { collection, id, to: name, .. } => (collection, id, name) == (of, is, to),
            Change::CreatePair { .. }
            | Change::Remove { .. }
            | Change::RemovePair { .. }
            | Change::RemoveOrphan { .. } => false,
        };
        self.changes.iter().any(sent).then(|| otherwise((*of, is), from.as_ref(), to))
    }

    /// The names that the server keeps otherwise than this plan has sent them, as `listing` shows.
    pub fn named_otherwise(&self, listing: &Listing) -> Vec<String> {
        let otherwise = |change: &Change| {
            let (of, is, to) = match change {
                Change::Create { collection, id, name: Some(to) }
                | Change::Rename { collection, id, to, .. } => (*collection, id, to),
                Change::Create { name: None, .. }
                | Change::CreatePair { .. }
                | Change::Remove { .. }
                | Change::RemovePair { .. }
                | Change::RemoveOrphan { .. } => return None,
            };
            let kept = listing.named(of).iter().find(|listed| listed.id == *is)?.name.as_ref();
            (kept != Some(to)).then(|| otherwise((of, is), kept, to))
        };
        self.changes.iter().filter_map(otherwise).collect()
    }

    /// The renames of this plan that `listing` denies, by their numbers: what was to be renamed has another name than it was to
    /// get. Each with that, in words.
    pub fn renames_denied(&self, listing: &Listing) -> Vec<(usize, String)> {
        let renames = self.changes.iter().enumerate().filter_map(|(n, change)| match change {
            Change::Rename { collection, id, to, .. } => Some((n, (*collection, id), to)),
            Change::Create { .. }
            | Change::CreatePair { .. }
            | Change::Remove { .. }
            | Change::RemovePair { .. }
            | Change::RemoveOrphan { .. } => None,
        });
        let named = [Collection::Applications, Collection::Customers].into_iter().flat_map(|of| {
            listing.named(of).iter().map(move |listed| ((of, &listed.id), listed.name.as_ref()))
        });
        let named: HashMap<_, _> = named.collect();
        let denied = renames.filter_map(|(n, is, to)| {
            let kept = named.get(&is)?;
            (*kept != Some(to)).then(|| (n, otherwise(is, *kept, to)))
        });
        denied.collect()
    }

    /// The pairs that were to go along, and that `listing` still has without what they were to go along with: the server
    /// has left them.
    pub fn left_along(&self, listing: &Listing) -> Vec<Gone> {
        let ids = Ids::of(listing);
        let left = listing.pairs.iter().filter(|pair| ids.pair(pair).is_none());
        let left: HashSet<_> = left.map(|pair| &pair.surrogate).collect();
        self.goes_along.iter().filter(|gone| left.contains(&gone.surrogate)).cloned().collect()
    }

    /// True when nothing is to be done.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// How many calls remove something. What goes along is not counted.
    pub fn removals(&self) -> usize {
        self.changes.iter().filter(|change| change.is_removal()).count()
    }
}

fn otherwise((of, id): (Collection, &ProviderId), kept: Option<&Name>, sent: &Name) -> String {
    let kept = kept.map_or("no name".to_owned(), |kept| format!("the name \"{kept}\""));
    format!("the server keeps {kept} for the {} `{id}`, and was sent \"{sent}\"", of.one())
}

/// What is desired of a collection and what is there, side by side.
struct Merged<'a> {
    /// Sorted by id: what is desired of it, and what is there.
    sides: Vec<(Option<&'a Wanted>, Option<&'a Listed>)>,
    /// For each desired one, its place above.
    desired_at: Vec<u32>,
    /// For each one that is there, its place above.
    here_at: Vec<u32>,
}

impl<'a> Merged<'a> {
    /// Both are sorted by id, each once.
    fn of(desired: &'a [Wanted], here: &[&'a Listed]) -> Self {
        let mut merged = Self {
            sides: Vec::with_capacity(desired.len().max(here.len())),
            desired_at: Vec::with_capacity(desired.len()),
            here_at: Vec::with_capacity(here.len()),
        };
        let (mut wanted, mut listed) = (desired.iter().peekable(), here.iter().copied().peekable());
        loop {
            let (take_wanted, take_listed) = match (wanted.peek(), listed.peek()) {
                (None, None) => break merged,
                (Some(_), None) => (true, false),
                (None, Some(_)) => (false, true),
                (Some(wanted), Some(listed)) => (wanted.id <= listed.id, listed.id <= wanted.id),
            };
            let at = u32::try_from(merged.sides.len()).unwrap_or(u32::MAX);
            let side =
                (take_wanted.then(|| wanted.next()).flatten(), take_listed.then(|| listed.next()).flatten());
            merged.desired_at.extend(side.0.map(|_| at));
            merged.here_at.extend(side.1.map(|_| at));
            merged.sides.push(side);
        }
    }

    fn creates(&self, collection: Collection) -> impl Iterator<Item = Change> {
        self.sides.iter().filter_map(move |side| match side {
            (Some(Wanted { id, name }), None) => {
                Some(Change::Create { collection, id: id.clone(), name: name.clone() })
            }
            (Some(_) | None, Some(_)) | (None, None) => None,
        })
    }

    fn renames(&self, collection: Collection) -> impl Iterator<Item = Change> {
        self.sides.iter().filter_map(move |side| {
            let (Some(wanted), Some(Listed { id, name: from, surrogate })) = side else { return None };
            let to = wanted.name.as_ref().filter(|to| from.as_ref() != Some(*to))?.clone();
            let (id, surrogate, from) = (id.clone(), surrogate.clone(), from.clone());
            Some(Change::Rename { collection, id, surrogate, from, to })
        })
    }

    fn removals(&self, collection: Collection) -> impl Iterator<Item = Change> {
        self.sides.iter().filter_map(move |side| match side {
            (None, Some(Listed { id, name, surrogate })) => Some(Change::Remove {
                collection,
                id: id.clone(),
                surrogate: surrogate.clone(),
                name: name.clone(),
            }),
            (Some(_), Some(_) | None) | (None, None) => None,
        })
    }

    /// True when what stands at that place is removed.
    fn goes(&self, at: u32) -> bool {
        self.sides[at as usize].0.is_none()
    }
}

/// What becomes of the pairs.
#[derive(Default)]
struct Pairs {
    creates: Vec<Change>,
    removals: Vec<Change>,
    goes_along: Vec<Gone>,
}

impl Pairs {
    fn of(desired: &Desired, world: &World, customers: &Merged, applications: &Merged) -> Self {
        let mut pairs = Self::default();
        let wanted =
            |(c, a): &(u32, u32)| (customers.desired_at[*c as usize], applications.desired_at[*a as usize]);
        let here = |pair: &PairHere| {
            (customers.here_at[pair.customer as usize], applications.here_at[pair.application as usize])
        };
        // Places in the merged lists grow as the places in either list do, so both sides stay sorted.
        let (mut left, mut right) = (desired.pairs.iter().peekable(), world.pairs.iter().peekable());
        loop {
            match (left.peek().map(|pair| wanted(pair)), right.peek().map(|pair| here(pair))) {
                (None, None) => break pairs,
                (Some(want), Some(is)) if want == is => {
                    left.next();
                    right.next();
                }
                (Some(want), is) if is.is_none_or(|is| want < is) => {
                    pairs.creates.extend(left.next().map(|pair| created(desired, *pair)));
                }
                (_, _) => {
                    if let Some(pair) = right.next() {
                        let (customer, application) = here(pair);
                        let goes = (customers.goes(customer), applications.goes(application));
                        pairs.goes(world.pair_id(pair), pair.surrogate.clone(), goes);
                    }
                }
            }
        }
    }

    /// A pair that is there and not desired; `goes` says whether its customer and its application go. That an application
    /// takes its pairs along is not documented, and read so (R).
    fn goes(&mut self, pair: PairId, surrogate: SurrogateId, goes: (bool, bool)) {
        let with = match goes {
            (true, _) => Collection::Customers,
            (false, true) => Collection::Applications,
            (false, false) => return self.removals.push(Change::RemovePair { pair, surrogate }),
        };
        self.goes_along.push(Gone { pair, surrogate, with });
    }
}

fn created(desired: &Desired, (customer, application): (u32, u32)) -> Change {
    Change::CreatePair {
        pair: PairId {
            customer: desired.customers[customer as usize].id.clone(),
            application: desired.applications[application as usize].id.clone(),
        },
    }
}
