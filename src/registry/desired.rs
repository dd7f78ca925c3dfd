//! What a contract should hold: applications, customers, and which customer has which application.

use super::{Finding, Listed, Listing, Name, ProviderId, World};
use serde::{Deserialize, Serialize};

/// An application or a customer as it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    pub id: ProviderId,
    /// None leaves the name as it is: the API has no way to take one away.
    pub name: Option<Name>,
}

/// What tells a pair from the others: who has which application.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct PairId {
    pub customer: ProviderId,
    pub application: ProviderId,
}

/// A whole contract as it should be. What is not in it should not be there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Desired {
    /// Sorted by id, each once.
    pub(super) applications: Vec<Wanted>,
    /// Sorted by id, each once.
    pub(super) customers: Vec<Wanted>,
    /// Customer and application by their places above; sorted, each once.
    pub(super) pairs: Vec<(u32, u32)>,
}

/// What keeps some wishes from being one contract: the places in the lists that [`Desired::new`] was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clash {
    /// The application, or the customer, at the first place stands at the second as well.
    Twice { customers: bool, first: usize, second: usize },
    /// The pair stands there twice.
    PairTwice { first: usize, second: usize },
    /// The pair is of a customer, or of an application, that is not there.
    Unknown { customer: bool, pair: usize },
}

impl Desired {
    /// A contract of these, in any order.
    ///
    /// # Errors
    /// All that does not fit together, in no special order.
    pub fn new(
        applications: Vec<Wanted>,
        customers: Vec<Wanted>,
        pairs: &[PairId],
    ) -> Result<Self, Vec<Clash>> {
        let mut clashes = Vec::new();
        let applications = sorted(applications, false, &mut clashes);
        let customers = sorted(customers, true, &mut clashes);
        let mut placed = Vec::with_capacity(pairs.len());
        for (at, pair) in pairs.iter().enumerate() {
            let customer = place(&customers, &pair.customer);
            let application = place(&applications, &pair.application);
            if customer.is_none() {
                clashes.push(Clash::Unknown { customer: true, pair: at });
            }
            if application.is_none() {
                clashes.push(Clash::Unknown { customer: false, pair: at });
            }
            placed.extend(customer.zip(application).map(|pair| (pair, at)));
        }
        placed.sort_unstable();
        let twins = placed.windows(2).filter(|two| two[0].0 == two[1].0);
        clashes.extend(twins.map(|two| Clash::PairTwice { first: two[0].1, second: two[1].1 }));
        if !clashes.is_empty() {
            return Err(clashes);
        }
        let pairs = placed.into_iter().map(|(pair, _)| pair).collect();
        Ok(Self { applications, customers, pairs })
    }

    /// What is there, as what should be there.
    ///
    /// # Errors
    /// What does not fit together in the listing.
    pub fn of(listing: &Listing) -> Result<Self, Vec<Finding>> {
        let world = World::of(listing)?;
        let wanted = |listed: &[&Listed]| -> Vec<Wanted> {
            listed.iter().map(|l| Wanted { id: l.id.clone(), name: l.name.clone() }).collect()
        };
        Ok(Self {
            applications: wanted(&world.applications),
            customers: wanted(&world.customers),
            pairs: world.pairs.iter().map(|pair| (pair.customer, pair.application)).collect(),
        })
    }

    /// Leaves names as they are that hold what cannot be seen: no file may say them. What was left out.
    pub fn leave_out_invisible_names(&mut self) -> Vec<Wanted> {
        let is_odd = |wanted: &Wanted| wanted.name.as_ref().is_some_and(|name| !name.is_visible());
        let mut left_out = Vec::new();
        for wanted in self.applications.iter_mut().chain(&mut self.customers) {
            if is_odd(wanted) {
                left_out.push(wanted.clone());
                wanted.name = None;
            }
        }
        left_out
    }

    /// True when nothing should be there: everything that is there would go.
    pub fn is_empty(&self) -> bool {
        self.applications.is_empty() && self.customers.is_empty()
    }

    /// The applications, sorted by id.
    pub fn applications(&self) -> &[Wanted] {
        &self.applications
    }

    /// The customers, sorted by id.
    pub fn customers(&self) -> &[Wanted] {
        &self.customers
    }

    /// Which customer has which application; sorted by customer, then by application.
    pub fn pairs(&self) -> impl ExactSizeIterator<Item = (&ProviderId, &ProviderId)> {
        self.pairs.iter().map(|(customer, application)| {
            (&self.customers[*customer as usize].id, &self.applications[*application as usize].id)
        })
    }
}

/// The same, sorted by id; what stands there twice is a clash.
fn sorted(wanted: Vec<Wanted>, customers: bool, clashes: &mut Vec<Clash>) -> Vec<Wanted> {
    let mut placed: Vec<_> = wanted.into_iter().enumerate().collect();
    placed.sort_by(|(_, one), (_, other)| one.id.cmp(&other.id));
    let twins = placed.windows(2).filter(|two| two[0].1.id == two[1].1.id);
    clashes.extend(twins.map(|two| Clash::Twice { customers, first: two[0].0, second: two[1].0 }));
    placed.into_iter().map(|(_, wanted)| wanted).collect()
}

fn place(wanted: &[Wanted], id: &ProviderId) -> Option<u32> {
    wanted.binary_search_by(|wanted| wanted.id.cmp(id)).ok().and_then(|at| u32::try_from(at).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(id: &str) -> Wanted {
        Wanted { id: ProviderId::new(id).unwrap(), name: None }
    }

    fn pair(customer: &str, application: &str) -> PairId {
        PairId {
            customer: ProviderId::new(customer).unwrap(),
            application: ProviderId::new(application).unwrap(),
        }
    }

    #[test]
    fn all_that_does_not_fit_is_named_by_its_place() {
        let applications = vec![wanted("b"), wanted("a"), wanted("b")];
        let pairs = [pair("c", "a"), pair("d", "a"), pair("c", "x"), pair("c", "a")];
        let clashes = Desired::new(applications, vec![wanted("c")], &pairs).unwrap_err();
        assert_eq!(
            clashes,
            [
                Clash::Twice { customers: false, first: 0, second: 2 },
                Clash::Unknown { customer: true, pair: 1 },
                Clash::Unknown { customer: false, pair: 2 },
                Clash::PairTwice { first: 0, second: 3 },
            ]
        );
    }

    #[test]
    fn the_order_of_the_wishes_says_nothing() {
        let of = |applications: &[&str], pairs: &[PairId]| {
            let applications = applications.iter().copied().map(wanted).collect();
            Desired::new(applications, vec![wanted("c")], pairs).unwrap()
        };
        let one = of(&["a", "b"], &[pair("c", "a"), pair("c", "b")]);
        assert_eq!(one, of(&["b", "a"], &[pair("c", "b"), pair("c", "a")]));
        let pairs: Vec<_> = one.pairs().map(|(c, a)| (c.as_str(), a.as_str())).collect();
        assert_eq!(pairs, [("c", "a"), ("c", "b")]);
    }
}
