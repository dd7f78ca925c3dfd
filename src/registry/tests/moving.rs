//! What somebody else changes meanwhile.

use super::applying::QUIET;
use super::server::{Fate, Server};
use super::*;

#[test]
fn what_a_plan_did_itself_is_no_move_of_somebody_else() {
    let wish = |customers: &[(u8, u8)], pairs: &[(u8, u8)]| Wish {
        applications: vec![(0, 1)],
        customers: customers.to_vec(),
        pairs: pairs.to_vec(),
    };
    let mut server = Server::of(&wish(&[(0, 1), (1, 1), (2, 1)], &[(0, 0), (2, 0)]));
    let desired = wish(&[(1, 2), (2, 1), (3, 1)], &[(3, 0)]);
    let (before, plan) = (server.listing.clone(), Plan::new(&desired.desired(), &server.listing).unwrap());
    for change in &plan.changes {
        server.send(change, Fate::Answered);
    }
    assert_eq!(moved(&before, &server.listing).len(), 6);
    assert_eq!(moved_besides(&plan, &before, &server.listing), [""; 0]);
    let stranger = Change::Create { collection: Collection::Customers, id: id('c', 4), name: None };
    server.send(&stranger, Fate::Answered);
    assert_eq!(moved_besides(&plan, &before, &server.listing), ["the customer `c4` is there now"]);
}

#[test]
fn a_world_that_moves_ends_it() {
    let pairs = |pairs: &[(u8, u8)]| Wish {
        applications: vec![(0, 0), (1, 0)],
        customers: vec![(0, 0), (1, 0)],
        pairs: pairs.to_vec(),
    };
    let desired = Wish { applications: vec![(0, 0), (1, 0)], customers: vec![(1, 0)], pairs: vec![] };
    let mut server = Server::of(&pairs(&[(0, 0)]));
    let plan = Plan::new(&desired.desired(), &server.listing).unwrap();
    let mut progress = Progress::new(&plan, &server.listing, QUIET);
    let moment = Moment { now: server.now, uptime: None };
    assert_eq!(progress.look(&server.listing, &moment), Ok(vec![]));
    // Somebody gives the customer that is to be removed another application.
    let more = Change::CreatePair { pair: PairId { customer: id('c', 0), application: id('a', 1) } };
    server.send(&more, Fate::Answered);
    let moved = progress.look(&server.listing, &moment).unwrap_err();
    assert!(moved.contains("would be removed too"), "{moved}");
}

/// What a look at a contract says that somebody else changed after it was planned.
fn looks(
    desired: &Wish,
    actual: &Wish,
    meanwhile: impl FnOnce(&mut Listing),
) -> Result<Vec<(usize, Seen)>, String> {
    let mut server = Server::of(actual);
    let plan = Plan::new(&desired.desired(), &server.listing).unwrap();
    let mut progress = Progress::new(&plan, &server.listing, QUIET);
    meanwhile(&mut server.listing);
    progress.look(&server.listing, &Moment { now: server.now, uptime: None })
}

fn wish(customers: &[(u8, u8)], pairs: &[(u8, u8)]) -> Wish {
    Wish { applications: vec![(0, 0), (1, 0)], customers: customers.to_vec(), pairs: pairs.to_vec() }
}

#[test]
fn a_surrogate_id_that_is_somebody_elses_by_now_is_neither_removed_nor_renamed() {
    let actual = wish(&[(0, 1), (1, 1)], &[(0, 0)]);
    // The customer's id goes to an innocent one; it is there under another id, or not at all.
    for again in [true, false] {
        for desired in [wish(&[(1, 1)], &[]), wish(&[(0, 2), (1, 1)], &[(0, 0)])] {
            let moved = looks(&desired, &actual, |listing| {
                if again {
                    listing.customers.push(Listed { surrogate: 90.into(), ..listing.customers[0].clone() });
                }
                listing.customers[0].id = id('i', 0);
            });
            let moved = moved.unwrap_err();
            assert!(
                moved.contains(if again { "and is 90 now" } else { "is that of the customer `i0` now" }),
                "{moved}"
            );
        }
    }
    // The same of a pair.
    let moved = looks(&wish(&[(0, 1), (1, 1)], &[]), &actual, |listing| {
        listing.pairs[0].customer = listing.customers[1].surrogate.clone();
    });
    let moved = moved.unwrap_err();
    assert!(moved.contains("was of `c0` with `a0`, and is of `c1` with `a0` now"), "{moved}");
    // And of one that would have gone along.
    let moved = looks(&wish(&[(1, 1)], &[]), &actual, |listing| {
        listing.pairs[0].application = listing.applications[1].surrogate.clone();
    });
    assert!(moved.unwrap_err().contains("would be removed too"));
}

#[test]
fn what_somebody_else_removed_is_done_and_what_is_there_again_is_not() {
    let (actual, desired) = (wish(&[(0, 1), (1, 1)], &[(0, 0)]), wish(&[(1, 1)], &[]));
    let gone = |listing: &mut Listing| {
        listing.pairs.clear();
        listing.customers.remove(0);
    };
    assert_eq!(looks(&desired, &actual, gone), Ok(vec![]));
    let again = |listing: &mut Listing| {
        listing.pairs.clear();
        listing.customers[0].surrogate = 90.into();
    };
    assert!(looks(&desired, &actual, again).unwrap_err().contains("removed and created again"));
}

#[test]
fn a_name_that_somebody_else_has_given_is_not_written_over() {
    let (actual, desired) = (wish(&[(0, 1)], &[]), wish(&[(0, 2)], &[]));
    let named = |name: &str| {
        let name = Name::new(name).ok();
        move |listing: &mut Listing| listing.customers[0].name = name
    };
    assert_eq!(looks(&desired, &actual, named("Name 1")), Ok(vec![]));
    assert_eq!(looks(&desired, &actual, named("Name 2")), Ok(vec![]), "that is what is wanted");
    let moved = looks(&desired, &actual, named("Theirs")).unwrap_err();
    let said = "the customer `c0` has another name: it was \"Name 1\", and is \"Theirs\" now";
    assert_eq!(moved, said);
}
