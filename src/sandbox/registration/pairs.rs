//! Which customer has which application: numbered pairs of surrogate ids, in the order in which they came.

use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The two surrogate ids of a pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ends {
    pub application: u64,
    pub customer: u64,
}

/// All pairs, by surrogate id. No surrogate id is used twice.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(from = "Kept")]
pub struct Pairs {
    next: u64,
    objects: BTreeMap<u64, Ends>,
    /// Customer, application, pair.
    #[serde(skip)]
    by_customer: BTreeSet<(u64, u64, u64)>,
    /// Application, pair.
    #[serde(skip)]
    by_application: BTreeSet<(u64, u64)>,
}

/// Pairs as they are kept.
#[derive(Deserialize)]
struct Kept {
    next: u64,
    objects: BTreeMap<u64, Ends>,
}

impl From<Kept> for Pairs {
    fn from(Kept { next, objects }: Kept) -> Self {
        let mut pairs = Self { next, ..Self::default() };
        for (id, ends) in objects {
            pairs.put(id, ends);
        }
        pairs
    }
}

impl Pairs {
    /// Takes one in, as the last; its surrogate id.
    pub fn create(&mut self, ends: Ends) -> u64 {
        let id = self.next;
        self.next += 1;
        self.put(id, ends);
        id
    }

    /// Replaces one, if it is there.
    pub fn modify(&mut self, id: u64, ends: Ends) -> Option<Ends> {
        let was = self.remove(id)?;
        self.put(id, ends);
        Some(was)
    }

    /// Takes one away, if it is there.
    pub fn remove(&mut self, id: u64) -> Option<Ends> {
        let was = self.objects.remove(&id)?;
        self.by_customer.remove(&(was.customer, was.application, id));
        self.by_application.remove(&(was.application, id));
        Some(was)
    }

    /// Takes all of a customer away; how many there were.
    pub fn remove_of_customer(&mut self, customer: u64) -> usize {
        let range = (customer, 0, 0)..=(customer, u64::MAX, u64::MAX);
        let ids: Vec<u64> = self.by_customer.range(range).map(|(_, _, id)| *id).collect();
        ids.into_iter().filter_map(|id| self.remove(id)).count()
    }

    /// Takes all of an application away; how many there were.
    pub fn remove_of_application(&mut self, application: u64) -> usize {
        let range = (application, 0)..=(application, u64::MAX);
        let ids: Vec<u64> = self.by_application.range(range).map(|(_, id)| *id).collect();
        ids.into_iter().filter_map(|id| self.remove(id)).count()
    }

    /// The one with that surrogate id.
    pub fn get(&self, id: u64) -> Option<Ends> {
        self.objects.get(&id).copied()
    }

    /// The surrogate ids of those with these ends, the eldest first.
    pub fn between(&self, ends: Ends) -> impl Iterator<Item = u64> + use<'_> {
        let Ends { application, customer } = ends;
        let range = (customer, application, 0)..=(customer, application, u64::MAX);
        self.by_customer.range(range).map(|(_, _, id)| *id)
    }

    /// All of them, the eldest first.
    pub fn iter(&self) -> impl Iterator<Item = (u64, Ends)> {
        self.objects.iter().map(|(id, ends)| (*id, *ends))
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.objects.len()
    }

    fn put(&mut self, id: u64, ends: Ends) {
        self.by_customer.insert((ends.customer, ends.application, id));
        self.by_application.insert((ends.application, id));
        self.objects.insert(id, ends);
    }
}
