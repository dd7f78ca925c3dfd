//! What a fresh listing says of the changes of a plan.

use super::standing::{Failed, Sent, Standing};
use super::{ATTEMPTS, Here, LISTED, Moment, Progress, Seen, pause};
use crate::registry::{
    Change, Collection, Gone, Listing, Outcome, PairId, Phase, ProviderId, SurrogateId, Verb,
    renamed_meanwhile,
};
use jiff::SignedDuration;
use std::collections::HashSet;

impl<'p> Progress<'p> {
    /// Looks at a fresh listing. Returns what it says of the changes that are not known to be done.
    ///
    /// # Errors
    /// What moved, when somebody else changed the contract so that the plan would do something else than it says.
    pub fn look(&mut self, listing: &Listing, moment: &Moment) -> Result<Vec<(usize, Seen)>, String> {
        self.here = Here::of(listing);
        (self.looked, self.sent) = (Some(moment.clone()), None);
        let mut seen = Vec::new();
        // What a pair needs stands before it in the plan, so it is looked at first.
        for phase in Phase::ALL {
            self.comes = if phase == Phase::Pairs { self.coming() } else { HashSet::new() };
            for (n, change) in self.plan.changes.iter().enumerate().filter(|(_, c)| c.phase() == phase) {
                let (after, said) = self.looked(self.each[n].clone(), change, moment);
                self.each[n] = after;
                seen.extend(said.map(|said| (n, said)));
            }
            if phase.is_of_removals() {
                seen.extend(self.hold_back(phase));
            }
        }
        self.moved(listing)?;
        Ok(seen)
    }

    /// Gives up the removals of a phase that were not begun, when something before them was not done.
    fn hold_back(&mut self, phase: Phase) -> Vec<(usize, Seen)> {
        let (mut failed, changes) = (0, &self.plan.changes);
        for (standing, _) in self.each.iter().zip(changes).filter(|(_, change)| change.phase() < phase) {
            match standing {
                Standing::Failed(Failed::HeldBack(_)) | Standing::Done => {}
                Standing::Failed(
                    Failed::Refused(_)
                    | Failed::GivenUp(_)
                    | Failed::Moved(_)
                    | Failed::Unlisted(..)
                    | Failed::Otherwise { .. }
                    | Failed::StillListed,
                ) => failed += 1,
                // It is not over yet.
                Standing::Open | Standing::Sent { .. } | Standing::Again { .. } | Standing::Unseen { .. } => {
                    return Vec::new();
                }
            }
        }
        if failed == 0 {
            return Vec::new();
        }
        let mut held = Vec::new();
        for (n, (standing, change)) in self.each.iter_mut().zip(changes).enumerate() {
            if *standing == Standing::Open && change.phase() == phase {
                let why = Failed::HeldBack(failed);
                held.push((n, Seen::GivenUp(why.to_string())));
                *standing = Standing::Failed(why);
            }
        }
        held
    }

    fn looked(&self, before: Standing, change: &Change, moment: &Moment) -> (Standing, Option<Seen>) {
        let is_so = self.here.shows(change);
        match before {
            Standing::Done | Standing::Failed(_) => (before, None),
            // Somebody else did it; unless something else is there in its place, which the plan does not speak of.
            Standing::Open if is_so && !self.is_replaced(change) => (Standing::Done, None),
            Standing::Open => match self.cannot(change) {
                Some(failed) => {
                    let seen = Seen::GivenUp(failed.to_string());
                    (Standing::Failed(failed), Some(seen))
                }
                None => (Standing::Open, None),
            },
            Standing::Sent { outcome, last } if is_so => {
                // A create is known once its number is: a later list may go back to what was before.
                let known = match &outcome {
                    Some(Outcome::Done { surrogate, .. }) => {
                        surrogate.is_some() || self.here.made(change).is_none()
                    }
                    Some(Outcome::Refused { .. } | Outcome::Failed { .. }) | None => false,
                };
                (self.listed(change, last.at, moment), (!known).then_some(Seen::Done))
            }
            Standing::Again { .. } if is_so => (Standing::Done, Some(Seen::Done)),
            Standing::Unseen { at, surrogate } if is_so => {
                let known = surrogate.is_some() || self.here.made(change).is_none();
                (self.listed(change, at, moment), (!known).then_some(Seen::Done))
            }
            Standing::Unseen { at, surrogate } => (self.waited(change, at, surrogate, moment), None),
            Standing::Sent { outcome: Some(Outcome::Done { surrogate, .. }), last } => {
                (self.waited(change, last.at, surrogate, moment), None)
            }
            Standing::Sent { outcome: Some(Outcome::Refused { problem }), .. } => {
                let seen = problem.leaves_open().then(|| Seen::Refused(problem.clone()));
                (Standing::Failed(Failed::Refused(problem)), seen)
            }
            Standing::Sent { last, .. } | Standing::Again { last, .. } => self.again(last, change, moment),
        }
    }

    /// What the listing shows to be done. What goes along may be listed a little longer: then it is not over yet. A server
    /// that leaves such pairs alone is not waited for forever.
    fn listed(&self, change: &Change, at: Moment, moment: &Moment) -> Standing {
        if self.leaves_pairs(change) && !moment.left(&at, self.patience(change)).is_zero() {
            return Standing::Unseen { at, surrogate: None };
        }
        Standing::Done
    }

    /// Whether a pair that goes along with what is removed is still listed.
    fn leaves_pairs(&self, change: &Change) -> bool {
        let Change::Remove { collection, id, .. } = change else { return false };
        let is_left = |gone: &&Gone| {
            let is_other = || self.here.pair(&gone.surrogate).is_some_and(|now| now != gone.pair);
            self.here.has_pair(&gone.surrogate) && !is_other()
        };
        self.along.get(&(*collection, id)).is_some_and(|along| along.iter().any(is_left))
    }

    /// What the server says it has done, and the listing does not show. It is not for us to do it twice.
    fn waited(
        &self,
        change: &Change,
        at: Moment,
        surrogate: Option<SurrogateId>,
        moment: &Moment,
    ) -> Standing {
        if !moment.left(&at, self.patience(change)).is_zero() {
            return Standing::Unseen { at, surrogate };
        }
        match change.call().verb {
            Verb::Create => Standing::Failed(Failed::Unlisted(surrogate, self.patience(change))),
            Verb::Remove => Standing::Failed(Failed::StillListed),
            // The list is behind, or the server keeps another name than it was sent: asked again, it would do the same. Which
            // of the two it is says the object, which is asked for in the end.
            Verb::Modify | Verb::List | Verb::Get => Standing::Done,
        }
    }

    /// How long a listing may take to show what the server says it has done.
    pub(super) fn patience(&self, change: &Change) -> SignedDuration {
        let Change::Rename { collection, id, from, .. } = change else { return self.quiet.min(LISTED) };
        let now = self.here.named.get(&(*collection, id.clone()));
        // A name that is neither the old one nor the new one is what the server made of it.
        let is_other = now.is_some_and(|(_, name)| name != from);
        if is_other { SignedDuration::ZERO } else { self.quiet.min(LISTED) }
    }

    /// A change that was sent, and that the listing does not show.
    fn again(&self, last: Sent, change: &Change, moment: &Moment) -> (Standing, Option<Seen>) {
        let cleared = moment.left(&last.at, pause(change, last.reached, self.quiet)).is_zero();
        if let Some(failed) = self.cannot(change).filter(|_| cleared) {
            let seen = Seen::GivenUp(failed.to_string());
            return (Standing::Failed(failed), Some(seen));
        }
        // Even after the last attempt it may be on its way: whoever plans next must not find it missing too early.
        if last.times < ATTEMPTS || !cleared {
            return (Standing::Again { last, cleared }, cleared.then_some(Seen::NotThere));
        }
        let why = format!("it is not done after {ATTEMPTS} attempts");
        (Standing::Failed(Failed::GivenUp(why.clone())), Some(Seen::GivenUp(why)))
    }

    /// Why a change cannot be sent at all: what it needs is not there, and nothing will bring it. What the plan itself was to
    /// bring was refused; anything else, somebody has removed.
    fn cannot(&self, change: &Change) -> Option<Failed> {
        let Change::CreatePair { pair } = change else { return None };
        let ends = [(Collection::Customers, &pair.customer), (Collection::Applications, &pair.application)];
        let (collection, id) = ends.into_iter().find(|(collection, id)| {
            self.here.surrogate(*collection, id).is_none()
                && !self.comes.contains(&(*collection, (*id).clone()))
        })?;
        let brings = |change: &Change| matches!(change, Change::Create { collection: of, id: new, .. } if *of == collection && new == id);
        let one = collection.one();
        Some(if self.plan.changes.iter().any(brings) {
            Failed::GivenUp(format!("its {one} `{id}` is not there"))
        } else {
            Failed::Moved(format!("its {one} `{id}` is not there any more"))
        })
    }

    /// The objects that the plan still brings.
    fn coming(&self) -> HashSet<(Collection, ProviderId)> {
        let each = self.plan.changes.iter().zip(&self.each);
        let comes = each.filter_map(|(change, standing)| match (change, standing) {
            (Change::Create { .. }, Standing::Failed(_)) => None,
            (Change::Create { collection, id, .. }, _) => Some((*collection, id.clone())),
            (_, _) => None,
        });
        comes.collect()
    }

    /// Looks whether what is still to be done is what the plan says.
    fn moved(&self, listing: &Listing) -> Result<(), String> {
        for (change, standing) in self.plan.changes.iter().zip(&self.each) {
            if self.is_over(change, standing) {
                continue;
            }
            self.is_as_planned(change)?;
            // Once a rename was answered, another name is what the server made of it.
            if matches!(standing, Standing::Open | Standing::Again { .. }) {
                self.has_the_name(change)?;
            }
        }
        let removed = self.removed_customers_and_applications();
        if removed.is_empty() {
            return Ok(());
        }
        let along = self.plan.goes_along.iter().map(|gone| (&gone.surrogate, &gone.pair));
        let goes: HashSet<_> = along.chain(self.removed_pairs()).collect();
        for pair in &listing.pairs {
            let along = removed.contains(&(Collection::Customers, &pair.customer))
                || removed.contains(&(Collection::Applications, &pair.application));
            let is_of = self.here.pair(&pair.surrogate);
            if along && !is_of.is_some_and(|is_of| goes.contains(&(&pair.surrogate, &is_of))) {
                return Err(format!(
                    "the pair {} of the customer {} and the application {} would be removed too, and it was \
                     not there when the plan was made",
                    pair.surrogate, pair.customer, pair.application
                ));
            }
        }
        Ok(())
    }

    /// Whether nothing will come of a change any more but what a listing shows: what is removed is gone, and only the pairs
    /// that go along with it are waited for.
    fn is_over(&self, change: &Change, standing: &Standing) -> bool {
        match standing {
            Standing::Done | Standing::Failed(_) => true,
            Standing::Unseen { .. } => self.here.shows(change),
            Standing::Open | Standing::Sent { .. } | Standing::Again { .. } => false,
        }
    }

    /// A rename and a removal are of the very object that was listed: its surrogate id may be somebody else's by now.
    fn is_as_planned(&self, change: &Change) -> Result<(), String> {
        match change {
            Change::Create { .. } | Change::CreatePair { .. } => Ok(()),
            Change::Rename { collection, id, surrogate, .. }
            | Change::Remove { collection, id, surrogate, .. } => {
                let one = collection.one();
                match (self.here.owner(*collection, surrogate), self.here.surrogate(*collection, id)) {
                    (Some(owner), _) if owner == id => Ok(()),
                    (_, Some(now)) => Err(format!(
                        "the {one} `{id}` was removed and created again: it was the object {surrogate}, and is {now} \
                         now"
                    )),
                    (Some(owner), None) => Err(format!(
                        "the {one} `{id}` is not there any more, and its surrogate id {surrogate} is that of the {one} \
                         `{owner}` now"
                    )),
                    (None, None) => Err(format!("the {one} `{id}` is not there any more")),
                }
            }
            Change::RemovePair { pair, surrogate } => match self.here.pair(surrogate) {
                Some(now) if now == *pair => Ok(()),
                Some(now) => Err(format!("the pair {surrogate} was of {pair}, and is of {now} now")),
                None => Err(format!("the pair {pair} is not there any more")),
            },
            Change::RemoveOrphan { pair } if self.here.has(pair) => Ok(()),
            Change::RemoveOrphan { pair } => Err(format!("the pair {pair} is not there any more")),
        }
    }

    /// What is to be renamed or removed has the name that was planned with: one that somebody else gave it is not written
    /// over, and says that it is still of use to somebody.
    fn has_the_name(&self, change: &Change) -> Result<(), String> {
        let (Change::Rename { collection, id, surrogate, .. }
        | Change::Remove { collection, id, surrogate, .. }) = change
        else {
            return Ok(());
        };
        match self.here.named.get(&(*collection, id.clone())) {
            Some((now, name)) if now == surrogate => {
                renamed_meanwhile(change, name.as_ref()).map_or(Ok(()), Err)
            }
            // Another one of the same id.
            Some(_) | None => Ok(()),
        }
    }

    /// True for a removal of what is gone, when its surrogate id is another's by now, or when it was created again.
    fn is_replaced(&self, change: &Change) -> bool {
        match change {
            Change::Create { .. } | Change::CreatePair { .. } | Change::Rename { .. } => false,
            Change::Remove { collection, id, surrogate, .. } => {
                let is_new = |now: &SurrogateId| !self.twins.contains(&(*collection, now.clone()));
                self.here.owner(*collection, surrogate).is_some()
                    || self.here.surrogate(*collection, id).is_some_and(is_new)
            }
            Change::RemovePair { surrogate, .. } => self.here.has_pair(surrogate),
            Change::RemoveOrphan { pair } => self.here.has_pair(&pair.surrogate),
        }
    }

    fn removed_customers_and_applications(&self) -> HashSet<(Collection, &SurrogateId)> {
        let waiting = |(change, standing): (&'p Change, &Standing)| match change {
            Change::Remove { collection, surrogate, .. } if !self.is_over(change, standing) => {
                Some((*collection, surrogate))
            }
            Change::Remove { .. }
            | Change::Create { .. }
            | Change::CreatePair { .. }
            | Change::Rename { .. }
            | Change::RemovePair { .. }
            | Change::RemoveOrphan { .. } => None,
        };
        self.plan.changes.iter().zip(&self.each).filter_map(waiting).collect()
    }

    fn removed_pairs(&self) -> impl Iterator<Item = (&'p SurrogateId, &'p PairId)> {
        self.plan.changes.iter().filter_map(|change| match change {
            Change::RemovePair { surrogate, pair } => Some((surrogate, pair)),
            Change::Create { .. }
            | Change::CreatePair { .. }
            | Change::Rename { .. }
            | Change::Remove { .. }
            | Change::RemoveOrphan { .. } => None,
        })
    }
}
