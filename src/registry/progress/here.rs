//! A listing, for questions about single objects. It need not fit together.

use crate::registry::{Change, Collection, Listing, Name, PairId, ProviderId, SurrogateId};
use std::collections::{HashMap, HashSet};

/// What is there, by what it is asked for.
#[derive(Clone, Debug, Default)]
pub struct Here {
    /// Collection and provider id: surrogate id and name.
    pub named: HashMap<(Collection, ProviderId), (SurrogateId, Option<Name>)>,
    pub surrogates: HashSet<(Collection, SurrogateId)>,
    pub pairs: HashSet<(SurrogateId, SurrogateId)>,
}

impl Here {
    pub fn of(listing: &Listing) -> Self {
        let mut here = Self::default();
        for collection in [Collection::Applications, Collection::Customers] {
            for listed in listing.named(collection) {
                let (id, surrogate) = (listed.id.clone(), listed.surrogate.clone());
                here.surrogates.insert((collection, surrogate.clone()));
                here.named.insert((collection, id), (surrogate, listed.name.clone()));
            }
        }
        for pair in &listing.pairs {
            here.surrogates.insert((Collection::Pairs, pair.surrogate.clone()));
            here.pairs.insert((pair.customer.clone(), pair.application.clone()));
        }
        here
    }

    pub fn surrogate(&self, collection: Collection, id: &ProviderId) -> Option<&SurrogateId> {
        self.named.get(&(collection, id.clone())).map(|(surrogate, _)| surrogate)
    }

    pub fn ends(&self, pair: &PairId) -> Option<(SurrogateId, SurrogateId)> {
        let customer = self.surrogate(Collection::Customers, &pair.customer)?;
        let application = self.surrogate(Collection::Applications, &pair.application)?;
        Some((customer.clone(), application.clone()))
    }

    /// Whether what `change` wants is so.
    pub fn shows(&self, change: &Change) -> bool {
        match change {
            Change::Create { collection, id, .. } => self.surrogate(*collection, id).is_some(),
            Change::CreatePair { pair } => self.ends(pair).is_some_and(|ends| self.pairs.contains(&ends)),
            Change::Rename { collection, id, to, .. } => {
                self.named.get(&(*collection, id.clone())).is_some_and(|(_, name)| name.as_ref() == Some(to))
            }
            Change::Remove { collection, surrogate, .. } => {
                !self.surrogates.contains(&(*collection, surrogate.clone()))
            }
            Change::RemovePair { surrogate, .. } => {
                !self.surrogates.contains(&(Collection::Pairs, surrogate.clone()))
            }
        }
    }
}
