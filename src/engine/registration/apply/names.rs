//! Names that the last listing shows otherwise than they were sent. A list may lag behind, so the server is asked for each such
//! object by its number before anybody is told that it keeps another name.

use super::{Applying, number};
use crate::engine::Engine;
use crate::registration::Object;
use crate::registry::{Change, Collection, Ended, How, Listed};
use futures_util::StreamExt as _;

impl Applying<'_> {
    /// The renames that were answered and are not so, each with what the server keeps instead. What it says of an object is put
    /// into the listing: that is newer than the list.
    pub(super) async fn kept_otherwise(&mut self) -> Vec<(Change, String)> {
        let (engine, plan) = (self.engine, self.apply.plan);
        let at_once = engine.registration().map_or(1, |registration| usize::from(registration.concurrency));
        let asked: Vec<_> = futures_util::stream::iter(self.denied())
            .map(|(n, _)| async move { engine.named_now(&plan.changes[n]).await })
            .buffered(at_once.max(1))
            .collect()
            .await;
        for (collection, now) in asked.into_iter().flatten() {
            self.listing.learns(collection, &now);
        }
        let kept = self.denied();
        self.ended.extend(
            kept.iter().map(|(n, why)| Ended { n: number(*n), how: How::GivenUp { why: why.clone() } }),
        );
        kept.into_iter().map(|(n, why)| (plan.changes[n].clone(), why)).collect()
    }

    /// What the server said it has renamed, and the listing shows with another name.
    fn denied(&self) -> Vec<(usize, String)> {
        let mut denied = self.apply.plan.renames_denied(&self.listing);
        denied.retain(|(n, _)| self.progress.is_done(*n));
        denied
    }
}

impl Engine {
    /// What `change` renames, as the server has it under its number; none where nothing is known of it.
    async fn named_now(&self, change: &Change) -> Option<(Collection, Listed)> {
        let Change::Rename { collection, surrogate, .. } = change else { return None };
        match self.get(*collection, surrogate).await {
            Ok(Some(Object::Named(now))) => Some((*collection, now)),
            Ok(Some(Object::Pair(_)) | None) | Err(_) => None,
        }
    }
}
