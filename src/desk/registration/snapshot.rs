//! A listing, for looking things up.

use crate::kind::Timestamp;
use crate::registry::{
    Collection, Finding, Ids, Listed, ListedPair, Listing, Name, PairId, ProviderId, SurrogateId, World,
};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// An application or a customer: the collection is never that of the pairs.
pub type Key = (Collection, ProviderId);

/// An application or a customer that is there.
#[derive(Clone, Debug)]
pub struct Object {
    pub surrogate: SurrogateId,
    pub name: Option<Name>,
    /// The other ends of its pairs.
    pub partners: BTreeSet<ProviderId>,
}

/// What was listed.
#[derive(Clone, Debug)]
pub struct Snapshot {
    pub listing: Arc<Listing>,
    pub at: Timestamp,
    /// What contradicts itself: nothing is planned then.
    pub findings: Vec<Finding>,
    /// How many ids differ from another one only in upper and lower case.
    pub case_twins: usize,
    applications: BTreeMap<ProviderId, Object>,
    customers: BTreeMap<ProviderId, Object>,
}

impl Snapshot {
    /// That of a listing which came at `at`.
    pub fn of(listing: Listing, at: Timestamp) -> Self {
        let (findings, case_twins) = match World::of(&listing) {
            Ok(world) => (Vec::new(), world.case_twins().len()),
            Err(findings) => (findings, 0),
        };
        let objects = |collection| -> BTreeMap<ProviderId, Object> {
            let listed = listing.named(collection).iter();
            let object = |Listed { name, surrogate, .. }: &Listed| Object {
                surrogate: surrogate.clone(),
                name: name.clone(),
                partners: BTreeSet::new(),
            };
            listed.map(|listed| (listed.id.clone(), object(listed))).collect()
        };
        let (mut applications, mut customers) =
            (objects(Collection::Applications), objects(Collection::Customers));
        let ids = Ids::of(&listing);
        for PairId { customer, application } in listing.pairs.iter().filter_map(|pair| ids.pair(pair)) {
            if let Some(object) = applications.get_mut(&application) {
                object.partners.insert(customer.clone());
            }
            if let Some(object) = customers.get_mut(&customer) {
                object.partners.insert(application);
            }
        }
        Self { listing: Arc::new(listing), at, findings, case_twins, applications, customers }
    }

    /// The applications, or the customers, by id; the pairs stand with both.
    pub fn objects(&self, collection: Collection) -> &BTreeMap<ProviderId, Object> {
        match collection {
            Collection::Applications => &self.applications,
            Collection::Customers | Collection::Pairs => &self.customers,
        }
    }

    /// What is there under this key.
    pub fn object(&self, (collection, id): &Key) -> Option<&Object> {
        self.objects(*collection).get(id)
    }

    pub fn has_pair(&self, pair: &PairId) -> bool {
        self.customers.get(&pair.customer).is_some_and(|object| object.partners.contains(&pair.application))
    }

    /// The number of a pair that is there.
    pub fn pair_number(&self, PairId { customer, application }: &PairId) -> Option<&SurrogateId> {
        let customer = &self.customers.get(customer)?.surrogate;
        let application = &self.applications.get(application)?.surrogate;
        let is = |pair: &&ListedPair| pair.customer == *customer && pair.application == *application;
        self.listing.pairs.iter().find(is).map(|pair| &pair.surrogate)
    }

    /// The pairs of an application, or of a customer.
    pub fn pairs_of(&self, key: &Key) -> Vec<PairId> {
        let partners = self.object(key).into_iter().flat_map(|object| &object.partners);
        partners.map(|other| pair(key, other)).collect()
    }
}

/// The pair of what `key` names and `other`, an id of the other collection.
pub fn pair((collection, id): &Key, other: &ProviderId) -> PairId {
    match collection {
        Collection::Applications => PairId { customer: other.clone(), application: id.clone() },
        Collection::Customers | Collection::Pairs => {
            PairId { customer: id.clone(), application: other.clone() }
        }
    }
}
