//! How far a plan has come, and the next step: pure. The listing decides, not the answer.
//!
//! A create is sent again only after a listing has shown that it did nothing, when it cannot be on its way any more; what
//! the server says it has done never is: a listing may lag behind.
//! A removal or a rename whose answer is lost may be sent again. Before each sending the server is asked whose its number is:
//! it gives numbers out anew. Nothing is done that is not in the plan: whoever else changes the contract meanwhile ends it.

mod here;
mod look;
mod moment;
mod settle;
mod standing;

pub use moment::Moment;
pub use settle::{Settled, settle};
pub use standing::Failed;

use super::{
    Change, Collection, Gone, Listing, Outcome, PairId, Phase, Plan, Problem, ProviderId, SurrogateId, Verb,
};
use crate::kind::{Reached, Repeat};
use here::Here;
use jiff::SignedDuration;
use standing::{Sent, Standing, is_in_trouble, why_unknown};
use std::collections::{HashMap, HashSet};

/// How often a change is sent at most.
const ATTEMPTS: u8 = 3;

/// How long a listing may take to show what the server says it has done.
const LISTED: SignedDuration = SignedDuration::from_secs(60);

/// How long a change that does no harm twice waits before it is sent again.
const PAUSE: SignedDuration = SignedDuration::from_secs(1);

/// How long after a listing that lags behind the next one is asked for.
const LAG: SignedDuration = SignedDuration::from_secs(2);

/// For how long after a listing changes are sent without another one: somebody else may change the contract meanwhile.
const FRESH: SignedDuration = SignedDuration::from_secs(5);

/// The same as a multiple of what the listing took: a long one is not to take most of the time.
const FRESH_TIMES: i32 = 4;

/// What is to be done next.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// Send these changes, by their numbers in the plan.
    Send(Vec<usize>),
    /// List the contract, and look.
    Look,
    /// Wait so long, then list and look.
    Wait(SignedDuration),
    /// Nothing can be done any more: each change is done or given up.
    Done,
}

/// What a listing says of a change.
#[derive(Clone, Debug, PartialEq)]
pub enum Seen {
    Done,
    NotThere,
    GivenUp(String),
    Refused(Problem),
}

/// How far a plan has come.
#[derive(Clone, Debug)]
pub struct Progress<'p> {
    plan: &'p Plan,
    each: Vec<Standing>,
    quiet: SignedDuration,
    here: Here,
    /// The objects that bore the id of one that is removed when the plan was made: itself, and perhaps another one.
    twins: HashSet<(Collection, SurrogateId)>,
    /// The pairs that go along with an application or a customer, by its id.
    along: HashMap<(Collection, &'p ProviderId), Vec<&'p Gone>>,
    /// The objects that the plan still brings.
    comes: HashSet<(Collection, ProviderId)>,
    /// When the last listing that was looked at was asked for; none where that is the one of the plan.
    looked: Option<Moment>,
    /// When the first change was sent since; none where nothing was.
    sent: Option<Moment>,
}

impl<'p> Progress<'p> {
    /// Nothing is done yet. `listing` is what the plan was made from; `quiet` is how long a request can be on its way.
    pub fn new(plan: &'p Plan, listing: &Listing, quiet: SignedDuration) -> Self {
        let each = vec![Standing::Open; plan.changes.len()];
        let (here, twins) = (Here::of(listing), twins(plan, listing));
        let mut along = HashMap::<_, Vec<_>>::new();
        for gone in &plan.goes_along {
            along.entry(gone.whose()).or_default().push(gone);
        }
        Self { plan, each, quiet, here, twins, along, comes: HashSet::new(), looked: None, sent: None }
    }

    /// How many changes are done.
    pub fn done(&self) -> usize {
        let done = |standing: &&Standing| {
            matches!(standing, Standing::Done | Standing::Sent { outcome: Some(Outcome::Done { .. }), .. })
        };
        self.each.iter().filter(done).count()
    }

    /// True when change `n` is done, as the server has answered or a listing has shown.
    pub fn is_done(&self, n: usize) -> bool {
        self.each.get(n) == Some(&Standing::Done)
    }

    /// The changes that will not be done, and why.
    pub fn failed(&self) -> impl Iterator<Item = (&'p Change, &Failed)> {
        self.each.iter().zip(&self.plan.changes).filter_map(|(standing, change)| match standing {
            Standing::Failed(failed) => Some((change, failed)),
            Standing::Open
            | Standing::Sent { .. }
            | Standing::Again { .. }
            | Standing::Unseen { .. }
            | Standing::Done => None,
        })
    }

    /// What was refused is not done, where no listing will be looked at any more, and none is needed to know it.
    pub fn gives_up_refused(&mut self) {
        for standing in &mut self.each {
            if let Standing::Sent { outcome: Some(Outcome::Refused { problem }), .. } = standing
                && !problem.leaves_open()
            {
                *standing = Standing::Failed(Failed::Refused(problem.clone()));
            }
        }
    }

    /// What was sent, and of which nobody knows whether it was done; each with why.
    pub fn unknown(&self) -> impl Iterator<Item = (&'p Change, String)> {
        let each = self.plan.changes.iter().zip(&self.each);
        each.filter_map(|(change, standing)| Some((change, why_unknown(standing)?)))
    }

    /// True where a listing would say more of what was sent than its answer did.
    pub fn is_to_be_looked_for(&self) -> bool {
        let refused = |standing: &Standing| {
            matches!(standing, Standing::Sent { outcome: Some(Outcome::Refused { .. }), .. })
        };
        self.each.iter().any(refused) || self.unseen().next().is_some()
    }

    /// Change `n` was not sent: the server refused to say whether it may be.
    pub fn refused_unsent(&mut self, n: usize, problem: Problem) {
        self.each[n] = Standing::Failed(Failed::Refused(problem));
    }

    /// True when a listing is waited for that shows what the server says it has done.
    pub fn waits_for_listing(&self) -> bool {
        self.each.iter().any(|standing| matches!(standing, Standing::Unseen { .. }))
    }

    /// What the server says it has created or removed, and no listing has shown yet; by numbers in the plan.
    pub fn unseen(&self) -> impl Iterator<Item = usize> {
        let unseen = |(standing, change): (&Standing, &Change)| match standing {
            Standing::Sent { outcome: Some(Outcome::Done { .. }), .. } | Standing::Unseen { .. } => {
                matches!(change.call().verb, Verb::Create | Verb::Remove)
            }
            Standing::Failed(Failed::Unlisted(..) | Failed::StillListed) => true,
            Standing::Open
            | Standing::Sent { .. }
            | Standing::Again { .. }
            | Standing::Done
            | Standing::Failed(
                Failed::Refused(_)
                | Failed::GivenUp(_)
                | Failed::Moved(_)
                | Failed::Otherwise { .. }
                | Failed::HeldBack(_),
            ) => false,
        };
        let each = self.each.iter().zip(&self.plan.changes).enumerate();
        each.filter(move |(_, one)| unseen(*one)).map(|(n, _)| n)
    }

    /// What the server has taken, where the listing shows its number with another id: either the server keeps the id
    /// otherwise, or the list is behind. By numbers in the plan.
    pub fn listed_otherwise(&self) -> Vec<(usize, SurrogateId)> {
        let each = self.each.iter().zip(&self.plan.changes).enumerate();
        let otherwise = each.filter_map(|(n, (standing, change))| {
            let Change::Create { collection, id, .. } = change else { return None };
            let (Standing::Unseen { surrogate, .. } | Standing::Failed(Failed::Unlisted(surrogate, _))) =
                standing
            else {
                return None;
            };
            let surrogate = surrogate.as_ref()?;
            let owner = self.here.owner(*collection, surrogate)?;
            (owner != id).then(|| (n, surrogate.clone()))
        });
        otherwise.collect()
    }

    /// The server keeps what change `n` has created as this object, under this id.
    pub fn kept_otherwise(&mut self, n: usize, surrogate: SurrogateId, id: ProviderId) -> String {
        let failed = Failed::Otherwise { surrogate, id };
        let why = failed.to_string();
        self.each[n] = Standing::Failed(failed);
        why
    }

    /// The surrogate ids of the customer and the application of a pair, by the last listing.
    pub fn ends(&self, pair: &PairId) -> Option<(SurrogateId, SurrogateId)> {
        self.here.ends(pair)
    }

    /// What change `n` has created, by the last listing.
    pub fn made(&self, n: usize) -> Option<SurrogateId> {
        self.here.made(&self.plan.changes[n]).cloned()
    }

    /// The next step: at most `batch` changes are sent in one.
    pub fn next(&self, batch: usize, moment: &Moment) -> Step {
        // Trouble is looked into before anything else leaves.
        if self.each.iter().any(is_in_trouble) {
            return Step::Look;
        }
        let step = |phase| self.step_of(phase, batch, moment);
        Phase::ALL.into_iter().find_map(step).unwrap_or(Step::Done)
    }

    /// The next step of a phase; none when it is over.
    fn step_of(&self, phase: Phase, batch: usize, moment: &Moment) -> Option<Step> {
        let (mut ready, mut look, mut wait) = (Vec::new(), false, None::<SignedDuration>);
        let sooner = |wait: Option<SignedDuration>, left| Some(wait.map_or(left, |wait| wait.min(left)));
        for (n, (standing, change)) in self.each.iter().zip(&self.plan.changes).enumerate() {
            if change.phase() != phase {
                continue;
            }
            match standing {
                Standing::Open | Standing::Again { cleared: true, .. } => ready.push(n),
                Standing::Again { last, cleared: false } => {
                    let left = moment.left(&last.at, pause(change, last.reached, self.quiet));
                    wait = sooner(wait, left);
                }
                Standing::Unseen { at, .. } => {
                    wait = sooner(wait, moment.left(at, self.patience(change)).min(LAG));
                }
                Standing::Sent { .. } => look = true,
                Standing::Done | Standing::Failed(_) => {}
            }
            if ready.len() == batch {
                break;
            }
        }
        match wait {
            _ if !ready.is_empty() && self.is_stale(phase, moment) => Some(Step::Look),
            _ if !ready.is_empty() => Some(Step::Send(ready)),
            _ if look => Some(Step::Look),
            Some(left) if left.is_zero() => Some(Step::Look),
            Some(left) => Some(Step::Wait(left)),
            None => None,
        }
    }

    /// Whether the last listing is too old for the next changes of a phase. What takes pairs along takes those that somebody
    /// else has made meanwhile, too, and nothing brings them back: it never leaves with a listing that was used before.
    fn is_stale(&self, phase: Phase, moment: &Moment) -> bool {
        let Some(sent) = &self.sent else { return false };
        let took = self.looked.as_ref().map_or(SignedDuration::ZERO, |looked| sent.since(looked));
        phase.takes_pairs_along() || moment.since(sent) >= FRESH.max(took * FRESH_TIMES)
    }

    /// Change `n` is about to be sent.
    pub fn sends(&mut self, n: usize, at: Moment) {
        self.sent.get_or_insert_with(|| at.clone());
        let times = match &self.each[n] {
            Standing::Again { last, .. } | Standing::Sent { last, .. } => last.times + 1,
            Standing::Open | Standing::Unseen { .. } | Standing::Done | Standing::Failed(_) => 1,
        };
        let last = Sent { times, at, reached: Reached::Unknown };
        self.each[n] = Standing::Sent { outcome: None, last };
    }

    /// Change `n` was not sent after all, as was decided here: it may leave as it might have before.
    pub fn held(&mut self, n: usize) {
        let Standing::Sent { last: Sent { times, at, .. }, .. } = &self.each[n] else { return };
        let last = Sent { times: times.saturating_sub(1), at: at.clone(), reached: Reached::No };
        self.each[n] = if last.times == 0 { Standing::Open } else { Standing::Again { last, cleared: true } };
    }

    /// True when nothing is left to be sent, as far as the server's answers say.
    pub fn is_answered(&self) -> bool {
        self.each.iter().all(|standing| match standing {
            Standing::Sent { .. } => !is_in_trouble(standing),
            Standing::Unseen { .. } | Standing::Done | Standing::Failed(_) => true,
            Standing::Open | Standing::Again { .. } => false,
        })
    }

    /// What came of change `n`, and when that was known: until then it may have been on its way.
    pub fn ended(&mut self, n: usize, outcome: Outcome, at: Moment) {
        let Standing::Sent { last, .. } = &self.each[n] else { return };
        let reached = outcome.reached();
        // What never left was not an attempt.
        let times = last.times.saturating_sub(u8::from(reached == Reached::No));
        self.each[n] = Standing::Sent { outcome: Some(outcome), last: Sent { times, at, reached } };
    }

    /// The last sending of change `n` was no attempt either: the server had no time for it.
    pub fn spare(&mut self, n: usize) {
        if let Standing::Sent { last, .. } = &mut self.each[n] {
            last.times = last.times.saturating_sub(1);
        }
    }

    /// What the server refused so that nothing else would fare better.
    pub fn refused_for_all(&self) -> Option<&Problem> {
        self.each.iter().find_map(|standing| match standing {
            Standing::Sent { outcome: Some(Outcome::Refused { problem }), .. }
            | Standing::Failed(Failed::Refused(problem))
                if problem.is_for_all() =>
            {
                Some(problem)
            }
            Standing::Open
            | Standing::Sent { .. }
            | Standing::Again { .. }
            | Standing::Unseen { .. }
            | Standing::Done
            | Standing::Failed(_) => None,
        })
    }
}

/// The objects of the listing that bear the id of one that the plan removes.
fn twins(plan: &Plan, listing: &Listing) -> HashSet<(Collection, SurrogateId)> {
    let removed = plan.changes.iter().filter_map(|change| match change {
        Change::Remove { collection, id, .. } => Some((*collection, id)),
        Change::Create { .. }
        | Change::CreatePair { .. }
        | Change::Rename { .. }
        | Change::RemovePair { .. }
        | Change::RemoveOrphan { .. } => None,
    });
    let removed: HashSet<_> = removed.collect();
    let twins = |collection| {
        let bears =
            listing.named(collection).iter().filter(|listed| removed.contains(&(collection, &listed.id)));
        bears.map(|listed| (collection, listed.surrogate.clone())).collect::<Vec<_>>()
    };
    [Collection::Applications, Collection::Customers].into_iter().flat_map(twins).collect()
}

/// How long after it was sent a change that a listing does not show may be sent again. `quiet` is how long a request can be
/// on its way.
fn pause(change: &Change, reached: Reached, quiet: SignedDuration) -> SignedDuration {
    match change.call().repeat() {
        _ if reached == Reached::No => PAUSE,
        Repeat::AfterListing => quiet,
        Repeat::Safe | Repeat::WhenAsked | Repeat::AfterProbe | Repeat::ByVerdictOnly => PAUSE,
    }
}
