//! Whatever fails in between, and whenever a process dies: after it was applied again, what is there is what is desired,
//! and nothing is there twice.

use super::server::{Fate, Server};
use super::*;
use jiff::SignedDuration;
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

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
    open: BTreeMap<u32, Arc<Open>>,
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
            // What it would say when it is asked: this server's lists do not lag.
            for n in settled.ask {
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
            let change = plan.changes[*n].clone();
            let open = Open { change, at: self.server.now, uptime: None, answered: None };
            self.open.insert(u32::try_from(*n).unwrap(), Arc::new(open));
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
