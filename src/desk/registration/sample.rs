//! A contract for tests.

use super::news::{News, NotDone, Ran};
use crate::registry::{Listed, ListedPair, Listing, Name, PairId, ProviderId};

/// The applications: id and name.
const APPLICATIONS: [(&str, &str); 3] = [("crm", ""), ("mail", "Practice Mail"), ("wiki", "Wiki")];

/// The customers: id, name, and the places of their applications.
const CUSTOMERS: [(&str, &str, &[u64]); 4] = [
    ("brightside", "Brightside Learning", &[0, 1]),
    ("northwind", "Northwind Logistics", &[1]),
    ("o'neill.law", "O'Neill \"Law\" LLP", &[1]),
    ("zz-top", "", &[]),
];

pub fn id(text: &str) -> ProviderId {
    ProviderId::new(text).unwrap()
}

pub fn pair(customer: &str, application: &str) -> PairId {
    PairId { customer: id(customer), application: id(application) }
}

fn listed(text: &str, name: &str, surrogate: u64) -> Listed {
    Listed { id: id(text), name: Name::new(name).ok(), surrogate: surrogate.into() }
}

/// What is there.
pub fn listing() -> Listing {
    let mut all = Listing::default();
    for ((text, name), surrogate) in APPLICATIONS.into_iter().zip(0..) {
        all.applications.push(listed(text, name, surrogate));
    }
    for ((text, name, has), customer) in CUSTOMERS.into_iter().zip(10..) {
        all.customers.push(listed(text, name, customer));
        let pairs = has.iter().map(|application| ListedPair {
            application: (*application).into(),
            customer: customer.into(),
            surrogate: (customer * 10 + application).into(),
        });
        all.pairs.extend(pairs);
    }
    all
}

/// A contract with so many applications and customers, of which each has every third application.
pub fn large(applications: u64, customers: u64) -> Listing {
    let mut all = Listing::default();
    for n in 0..applications {
        all.applications.push(listed(&format!("application-with-a-long-id-{n:02}"), "", n));
    }
    for n in 0..customers {
        all.customers.push(listed(&format!("customer-{n:03}"), &format!("Customer {n}"), n));
        let has = (0..applications).filter(|application| (n + application).is_multiple_of(3));
        all.pairs.extend(has.map(|application| ListedPair {
            application: application.into(),
            customer: n.into(),
            surrogate: (n * applications + application).into(),
        }));
    }
    all
}

/// The same, as it comes in.
pub fn loaded(listing: Listing) -> News {
    News::Loaded { listing: Box::new(listing), unfinished: None }
}

/// A listing that contradicts itself.
pub fn contradicting() -> Listing {
    let mut listing = listing();
    listing.customers.push(listed("northwind", "Northwind Ltd", 77));
    listing
}

/// A run that ended with this there.
pub fn ran(done: usize, listing: Listing) -> News {
    let listing = Some(Box::new(listing));
    News::Ran(Ran { done: Some(done), failed: Vec::new(), unknown: Vec::new(), halt: None, listing })
}

/// A run of which one change was refused.
pub fn refused(done: usize, listing: Listing) -> News {
    let failed = NotDone {
        change: "create customer `new-co`".into(),
        why: "the server refused: HTTP 409 CONFLICT: a customer with this id exists".into(),
        next: "Something with this id exists. List again, and plan again".into(),
    };
    News::Ran(Ran {
        done: Some(done),
        failed: vec![failed],
        unknown: Vec::new(),
        halt: None,
        listing: Some(Box::new(listing)),
    })
}

/// A run that ended early.
pub fn halted() -> News {
    let halt = (
        "customers could not be listed: the connection was refused".to_owned(),
        "Mend what it names, or try again later. What was already done is found by listing; nothing is done twice".to_owned(),
    );
    let unknown = NotDone {
        change: "create customer `new-co`".into(),
        why: "the connection was closed before the answer".into(),
        next: "The next apply looks for it first; nothing is done twice".into(),
    };
    News::Ran(Ran { done: None, failed: Vec::new(), unknown: vec![unknown], halt: Some(halt), listing: None })
}
