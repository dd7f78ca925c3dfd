//! The record of a run: opened before anything is sent, taken over when its process died, closed at its end.

use super::apply::{Apply, ApplyNews, Waiting};
use super::{RegistrationError, Result};
use crate::engine::Engine;
use crate::engine::world::Ground;
use crate::journal;
use crate::kind::ShortId;
use crate::registry::{Closed, Run, RunEvent, settle};

/// How often a run is opened when another one is in the way.
const ROUNDS: usize = 16;

impl Engine {
    /// Opens a run, once the one that a dead process left behind is settled.
    pub(super) async fn open_run(&self, apply: &Apply<'_>, waiting: &mut Waiting<'_>) -> Result<Run> {
        let contract = self.contract()?.clone();
        let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        for _ in 0..ROUNDS {
            self.finish_unfinished(waiting).await?;
            let first = RunEvent::RunOpened {
                environment: self.environment(),
                contract: contract.clone(),
                listing: apply.plan.listing,
                changes: count(apply.plan.changes.len()),
                removals: count(apply.plan.removals()),
                goes_along: count(apply.plan.goes_along.len()),
                reason: apply.reason.clone(),
                owner: self.process()?,
            };
            let id = ShortId::from_bits(self.random_bits()?);
            match self.journal().open_thing::<Run>(&id, first, self.now(), self.agent()).await {
                Ok(run) => return Ok(run),
                // Somebody else was faster.
                Err(journal::Error::Taken { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(RegistrationError::System("another desk keeps opening a run on this contract".to_owned()))
    }

    /// Finishes the run that a dead process left behind, if there is one.
    pub(super) async fn finish_unfinished(&self, waiting: &mut Waiting<'_>) -> Result<()> {
        match self.unfinished_run().await? {
            Some(unfinished) => self.finish(unfinished, waiting).await,
            None => Ok(()),
        }
    }

    /// Finishes the run of a process that is gone: waits until nothing of it can be on its way any more, and looks.
    async fn finish(&self, run: Run, waiting: &mut Waiting<'_>) -> Result<()> {
        let mine = self.process()?;
        if run.owner != mine && self.world().is_alive(&run.owner).await {
            return Err(RegistrationError::Busy { by: run.opened_by, since: run.opened_at });
        }
        let mut run = self.add(&run, vec![RunEvent::RunTakenOver { owner: mine }]).await?;
        let registration = self.registration()?;
        // It may have sent the last one as late as that.
        let quiet = registration.quiet + registration.leaves_within();
        while !run.open.is_empty() {
            let moment = self.instant();
            let listing = self.list_contract().await?;
            let settled = settle(&run.open, &listing, &moment, quiet);
            if !settled.ended.is_empty() {
                run = self.add(&run, vec![RunEvent::ChangesEnded { ended: settled.ended }]).await?;
            }
            if let Some(left) = settled.wait {
                let what = "a change of an earlier run may still be on its way".to_owned();
                if !waiting.pause(self, left, what).await {
                    return Err(RegistrationError::Stopped { done: 0, changes: 0 });
                }
            }
        }
        self.close(&run, Closed::CutOff).await?;
        (waiting.tell)(ApplyNews::Finished { run: run.id });
        Ok(())
    }

    /// Closes the run. One with changes of which nobody knows what became stays open: whoever comes next finishes it.
    pub(super) async fn close(&self, run: &Run, how: Closed) -> Result<()> {
        if run.open.is_empty() {
            self.add(run, vec![RunEvent::RunClosed { how }]).await?;
        }
        Ok(())
    }

    /// Records what happened to the run.
    pub(super) async fn add(&self, run: &Run, events: Vec<RunEvent>) -> Result<Run> {
        match self.journal().append(run, events, self.now(), self.agent()).await {
            Ok(run) => Ok(run),
            Err(journal::Error::Conflict { .. }) => {
                let by = "another desk".to_owned();
                Err(RegistrationError::Busy { by, since: run.opened_at })
            }
            Err(error) => Err(error.into()),
        }
    }

    /// This process, as the journal knows it.
    fn process(&self) -> Result<String> {
        let system = |error: crate::engine::Error| RegistrationError::System(error.to_string());
        self.world().desk().map(str::to_owned).map_err(system)
    }

    fn random_bits(&self) -> Result<u64> {
        let system = |error: crate::engine::Error| RegistrationError::System(error.to_string());
        self.world().random().map_err(system)
    }
}
