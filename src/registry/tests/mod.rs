//! Plans and their application, held to what they promise.

mod applying;
mod moving;
mod planning;
mod server;
mod steps;

use super::*;
use proptest::prelude::*;

/// An id of a handful, so that what is desired and what is there overlap.
fn id(prefix: char, n: u8) -> ProviderId {
    ProviderId::new(format!("{prefix}{n}")).unwrap()
}

fn name(n: u8) -> Option<Name> {
    (n > 0).then(|| Name::new(format!("Name {n}")).unwrap())
}

/// What should be, or what is: applications and customers with a name each, and pairs.
#[derive(Clone, Debug)]
pub struct Wish {
    applications: Vec<(u8, u8)>,
    customers: Vec<(u8, u8)>,
    pairs: Vec<(u8, u8)>,
}

impl Wish {
    pub fn any() -> impl Strategy<Value = Self> {
        let objects = || proptest::collection::btree_map(0..5_u8, 0..3_u8, 0..5);
        (objects(), objects(), proptest::collection::btree_set((0..5_u8, 0..5_u8), 0..8)).prop_map(
            |(applications, customers, pairs)| {
                let fits = |(c, a): &(u8, u8)| customers.contains_key(c) && applications.contains_key(a);
                let pairs = pairs.into_iter().filter(fits).collect();
                Self {
                    pairs,
                    applications: applications.into_iter().collect(),
                    customers: customers.into_iter().collect(),
                }
            },
        )
    }

    pub fn desired(&self) -> Desired {
        let wanted = |prefix, named: &[(u8, u8)]| {
            named.iter().map(|(n, name_of)| Wanted { id: id(prefix, *n), name: name(*name_of) }).collect()
        };
        let pair = |(c, a): &(u8, u8)| PairId { customer: id('c', *c), application: id('a', *a) };
        let pairs: Vec<_> = self.pairs.iter().map(pair).collect();
        Desired::new(wanted('a', &self.applications), wanted('c', &self.customers), &pairs).unwrap()
    }
}
