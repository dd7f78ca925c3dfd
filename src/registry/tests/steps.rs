//! What is sent, in which order and how often, step by step.

use super::applying::QUIET;
use super::server::{Fate, Server};
use super::*;
use jiff::SignedDuration;

fn wish(applications: &[u8], customers: &[u8], pairs: &[(u8, u8)]) -> Wish {
    let unnamed = |ids: &[u8]| ids.iter().map(|n| (*n, 0)).collect();
    Wish { applications: unnamed(applications), customers: unnamed(customers), pairs: pairs.to_vec() }
}

/// Applies the plan; what is sent together, and what is not done. The server refuses the changes that are told alike.
fn applied(server: &mut Server, plan: &Plan, refuses: &[&str]) -> (Vec<Vec<String>>, Vec<String>) {
    let mut progress = Progress::new(plan, &server.listing, QUIET);
    let (moment, mut sent) = (Moment { now: server.now, uptime: None }, Vec::new());
    let no = || Problem {
        status: 400,
        error: None,
        title: None,
        detail: None,
        clock_ahead: None,
        request_id: None,
    };
    loop {
        match progress.next(9, &moment) {
            Step::Send(changes) => {
                sent.push(changes.iter().map(|n| plan.changes[*n].to_string()).collect::<Vec<_>>());
                for n in changes {
                    progress.sends(n, moment.clone());
                    let outcome = match &plan.changes[n] {
                        change if refuses.contains(&change.to_string().as_str()) => {
                            Outcome::Refused { problem: no() }
                        }
                        change => server.send(change, Fate::Answered),
                    };
                    progress.ended(n, outcome, moment.clone());
                }
            }
            Step::Look => drop(progress.look(&server.listing, &moment).unwrap()),
            Step::Wait(_) => panic!("nothing is to be waited for"),
            Step::Done => break,
        }
    }
    (sent, progress.failed().map(|(change, why)| format!("{change}: {why}")).collect())
}

#[test]
fn removals_leave_in_the_order_of_the_plan() {
    let mut server = Server::of(&wish(&[0, 1], &[0, 1], &[(0, 0), (1, 1)]));
    let plan = Plan::new(&wish(&[1], &[1], &[]).desired(), &server.listing).unwrap();
    let (sent, failed) = applied(&mut server, &plan, &[]);
    assert_eq!(sent, [["remove pair `c1` with `a1`"], ["remove customer `c0`"], ["remove application `a0`"]]);
    assert!(failed.is_empty());
}

#[test]
fn nothing_is_removed_after_something_that_was_not_done() {
    let before = wish(&[0, 1], &[0, 1], &[(0, 0), (1, 1)]);
    let mut server = Server::of(&before);
    let plan = Plan::new(&wish(&[1], &[1, 2], &[(2, 1)]).desired(), &server.listing).unwrap();
    let (sent, failed) = applied(&mut server, &plan, &["create customer `c2`"]);
    assert_eq!(sent, [["create customer `c2`"]]);
    let held = "it was not sent, because 2 changes before it were not done";
    assert_eq!(failed.len(), 5, "{failed:?}");
    for removal in ["remove pair `c1` with `a1`", "remove customer `c0`", "remove application `a0`"] {
        assert!(failed.contains(&format!("{removal}: {held}")), "{failed:?}");
    }
    assert_eq!(server.listing, Server::of(&before).listing);
    // What was refused among the removals keeps those after it, too.
    let plan = Plan::new(&wish(&[1], &[1], &[]).desired(), &server.listing).unwrap();
    let (sent, failed) = applied(&mut server, &plan, &["remove customer `c0`"]);
    assert_eq!(sent, [["remove pair `c1` with `a1`"], ["remove customer `c0`"]]);
    let held = "remove application `a0`: it was not sent, because 1 change before it was not done";
    assert_eq!(failed.last().unwrap(), held);
}

#[test]
fn a_create_that_was_answered_is_never_sent_again() {
    for (lag, why) in [
        (7, None),
        (90, Some("the server has taken it, as the object 0, and it is not listed yet after 60 s; ")),
    ] {
        let mut server = Server::of(&wish(&[], &[], &[]));
        let plan = Plan::new(&wish(&[], &[0], &[]).desired(), &server.listing).unwrap();
        let (sent, failed) = behind(&mut server, &plan, lag);
        assert_eq!((sent, failed.len()), (1, usize::from(why.is_some())));
        let told = failed.first().and_then(|told| told.split_once(": ")).map_or("", |(_, told)| told);
        assert!(told.starts_with(why.unwrap_or_default()), "{told}");
        let before = server.listing.clone();
        assert_eq!(doubles(&Listing::default(), &before), []);
        server.send(&plan.changes[0], Fate::Answered);
        assert_eq!(doubles(&before, &server.listing).len(), 1);
        assert_eq!(doubles(&server.listing, &server.listing), [], "it was so when it was planned");
    }
}

/// Applies the one change of a plan while the listing is behind for so many seconds; how often it is sent, and what is not
/// done in the end.
fn behind(server: &mut Server, plan: &Plan, lag: i64) -> (usize, Vec<String>) {
    let (old, begun) = (server.listing.clone(), server.now);
    let mut progress = Progress::new(plan, &old, QUIET);
    let mut sent = 0;
    loop {
        let moment = Moment { now: server.now, uptime: None };
        match progress.next(9, &moment) {
            Step::Send(_) => {
                sent += 1;
                progress.sends(0, moment.clone());
                progress.ended(0, server.send(&plan.changes[0], Fate::Answered), moment);
            }
            Step::Look | Step::Wait(_) => {
                server.pass(SignedDuration::from_secs(1));
                let late = server.now.duration_since(begun) < SignedDuration::from_secs(lag);
                let listing = if late { &old } else { &server.listing };
                progress.look(listing, &Moment { now: server.now, uptime: None }).unwrap();
            }
            Step::Done => break,
        }
    }
    (sent, progress.failed().map(|(change, why)| format!("{change}: {why}")).collect())
}

#[test]
fn a_removal_that_was_answered_is_never_sent_again() {
    for (lag, fails) in [(7, false), (90, true)] {
        let mut server = Server::of(&wish(&[], &[0], &[]));
        let plan = Plan::new(&wish(&[], &[], &[]).desired(), &server.listing).unwrap();
        let (sent, failed) = behind(&mut server, &plan, lag);
        assert_eq!((sent, failed.len()), (1, usize::from(fails)), "{failed:?}");
        assert!(failed.iter().all(|why| why.contains("and it is still listed")), "{failed:?}");
    }
}

#[test]
fn a_rename_that_was_answered_is_sent_once_whatever_the_server_keeps() {
    let named = |name| Wish { applications: vec![], customers: vec![(0, name)], pairs: vec![] };
    for lag in [7, 90] {
        let mut server = Server::of(&named(1));
        let plan = Plan::new(&named(2).desired(), &server.listing).unwrap();
        let before = server.now;
        assert_eq!(behind(&mut server, &plan, lag), (1, vec![]));
        assert!(
            server.now.duration_since(before) <= QUIET + SignedDuration::from_secs(1),
            "it is waited for as long as a create"
        );
    }
    // Neither the old name nor the new one: there is nothing to wait for.
    let mut server = Server::of(&named(1));
    let plan = Plan::new(&named(2).desired(), &server.listing).unwrap();
    let mut progress = Progress::new(&plan, &server.listing, QUIET);
    let moment = Moment { now: server.now, uptime: None };
    progress.sends(0, moment.clone());
    progress.ended(0, Outcome::Done { status: 204, surrogate: None }, moment.clone());
    server.listing.customers[0].name = Some(Name::new("Kept").unwrap());
    progress.look(&server.listing, &moment).unwrap();
    assert_eq!((progress.next(9, &moment), progress.done()), (Step::Done, 1));
    assert_eq!(plan.named_otherwise(&server.listing).len(), 1);
}

#[test]
fn only_what_left_and_was_heard_by_nobody_is_an_attempt() {
    let mut server = Server::of(&wish(&[], &[], &[]));
    let plan = Plan::new(&wish(&[], &[0], &[]).desired(), &server.listing).unwrap();
    let mut progress = Progress::new(&plan, &server.listing, QUIET);
    // Neither a connection that is refused nor a busy server ever gives it up; silence does.
    let mut sent = 0;
    for (fate, spared, times) in
        [(Fate::NotSent, false, 9), (Fate::Unavailable, true, 9), (Fate::Gone, false, 3)]
    {
        for _ in 0..times {
            let moment = Moment { now: server.now, uptime: None };
            assert_eq!(progress.next(9, &moment), Step::Send(vec![0]), "after {sent}");
            progress.sends(0, moment.clone());
            progress.ended(0, server.send(&plan.changes[0], fate), moment);
            if spared {
                progress.spare(0);
            }
            sent += 1;
            server.pass(QUIET);
            progress.look(&server.listing, &Moment { now: server.now, uptime: None }).unwrap();
        }
    }
    assert_eq!(progress.next(9, &Moment { now: server.now, uptime: None }), Step::Done);
    assert_eq!(progress.failed().count(), 1);
}

#[test]
fn what_was_held_back_leaves_later_as_if_it_had_never_been_begun() {
    let desired = Wish { applications: vec![(0, 1), (1, 1)], customers: vec![], pairs: vec![] };
    let mut server = Server::of(&Wish { applications: vec![], customers: vec![], pairs: vec![] });
    let plan = Plan::new(&desired.desired(), &server.listing).unwrap();
    let mut progress = Progress::new(&plan, &server.listing, QUIET);
    let moment = Moment { now: server.now, uptime: None };
    for _ in 0..9 {
        assert_eq!(progress.next(9, &moment), Step::Send(vec![0, 1]));
        (0..2).for_each(|n| progress.sends(n, moment.clone()));
        (0..2).for_each(|n| progress.held(n));
        assert!(!progress.is_answered());
    }
    (0..2).for_each(|n| progress.sends(n, moment.clone()));
    progress.ended(0, server.send(&plan.changes[0], Fate::Answered), moment.clone());
    progress.held(1);
    assert_eq!(progress.next(9, &moment), Step::Send(vec![1]));
    progress.sends(1, moment.clone());
    assert!(!progress.is_answered());
    progress.ended(1, server.send(&plan.changes[1], Fate::Answered), moment.clone());
    assert!(progress.is_answered());
    assert_eq!((progress.next(9, &moment), progress.done()), (Step::Look, 2));
}
