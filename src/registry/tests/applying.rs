//! Whatever fails in between, and whenever a process dies: after it was applied again, what is there is what is desired,
//! and nothing is there twice.

use super::server::{Fate, Server};
use super::*;
use jiff::SignedDuration;
use std::collections::{BTreeMap, VecDeque};

/// How long a request can be on its way, in this world.
pub const QUIET: SignedDuration = SignedDuration::from_secs(60);

/// What happens, one after the other; when it is used up, all goes well.
#[derive(Clone, Debug)]
struct Luck(VecDeque<(Fate, bool)>);

impl Luck {
    fn any() -> impl Strategy<Value = Self> {
        let fate = prop_oneof![
            3 => Just(Fate::Answered),
            2 => Just(Fate::Lost),
            2 => Just(Fate::Gone),
            1 => Just(Fate::NotSent),
            2 => (1..60_u8).prop_map(Fate::Late),
            1 => Just(Fate::Unavailable),
        ];
        proptest::collection::vec((fate, proptest::bool::weighted(0.1)), 0..40)
            .prop_map(|fates| Self(fates.into()))
    }

    fn next(&mut self) -> (Fate, bool) {
        self.0.pop_front().unwrap_or((Fate::Answered, false))
    }
}

/// A partner's desk: what the journal keeps is all that outlives a process.
struct Desk {
    server: Server,
    luck: Luck,
    /// How long it waits for what may be on its way.
    quiet: SignedDuration,
    open: BTreeMap<u32, Open>,
}

/// How a process ended.
#[derive(PartialEq)]
enum End {
    Applied,
    Stopped,
}

impl Desk {
    fn moment(&self) -> Moment {
        Moment { now: self.server.now, uptime: None }
    }

    /// One process: it settles what was left open, plans, and applies, unless it dies.
    fn process(&mut self, desired: &Desired) -> End {
        loop {
            let settled = settle(&self.open, &self.server.listing, &self.moment(), self.quiet);
            for Ended { n, .. } in settled.ended {
                self.open.remove(&n);
            }
            let Some(wait) = settled.wait else { break };
            self.server.pass(wait);
        }
        let Ok(plan) = Plan::new(desired, &self.server.listing) else { return End::Stopped };
        if plan.is_empty() {
            return End::Applied;
        }
        let mut progress = Progress::new(&plan, &self.server.listing, self.quiet);
        loop {
            match progress.next(3, &self.moment()) {
                Step::Done => return End::Stopped,
                Step::Wait(wait) => self.server.pass(wait),
                Step::Look => {
                    let (listing, moment) = (self.server.listing.clone(), self.moment());
                    let Ok(seen) = progress.look(&listing, &moment) else { return End::Stopped };
                    for (n, _) in seen {
                        self.open.remove(&u32::try_from(n).unwrap());
                    }
                }
                Step::Send(batch) => {
                    if !self.send(&plan, &mut progress, batch) {
                        return End::Stopped;
                    }
                }
            }
        }
    }

    /// Sends a batch; false when the process died in it.
    fn send(&mut self, plan: &Plan, progress: &mut Progress, batch: Vec<usize>) -> bool {
        for n in &batch {
            let open = Open { change: plan.changes[*n].clone(), at: self.server.now, uptime: None };
            self.open.insert(u32::try_from(*n).unwrap(), open);
            progress.sends(*n, self.moment());
        }
        for n in batch {
            let (fate, dies) = self.luck.next();
            let outcome = self.server.send(&plan.changes[n], fate);
            if dies {
                return false;
            }
            if !matches!(outcome, Outcome::Failed { failure: Failure::Unknown { .. } }) {
                self.open.remove(&u32::try_from(n).unwrap());
            }
            progress.ended(n, outcome, self.moment());
        }
        self.server.pass(SignedDuration::from_secs(1));
        true
    }
}

/// Processes, one after the other, until one has nothing to do.
fn apply(desired: &Wish, actual: &Wish, luck: Luck, quiet: SignedDuration) -> Desk {
    let mut desk = Desk { server: Server::of(actual), luck, quiet, open: BTreeMap::new() };
    let desired = desired.desired();
    for _ in 0..60 {
        if desk.process(&desired) == End::Applied {
            break;
        }
    }
    // Whatever is on its way by now has arrived.
    desk.server.pass(QUIET);
    desk
}

fn is_desired(desk: &Desk, desired: &Wish) -> bool {
    Plan::new(&desired.desired(), &desk.server.listing).is_ok_and(|plan| plan.is_empty())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn what_is_there_becomes_what_is_desired(desired in Wish::any(), actual in Wish::any(), luck in Luck::any()) {
        let desk = apply(&desired, &actual, luck, QUIET);
        prop_assert!(World::of(&desk.server.listing).is_ok(), "{:?}", World::of(&desk.server.listing).err());
        prop_assert!(is_desired(&desk, &desired), "{:?}", desk.server.listing);
    }
}

/// A customer is wanted, and the first attempt is late.
fn late(quiet: SignedDuration) -> Desk {
    let desired = Wish { applications: vec![], customers: vec![(0, 1)], pairs: vec![] };
    let actual = Wish { applications: vec![], customers: vec![], pairs: vec![] };
    apply(&desired, &actual, Luck([(Fate::Late(30), false)].into()), quiet)
}

#[test]
fn without_the_quiet_period_a_late_create_makes_a_double() {
    assert!(World::of(&late(QUIET).server.listing).is_ok());
    let findings = World::of(&late(SignedDuration::ZERO).server.listing).unwrap_err();
    assert!(matches!(findings.as_slice(), [Finding::TwoObjects { .. }]), "{findings:?}");
}

#[test]
fn a_process_that_died_leaves_its_create_to_be_waited_for() {
    let desired = Wish { applications: vec![], customers: vec![(0, 1)], pairs: vec![] };
    let actual = Wish { applications: vec![], customers: vec![], pairs: vec![] };
    let luck = Luck([(Fate::Late(30), true)].into());
    let desk = apply(&desired, &actual, luck.clone(), QUIET);
    assert!(is_desired(&desk, &desired));
    // The guard off: whoever comes next does not wait.
    let desk = apply(&desired, &actual, luck, SignedDuration::ZERO);
    assert!(World::of(&desk.server.listing).is_err());
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
        (90, Some("the server answered that it was created, as the object 0, and it is not listed yet; ")),
    ] {
        let mut server = Server::of(&wish(&[], &[], &[]));
        let (old, plan) =
            (server.listing.clone(), Plan::new(&wish(&[], &[0], &[]).desired(), &server.listing).unwrap());
        let mut progress = Progress::new(&plan, &old, QUIET);
        let (mut sent, begun) = (0, server.now);
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
        let failed = progress.failed().map(|(_, why)| why.to_string()).next();
        assert_eq!((sent, failed.is_some()), (1, why.is_some()));
        assert!(failed.unwrap_or_default().starts_with(why.unwrap_or_default()));
        assert_eq!(plan.doubles(&server.listing), []);
        server.send(&plan.changes[0], Fate::Answered);
        assert_eq!(plan.doubles(&server.listing).len(), 1);
    }
}
