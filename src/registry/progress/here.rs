//! A listing, for questions about single objects. It need not fit together.

use crate::registry::{Change, Collection, ListedPair, Listing, Name, PairId, ProviderId, SurrogateId};
use std::collections::HashMap;

/// A customer and an application, as a pair has them.
pub type Ends = (SurrogateId, SurrogateId);

/// What is there, by what it is asked for.
#[derive(Clone, Debug, Default)]
pub struct Here {
    /// Collection and provider id: surrogate id and name.
    pub named: HashMap<(Collection, ProviderId), (SurrogateId, Option<Name>)>,
    /// Whose each surrogate id is: the server may give one out again.
    owners: HashMap<(Collection, SurrogateId), ProviderId>,
    pairs: HashMap<SurrogateId, Ends>,
    /// Which pair has them.
    ends: HashMap<Ends, SurrogateId>,
}

impl Here {
    pub fn of(listing: &Listing) -> Self {
        let mut here = Self::default();
        for collection in [Collection::Applications, Collection::Customers] {
            for listed in listing.named(collection) {
                let (id, surrogate) = (listed.id.clone(), listed.surrogate.clone());
                here.owners.insert((collection, surrogate.clone()), id.clone());
                here.named.insert((collection, id), (surrogate, listed.name.clone()));
            }
        }
        for pair in &listing.pairs {
            let ends = (pair.customer.clone(), pair.application.clone());
            here.ends.insert(ends.clone(), pair.surrogate.clone());
            here.pairs.insert(pair.surrogate.clone(), ends);
        }
        here
    }

    pub fn surrogate(&self, collection: Collection, id: &ProviderId) -> Option<&SurrogateId> {
        self.named.get(&(collection, id.clone())).map(|(surrogate, _)| surrogate)
    }

    /// The application or the customer that has this surrogate id.
    pub fn owner(&self, collection: Collection, surrogate: &SurrogateId) -> Option<&ProviderId> {
        self.owners.get(&(collection, surrogate.clone()))
    }

    pub fn ends(&self, pair: &PairId) -> Option<Ends> {
        let customer = self.surrogate(Collection::Customers, &pair.customer)?;
        let application = self.surrogate(Collection::Applications, &pair.application)?;
        Some((customer.clone(), application.clone()))
    }

    /// What `change` wants to create, as it is there.
    pub fn made(&self, change: &Change) -> Option<&SurrogateId> {
        match change {
            Change::Create { collection, id, .. } => self.surrogate(*collection, id),
            Change::CreatePair { pair } => self.ends.get(&self.ends(pair)?),
            Change::Rename { .. }
            | Change::Remove { .. }
            | Change::RemovePair { .. }
            | Change::RemoveOrphan { .. } => None,
        }
    }

    /// True when there is a pair with this surrogate id, of whatever.
    pub fn has_pair(&self, surrogate: &SurrogateId) -> bool {
        self.pairs.contains_key(surrogate)
    }

    /// True when there is this very pair.
    pub fn has(&self, pair: &ListedPair) -> bool {
        let ends = (pair.customer.clone(), pair.application.clone());
        self.pairs.get(&pair.surrogate) == Some(&ends)
    }

    /// What the pair with this surrogate id is of; none where it is not there, or an end of it is not.
    pub fn pair(&self, surrogate: &SurrogateId) -> Option<PairId> {
        let (customer, application) = self.pairs.get(surrogate)?;
        let customer = self.owner(Collection::Customers, customer)?.clone();
        Some(PairId { customer, application: self.owner(Collection::Applications, application)?.clone() })
    }

    /// Whether what `change` wants is so.
    pub fn shows(&self, change: &Change) -> bool {
        match change {
            Change::Create { collection, id, .. } => self.surrogate(*collection, id).is_some(),
            Change::CreatePair { pair } => self.ends(pair).is_some_and(|ends| self.ends.contains_key(&ends)),
            Change::Rename { collection, id, to, .. } => {
                self.named.get(&(*collection, id.clone())).is_some_and(|(_, name)| name.as_ref() == Some(to))
            }
            Change::Remove { collection, id, surrogate, .. } => {
                self.owner(*collection, surrogate) != Some(id)
            }
            // A pair whose customer is gone is still there.
            Change::RemovePair { pair, surrogate } => {
                !self.has_pair(surrogate) || self.pair(surrogate).is_some_and(|now| now != *pair)
            }
            Change::RemoveOrphan { pair } => !self.has(pair),
        }
    }
}
