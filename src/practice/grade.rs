//! What a run is worth: each right move, when it was reached and what it took; each mistake, and what would have been right.

use super::mistake::Mistake;
use super::scenario::Scenario;
use super::seen::{Seen, What};
use crate::order::{Timestamp, remedy, words_a_minute};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use steps::Steps;

#[cfg(test)]
mod tests;
mod hurry;
mod steps;
mod watch;

/// A run's report.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    pub scenario: String,
    pub title: String,
    pub trainee: String,
    /// On the wall clock.
    pub started_at: Timestamp,
    /// How long it took, pauses left out.
    pub seconds: u64,
    pub keys: u32,
    /// Of the sections that were read aloud; none where nothing was.
    pub words_per_minute: Option<u64>,
    /// From 0 to 100.
    pub grade: u8,
    /// Whether the last right move was reached, or the order was placed another way.
    pub finished: bool,
    pub steps: Vec<Reached>,
    pub mistakes: Vec<Made>,
    /// The rows of the table of errors that were met.
    pub rows: Vec<String>,
    /// All that was seen.
    pub timeline: Vec<Seen>,
    /// What the order's history held, event by event, for a replay; all of it is made up.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub events: Vec<Value>,
}

impl Report {
    /// What the steps cost that were not reached, in words; none where all were.
    pub fn not_reached(&self) -> Option<String> {
        let all = self.steps.len();
        let reached = self.steps.iter().filter(|step| step.at.is_some()).count();
        let missed = all - reached;
        let was = if missed == 1 { "was" } else { "were" };
        let points = 100 - whole(reached, all);
        (missed > 0).then(|| format!("{missed} of {all} steps {was} not reached: −{points} points."))
    }
}

/// What so many steps of all are worth, of 100.
fn whole(reached: usize, all: usize) -> usize {
    (100 * reached) / all.max(1)
}

/// A right move, and how it was reached.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Reached {
    /// The move's name in files.
    #[serde(rename = "do")]
    pub it: String,
    pub words: String,
    pub why: Option<String>,
    /// Milliseconds since the beginning; none when it was never reached.
    pub at: Option<u64>,
    /// Milliseconds, and keys, since the move before.
    pub took: Option<u64>,
    pub keys: Option<u32>,
}

/// A mistake that was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Made {
    /// The mistake's name in files.
    pub mistake: String,
    pub at: u64,
    pub what: String,
    pub instead: String,
    pub points: u8,
}

/// Whose run it was, and when it began.
#[derive(Clone, Debug)]
pub struct Who {
    pub trainee: String,
    pub started_at: Timestamp,
}

/// Who ended a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// The trainee, with the last right move or before it.
    Trainee,
    /// The trainer, by ending it or by starting another one. That is no mistake of the trainee's.
    Trainer,
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ended {
    /// In milliseconds since the run began.
    pub at: u64,
    pub by: By,
    /// When the last key was pressed.
    pub key_at: u64,
    /// What was left of the window, in seconds.
    pub window: Option<i64>,
}

/// What a run is worth. `ended`: nothing more will come.
pub fn grade(scenario: &Scenario, seen: &[Seen], who: &Who, ended: Option<&Ended>) -> Report {
    let Steps { reached: steps, finished, over } = steps::find(scenario, seen);
    let mut mistakes = watch::mistakes(scenario, seen, ended);
    let last = seen.last();
    if let Some(Ended { at, by: By::Trainee, .. }) = ended
        && !over
    {
        mistakes.push((Mistake::GaveUp, *at));
    }
    let mistakes: Vec<Made> =
        mistakes.into_iter().filter_map(|(it, at)| Some(made(it, at, scenario.points(it)?, seen))).collect();
    let reached = steps.iter().filter(|step| step.at.is_some()).count();
    let whole = whole(reached, steps.len());
    let cost: usize = mistakes.iter().map(|made| usize::from(made.points)).sum();
    Report {
        scenario: scenario.name.clone(),
        title: scenario.title.clone(),
        trainee: who.trainee.clone(),
        started_at: who.started_at,
        seconds: ended.map(|end| end.at).or(last.map(|seen| seen.at)).unwrap_or_default() / 1000,
        keys: last.map_or(0, |seen| seen.keys),
        words_per_minute: pace(seen),
        grade: u8::try_from(whole.saturating_sub(cost)).unwrap_or(100),
        finished,
        steps,
        mistakes,
        rows: rows(seen),
        timeline: seen.to_vec(),
        events: Vec::new(),
    }
}

fn made(it: Mistake, at: u64, points: u8, seen: &[Seen]) -> Made {
    let instead = it.instead().to_owned();
    let what = if it == Mistake::ReadTooFast { hurry::words(seen) } else { it.what().to_owned() };
    Made { mistake: it.name().to_owned(), at, what, instead, points }
}

/// True when there is nothing left to do.
pub fn is_over(scenario: &Scenario, seen: &[Seen]) -> bool {
    steps::find(scenario, seen).over
}

/// Whether Px has refused this field so far.
pub fn refuses(seen: &[Seen], field: &str) -> bool {
    seen.iter().any(|seen| matches!(&seen.what, What::Refused { row: Some(row), .. } if is_about(row, field)))
}

fn is_about(row: &str, field: &str) -> bool {
    remedy::by_id(row).is_some_and(|row| row.field == field)
}

/// The rows of the table of errors that were met, each once; but for those that the trainee's own wrong value was met with.
fn rows(seen: &[Seen]) -> Vec<String> {
    let mut rows: Vec<String> = Vec::new();
    let mut spoiled: Vec<&String> = Vec::new();
    for seen in seen {
        match &seen.what {
            What::Corrected { fields, wrong } => {
                spoiled.retain(|field| !fields.contains(field));
                spoiled.extend(wrong);
            }
            What::Refused { row: Some(row), .. } => {
                let own = spoiled.iter().any(|field| is_about(row, field));
                if !own && !rows.contains(row) {
                    rows.push(row.clone());
                }
            }
            _ => {}
        }
    }
    rows
}

fn pace(seen: &[Seen]) -> Option<u64> {
    let read = seen.iter().filter_map(|seen| match &seen.what {
        What::SectionRead { words, millis, .. } => Some((*words, *millis)),
        _ => None,
    });
    let (words, millis) = read.fold((0, 0), |(w, m), (words, millis)| (w + words, m + millis));
    (millis > 0).then(|| words_a_minute(words, millis))
}
