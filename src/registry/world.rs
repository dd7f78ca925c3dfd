//! A listing that fits together: every object once, every pair of objects that are there.

use super::{Collection, Listed, ListedPair, Listing, PairId, ProviderId, SurrogateId, Unusable};
use std::collections::HashMap;
use std::fmt;

/// A listing, put in order. Only a listing in which nothing contradicts itself can be one.
#[derive(Clone, Debug)]
pub struct World<'a> {
    /// Sorted by provider id, each once.
    pub applications: Vec<&'a Listed>,
    /// Sorted by provider id, each once.
    pub customers: Vec<&'a Listed>,
    /// Sorted by customer, then by application, each once.
    pub pairs: Vec<PairHere<'a>>,
}

/// A pair that is there.
#[derive(Clone, Copy, Debug)]
pub struct PairHere<'a> {
    /// Its customer's place in the list of the customers.
    pub customer: u32,
    /// Its application's place in the list of the applications.
    pub application: u32,
    pub surrogate: &'a SurrogateId,
}

/// What does not fit together in a listing. Nothing is planned with it: which of two objects is the right one is for
/// people to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// Two applications, or two customers, with one provider id.
    TwoObjects { collection: Collection, id: ProviderId, surrogates: [SurrogateId; 2] },
    /// Two entries of a list with one surrogate id: one object listed twice, or two.
    OneSurrogate { collection: Collection, surrogate: SurrogateId },
    /// Two pairs of the same two.
    TwoPairs { pair: PairId, surrogates: [SurrogateId; 2] },
    /// A pair of something that is not there.
    Orphan { pair: ListedPair, missing: Collection },
    /// An object whose id cannot be one. It may be what the server has made of an id that was sent to it.
    Unusable(Unusable),
}

impl Finding {
    /// True when both are of the same thing that stands twice: of three, any two may be told.
    fn is_as(&self, other: &Self) -> bool {
        match (self, other) {
            (
                Self::TwoObjects { collection: one, id, .. },
                Self::TwoObjects { collection: other, id: same, .. },
            ) => (one, id) == (other, same),
            (Self::TwoPairs { pair, .. }, Self::TwoPairs { pair: same, .. }) => pair == same,
            (_, _) => self == other,
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TwoObjects { collection, id, surrogates: [one, other] } => {
                write!(f, "there are two {collection} with the id `{id}`: the objects {one} and {other}")
            }
            Self::OneSurrogate { collection, surrogate } => {
                write!(f, "the list of {collection} has the object {surrogate} twice")
            }
            Self::TwoPairs { pair: PairId { customer, application }, surrogates: [one, other] } => write!(
                f,
                "the customer `{customer}` has the application `{application}` twice: the pairs {one} and {other}"
            ),
            Self::Orphan { pair: ListedPair { application, customer, surrogate }, missing } => write!(
                f,
                "the pair {surrogate} is of the application {application} and the customer {customer}, and that {} \
                 is not there; perhaps somebody is changing the contract at this moment",
                missing.one()
            ),
            Self::Unusable(unusable) => unusable.fmt(f),
        }
    }
}

/// What stands twice in `now` and did not in `before`: an answer of which nobody knows, or somebody else. What is left of a
/// pair is none of it: that passes.
pub fn doubles(before: &Listing, now: &Listing) -> Vec<Finding> {
    let Err(mut findings) = World::of(now) else { return Vec::new() };
    let old = World::of(before).err().unwrap_or_default();
    findings.retain(|finding| {
        !matches!(finding, Finding::Orphan { .. }) && !old.iter().any(|old| old.is_as(finding))
    });
    findings
}

/// What to do about findings.
pub fn mend(findings: &[Finding]) -> String {
    let orphans: Vec<_> = findings
        .iter()
        .filter_map(|finding| match finding {
            Finding::Orphan { pair, .. } => Some(&pair.surrogate),
            Finding::TwoObjects { .. }
            | Finding::OneSurrogate { .. }
            | Finding::TwoPairs { .. }
            | Finding::Unusable(_) => None,
        })
        .collect();
    if findings.iter().any(|finding| matches!(finding, Finding::Unusable(_))) {
        return "Give it an id that fits in the vendor's portal, or remove it there; if that cannot be done, ask the vendor"
            .to_owned();
    }
    // One number, so nothing can be removed by it without a choice that nobody has made.
    if findings.iter().all(|finding| matches!(finding, Finding::OneSurrogate { .. })) {
        return "List again. If it stays so, ask the vendor".to_owned();
    }
    match orphans.len() {
        1.. if orphans.len() == findings.len() => format!(
            "List again. If it stays so, remove what is left of the {}: {}",
            if orphans.len() == 1 { "pair" } else { "pairs" },
            remove_pairs(orphans)
        ),
        _ => "Look at both objects in the vendor's portal, and remove the wrong one: pxdesk registration remove \
              application|customer|pair --surrogate NUMBER"
            .to_owned(),
    }
}

/// The command that removes the pairs with these numbers.
pub fn remove_pairs<'a>(surrogates: impl IntoIterator<Item = &'a SurrogateId>) -> String {
    let numbers: Vec<_> = surrogates.into_iter().map(SurrogateId::as_str).collect();
    format!("pxdesk registration remove pair --surrogate {}", numbers.join(","))
}

impl<'a> World<'a> {
    /// The listing in order.
    ///
    /// # Errors
    /// All that does not fit together.
    pub fn of(listing: &'a Listing) -> Result<Self, Vec<Finding>> {
        let mut findings: Vec<_> = listing.unusable.iter().cloned().map(Finding::Unusable).collect();
        let applications = sorted(Collection::Applications, &listing.applications, &mut findings);
        let customers = sorted(Collection::Customers, &listing.customers, &mut findings);
        let by_surrogate =
            [(Collection::Applications, places(&applications)), (Collection::Customers, places(&customers))];
        for ((collection, places), listed) in by_surrogate.iter().zip([&applications, &customers]) {
            if places.len() < listed.len() {
                findings.extend(one_surrogate(*collection, listed.iter().map(|listed| &listed.surrogate)));
            }
        }
        let [(_, application_places), (_, customer_places)] = by_surrogate;
        let mut pairs = Vec::with_capacity(listing.pairs.len());
        for pair in &listing.pairs {
            let customer = customer_places.get(&pair.customer);
            let application = application_places.get(&pair.application);
            match (customer, application) {
                (Some(customer), Some(application)) => pairs.push(PairHere {
                    customer: *customer,
                    application: *application,
                    surrogate: &pair.surrogate,
                }),
                (missing, _) => {
                    let (missing, end) = if missing.is_none() {
                        (Collection::Customers, &pair.customer)
                    } else {
                        (Collection::Applications, &pair.application)
                    };
                    // It is there, and was told of as what it is.
                    if listing.unusable(missing, end).is_some() {
                        continue;
                    }
                    findings.push(Finding::Orphan { pair: pair.clone(), missing });
                }
            }
        }
        pairs.sort_unstable_by(|one, other| {
            let key = |pair: &PairHere<'a>| (pair.customer, pair.application);
            key(one).cmp(&key(other)).then_with(|| one.surrogate.cmp(other.surrogate))
        });
        let world = Self { applications, customers, pairs };
        findings.extend(world.twin_pairs());
        findings.extend(one_surrogate(Collection::Pairs, listing.pairs.iter().map(|pair| &pair.surrogate)));
        if findings.is_empty() { Ok(world) } else { Err(findings) }
    }

    /// Who has which application.
    pub fn pair_id(&self, pair: &PairHere<'_>) -> PairId {
        PairId {
            customer: self.customers[pair.customer as usize].id.clone(),
            application: self.applications[pair.application as usize].id.clone(),
        }
    }

    fn twin_pairs(&self) -> impl Iterator<Item = Finding> {
        let same = |two: &&[PairHere<'a>]| {
            (two[0].customer, two[0].application) == (two[1].customer, two[1].application)
        };
        let are_two = |two: &&[PairHere<'a>]| two[0].surrogate != two[1].surrogate;
        self.pairs.windows(2).filter(same).filter(are_two).map(|two| Finding::TwoPairs {
            pair: self.pair_id(&two[0]),
            surrogates: [two[0].surrogate.clone(), two[1].surrogate.clone()],
        })
    }

    /// Ids of one collection that differ only in upper and lower case: whether that counts is not documented.
    pub fn case_twins(&self) -> Vec<[&'a ProviderId; 2]> {
        let ids = |listed: &[&'a Listed]| case_twins(listed.iter().map(|listed| &listed.id));
        [&self.applications, &self.customers].into_iter().flat_map(|listed| ids(listed)).collect()
    }
}

fn sorted<'a>(collection: Collection, listed: &'a [Listed], findings: &mut Vec<Finding>) -> Vec<&'a Listed> {
    let mut sorted: Vec<_> = listed.iter().collect();
    sorted.sort_unstable_by(|one, other| (&one.id, &one.surrogate).cmp(&(&other.id, &other.surrogate)));
    // An object that the list has twice is not two.
    let are_two = |two: &&[&Listed]| two[0].id == two[1].id && two[0].surrogate != two[1].surrogate;
    let twins = sorted.windows(2).filter(are_two);
    findings.extend(twins.map(|two| Finding::TwoObjects {
        collection,
        id: two[0].id.clone(),
        surrogates: [two[0].surrogate.clone(), two[1].surrogate.clone()],
    }));
    sorted
}

/// Where each surrogate id stands.
fn places<'a>(sorted: &[&'a Listed]) -> HashMap<&'a SurrogateId, u32> {
    sorted.iter().zip(0..).map(|(listed, at)| (&listed.surrogate, at)).collect()
}

/// The surrogate ids that are borne twice.
fn one_surrogate<'a>(
    collection: Collection,
    surrogates: impl Iterator<Item = &'a SurrogateId>,
) -> impl Iterator<Item = Finding> {
    let mut all: Vec<_> = surrogates.map(|surrogate| (surrogate.rank(), surrogate)).collect();
    all.sort_unstable();
    let twins = |two: &[(u64, &'a SurrogateId)]| (two[0] == two[1]).then(|| two[0].1.clone());
    let mut twins: Vec<_> = all.windows(2).filter_map(twins).collect();
    twins.dedup();
    twins.into_iter().map(move |surrogate| Finding::OneSurrogate { collection, surrogate })
}

/// Of these ids, those that differ only in upper and lower case.
pub(super) fn case_twins<'a>(ids: impl Iterator<Item = &'a ProviderId>) -> Vec<[&'a ProviderId; 2]> {
    let mut folded: Vec<_> = ids.map(|id| (id.as_str().to_ascii_lowercase(), id)).collect();
    folded.sort_unstable();
    folded.dedup();
    folded.windows(2).filter(|two| two[0].0 == two[1].0).map(|two| [two[0].1, two[1].1]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(id: &str, surrogate: u64) -> Listed {
        Listed { id: ProviderId::new(id).unwrap(), name: None, surrogate: surrogate.into() }
    }

    fn pair(application: u64, customer: u64, surrogate: u64) -> ListedPair {
        ListedPair { application: application.into(), customer: customer.into(), surrogate: surrogate.into() }
    }

    fn findings(listing: &Listing) -> Vec<String> {
        World::of(listing).map(drop).unwrap_err().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn what_contradicts_itself_is_no_world() {
        let listing = Listing {
            applications: vec![listed("a", 0), listed("b", 1), listed("a", 2)],
            customers: vec![listed("c", 4), listed("d", 4)],
            pairs: vec![pair(0, 4, 0), pair(0, 4, 1), pair(9, 4, 2), pair(0, 9, 2)],
            unusable: Vec::new(),
        };
        assert_eq!(
            findings(&listing),
            [
                "there are two applications with the id `a`: the objects 0 and 2",
                "the list of customers has the object 4 twice",
                "the pair 2 is of the application 9 and the customer 4, and that application is not there; perhaps \
                 somebody is changing the contract at this moment",
                "the pair 2 is of the application 0 and the customer 9, and that customer is not there; perhaps \
                 somebody is changing the contract at this moment",
                "the customer `d` has the application `a` twice: the pairs 0 and 1",
                "the list of pairs has the object 2 twice",
            ]
        );
    }

    #[test]
    fn an_object_that_a_list_repeats_is_not_two_and_none_of_them_is_to_be_removed() {
        let listing = Listing {
            applications: vec![listed("a", 0)],
            customers: vec![listed("c", 1), listed("c", 1), listed("d", 2)],
            pairs: vec![pair(0, 2, 5), pair(0, 2, 5)],
            unusable: Vec::new(),
        };
        let found = World::of(&listing).unwrap_err();
        let told: Vec<_> = found.iter().map(ToString::to_string).collect();
        assert_eq!(
            told,
            ["the list of customers has the object 1 twice", "the list of pairs has the object 5 twice"]
        );
        assert_eq!(mend(&found), "List again. If it stays so, ask the vendor");
    }

    #[test]
    fn of_three_with_one_id_the_other_two_are_nothing_new() {
        let all = vec![listed("c", 0), listed("c", 1), listed("c", 2)];
        let before = Listing { customers: all.clone(), ..Listing::default() };
        let now = Listing { customers: vec![all[0].clone(), all[2].clone()], ..Listing::default() };
        assert_eq!(doubles(&before, &now), []);
        assert_eq!(doubles(&Listing::default(), &now).len(), 1);
    }

    #[test]
    fn a_surrogate_id_is_unique_in_its_collection_and_no_further() {
        let listing = Listing {
            applications: vec![listed("a", 0)],
            customers: vec![listed("B", 0), listed("b", 1)],
            pairs: vec![pair(0, 0, 0)],
            unusable: Vec::new(),
        };
        let world = World::of(&listing).unwrap();
        let twins: Vec<_> = world.case_twins().into_iter().flatten().map(ProviderId::as_str).collect();
        assert_eq!(twins, ["B", "b"]);
    }

    #[test]
    fn what_cannot_be_used_is_no_world_and_new_where_it_was_not_there_before() {
        let unusable = Unusable {
            collection: Collection::Customers,
            surrogate: 9.into(),
            why: "its providerCustomerId \"\" is empty".to_owned(),
        };
        let now = Listing {
            applications: vec![listed("a", 0)],
            pairs: vec![pair(0, 9, 3)],
            unusable: vec![unusable],
            ..Listing::default()
        };
        let found = World::of(&now).unwrap_err();
        assert_eq!(
            findings(&now),
            ["the customer 9: its providerCustomerId \"\" is empty"],
            "its pair is no orphan"
        );
        assert_eq!((doubles(&now, &now).len(), doubles(&Listing::default(), &now).len()), (0, 1));
        assert!(mend(&found).contains("portal"), "{}", mend(&found));
    }
}
