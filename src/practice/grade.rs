//! What a run is worth: each right move, when it was reached and what it took; each mistake, and what would have been right.

use super::mistake::Mistake;
use super::scenario::{Scenario, Way};
use super::seen::{Seen, What};
use crate::order::{Call, Method, Reopens, Retry, Timestamp, remedy, words_a_minute};
use serde::{Deserialize, Serialize};
use serde_json::Value;

#[cfg(test)]
mod tests;

/// The last minutes of a window, in seconds: who looks away now may lose the order.
const LAST: i64 = 600;
/// Nobody is there who presses no key for so many seconds.
const AWAY: u64 = 60;

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
    /// Whether the last right move was reached.
    pub finished: bool,
    pub steps: Vec<Reached>,
    pub mistakes: Vec<Made>,
    /// The rows of the table of errors that it is about.
    pub rows: Vec<String>,
    /// All that was seen.
    pub timeline: Vec<Seen>,
    /// What the order's history held, event by event, for a replay; all of it is made up.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub events: Vec<Value>,
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

/// What a run is worth. `ended`: nothing more will come.
pub fn grade(scenario: &Scenario, seen: &[Seen], who: &Who, ended: bool) -> Report {
    let steps = steps(scenario, seen);
    let finished = steps.last().is_some_and(|step| step.at.is_some());
    let mut mistakes = mistakes(scenario, seen);
    let last = seen.last();
    if ended && !finished {
        mistakes.push((Mistake::GaveUp, last.map_or(0, |seen| seen.at)));
    }
    let mistakes: Vec<Made> =
        mistakes.into_iter().filter_map(|(it, at)| Some(made(it, at, scenario.points(it)?))).collect();
    let reached = steps.iter().filter(|step| step.at.is_some()).count();
    let whole = (100 * reached) / steps.len().max(1);
    let cost: usize = mistakes.iter().map(|made| usize::from(made.points)).sum();
    Report {
        scenario: scenario.name.clone(),
        title: scenario.title.clone(),
        trainee: who.trainee.clone(),
        started_at: who.started_at,
        seconds: last.map_or(0, |seen| seen.at / 1000),
        keys: last.map_or(0, |seen| seen.keys),
        words_per_minute: pace(seen),
        grade: u8::try_from(whole.saturating_sub(cost)).unwrap_or(100),
        finished,
        steps,
        mistakes,
        rows: scenario.rows(),
        timeline: seen.to_vec(),
        events: Vec::new(),
    }
}

fn made(it: Mistake, at: u64, points: u8) -> Made {
    let (what, instead) = (it.what().to_owned(), it.instead().to_owned());
    Made { mistake: it.name().to_owned(), at, what, instead, points }
}

/// The moves in their order, each at the first time after the one before.
fn steps(scenario: &Scenario, seen: &[Seen]) -> Vec<Reached> {
    let (mut from, mut lost) = (0, false);
    let (mut at, mut keys) = (0, 0);
    let mut reached = Vec::new();
    for step in &scenario.steps {
        let found = seen.iter().enumerate().skip(from).find(|(_, seen)| step.is(&seen.what));
        let found = found.filter(|_| !lost);
        lost |= found.is_none();
        let mut row = Reached {
            it: step.it.name().to_owned(),
            words: step.it.words().to_owned(),
            why: step.why.clone(),
            at: None,
            took: None,
            keys: None,
        };
        if let Some((n, seen)) = found {
            row.at = Some(seen.at);
            row.took = Some(seen.at.saturating_sub(at));
            row.keys = Some(seen.keys.saturating_sub(keys));
            (from, at, keys) = (n + 1, seen.at, seen.keys);
        }
        reached.push(row);
    }
    reached
}

fn pace(seen: &[Seen]) -> Option<u64> {
    let read = seen.iter().filter_map(|seen| match &seen.what {
        What::SectionRead { words, millis, .. } => Some((*words, *millis)),
        _ => None,
    });
    let (words, millis) = read.fold((0, 0), |(w, m), (words, millis)| (w + words, m + millis));
    (millis > 0).then(|| words_a_minute(words, millis))
}

/// What is known of a run so far, for telling a mistake.
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
struct Watch<'a> {
    scenario: &'a Scenario,
    on: bool,
    said_yes: bool,
    wanted: Way,
    /// The ways that failed, so that another one is right.
    failed: Vec<Method>,
    sending: Option<Method>,
    delivered: bool,
    waiting: bool,
    called: bool,
    /// The last refusal that nothing has mended yet.
    refused: Option<(Call, Option<String>, Retry)>,
    sections: Vec<usize>,
    ended: bool,
    left_at: Option<u64>,
    found: Vec<(Mistake, u64)>,
}

fn mistakes(scenario: &Scenario, seen: &[Seen]) -> Vec<(Mistake, u64)> {
    let mut watch = Watch {
        scenario,
        on: true,
        said_yes: false,
        wanted: scenario.customer.wants,
        failed: Vec::new(),
        sending: None,
        delivered: false,
        waiting: false,
        called: false,
        refused: None,
        sections: Vec::new(),
        ended: false,
        left_at: None,
        found: Vec::new(),
    };
    for seen in seen {
        watch.take(seen);
    }
    // Whoever never came back was away until the end.
    if let (Some(left), Some(last)) = (watch.left_at, seen.last()) {
        watch.away(last.at.saturating_sub(left) / 1000, last);
    }
    watch.found
}

impl Watch<'_> {
    fn note(&mut self, mistake: Mistake, seen: &Seen) {
        self.found.push((mistake, seen.at));
    }

    fn once(&mut self, mistake: Mistake, seen: &Seen) {
        if self.found.iter().all(|(of, _)| *of != mistake) {
            self.note(mistake, seen);
        }
    }

    fn take(&mut self, seen: &Seen) {
        match &seen.what {
            What::TooSoon { section } if !self.sections.contains(section) => {
                self.sections.push(*section);
                self.note(Mistake::ReadTooFast, seen);
            }
            What::SectionRead { .. } if !self.on => self.once(Mistake::ReadToNobody, seen),
            What::ReadingBegan { .. } => {
                self.said_yes = false;
                self.goes(Method::Verbal, seen);
            }
            What::Sending { method } => {
                self.sending = Some(*method);
                self.goes(*method, seen);
                self.again(Call::SendRcc, seen);
            }
            What::Sent { .. } => self.waiting = true,
            What::Accepted => self.waiting = false,
            What::SaidYes if !self.said_yes => self.once(Mistake::YesNotGiven, seen),
            What::Answered { yes } => self.said_yes = *yes,
            What::Line { on } => self.on = *on,
            What::Wants { way } => {
                // They may ask for another way while one is under way: what counts is what goes out from now on.
                self.delivered &= *way == self.wanted;
                self.wanted = *way;
            }
            What::CalledCarrier => self.called = true,
            What::Retrieving => self.again(Call::RetrieveRcc, seen),
            What::Completing { probe: false } => self.again(Call::CompleteOrder, seen),
            What::Refused { call, row, retry } => {
                self.refused = Some((*call, row.clone(), *retry));
                self.fails(*call);
            }
            What::Failed { call, .. } => self.fails(*call),
            What::Released if !self.called => self.once(Mistake::DangerousRetry, seen),
            What::Released => self.refused = None,
            What::Corrected { fields } => self.corrected(fields),
            What::Settled { placed } => {
                if !self.called {
                    self.once(Mistake::DangerousRetry, seen);
                }
                if self.scenario.carrier.placed.is_some_and(|said| said != *placed) {
                    self.once(Mistake::WrongVerdict, seen);
                }
            }
            What::Abandoned => self.abandoned(seen),
            What::Completed { .. } | What::Declined => self.ended = true,
            What::KeyAfter { seconds } if !self.waiting => self.away(*seconds, seen),
            What::Looks { at_order: false } => self.left_at = Some(seen.at),
            What::Looks { at_order: true } => {
                if let Some(left) = self.left_at.take() {
                    self.away(seen.at.saturating_sub(left) / 1000, seen);
                }
            }
            What::TooSoon { .. }
            | What::SectionRead { .. }
            | What::SaidYes
            | What::KeyAfter { .. }
            | What::Opened
            | What::Retrieved { .. }
            | What::Interrupted
            | What::Completing { probe: true }
            | What::Noted
            | What::AskedCustomer
            | What::Cue { .. } => {}
        }
    }

    /// The text goes out this way: the first time, the customer's own way counts.
    fn goes(&mut self, method: Method, seen: &Seen) {
        let wanted = method_of(self.wanted);
        let first = !std::mem::replace(&mut self.delivered, true);
        if first && method != wanted && !self.failed.contains(&wanted) {
            self.once(Mistake::WrongWay, seen);
        }
    }

    fn fails(&mut self, call: Call) {
        if call == Call::SendRcc
            && let Some(method) = self.sending
        {
            self.failed.push(method);
        }
    }

    /// These fields were corrected. Another one than Px refused mends nothing.
    fn corrected(&mut self, fields: &[String]) {
        let row = self.refused.as_ref().and_then(|(_, row, _)| row.as_deref());
        let refused = row.and_then(remedy::by_id).map(|remedy| &remedy.field);
        if refused.is_none_or(|field| fields.contains(field)) {
            self.refused = None;
        }
    }

    /// A call is made that was refused before, and nothing was corrected.
    fn again(&mut self, call: Call, seen: &Seen) {
        // Another call corrects nothing.
        let Some((_, row, retry)) = self.refused.take_if(|(of, ..)| *of == call) else { return };
        match retry {
            Retry::Futile if reopens(row.as_deref()) == Some(Reopens::Mend) => {
                self.once(Mistake::FutileRetry, seen);
            }
            Retry::Dangerous if !self.called => self.once(Mistake::DangerousRetry, seen),
            Retry::Futile | Retry::Dangerous | Retry::Useful => {}
        }
    }

    fn abandoned(&mut self, seen: &Seen) {
        let row = self.refused.as_ref().and_then(|(_, row, _)| row.as_deref());
        let lost = reopens(row) == Some(Reopens::Never);
        let expired = seen.window.is_some_and(|left| left <= 0);
        let right = self.scenario.steps.iter().any(|step| step.it == super::Move::Abandon);
        if !self.ended && !lost && !expired && !right {
            self.once(Mistake::AbandonedCorrectable, seen);
        }
        self.ended = true;
    }

    /// Nobody was there for so many seconds, until now.
    fn away(&mut self, seconds: u64, seen: &Seen) {
        let Some(left) = seen.window.filter(|_| !self.ended) else { return };
        let gone = i64::try_from(seconds).unwrap_or(i64::MAX);
        // From `left + gone` down to `left` seconds before the window closed.
        let within = LAST.min(left.saturating_add(gone)) - left.max(0);
        if within >= i64::try_from(AWAY).unwrap_or(i64::MAX) {
            self.once(Mistake::LookedAway, seen);
        }
    }
}

fn reopens(row: Option<&str>) -> Option<Reopens> {
    row.and_then(remedy::by_id).map(|remedy| remedy.reopens)
}

fn method_of(way: Way) -> Method {
    match way {
        Way::Aloud => Method::Verbal,
        Way::Sms => Method::Sms,
        Way::Email => Method::Email,
    }
}
