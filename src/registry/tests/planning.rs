//! A plan says exactly what leads from a listing to what is desired.

use super::server::{Fate, Server};
use super::*;

/// What is there, told without surrogate ids.
fn told(listing: &Listing) -> (Vec<String>, Vec<String>, Vec<String>) {
    let world = World::of(listing).unwrap();
    let named = |listed: &[&Listed]| listed.iter().map(|l| format!("{} {:?}", l.id, l.name)).collect();
    let pairs = world.pairs.iter().map(|pair| world.pair_id(pair).to_string()).collect();
    (named(&world.applications), named(&world.customers), pairs)
}

fn apply(server: &mut Server, plan: &Plan) {
    for change in &plan.changes {
        server.send(change, Fate::Answered);
    }
}

proptest! {
    #[test]
    fn a_plan_that_is_applied_leaves_nothing_to_do(desired in Wish::any(), actual in Wish::any()) {
        let mut server = Server::of(&actual);
        let plan = Plan::new(&desired.desired(), &server.listing).unwrap();
        apply(&mut server, &plan);
        let again = Plan::new(&desired.desired(), &server.listing).unwrap();
        prop_assert_eq!(&again.changes, &[]);
        prop_assert_eq!(&again.goes_along, &[]);
    }

    #[test]
    fn what_goes_along_is_what_a_removal_takes_along_and_nothing_else(desired in Wish::any(), actual in Wish::any()) {
        let server = Server::of(&actual);
        let plan = Plan::new(&desired.desired(), &server.listing).unwrap();
        let mut removals = server.clone();
        for change in plan.changes.iter().filter(|change| change.is_removal()) {
            removals.send(change, Fate::Answered);
        }
        let asked = |surrogate: &SurrogateId| plan.changes.iter().any(|change| {
            matches!(change, Change::RemovePair { surrogate: removed, .. } if removed == surrogate)
        });
        let gone = |pair: &&ListedPair| !removals.listing.pairs.contains(pair) && !asked(&pair.surrogate);
        let mut gone: Vec<_> = server.listing.pairs.iter().filter(gone).map(|p| p.surrogate.clone()).collect();
        let mut told: Vec<_> = plan.goes_along.iter().map(|gone| gone.surrogate.clone()).collect();
        gone.sort();
        told.sort();
        prop_assert_eq!(gone, told);
    }

    #[test]
    fn the_order_of_a_listing_changes_nothing(desired in Wish::any(), actual in Wish::any()) {
        let server = Server::of(&actual);
        let mut turned = server.listing.clone();
        turned.applications.reverse();
        turned.customers.reverse();
        turned.pairs.reverse();
        let of = |listing| Plan::new(&desired.desired(), listing).unwrap();
        prop_assert_eq!(of(&server.listing), of(&turned));
    }

    #[test]
    fn a_name_that_is_not_given_is_left_alone(actual in Wish::any()) {
        let server = Server::of(&actual);
        let unnamed = |named: &[(u8, u8)]| named.iter().map(|(n, _)| (*n, 0)).collect();
        let (applications, customers) = (unnamed(&actual.applications), unnamed(&actual.customers));
        let wish = Wish { applications, customers, pairs: actual.pairs.clone() };
        prop_assert!(Plan::new(&wish.desired(), &server.listing).unwrap().is_empty());
    }
}

#[test]
fn the_order_of_a_plan_works_and_a_customer_takes_its_pairs_along() {
    let actual = Wish {
        applications: vec![(0, 1), (1, 0)],
        customers: vec![(0, 1), (1, 1)],
        pairs: vec![(0, 0), (0, 1), (1, 0)],
    };
    let wish = Wish {
        applications: vec![(0, 2), (2, 0)],
        customers: vec![(1, 1), (3, 1)],
        pairs: vec![(3, 0), (3, 2)],
    };
    let server = Server::of(&actual);
    let plan = Plan::new(&wish.desired(), &server.listing).unwrap();
    let changes: Vec<_> = plan.changes.iter().map(ToString::to_string).collect();
    assert_eq!(
        changes,
        [
            "create application `a2`",
            "create customer `c3`",
            "create pair `c3` with `a0`",
            "create pair `c3` with `a2`",
            "rename application `a0`",
            "remove pair `c1` with `a0`",
            "remove customer `c0`",
            "remove application `a1`",
        ]
    );
    let along: Vec<_> = plan.goes_along.iter().map(|gone| gone.pair.to_string()).collect();
    assert_eq!(along, ["`c0` with `a0`", "`c0` with `a1`"]);
    assert_eq!(plan.removals(), 3);
    let mut server = server;
    apply(&mut server, &plan);
    let (applications, customers, pairs) = told(&server.listing);
    assert_eq!(applications, ["a0 Some(\"Name 2\")", "a2 None"]);
    assert_eq!(customers, ["c1 Some(\"Name 1\")", "c3 Some(\"Name 1\")"]);
    assert_eq!(pairs, ["`c3` with `a0`", "`c3` with `a2`"]);
}

#[test]
fn a_plan_of_single_steps_changes_nothing_twice() {
    let actual = Wish { applications: vec![(0, 1)], customers: vec![(0, 1)], pairs: vec![] };
    let listing = Server::of(&actual).listing;
    let pair = Change::CreatePair { pair: PairId { customer: id('c', 0), application: id('a', 0) } };
    assert_eq!(Plan::of(&listing, vec![pair.clone(), pair.clone()]), Err(pair.clone()));
    let new = |n| Change::Create { collection: Collection::Customers, id: id('c', 1), name: name(n) };
    assert_eq!(Plan::of(&listing, vec![new(1), pair.clone(), new(2)]), Err(new(2)));
    let Listed { id, name, surrogate } = listing.customers[0].clone();
    let remove = Change::Remove { collection: Collection::Customers, id, surrogate, name };
    assert_eq!(Plan::of(&listing, vec![remove.clone(), remove.clone()]), Err(remove.clone()));
    assert_eq!(Plan::of(&listing, vec![new(1), pair, remove]).map(|plan| plan.changes.len()), Ok(3));
}

#[test]
fn ids_that_differ_in_case_alone_are_told_before_they_are_created() {
    let wanted = |id: &str| Wanted { id: ProviderId::new(id).unwrap(), name: None };
    let listed = Listed { id: ProviderId::new("c1").unwrap(), name: None, surrogate: 0.into() };
    let listing = Listing { customers: vec![listed], ..Listing::default() };
    let desired =
        Desired::new(vec![wanted("a"), wanted("A")], vec![wanted("c1"), wanted("C1")], &[]).unwrap();
    let told = |one, other| differ_in_case(&wanted(one).id, &wanted(other).id);
    assert_eq!(oddities(&desired, &listing), [told("A", "a"), told("C1", "c1")]);
    let desired = Desired::new(vec![], vec![wanted("c1"), wanted("b1")], &[]).unwrap();
    assert_eq!(oddities(&desired, &listing), [""; 0]);
}

#[test]
fn a_blank_at_the_end_of_a_new_id_is_told() {
    let wanted = |id: &str| Wanted { id: ProviderId::new(id).unwrap(), name: None };
    let listed = Listed { id: ProviderId::new("c ").unwrap(), name: None, surrogate: 0.into() };
    let listing = Listing { customers: vec![listed], ..Listing::default() };
    let desired =
        Desired::new(vec![wanted("a "), wanted("b")], vec![wanted("c "), wanted(" d")], &[]).unwrap();
    assert_eq!(
        oddities(&desired, &listing),
        [
            "the new application `a ` has a space at an end of its id, which then counts",
            "the new customer ` d` has a space at an end of its id, which then counts",
        ]
    );
}

#[test]
fn a_name_that_the_server_keeps_otherwise_is_told_from_what_somebody_else_did() {
    let wish = |c1: u8| Wish { applications: vec![], customers: vec![(0, 1), (1, c1)], pairs: vec![] };
    let plan = Plan::new(&wish(2).desired(), &Server::of(&wish(1)).listing).unwrap();
    let mut kept = Server::of(&wish(2)).listing;
    for customer in &mut kept.customers {
        customer.name = Some(Name::new("Trimmed").unwrap());
    }
    let left = Plan::new(&wish(2).desired(), &kept).unwrap();
    let told: Vec<_> = left.changes.iter().map(|change| plan.kept_otherwise(change)).collect();
    let otherwise = "the server keeps the name \"Trimmed\" for the customer `c1`, and was sent \"Name 2\"";
    assert_eq!(told, [None, Some(otherwise.to_owned())], "nobody sent the name of the other one");
}

#[test]
fn a_pair_whose_application_is_gone_is_removed_by_its_surrogate_id() {
    let actual = Wish { applications: vec![(0, 0)], customers: vec![(0, 0)], pairs: vec![(0, 0)] };
    let mut server = Server::of(&actual);
    server.listing.applications.clear();
    let pair = server.listing.pairs[0].clone();
    let findings = World::of(&server.listing).unwrap_err();
    let next = format!("remove pair --surrogate {}", pair.surrogate);
    assert!(mend(&findings).ends_with(&next), "{}", mend(&findings));
    let plan = Plan::of(&server.listing, vec![Change::RemoveOrphan { pair: pair.clone() }]).unwrap();
    let moment = Moment { now: server.now, uptime: None };
    let mut progress = Progress::new(&plan, &server.listing, jiff::SignedDuration::ZERO);
    assert_eq!(progress.look(&server.listing, &moment), Ok(vec![]));
    // Its surrogate id is another's by now.
    let mut other = server.listing.clone();
    other.pairs[0].customer = 90.into();
    assert!(progress.clone().look(&other, &moment).unwrap_err().contains("is not there any more"));
    apply(&mut server, &plan);
    assert_eq!(progress.look(&server.listing, &moment), Ok(vec![]));
    assert_eq!((progress.done(), World::of(&server.listing).is_ok()), (1, true));
    let written = serde_json::to_value(&plan.changes[0]).unwrap();
    assert_eq!(written["change"], "remove_orphan");
    assert_eq!(serde_json::from_value::<Change>(written).unwrap(), plan.changes[0]);
}

#[test]
fn a_pair_with_an_end_that_is_not_listed_is_told_apart_from_what_goes_along() {
    let actual =
        Wish { applications: vec![(0, 0), (1, 0)], customers: vec![(0, 0)], pairs: vec![(0, 0), (0, 1)] };
    let mut listing = Server::of(&actual).listing;
    listing.applications.remove(0);
    let Listed { id, name, surrogate } = listing.customers[0].clone();
    let remove = Change::Remove { collection: Collection::Customers, id, surrogate, name };
    assert_eq!(remove.goes_along(&listing).len(), 1);
    let unlisted: Vec<_> = remove.takes_unlisted(&listing).into_iter().cloned().collect();
    assert_eq!(unlisted, [listing.pairs[0].clone()]);
}

#[test]
fn what_a_server_may_have_made_of_an_id() {
    let id = |text: &str| ProviderId::new(text).unwrap();
    for (sent, kept, may_be) in [
        ("Acme", "acme", true),
        (" Acme Ltd ", "Acme Ltd", true),
        ("acme_1", "ACME-1", true),
        ("acme", "acme2", false),
        ("acme", "stranger", false),
    ] {
        assert_eq!(may_be_kept_as(&id(sent), &id(kept)), may_be, "{sent} {kept}");
    }
}

#[test]
fn a_new_id_is_held_against_those_of_its_list() {
    let listing =
        Server::of(&Wish { applications: vec![(1, 0)], customers: vec![(0, 0)], pairs: vec![] }).listing;
    let odd =
        |collection, text: &str| oddities_of_new(collection, &ProviderId::new(text).unwrap(), &listing).len();
    assert_eq!(odd(Collection::Customers, "C0"), 1);
    assert_eq!(odd(Collection::Applications, "C0"), 0);
    assert_eq!(odd(Collection::Customers, " c1"), 1);
    assert_eq!(odd(Collection::Customers, "c1"), 0);
}
