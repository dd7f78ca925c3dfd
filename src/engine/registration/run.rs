//! The record of a run: opened before anything is sent, taken over when its process died, closed at its end.

use super::apply::{Apply, ApplyNews, Waiting};
use super::ask::Asked;
use super::error::Found;
use super::{RegistrationError, Result, Unlisted};
use crate::engine::Engine;
use crate::engine::world::Ground;
use crate::journal;
use crate::kind::ShortId;
use crate::registry::{
    Change, Closed, Collection, Ended, How, Listing, Open, ProviderId, Run, RunEvent, SAID_NOT_THERE, settle,
};
use futures_util::{StreamExt as _, TryStreamExt as _};

/// How often a run is opened when another one is in the way.
const ROUNDS: usize = 16;

impl Engine {
    /// Opens a run, once the one that a dead process left behind is settled.
    pub(super) async fn open_run(&self, apply: &Apply<'_>, waiting: &mut Waiting<'_>) -> Result<Run> {
        let contract = self.contract()?.clone();
        let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        for _ in 0..ROUNDS {
            self.finish_unfinished(waiting, apply.create_again).await?;
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
    pub(super) async fn finish_unfinished(
        &self,
        waiting: &mut Waiting<'_>,
        create_again: bool,
    ) -> Result<()> {
        match self.unfinished_run().await? {
            Some(unfinished) => self.finish(unfinished, waiting, create_again).await,
            None => Ok(()),
        }
    }

    /// Finishes a run that was left unfinished: waits until nothing of it can be on its way any more, and looks. With
    /// `create_again` a person says that what it created and nothing shows is not there.
    async fn finish(&self, run: Run, waiting: &mut Waiting<'_>, create_again: bool) -> Result<()> {
        let mine = self.process()?;
        if run.owner != mine && self.world().is_alive(&run.owner).await {
            return Err(RegistrationError::Busy { by: run.opened_by, since: run.opened_at });
        }
        let mut run = self.add(&run, vec![RunEvent::RunTakenOver { owner: mine }]).await?;
        let settled = self.settle_all(&mut run, waiting, create_again).await;
        if settled.is_err() && !run.open.is_empty() {
            // Why it cannot be finished says more than why it cannot be left.
            self.let_go(&run).await.unwrap_or_else(|error| tracing::warn!(%error, "the run is not let go"));
            return settled;
        }
        self.close(&run, Closed::CutOff).await?;
        settled?;
        (waiting.tell)(ApplyNews::Finished { run: run.id });
        Ok(())
    }

    /// Waits until nothing of a run can be on its way any more, and records what became of each of its changes.
    async fn settle_all(&self, run: &mut Run, waiting: &mut Waiting<'_>, create_again: bool) -> Result<()> {
        let registration = self.registration()?;
        // It may have sent the last one as late as that.
        let quiet = registration.quiet + registration.leaves_within();
        while !run.open.is_empty() {
            let moment = self.instant();
            let listing = self.list_contract().await?;
            let settled = settle(&run.open, &listing, &moment, quiet);
            self.ended(run, settled.ended).await?;
            if let Some(left) = settled.wait {
                if !waiting.pause(self, left, why_waiting(run).to_owned()).await {
                    return Err(RegistrationError::Stopped { done: 0, changes: 0 });
                }
            } else if !settled.ask.is_empty() {
                let (ended, unlisted) = self.ask_for(run, &settled.ask, &listing, create_again).await?;
                self.ended(run, ended).await?;
                if !unlisted.is_empty() {
                    return Err(RegistrationError::Unlisted(unlisted));
                }
            }
        }
        Ok(())
    }

    /// Leaves an unfinished run to whoever comes next: this process may go on for long, and is done with it.
    async fn let_go(&self, run: &Run) -> Result<()> {
        self.add(run, vec![RunEvent::let_go()]).await.map(drop)
    }

    /// Records what became of changes.
    async fn ended(&self, run: &mut Run, ended: Vec<Ended>) -> Result<()> {
        if !ended.is_empty() {
            *run = self.add(run, vec![RunEvent::ChangesEnded { ended }]).await?;
        }
        Ok(())
    }

    /// Asks the server for the objects of these open changes, which a listing does not show to be done. What is known of
    /// them then, and what is still to be listed.
    async fn ask_for(
        &self,
        run: &Run,
        ask: &[u32],
        listing: &Listing,
        create_again: bool,
    ) -> Result<(Vec<Ended>, Vec<Unlisted>)> {
        let open: Vec<_> = ask.iter().filter_map(|n| Some((*n, run.open.get(n)?.clone()))).collect();
        let asked = open.into_iter().map(|(n, open)| async move {
            let asked = match open.surrogate() {
                Some(surrogate) => Some(self.ask(&open.change, surrogate, listing).await?),
                None => None,
            };
            Ok::<_, RegistrationError>((n, open, asked))
        });
        let at_once = usize::from(self.registration()?.concurrency).max(1);
        let asked: Vec<_> = futures_util::stream::iter(asked).buffered(at_once).try_collect().await?;
        let (mut ended, mut unlisted) = (Vec::new(), Vec::new());
        for (n, open, asked) in asked {
            match judged(&open, asked, listing, create_again) {
                Ok(how) => ended.push(Ended { n, how }),
                Err(found) => {
                    let surrogate = open.surrogate().cloned();
                    // Nothing else will become of it.
                    if let Found::Other(id) = &found {
                        let why = format!("the server keeps it as `{id}`, and was sent another id");
                        ended.push(Ended { n, how: How::GivenUp { why } });
                    }
                    unlisted.push(Unlisted { change: open.change.clone(), surrogate, found });
                }
            }
        }
        Ok((ended, unlisted))
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

/// What becomes of an open change that `listing` does not show, once its object was asked for. An error where only a later
/// listing will say: then what the server says of it.
fn judged(
    open: &Open,
    asked: Option<Asked>,
    listing: &Listing,
    create_again: bool,
) -> std::result::Result<How, Found> {
    match (open.change.is_removal(), asked) {
        // It was not removed, whatever was answered.
        (true, Some(Asked::There | Asked::Renamed(_))) => Ok(How::NotThere),
        (true, Some(Asked::Gone | Asked::Replaced | Asked::Other(_)) | None)
        | (false, Some(Asked::There | Asked::Renamed(_))) => Err(Found::There),
        (false, Some(Asked::Other(id))) => Err(Found::Other(id)),
        (false, Some(Asked::Gone | Asked::Replaced)) if lacks_an_end(&open.change, listing) => {
            Ok(How::GivenUp {
                why: "somebody has removed its customer or its application, and it went along".to_owned(),
            })
        }
        (false, Some(Asked::Gone | Asked::Replaced) | None) if create_again => {
            Ok(How::GivenUp { why: SAID_NOT_THERE.to_owned() })
        }
        (false, Some(Asked::Gone | Asked::Replaced) | None) => Err(Found::Nowhere),
    }
}

/// True for a pair whose customer or application is not there.
fn lacks_an_end(change: &Change, listing: &Listing) -> bool {
    let Change::CreatePair { pair } = change else { return false };
    let has = |collection, id: &ProviderId| listing.named(collection).iter().any(|listed| listed.id == *id);
    !(has(Collection::Customers, &pair.customer) && has(Collection::Applications, &pair.application))
}

fn why_waiting(run: &Run) -> &'static str {
    if run.open.values().all(|open| open.answered.is_some()) {
        "what an earlier run did is not listed yet"
    } else {
        "a change of an earlier run may still be on its way"
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kind::Timestamp;
    use crate::registry::{Listed, PairId};

    fn open(change: Change) -> Open {
        Open { change, at: Timestamp::UNIX_EPOCH, uptime: None, answered: None }
    }

    #[test]
    fn only_a_person_has_something_created_again_and_only_what_is_not_there() {
        let (collection, id) = (Collection::Customers, ProviderId::new("a").unwrap());
        let judged =
            |open: &Open, asked, create_again| judged(open, asked, &Listing::default(), create_again);
        let create = open(Change::Create { collection, id: id.clone(), name: None });
        for asked in [Some(Asked::Gone), None] {
            assert_eq!(judged(&create, asked.clone(), false), Err(Found::Nowhere));
            assert!(matches!(judged(&create, asked, true), Ok(How::GivenUp { .. })));
        }
        assert_eq!(judged(&create, Some(Asked::There), true), Err(Found::There));
        // Nor where its number is with an object of another id: that is what the server made of it.
        let other = ProviderId::new("A").unwrap();
        assert_eq!(judged(&create, Some(Asked::Other(other.clone())), true), Err(Found::Other(other)));
        let remove = open(Change::Remove { collection, id, surrogate: 5.into(), name: None });
        assert_eq!(judged(&remove, Some(Asked::There), false), Ok(How::NotThere));
        assert_eq!(judged(&remove, Some(Asked::Gone), true), Err(Found::There));
    }

    #[test]
    fn a_pair_that_went_along_with_its_customer_is_not_waited_for() {
        let id = |text: &str| ProviderId::new(text).unwrap();
        let create = open(Change::CreatePair { pair: PairId { customer: id("c"), application: id("a") } });
        let listed = |text: &str| vec![Listed { id: id(text), name: None, surrogate: 1.into() }];
        let with = |customers| Listing { customers, applications: listed("a"), ..Listing::default() };
        let judged = |asked, listing: &Listing| judged(&create, asked, listing, false);
        assert!(matches!(judged(Some(Asked::Gone), &with(Vec::new())), Ok(How::GivenUp { .. })));
        assert_eq!(judged(Some(Asked::Gone), &with(listed("c"))), Err(Found::Nowhere));
        // Its number is not known: nobody was asked for it.
        assert_eq!(judged(None, &with(Vec::new())), Err(Found::Nowhere));
    }
}
