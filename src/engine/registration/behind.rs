//! Lists that go back: what an earlier run created a short while ago, and the listing of now does not show. Behind a gateway
//! one list may come from here and the next one from there.

use super::ask::Asked;
use super::error::Found;
use super::{RegistrationError, Result, Unlisted};
use crate::engine::Engine;
use crate::kind::Recorded;
use crate::registry::{
    Change, Listing, Plan, ProviderId, Run, RunEvent, RunRow, Verb, made_before, may_be_kept_as,
};
use futures_util::{StreamExt as _, TryStreamExt as _};
use jiff::SignedDuration;

/// For so long after an answer a list may still show what was before it (A).
const BEHIND: SignedDuration = SignedDuration::from_mins(10);

/// As many runs as are read at once.
const RUNS: u32 = 64;

impl Engine {
    /// Asks the server for what the plan creates and a run of the last minutes was told to have created.
    ///
    /// # Errors
    /// What is there, and not in `listing`: created again, it would be there twice.
    pub(super) async fn is_not_behind(&self, plan: &Plan, listing: &Listing) -> Result<()> {
        if !plan.changes.iter().any(|change| change.call().verb == Verb::Create) {
            return Ok(());
        }
        let histories = self.lately().await?;
        let asked = made_before(plan, &histories).into_iter().map(|(change, surrogate)| async move {
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
        let unlisted: Vec<_> = unlisted.collect();
        if unlisted.is_empty() { Ok(()) } else { Err(RegistrationError::Unlisted(unlisted)) }
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

/// Whether the server may keep what `change` created under the id `kept`.
fn is_made_of(kept: &ProviderId, change: &Change) -> bool {
    matches!(change, Change::Create { id, .. } if may_be_kept_as(id, kept))
}
