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

/// Sends the first of a plan's changes, which come one by one, and what is to be done after so many seconds.
fn after_the_first(server: &mut Server, plan: &Plan, took: i64, seconds: i64) -> Step {
    let mut progress = Progress::new(plan, &server.listing, QUIET);
    let moment = |server: &Server| Moment { now: server.now, uptime: None };
    // The listing took a while.
    assert_eq!(progress.look(&server.listing, &moment(server)), Ok(vec![]));
    server.pass(jiff::SignedDuration::from_secs(took));
    assert_eq!(progress.next(1, &moment(server)), Step::Send(vec![0]));
    progress.sends(0, moment(server));
    progress.ended(0, server.send(&plan.changes[0], Fate::Answered), moment(server));
    server.pass(jiff::SignedDuration::from_secs(seconds));
    let step = progress.next(1, &moment(server));
    if step == Step::Look {
        progress.look(&server.listing, &moment(server)).unwrap();
        assert_eq!(progress.next(1, &moment(server)), Step::Send(vec![1]), "once is enough");
    }
    step
}

#[test]
fn what_takes_pairs_along_never_leaves_with_a_listing_that_was_used_before() {
    let mut server = Server::of(&wish(&[(0, 0), (1, 0)], &[(0, 0), (1, 0)]));
    let customers = Plan::new(&wish(&[], &[]).desired(), &server.listing).unwrap();
    let pairs = Plan::new(&wish(&[(0, 0), (1, 0)], &[]).desired(), &server.listing).unwrap();
    assert_eq!(after_the_first(&mut server.clone(), &customers, 0, 0), Step::Look);
    assert_eq!(after_the_first(&mut server, &pairs, 0, 0), Step::Send(vec![1]), "a pair takes nothing along");
}

#[test]
fn a_long_phase_is_listed_again_every_few_seconds_and_less_often_where_that_takes_long() {
    let mut server = Server::of(&wish(&[], &[]));
    let plan = Plan::new(&wish(&[(0, 0), (1, 0)], &[]).desired(), &server.listing).unwrap();
    let after = |took, seconds| after_the_first(&mut server.clone(), &plan, took, seconds);
    assert_eq!(
        [(1, 4), (1, 5)].map(|(took, seconds)| after(took, seconds)),
        [Step::Send(vec![1]), Step::Look]
    );
    assert_eq!(
        [(3, 11), (3, 12)].map(|(took, seconds)| after(took, seconds)),
        [Step::Send(vec![1]), Step::Look]
    );
    // What somebody else has created by then is not created again.
    let mut progress = Progress::new(&plan, &server.listing, QUIET);
    server.send(&plan.changes[1], Fate::Answered);
    progress.look(&server.listing, &Moment { now: server.now, uptime: None }).unwrap();
    assert_eq!(progress.done(), 1);
}

#[test]
fn a_removal_is_over_once_its_pairs_are_gone_too_or_the_server_leaves_them() {
    let mut server = Server::of(&wish(&[(0, 0), (1, 0)], &[(0, 0), (1, 0)]));
    let (before, begun) = (server.listing.clone(), server.now);
    let plan = Plan::new(&wish(&[(1, 0)], &[(1, 0)]).desired(), &before).unwrap();
    let seconds = |s| Moment { now: begun + jiff::SignedDuration::from_secs(s), uptime: None };
    let lost = Outcome::Failed { failure: Failure::Unknown { why: String::new() } };
    for (outcome, said) in
        [(server.send(&plan.changes[0], Fate::Answered), vec![]), (lost, vec![(0, Seen::Done)])]
    {
        let mut progress = Progress::new(&plan, &before, QUIET);
        progress.sends(0, seconds(0));
        progress.ended(0, outcome, seconds(0));
        // The list of pairs is behind the list of customers.
        let behind = Listing { pairs: before.pairs.clone(), ..server.listing.clone() };
        assert_eq!(progress.look(&behind, &seconds(1)), Ok(said));
        assert!(matches!(progress.next(9, &seconds(1)), Step::Wait(_)));
        let mut stays = progress.clone();
        assert_eq!(progress.look(&server.listing, &seconds(3)), Ok(vec![]));
        assert_eq!((progress.next(9, &seconds(3)), progress.done()), (Step::Done, 1));
        assert_eq!(stays.look(&behind, &seconds(61)), Ok(vec![]));
        assert_eq!((stays.next(9, &seconds(61)), stays.failed().count()), (Step::Done, 0));
    }
}

#[test]
fn a_create_whose_number_nobody_told_is_known_by_the_one_that_is_listed() {
    let mut server = Server::of(&wish(&[], &[]));
    let plan = Plan::new(&wish(&[(0, 0)], &[(0, 0)]).desired(), &server.listing).unwrap();
    let mut progress = Progress::new(&plan, &server.listing, QUIET);
    let moment = Moment { now: server.now, uptime: None };
    for (n, change) in plan.changes.iter().enumerate() {
        progress.sends(n, moment.clone());
        server.send(change, Fate::Answered);
        progress.ended(n, Outcome::Done { status: 201, surrogate: None }, moment.clone());
        assert_eq!(progress.look(&server.listing, &moment), Ok(vec![(n, Seen::Done)]));
    }
    let here = [&server.listing.customers[0].surrogate, &server.listing.pairs[0].surrogate];
    assert_eq!([0, 1].map(|n| progress.made(n)), here.map(|surrogate| Some(surrogate.clone())));
}

#[test]
fn what_is_there_twice_by_now_was_not_removed() {
    let server = Server::of(&wish(&[(0, 1)], &[(0, 0)]));
    let (before, mut now) = (server.listing.clone(), server.listing);
    now.customers.push(Listed { surrogate: 90.into(), ..now.customers[0].clone() });
    now.pairs.push(ListedPair { surrogate: 91.into(), ..now.pairs[0].clone() });
    let (customer, pair) = (&before.customers[0].surrogate, &before.pairs[0].surrogate);
    let said = [
        format!("the customer `c0` is there twice now, as the objects {customer} and 90"),
        format!("the pair `c0` with `a0` is there twice now, as the objects {pair} and 91"),
    ];
    assert_eq!(moved(&before, &now), said);
    assert_eq!(moved(&now, &now), [""; 0]);
    let back = format!("the customer `c0` is there once now, as the object {customer}");
    assert_eq!(moved(&now, &before)[0], back);
    now.customers.remove(0);
    assert_eq!(moved(&before, &now)[0], "the customer `c0` was removed and created again");
}
