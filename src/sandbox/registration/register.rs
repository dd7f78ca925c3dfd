//! Applications, or customers: numbered objects with a provider's id each, in the order in which they came.

use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Named {
    /// What requests carry; 1 to 50 printable ASCII characters.
    pub provider_id: String,
    /// Absent until it is set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// All of one kind, by surrogate id. No surrogate id is used twice.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(from = "Kept")]
pub struct Register {
    next: u64,
    objects: BTreeMap<u64, Named>,
    /// The surrogate ids of each provider id.
    #[serde(skip)]
    by_provider: BTreeMap<String, BTreeSet<u64>>,
}

/// A register as it is kept.
#[derive(Deserialize)]
struct Kept {
    next: u64,
    objects: BTreeMap<u64, Named>,
}

impl From<Kept> for Register {
    fn from(Kept { next, objects }: Kept) -> Self {
        let mut register = Self { next, ..Self::default() };
        for (id, named) in objects {
            register.put(id, named);
        }
        register
    }
}

impl Register {
    /// Takes one in, as the last; its surrogate id.
    pub fn create(&mut self, named: Named) -> u64 {
        let id = self.next;
        self.next += 1;
        self.put(id, named);
        id
    }

    /// Replaces one, if it is there; what it was.
    pub fn modify(&mut self, id: u64, named: Named) -> Option<Named> {
        let was = self.remove(id)?;
        self.put(id, named);
        Some(was)
    }

    /// Takes one away, if it is there.
    pub fn remove(&mut self, id: u64) -> Option<Named> {
        let was = self.objects.remove(&id)?;
        if let Some(ids) = self.by_provider.get_mut(&was.provider_id) {
            ids.remove(&id);
            if ids.is_empty() {
                self.by_provider.remove(&was.provider_id);
            }
        }
        Some(was)
    }

    /// The one with that surrogate id.
    pub fn get(&self, id: u64) -> Option<&Named> {
        self.objects.get(&id)
    }

    /// The surrogate ids of those with that provider id, the eldest first.
    pub fn of_provider(&self, provider_id: &str) -> impl Iterator<Item = u64> + use<'_> {
        self.by_provider.get(provider_id).into_iter().flatten().copied()
    }

    /// All of them, the eldest first.
    pub fn iter(&self) -> impl Iterator<Item = (u64, &Named)> {
        self.objects.iter().map(|(id, named)| (*id, named))
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.objects.len()
    }

    /// The surrogate id of the next one.
    pub fn next(&self) -> u64 {
        self.next
    }

    fn put(&mut self, id: u64, named: Named) {
        self.by_provider.entry(named.provider_id.clone()).or_default().insert(id);
        self.objects.insert(id, named);
    }
}
