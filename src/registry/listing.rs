//! What is there: the three collections of a contract, as they were listed.

use super::{Name, PairId, ProviderId, SurrogateId};
use crate::kind::Digest;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::collections::HashMap;
use std::fmt;

/// One of the three collections of a contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Collection {
    Applications,
    Customers,
    Pairs,
}

impl Collection {
    /// All of them, in the order in which they can be created.
    pub const ALL: [Self; 3] = [Self::Applications, Self::Customers, Self::Pairs];

    /// The last part of its path, and its name for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Applications => "applications",
            Self::Customers => "customers",
            Self::Pairs => "pairs",
        }
    }

    /// One of its objects, in words.
    pub fn one(self) -> &'static str {
        match self {
            Self::Applications => "application",
            Self::Customers => "customer",
            Self::Pairs => "pair",
        }
    }
}

impl fmt::Display for Collection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// An application or a customer that is there.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Listed {
    pub id: ProviderId,
    /// None when it was never set (E).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Name>,
    pub surrogate: SurrogateId,
}

/// A pair that is there: this customer has this application, both by their surrogate ids (R).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ListedPair {
    pub application: SurrogateId,
    pub customer: SurrogateId,
    pub surrogate: SurrogateId,
}

/// An application or a customer that is there, and whose id cannot be one: nobody here can have meant it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Unusable {
    pub collection: Collection,
    pub surrogate: SurrogateId,
    /// What is wrong with its id, in words.
    pub why: String,
}

impl fmt::Display for Unusable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the {} {}: {}", self.collection.one(), self.surrogate, self.why)
    }
}

/// The whole of a contract, as it was listed. In whatever order the server told.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listing {
    pub applications: Vec<Listed>,
    pub customers: Vec<Listed>,
    pub pairs: Vec<ListedPair>,
    /// What of the applications and the customers cannot be used.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unusable: Vec<Unusable>,
}

impl Listing {
    /// What tells this listing from any other: the same objects in another order have the same hash.
    pub fn digest(&self) -> Digest {
        let mut hash = Sha256::new();
        hash_named(&mut hash, Collection::Applications, &self.applications);
        hash_named(&mut hash, Collection::Customers, &self.customers);
        let mut pairs: Vec<_> = self.pairs.iter().map(|pair| (pair.surrogate.rank(), pair)).collect();
        pairs.sort_unstable();
        count(&mut hash, Collection::Pairs, pairs.len());
        for (_, ListedPair { application, customer, surrogate }) in pairs {
            texts(&mut hash, [application, customer, surrogate].map(SurrogateId::as_str));
        }
        // Where there are none the hash is what it was before any were listed.
        let mut unusable: Vec<_> = self.unusable.iter().collect();
        unusable.sort_unstable();
        for Unusable { collection, surrogate, why } in unusable {
            texts(&mut hash, [collection.name(), surrogate.as_str(), why]);
        }
        Digest(hash.finalize().into())
    }

    /// The one of these that has this surrogate id and cannot be used.
    pub fn unusable(&self, collection: Collection, surrogate: &SurrogateId) -> Option<&Unusable> {
        let is = |one: &&Unusable| (one.collection, &one.surrogate) == (collection, surrogate);
        self.unusable.iter().find(is)
    }

    /// The applications, or the customers; none of the pairs.
    pub fn named(&self, collection: Collection) -> &[Listed] {
        match collection {
            Collection::Applications => &self.applications,
            Collection::Customers => &self.customers,
            Collection::Pairs => &[],
        }
    }

    /// Takes in the name of one of them, as the server told it later on.
    pub fn learns(&mut self, collection: Collection, now: &Listed) {
        let all = match collection {
            Collection::Applications => &mut self.applications,
            Collection::Customers => &mut self.customers,
            Collection::Pairs => return,
        };
        let is = |listed: &&mut Listed| (&listed.surrogate, &listed.id) == (&now.surrogate, &now.id);
        for listed in all.iter_mut().filter(is) {
            listed.name.clone_from(&now.name);
        }
    }
}

/// Provider ids by surrogate ids.
pub struct Ids<'a>([HashMap<&'a SurrogateId, &'a ProviderId>; 2]);

impl<'a> Ids<'a> {
    /// Those of a listing.
    pub fn of(listing: &'a Listing) -> Self {
        let ids =
            |listed: &'a [Listed]| listed.iter().map(|listed| (&listed.surrogate, &listed.id)).collect();
        Self([ids(&listing.customers), ids(&listing.applications)])
    }

    /// The ids of a pair's customer and application, where they are there.
    pub fn ends(&self, pair: &ListedPair) -> [Option<&'a ProviderId>; 2] {
        let Self([customers, applications]) = self;
        [customers.get(&pair.customer).copied(), applications.get(&pair.application).copied()]
    }

    /// What the pair is of, where both are there.
    pub fn pair(&self, pair: &ListedPair) -> Option<PairId> {
        let [customer, application] = self.ends(pair);
        Some(PairId { customer: customer?.clone(), application: application?.clone() })
    }
}

fn hash_named(hash: &mut Sha256, collection: Collection, listed: &[Listed]) {
    let mut sorted: Vec<_> = listed.iter().map(|listed| (listed.surrogate.rank(), listed)).collect();
    sorted.sort_unstable();
    count(hash, collection, sorted.len());
    for (_, Listed { id, name, surrogate }) in sorted {
        // A name is never empty, so none differs from all.
        let name = name.as_ref().map_or("", Name::as_str);
        texts(hash, [id.as_str(), name, surrogate.as_str()]);
    }
}

fn count(hash: &mut Sha256, collection: Collection, count: usize) {
    texts(hash, [collection.name()]);
    hash.update((count as u64).to_be_bytes());
}

/// The length of each before it: no two sequences of texts are the same bytes.
fn texts<const N: usize>(hash: &mut Sha256, texts: [&str; N]) {
    let mut bytes = Vec::with_capacity(128);
    for text in texts {
        bytes.extend_from_slice(&(text.len() as u64).to_be_bytes());
        bytes.extend_from_slice(text.as_bytes());
    }
    hash.update(bytes);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(id: &str, name: Option<&str>, surrogate: u64) -> Listed {
        let name = name.map(|name| Name::new(name).unwrap());
        Listed { id: ProviderId::new(id).unwrap(), name, surrogate: surrogate.into() }
    }

    #[test]
    fn its_hash_is_of_what_is_there_and_not_of_the_order() {
        let pair = |a: u64, c: u64, s: u64| ListedPair {
            application: a.into(),
            customer: c.into(),
            surrogate: s.into(),
        };
        let one = Listing {
            applications: vec![listed("a", None, 0), listed("b", Some("B"), 1)],
            customers: vec![listed("c", Some("C"), 0), listed("d", None, 5)],
            pairs: vec![pair(0, 5, 0), pair(1, 5, 1)],
            unusable: Vec::new(),
        };
        let mut other = one.clone();
        other.applications.reverse();
        other.customers.reverse();
        other.pairs.reverse();
        assert_eq!(one.digest(), other.digest());
        let changes: [fn(&mut Listing); 7] = [
            |l| {
                let (collection, surrogate) = (Collection::Customers, 7.into());
                l.unusable.push(Unusable { collection, surrogate, why: "its id is empty".to_owned() });
            },
            |l| l.customers[0].name = None,
            |l| l.customers[1].surrogate = 6.into(),
            |l| drop(l.pairs.pop()),
            |l| l.pairs[0].surrogate = 9.into(),
            |l| drop(l.applications.pop()),
            |l| std::mem::swap(&mut l.applications, &mut l.customers),
        ];
        for change in changes {
            let mut moved = one.clone();
            change(&mut moved);
            assert_ne!(moved.digest(), one.digest());
        }
    }
}
