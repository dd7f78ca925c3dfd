//! Lists that go back: what an earlier run created or renamed a short while ago, and the listing of now does not show. Behind
//! a gateway one list may come from here and the next one from there.

use super::ask::Asked;
use super::error::Found;
use super::{RegistrationError, Result, Unlisted};
use crate::engine::Engine;
use crate::kind::Recorded;
use crate::registration::Object;
use crate::registry::{
    Change, Listing, Plan, ProviderId, Run, RunEvent, RunRow, SurrogateId, Verb, besides_renames,
    kept_otherwise_before, made_before, may_be_kept_as, moved, renamed_before,
};
use futures_util::{StreamExt as _, TryStreamExt as _};
use jiff::SignedDuration;

/// For so long after an answer a list may still show what was before it (A).
const BEHIND: SignedDuration = SignedDuration::from_mins(10);

/// As many runs as are read at once.
const RUNS: u32 = 64;

impl Engine {
    /// Asks the server for what the plan creates and a run of the last minutes was told to have created; and for what it
    /// renames or removes and such a run has renamed. What the server keeps under another id than it was sent is asked for
    /// however long ago that was; unless a person says with `create_again` that it is to be created all the same.
    ///
    /// # Errors
    /// What is there, and not in `listing`: created again, it would be there twice.
    pub async fn is_not_behind(&self, plan: &Plan, listing: &Listing, create_again: bool) -> Result<()> {
        let matters = |change: &Change| match change.call().verb {
            Verb::Create | Verb::Modify => true,
            Verb::Remove => change.surrogate().is_some(),
            Verb::List | Verb::Get => false,
        };
        if !plan.changes.iter().any(matters) {
            return Ok(());
        }
        let histories = self.lately().await?;
        let mut missing = self.renamed_unlisted(plan, &renamed_before(&histories)).await?;
        let made = made_before(plan, &histories);
        let mut kept = if create_again { Vec::new() } else { self.kept_otherwise_before(plan).await? };
        // What was created since counts.
        kept.retain(|(change, then)| made.iter().all(|(new, now)| new != change || now == then));
        missing.extend(self.not_shown_of(made, listing, is_made_of).await?);
        for unlisted in self.not_shown_of(kept, listing, |_, _| true).await? {
            if missing.iter().all(|known| known.change != unlisted.change) {
                missing.push(unlisted);
            }
        }
        if missing.is_empty() { Ok(()) } else { Err(RegistrationError::Unlisted(missing)) }
    }

    /// Of what was created as these objects, what is there and not in `listing`; under another id where `is_made_of` says that
    /// the server may keep it so.
    async fn not_shown_of(
        &self,
        made: Vec<(Change, SurrogateId)>,
        listing: &Listing,
        is_made_of: impl Fn(&ProviderId, &Change) -> bool,
    ) -> Result<Vec<Unlisted>> {
        let asked = made.into_iter().map(|(change, surrogate)| async move {
            let asked = self.ask(&change, &surrogate, listing).await?;
            Ok::<_, RegistrationError>((change, asked, surrogate))
        });
        let at_once = usize::from(self.registration()?.concurrency).max(1);
        let asked: Vec<_> = futures_util::stream::iter(asked).buffered(at_once).try_collect().await?;
        let unlisted = asked.into_iter().filter_map(|(change, asked, surrogate)| {
            let found = match asked {
                Asked::There | Asked::Renamed(_) => Found::There,
                Asked::Other(id) if is_made_of(&id, &change) => Found::Other(id),
                // It was removed since, and its number may be another's by now.
                Asked::Other(_) | Asked::Replaced | Asked::Gone => return None,
            };
            Some(Unlisted { change, surrogate: Some(surrogate), found })
        });
        Ok(unlisted.collect())
    }

    /// What the plan creates, and the server kept under another id when an earlier run created it; each as the object that the
    /// latest of them was answered. A run in which nothing failed has none.
    async fn kept_otherwise_before(&self, plan: &Plan) -> Result<Vec<(Change, SurrogateId)>> {
        let (mut kept, mut last) = (Vec::<(Change, SurrogateId)>::new(), None::<RunRow>);
        if !plan.changes.iter().any(|change| matches!(change, Change::Create { .. })) {
            return Ok(kept);
        }
        loop {
            let rows = self.runs_before(last.as_ref(), RUNS).await?;
            for row in rows.iter().filter(|row| row.failed > 0) {
                let history = self.journal().history::<Run>(&row.id).await?;
                for before in kept_otherwise_before(plan, &history) {
                    if kept.iter().all(|(later, _)| *later != before.0) {
                        kept.push(before);
                    }
                }
            }
            last = rows.into_iter().next_back();
            if last.is_none() {
                return Ok(kept);
            }
        }
    }

    /// What the plan renames or removes, and an earlier run has renamed, where the list has the name of before and the object has
    /// the new one.
    async fn renamed_unlisted(&self, plan: &Plan, renamed: &[Change]) -> Result<Vec<Unlisted>> {
        let mut unlisted = Vec::new();
        for ours in renamed.iter().filter(|ours| plan.changes.iter().any(|change| is_of_before(change, ours)))
        {
            let Change::Rename { collection, id, surrogate, to, .. } = ours else { continue };
            if let Some(Object::Named(now)) = self.get(*collection, surrogate).await?
                && now.id == *id
                && now.name.as_ref() == Some(to)
            {
                unlisted.push(not_shown(ours));
            }
        }
        Ok(unlisted)
    }

    /// What has changed from the listing of a plan to the one of now, which is another. A name that an earlier run gave, and the
    /// list of now does not show, is no change of somebody else.
    pub(super) async fn what_moved(&self, before: &Listing, now: &Listing) -> Result<RegistrationError> {
        let renamed = renamed_before(&self.lately().await?);
        let (others, behind) = besides_renames(moved(before, now), &renamed);
        Ok(if others.is_empty() && !behind.is_empty() {
            RegistrationError::Unlisted(behind.into_iter().map(not_shown).collect())
        } else if others.is_empty() {
            RegistrationError::Moved(moved(before, now))
        } else {
            RegistrationError::Moved(others)
        })
    }

    /// What happened to runs in the last minutes; the latest run first.
    async fn lately(&self) -> Result<Vec<Vec<Recorded<RunEvent>>>> {
        let since = self.now() - BEHIND;
        let (mut histories, mut last) = (Vec::new(), None::<RunRow>);
        loop {
            let rows = self.runs_before(last.as_ref(), RUNS).await?;
            for row in &rows {
                let mut history = self.journal().history::<Run>(&row.id).await?;
                history.retain(|recorded| {
                    recorded.at >= since || !matches!(recorded.event, RunEvent::ChangesEnded { .. })
                });
                histories.push(history);
                // One ends before the next one is opened.
                if row.opened_at < since {
                    return Ok(histories);
                }
            }
            last = rows.into_iter().next_back();
            if last.is_none() {
                return Ok(histories);
            }
        }
    }
}

/// Whether `change` is about what `ours` has renamed, and was planned with the name of before. The same renaming once more does
/// no harm.
fn is_of_before(change: &Change, ours: &Change) -> bool {
    let Change::Rename { collection: of, surrogate: number, from, to, .. } = ours else { return false };
    match change {
        Change::Rename { collection, surrogate, from: planned, to: new, .. } => {
            (collection, surrogate, planned) == (of, number, from) && new != to
        }
        Change::Remove { collection, surrogate, name, .. } => {
            (collection, surrogate, name) == (of, number, from) && name.as_ref() != Some(to)
        }
        Change::Create { .. }
        | Change::CreatePair { .. }
        | Change::RemovePair { .. }
        | Change::RemoveOrphan { .. } => false,
    }
}

fn not_shown(renamed: &Change) -> Unlisted {
    Unlisted { change: renamed.clone(), surrogate: renamed.surrogate().cloned(), found: Found::There }
}

/// Whether the server may keep what `change` created under the id `kept`.
fn is_made_of(kept: &ProviderId, change: &Change) -> bool {
    matches!(change, Change::Create { id, .. } if may_be_kept_as(id, kept))
}
