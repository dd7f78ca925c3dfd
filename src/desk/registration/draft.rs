//! What is to change, beside what was listed: pure.
//!
//! It holds changes alone. So another listing under it turns nothing that somebody else did into a change of ours.

use super::snapshot::{Key, Object, Snapshot};
use crate::registry::{Collection, Desired, Name, PairId, ProviderId, Wanted};
use std::collections::{BTreeMap, BTreeSet};

/// The changes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Draft {
    new: BTreeMap<Key, Option<Name>>,
    renamed: BTreeMap<Key, Name>,
    removed: BTreeSet<Key>,
    /// The pairs that are to be the other way than they are: true for those that are to be there.
    switched: BTreeMap<PairId, bool>,
}

/// What is to become of an application or a customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    Same,
    New,
    Renamed,
    Removed,
}

/// What is to become of a pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cell {
    /// It is not there, and stays so.
    Without,
    /// It is there, and stays so.
    With,
    New,
    Removed,
    /// It goes along with its customer or its application.
    Along,
}

impl Draft {
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    pub fn mark(&self, key: &Key) -> Mark {
        match key {
            key if self.removed.contains(key) => Mark::Removed,
            key if self.new.contains_key(key) => Mark::New,
            key if self.renamed.contains_key(key) => Mark::Renamed,
            _ => Mark::Same,
        }
    }

    /// The name that it is to have.
    pub fn name<'a>(&'a self, here: &'a Snapshot, key: &Key) -> Option<&'a Name> {
        let given = self.renamed.get(key).or_else(|| self.new.get(key)?.as_ref());
        given.or_else(|| here.object(key)?.name.as_ref())
    }

    pub fn cell(&self, here: &Snapshot, pair: &PairId) -> Cell {
        match (here.has_pair(pair), self.switched.get(pair)) {
            (true, _) if self.end_that_goes(pair).is_some() => Cell::Along,
            (true, Some(false)) => Cell::Removed,
            (true, Some(true) | None) => Cell::With,
            (false, Some(true)) => Cell::New,
            (false, Some(false) | None) => Cell::Without,
        }
    }

    /// The customer of the pair, or its application, if that is to be removed.
    pub fn end_that_goes(&self, pair: &PairId) -> Option<Key> {
        ends(pair).into_iter().find(|key| self.removed.contains(key))
    }

    /// The ids that are there or are to be there, in order.
    pub fn ids(&self, here: &Snapshot, collection: Collection) -> BTreeSet<ProviderId> {
        let new = self.new.keys().filter(|(of, _)| *of == collection).map(|(_, id)| id);
        here.objects(collection).keys().chain(new).cloned().collect()
    }

    /// The other ends of the pairs that are there or are to be there, and what becomes of each.
    pub fn partners(&self, here: &Snapshot, key: &Key) -> Vec<(ProviderId, Cell)> {
        let mut pairs: BTreeSet<PairId> = here.pairs_of(key).into_iter().collect();
        pairs.extend(self.switched.keys().filter(|pair| ends(pair).contains(key)).cloned());
        let other = |pair: &PairId| match key.0 {
            Collection::Applications => pair.customer.clone(),
            Collection::Customers | Collection::Pairs => pair.application.clone(),
        };
        pairs.iter().map(|pair| (other(pair), self.cell(here, pair))).collect()
    }

    /// True when something is to change at what `key` names, its pairs among it.
    pub fn touches(&self, key: &Key) -> bool {
        self.mark(key) != Mark::Same || self.switched.keys().any(|pair| ends(pair).contains(key))
    }

    /// An application or a customer that is not there.
    pub fn add(&mut self, key: Key, name: Option<Name>) {
        self.new.insert(key, name);
    }

    /// Another name. One that is there cannot lose its name: the API has no way to take it away.
    pub fn rename(&mut self, here: &Snapshot, key: Key, name: Option<Name>) {
        if let Some(new) = self.new.get_mut(&key) {
            *new = name;
            return;
        }
        let is = here.object(&key).and_then(|object| object.name.as_ref());
        match name.filter(|name| is != Some(name)) {
            Some(name) => self.renamed.insert(key, name),
            None => self.renamed.remove(&key),
        };
    }

    /// Marks it for removal; what was to change there before is forgotten. One that is not there is forgotten altogether.
    pub fn remove(&mut self, here: &Snapshot, key: &Key) {
        self.undo(key);
        if here.object(key).is_some() {
            self.removed.insert(key.clone());
        }
    }

    /// Forgets all that is to change there, its pairs among it.
    pub fn undo(&mut self, key: &Key) {
        self.new.remove(key);
        self.renamed.remove(key);
        self.removed.remove(key);
        self.switched.retain(|pair, _| !ends(pair).contains(key));
    }

    /// Takes only the mark of removal away.
    pub fn keep(&mut self, key: &Key) {
        self.removed.remove(key);
    }

    /// The pair is to be the other way; nothing happens where an end of it is to be removed.
    pub fn switch(&mut self, here: &Snapshot, pair: PairId) {
        let has = here.has_pair(&pair);
        if self.end_that_goes(&pair).is_none() && self.switched.remove(&pair).is_none() {
            self.switched.insert(pair, !has);
        }
    }

    /// Forgets what is so already, and what cannot be any more: the contract was listed anew. And what would undo what somebody
    /// else has done since it was listed `before`; that is returned, in words.
    pub fn rebase(&mut self, before: &Snapshot, here: &Snapshot) -> Vec<String> {
        let mut back = Vec::new();
        self.new.retain(|key, name| {
            let Some(now) = here.object(key) else { return true };
            if name.is_some() && now.name != *name {
                back.push(format!("the new {}, which is there with another name", told(key)));
            }
            false
        });
        self.renamed.retain(|key, name| {
            let Some(now) = here.object(key).filter(|now| now.name.as_ref() != Some(name)) else {
                return false;
            };
            let then = before.object(key);
            let is_same =
                then.is_some_and(|then| (&then.surrogate, &then.name) == (&now.surrogate, &now.name));
            if !is_same {
                back.push(format!("the name of the {}, which was changed", told(key)));
            }
            is_same
        });
        self.removed.retain(|key| {
            let Some(now) = here.object(key) else { return false };
            let change = before.object(key).map_or(Some("created again"), |then| changed(then, now));
            back.extend(change.map(|change| format!("the removal of the {}, which was {change}", told(key))));
            change.is_none()
        });
        let new = &self.new;
        let is_there = |key: &Key| here.object(key).is_some() || new.contains_key(key);
        self.switched.retain(|pair, wanted| {
            if here.has_pair(pair) == *wanted || !ends(pair).iter().all(is_there) {
                return false;
            }
            let is_same = *wanted || before.pair_number(pair) == here.pair_number(pair);
            if !is_same {
                back.push(format!("the removal of the pair {pair}, which was created again"));
            }
            is_same
        });
        back
    }

    /// The contract as it should be. None only where the changes do not fit together, which nothing here lets happen.
    pub fn desired(&self, here: &Snapshot) -> Option<Desired> {
        let stays = |collection| {
            let keys = self.ids(here, collection).into_iter().map(move |id| (collection, id));
            keys.filter(|key| !self.removed.contains(key))
                .map(|key| Wanted { name: self.name(here, &key).cloned(), id: key.1 })
                .collect::<Vec<_>>()
        };
        let (applications, customers) = (stays(Collection::Applications), stays(Collection::Customers));
        let there = here.objects(Collection::Customers).iter().flat_map(|(customer, object)| {
            let pair = |application: &ProviderId| PairId {
                customer: customer.clone(),
                application: application.clone(),
            };
            object.partners.iter().map(pair)
        });
        let new = self.switched.iter().filter(|(_, wanted)| **wanted).map(|(pair, _)| pair.clone());
        let pairs: Vec<PairId> =
            there.chain(new).filter(|pair| matches!(self.cell(here, pair), Cell::With | Cell::New)).collect();
        Desired::new(applications, customers, &pairs).ok()
    }
}

/// The two that a pair is of.
fn ends(pair: &PairId) -> [Key; 2] {
    [(Collection::Customers, pair.customer.clone()), (Collection::Applications, pair.application.clone())]
}

/// What is there under this key, in words.
fn told((collection, id): &Key) -> String {
    format!("{} `{id}`", collection.one())
}

/// What became of an object that a removal would undo; none where it is what it was, or has fewer pairs.
fn changed(then: &Object, now: &Object) -> Option<&'static str> {
    let is_same = then.name == now.name && now.partners.is_subset(&then.partners);
    if then.surrogate == now.surrogate { (!is_same).then_some("changed") } else { Some("created again") }
}
