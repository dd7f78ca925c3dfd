//! Taking in what happened.

use super::basics::load;
use super::news::{News, Ran, Unfinished};
use super::snapshot::Snapshot;
use crate::desk::effect::Effect;
use crate::desk::frame::notice::Severity;
use crate::desk::model::{Model, Screen};
use crate::registry::{Change, Listing, besides_renames, moved, moved_besides};

/// As many changes of others as are told in one line.
const TOLD: usize = 3;

/// Takes in what happened.
pub fn told(model: &mut Model, news: News) -> Vec<Effect> {
    match news {
        News::Loaded { listing, unfinished } => {
            loaded(model, *listing);
            if let Some(Unfinished { by, since, at_work }) = unfinished {
                let what = if at_work {
                    format!(
                        "{by} has been applying a plan to this contract since {since:.0}. R lists it again."
                    )
                } else {
                    format!(
                        "{by} began to apply a plan at {since:.0}, and it is unfinished. Apply finishes it first."
                    )
                };
                model.say(Severity::Warning, what);
            }
        }
        News::NotLoaded { what, next } => {
            let problem = sentences(&what, &next);
            let kept = if model.registration.draft.is_empty() { "" } else { " Your changes are kept." };
            model.say(Severity::Error, format!("{problem}{kept}"));
            let reading = &mut model.registration.reading;
            (reading.under_way, reading.problem) = (false, Some(problem));
        }
        News::Progress { done } => {
            if let Some(run) = &mut model.registration.run {
                (run.done, run.waiting) = (done, None);
            }
        }
        News::Waiting { until, why } => {
            if let Some(run) = &mut model.registration.run {
                run.waiting = Some((until, why));
            }
        }
        News::Finished { run } => {
            if let Some(run) = &mut model.registration.run {
                run.waiting = None;
            }
            model.say(
                Severity::Info,
                format!("run {run}, left behind by a process that stopped, has been finished"),
            );
        }
        News::Ran(ran) => return ended(model, ran),
    }
    Vec::new()
}

/// The contract was listed: the draft stays, and what somebody else changed under it is said.
fn loaded(model: &mut Model, listing: Listing) {
    let before = model.registration.here.as_ref().map(|here| here.listing.clone());
    let lines = match (before, model.registration.reading.after.take()) {
        (None, _) => Vec::new(),
        (Some(before), None) => moved(&before, &listing),
        (Some(before), Some(plan)) => moved_besides(&plan, &before, &listing),
    };
    let (lines, behind) = besides_renames(lines, &model.registration.renamed);
    let behind: Vec<_> = behind.into_iter().map(Change::to_string).collect();
    let back = take(model, listing);
    if lines.is_empty() && back.is_empty() {
        if !behind.is_empty() {
            model.say(Severity::Warning, format!("the list does not show it yet: {}.", few(&behind)));
        }
        return;
    }
    let told = few(&lines);
    let colon = if lines.is_empty() { "" } else { ": " };
    let kept = if model.registration.draft.is_empty() { "" } else { " Your changes are kept." };
    let kept = if back.is_empty() { kept.to_owned() } else { taken_back(&back) };
    model.say(Severity::Warning, format!("the contract has changed{colon}{told}.{kept}"));
}

/// Which changes of the draft are none any more, so that they undo nothing that somebody else did.
fn taken_back(back: &[String]) -> String {
    format!(" Taken back: {}.", few(back))
}

/// As many of them as fit.
fn few(lines: &[String]) -> String {
    let rest = if lines.len() > TOLD { format!("; and {} more", lines.len() - TOLD) } else { String::new() };
    lines.iter().take(TOLD).map(String::as_str).collect::<Vec<_>>().join("; ") + &rest
}

/// What is there now. What is taken back of the draft.
fn take(model: &mut Model, listing: Listing) -> Vec<String> {
    let now = model.now;
    let registration = &mut model.registration;
    let here = Snapshot::of(listing, now);
    (registration.reading.under_way, registration.reading.problem) = (false, None);
    let before = registration.base.take().or(registration.here.take());
    let back = match before {
        Some(before) if here.findings.is_empty() => registration.draft.rebase(&before, &here),
        before => {
            registration.base = before;
            Vec::new()
        }
    };
    if let Some(run) = &mut registration.run {
        run.taken_back |= !back.is_empty();
    }
    registration.here = Some(here);
    registration.replan();
    registration.arrange();
    back
}

/// A run is over: what was done is a change no longer.
fn ended(model: &mut Model, mut ran: Ran) -> Vec<Effect> {
    let listing = ran.listing.take();
    let Some(run) = &mut model.registration.run else { return Vec::new() };
    run.done = ran.done.unwrap_or(run.done);
    let failed = |change: &Change| ran.failed.iter().any(|not_done| not_done.change == change.to_string());
    let renamed = run.plan.changes.iter().filter(|change| matches!(change, Change::Rename { .. }));
    model.registration.renamed = renamed.filter(|change| !failed(change)).cloned().collect();
    (run.waiting, run.stopping, run.ended) = (None, false, Some(ran));
    let (back, effects) = if let Some(listing) = listing {
        (take(model, *listing), Vec::new())
    } else {
        // Nobody has looked since the last change was sent.
        model.registration.reading.after = Some(run.plan.clone());
        (Vec::new(), load(model))
    };
    say_how(model, &back);
    effects
}

/// Says how the run ended, and what was taken back of the draft.
fn say_how(model: &mut Model, back: &[String]) {
    let registration = &model.registration;
    let Some((run, ran)) = registration.run.as_ref().and_then(|run| Some((run, run.ended.as_ref()?))) else {
        return;
    };
    let (done, all) = (run.done, run.plan.changes.len());
    let (severity, what) = match (&ran.halt, ran.failed.len()) {
        // The screen says why.
        (Some(_), _) if model.screen == Screen::Applying => {
            (Severity::Error, format!("ended early: {done} of {all} changes are done."))
        }
        (Some((what, next)), _) => (Severity::Error, sentences(what, next)),
        (None, 0) if registration.pending().is_some() || !back.is_empty() => {
            let what = format!(
                "{done} of {all} done, but the contract is not as you asked: somebody else changed it, or the server keeps \
                 it otherwise. Look again."
            );
            (Severity::Warning, what)
        }
        (None, 0) => (Severity::Done, format!("Applied: {done} of {all} done.")),
        (None, failed) => (Severity::Warning, format!("{done} of {all} done, {failed} not done.")),
    };
    let back = if back.is_empty() { String::new() } else { taken_back(back) };
    model.say(severity, what + &back);
}

/// What went wrong and what to do next, a sentence each.
fn sentences(what: &str, next: &str) -> String {
    let both =
        [what, next].map(|text| text.trim_end_matches('.')).into_iter().filter(|text| !text.is_empty());
    both.map(|text| format!("{text}.")).collect::<Vec<_>>().join(" ")
}
