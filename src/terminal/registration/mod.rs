//! Doing what the registration's desk asks for: listing the contract, and applying a plan to it. Nothing of it runs before
//! the desk is first opened. May touch: the engine, the desk's messages. Never: what is to change.

use super::tell::tell;
use crate::desk::{
    ContractNews as News, ContractRan as Ran, ContractWanted as Wanted, Msg, NotDone, Unfinished,
};
use crate::engine::{Applied, Apply, ApplyNews, Engine, RegistrationError};
use crate::registry::{Change, Failed, Listing, Plan};
use std::sync::Arc;
use tokio::sync::mpsc::UnboundedSender;
use tokio::sync::watch;

/// What it takes to do something with the contract. Cheap to clone.
#[derive(Clone)]
pub struct Registration {
    engine: Engine,
    sender: UnboundedSender<Msg>,
    /// True once a run is to stop.
    stop: Arc<watch::Sender<bool>>,
}

impl Registration {
    /// Does it for `engine`, and answers through `sender`.
    pub fn new(engine: Engine, sender: UnboundedSender<Msg>) -> Self {
        Self { engine, sender, stop: Arc::new(watch::Sender::new(false)) }
    }

    /// Does what is wanted, and tells the desk what came of it.
    pub async fn run(self, wanted: Wanted) {
        match wanted {
            Wanted::Load => match self.load().await {
                Ok(news) => self.tell(news),
                Err(error) => {
                    let (what, next) = words(&error);
                    self.tell(News::NotLoaded { what, next });
                }
            },
            Wanted::Apply { plan, listing } => self.apply(&plan, &listing).await,
            Wanted::Stop => drop(self.stop.send_replace(true)),
        }
    }

    fn tell(&self, news: News) {
        tell(&self.sender, Msg::Contract(news));
    }

    async fn load(&self) -> Result<News, RegistrationError> {
        let listing = Box::new(self.engine.list_contract().await?);
        let unfinished = self.engine.unfinished_run().await?;
        let unfinished = match unfinished {
            Some(run) => {
                let at_work = self.engine.is_at_work(&run).await;
                Some(Unfinished { by: run.opened_by, since: run.opened_at, at_work })
            }
            None => None,
        };
        Ok(News::Loaded { listing, unfinished })
    }

    async fn apply(&self, plan: &Plan, listing: &Listing) {
        self.stop.send_replace(false);
        let stop = self.stop.subscribe();
        // That a create may be sent again is said on the command line, where it is asked for by name.
        let apply = Apply { plan, listing, reason: None, create_again: false, stop };
        let mut told = |news: ApplyNews| self.tell(happened(news));
        let ran = match self.engine.apply(&apply, &mut told).await {
            Ok(applied) => ended(plan, applied),
            Err(error) => Ran {
                done: None,
                failed: Vec::new(),
                unknown: Vec::new(),
                halt: Some(words(&error)),
                listing: None,
            },
        };
        self.tell(News::Ran(ran));
    }
}

fn happened(news: ApplyNews) -> News {
    match news {
        ApplyNews::Progress { done, .. } => News::Progress { done },
        ApplyNews::Waiting { until, why, .. } => News::Waiting { until, why },
        ApplyNews::Finished { run } => News::Finished { run },
    }
}

fn ended(plan: &Plan, applied: Applied) -> Ran {
    let mut failed: Vec<_> = applied.failed.into_iter().map(|(change, why)| not_done(&change, why)).collect();
    failed.extend(applied.kept.into_iter().map(|(change, why)| {
        let next = "Take your own back with u, or type the name that the server keeps".to_owned();
        NotDone { change: change.to_string(), why, next }
    }));
    let unknown = applied.unknown.into_iter().map(|(change, why)| {
        let next = "The next apply looks for it first; nothing is done twice".to_owned();
        NotDone { change: change.to_string(), why, next }
    });
    let unknown = unknown.collect();
    let halt = applied.halt.as_ref().map(words);
    let left = plan.left_along(&applied.listing);
    if halt.is_none() && failed.is_empty() && !left.is_empty() {
        let change = "remove the pairs that were to go along".to_owned();
        let (why, next) = words(&RegistrationError::PairsLeft(left));
        failed.push(NotDone { change, why, next });
    }
    // What was sent after the last listing is not in it.
    let listing = halt.is_none().then(|| Box::new(applied.listing));
    Ran { done: Some(applied.done), failed, unknown, halt, listing }
}

fn not_done(change: &Change, why: Failed) -> NotDone {
    let change = change.to_string();
    match why {
        Failed::Refused(problem) => {
            let (why, next) = words(&RegistrationError::Refused(problem));
            NotDone { change, why, next }
        }
        Failed::HeldBack(_) => {
            let next =
                "Nothing is removed before the others are done; correct them, then apply again".to_owned();
            NotDone { change, why: why.to_string(), next }
        }
        Failed::Unlisted(..) | Failed::StillListed => {
            let next = "Look again later: nothing else is sent before the list shows it".to_owned();
            NotDone { change, why: why.to_string(), next }
        }
        Failed::Otherwise { .. } => {
            let next = "Take your own back with u, and plan with the id that the server keeps".to_owned();
            NotDone { change, why: why.to_string(), next }
        }
        Failed::Moved(why) => {
            let (_, next) = words(&RegistrationError::Moved(vec![why.clone()]));
            NotDone { change, why, next }
        }
        Failed::GivenUp(why) => {
            let next = "Apply again to do the rest; nothing is done twice".to_owned();
            NotDone { change, why, next }
        }
    }
}

/// What went wrong, and what to do next, with the keys of the desk.
fn words(error: &RegistrationError) -> (String, String) {
    let next = match error {
        // The contract is listed anew by itself.
        RegistrationError::Moved(_) => Some("Esc, then p shows what would change now".to_owned()),
        RegistrationError::Stopped { .. } => Some("Esc, then A applies the rest".to_owned()),
        other => other.next(),
    };
    (error.to_string(), next.unwrap_or_default())
}
