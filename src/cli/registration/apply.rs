//! `registration apply`: what was planned, and nothing else.

use super::bar::Bar;
use super::printed::Printed;
use super::{plan, told};
use crate::cli::args::{FileArgs, WordArgs};
use crate::cli::stop::Stop;
use crate::cli::{Console, Exit, Failed, Session, live, opened};
use crate::config::Settings;
use crate::engine::{Applied, Apply, ApplyNews, RegistrationError};
use crate::registry::{Change, ContractId, Desired, Failed as NotDone, Listing, Plan};
use serde_json::{Value, json};
use std::path::Path;
use tokio::sync::watch;

/// What is to be applied.
pub struct Wanted<'a> {
    pub file: &'a FileArgs,
    /// A plan that was printed before.
    pub plan: Option<&'a Path>,
    /// How many removals are allowed.
    pub allow: usize,
}

/// Applies what the file says.
pub async fn run(
    settings: &Settings,
    wanted: &Wanted<'_>,
    word: &WordArgs,
    console: &Console,
) -> Result<Exit, Failed> {
    let desired = plan::read(&wanted.file.file, console)?;
    let before = wanted.plan.map(Printed::read).transpose()?;
    live::announce_registration(settings, console).await;
    let session = opened::contract_to_change(settings).await?;
    let mut applying = Applying::new(&session, word, console);
    applying.finish_earlier().await?;
    let listing = applying.list().await?;
    plan::may_be_empty(wanted.file, &desired, &listing)?;
    let plan = plan::planned(&desired, &listing, console)?;
    if let Some(before) = before {
        before.agrees(&session, &plan, &listing)?;
    }
    if plan.removals() > wanted.allow {
        // What no leave to remove would help with is told first.
        session.engine.is_not_behind(&plan, &listing, word.create_again).await?;
    }
    may_remove(&session, &plan, wanted.allow, console)?;
    let applied = Box::pin(applying.apply(&plan, &listing)).await?;
    let otherwise = applied.as_ref().and_then(|applied| is_otherwise(&desired, &plan, applied));
    let is_used = wanted.plan.is_some() && applied.as_ref().is_some_and(is_cut_off);
    tell(&session, &plan, applied, otherwise, console).map_err(|failed| {
        // The contract is not what that plan was made from any more, by what was done of it.
        let next = "Make a new plan, which has the rest: pxdesk registration plan --output json. Then apply that one";
        if is_used { Failed { next: Some(next.to_owned()), ..failed } } else { failed }
    })
}

/// True when it ended early with something done, and doing it again would do the rest.
fn is_cut_off(applied: &Applied) -> bool {
    let halt = matches!(
        applied.halt,
        Some(
            RegistrationError::Stopped { .. }
                | RegistrationError::Unreachable(_)
                | RegistrationError::Journal(_)
        )
    );
    halt && applied.done > 0
}

/// Refuses more removals than are allowed, and shows them.
fn may_remove(session: &Session, plan: &Plan, allowed: usize, console: &Console) -> Result<(), Failed> {
    let removals = plan.removals();
    if removals <= allowed {
        return Ok(());
    }
    let contract = session.engine.contract()?;
    for line in told::text(contract, plan).lines() {
        console.note(line);
    }
    Err(Failed {
        exit: Exit::RefusedHere,
        what: format!(
            "refused here, before anything was sent: {removals} would be removed, and --allow-removals is {allowed}"
        ),
        next: Some(format!("If they are what you want: --allow-removals {removals}")),
    })
}

/// An apply, with what a person sees and says meanwhile.
pub struct Applying<'a> {
    session: &'a Session,
    word: &'a WordArgs,
    console: &'a Console,
    stop: Stop,
    sender: watch::Sender<bool>,
}

impl<'a> Applying<'a> {
    pub fn new(session: &'a Session, word: &'a WordArgs, console: &'a Console) -> Self {
        Self { session, word, console, stop: Stop::listen(), sender: watch::Sender::new(false) }
    }

    /// Finishes the run that was left unfinished.
    pub async fn finish_earlier(&mut self) -> Result<(), Failed> {
        let (engine, told) = (&self.session.engine, self.sender.subscribe());
        let mut bar = Bar::new();
        let mut tell = |news: ApplyNews| bar.tell(&news);
        let work = engine.finish_run(&mut tell, &told, self.word.create_again);
        until_told(&mut self.stop, &self.sender, self.console, work).await
    }

    /// Lists the contract. To list changes nothing, so nothing of it is waited for.
    pub async fn list(&mut self) -> Result<Listing, Failed> {
        let engine = &self.session.engine;
        tokio::select! {
            biased;
            () = self.stop.told() => Err(RegistrationError::Stopped { done: 0, changes: 0 }.into()),
            listing = engine.list_contract() => listing.map_err(Into::into),
        }
    }

    /// Applies a plan; none where there is nothing to do.
    pub async fn apply(&mut self, plan: &Plan, listing: &Listing) -> Result<Option<Applied>, Failed> {
        if plan.is_empty() {
            return Ok(None);
        }
        let WordArgs { reason, create_again } = self.word;
        let stop = self.sender.subscribe();
        let apply = Apply { plan, listing, reason: reason.clone(), create_again: *create_again, stop };
        let engine = &self.session.engine;
        let mut bar = Bar::new();
        let mut tell = |news: ApplyNews| bar.tell(&news);
        let work = engine.apply(&apply, &mut tell);
        Box::pin(until_told(&mut self.stop, &self.sender, self.console, work)).await.map(Some)
    }
}

/// Does `work`; being told to stop is passed on, so that what is under way is recorded.
async fn until_told<T>(
    stop: &mut Stop,
    sender: &watch::Sender<bool>,
    console: &Console,
    work: impl Future<Output = Result<T, RegistrationError>>,
) -> Result<T, Failed> {
    match stop.passing_on(console, || _ = sender.send_replace(true), work).await {
        Ok(done) => done.map_err(Into::into),
        Err(_) => Err(Failed {
            exit: Exit::Unexpected,
            what: "stopped at once".to_owned(),
            next: Some("What became of the calls in progress is found by the next apply".to_owned()),
        }),
    }
}

/// What came out, where all was done, and is not what was asked for.
pub struct Otherwise {
    /// What would still be to do.
    pub left: Option<Plan>,
    pub failed: Failed,
}

/// Says what was done and what was not, and how it ended.
pub fn tell(
    session: &Session,
    plan: &Plan,
    applied: Option<Applied>,
    otherwise: Option<Otherwise>,
    console: &Console,
) -> Result<Exit, Failed> {
    let contract = session.engine.contract()?;
    if console.is_json() {
        console.json(&came_out(contract, plan, applied.as_ref(), otherwise.as_ref()))?;
    } else {
        console.text(&told::text(contract, plan))?;
        if let Some(applied) = &applied {
            console.text(&format!("{} of {} done", applied.done, plan.changes.len()))?;
        }
    }
    let Some(Applied { failed, unknown, kept, halt, .. }) = applied else { return Ok(Exit::Done) };
    for (change, why) in &failed {
        console.note(&format!("not done: {change}: {why}"));
    }
    for (change, why) in &unknown {
        console.note(&format!(
            "not known whether it was done: {change}: {why}; the next apply looks for it first"
        ));
    }
    // Where that is all that is wrong, the last line says it.
    if otherwise.is_none() {
        for (change, why) in &kept {
            console.note(&format!("not done: {change}: {why}"));
        }
    }
    for next in failed.iter().filter_map(next) {
        console.note(&next);
    }
    if let Some(left) = otherwise.as_ref().and_then(|otherwise| otherwise.left.as_ref()) {
        for line in told::text(contract, left).lines() {
            console.note(line);
        }
    }
    match (halt, otherwise) {
        (Some(halt), _) => Err(halt.into()),
        (None, Some(otherwise)) => Err(otherwise.failed),
        (None, None) => match status(&failed) {
            Exit::RefusedHere if failed.iter().any(|(_, why)| is_moved(why)) => {
                let moved = failed.iter().filter(|(_, why)| is_moved(why));
                let what = moved.map(|(change, why)| format!("{change}: {why}")).collect();
                Err(RegistrationError::Moved(what).into())
            }
            status => Ok(status),
        },
    }
}

/// The same for programs.
fn came_out(
    contract: &ContractId,
    plan: &Plan,
    applied: Option<&Applied>,
    otherwise: Option<&Otherwise>,
) -> Value {
    let failed = applied.map_or([].as_slice(), |applied| &applied.failed);
    let unknown = applied.map_or([].as_slice(), |applied| &applied.unknown);
    let kept = applied.map_or([].as_slice(), |applied| &applied.kept);
    let halt = applied.and_then(|applied| applied.halt.as_ref()).map(ToString::to_string);
    json!({
        "contract": contract,
        "run": applied.map(|applied| &applied.run),
        "changes": plan.changes.len(),
        "done": applied.map_or(0, |applied| applied.done),
        "failed": failed.iter().map(failure).collect::<Vec<_>>(),
        "unknown": unknown.iter().map(|(change, why)| json!({ "change": change, "why": why })).collect::<Vec<_>>(),
        "kept": kept.iter().map(|(change, why)| json!({ "change": change, "why": why })).collect::<Vec<_>>(),
        "halted": halt.or_else(|| otherwise.map(|otherwise| otherwise.failed.what.clone())),
    })
}

/// The status that what was not done leads to.
fn status(failed: &[(Change, NotDone)]) -> Exit {
    let refused = |why: &NotDone| matches!(why, NotDone::Refused(_));
    let unseen = |why: &NotDone| {
        matches!(why, NotDone::Unlisted(..) | NotDone::Otherwise { .. } | NotDone::StillListed)
    };
    match failed {
        [] => Exit::Done,
        [..] if failed.iter().any(|(_, why)| refused(why)) => Exit::RefusedByPx,
        // The server says that it is done; that it is not sent again is decided here.
        [..] if failed.iter().any(|(_, why)| unseen(why)) => Exit::RefusedHere,
        [..] if failed.iter().all(|(_, why)| is_moved(why) || matches!(why, NotDone::HeldBack(_))) => {
            Exit::RefusedHere
        }
        [..] => Exit::Unreachable,
    }
}

/// Somebody else has changed the contract.
fn is_moved(why: &NotDone) -> bool {
    matches!(why, NotDone::Moved(_))
}

/// What a person does about it, where that is known.
fn next((change, why): &(Change, NotDone)) -> Option<String> {
    let (Change::Remove { id, .. }, NotDone::Refused(problem)) = (change, why) else { return None };
    (problem.status == 409).then(|| {
        format!(
            "where the server keeps `{id}` because it has pairs, remove those first: pxdesk registration remove pair \
             CUSTOMER APPLICATION"
        )
    })
}

fn failure((change, why): &(Change, NotDone)) -> Value {
    json!({ "change": change, "why": why.to_string() })
}

/// True when nothing of it is left to be done.
pub fn is_all_done(applied: &Applied) -> bool {
    applied.halt.is_none() && applied.failed.is_empty()
}

/// Looks whether what is there now is what the file says: somebody else may have changed the contract meanwhile, and the
/// server may keep a name otherwise than it was sent. None where it is, and where more than that is wrong.
fn is_otherwise(desired: &Desired, plan: &Plan, applied: &Applied) -> Option<Otherwise> {
    if !is_all_done(applied) {
        return None;
    }
    let left = match Plan::new(desired, &applied.listing) {
        Ok(left) if left.is_empty() => return None,
        Ok(left) => left,
        Err(findings) => {
            let left = plan.left_along(&applied.listing);
            let error = if left.len() == findings.len() {
                RegistrationError::PairsLeft(left)
            } else {
                RegistrationError::Findings(findings)
            };
            return Some(Otherwise { left: None, failed: error.into() });
        }
    };
    let otherwise: Vec<_> = left.changes.iter().filter_map(|change| plan.kept_otherwise(change)).collect();
    let failed = if otherwise.len() == left.changes.len() {
        kept_otherwise(&otherwise, "Write the names in the file as the server keeps them")
    } else {
        let moved =
            "all that was planned is done, and somebody else changed the contract meanwhile".to_owned();
        RegistrationError::Moved(vec![moved]).into()
    };
    Some(Otherwise { left: Some(left), failed })
}

/// All was sent and answered, and the server keeps names otherwise than it was sent.
pub fn kept_otherwise(otherwise: &[String], next: &str) -> Failed {
    Failed {
        exit: Exit::RefusedHere,
        what: format!("all that was planned was sent, but {}", otherwise.join("; ")),
        next: Some(next.to_owned()),
    }
}
