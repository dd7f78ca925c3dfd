//! The orders that wait for an errand: which is due when, and which is left to a person after how many tries.
//!
//! It is told what the lists say, what time it is, and that an errand was done; it reads neither a list nor a clock.

use super::errand::{Backoff, Errand, errand};
use super::{Event, OrderId, Summary, Timestamp};
use jiff::SignedDuration;
use std::collections::HashMap;
use std::time::Duration;

/// An order that was tried so often in vain is left to a person.
pub const MOST_TRIES: u32 = 12;

/// Errands that wait, and what has been tried.
#[derive(Debug)]
pub struct Errands {
    checks: Backoff,
    retries: Backoff,
    waiting: HashMap<OrderId, Waiting>,
}

/// An order that waits.
#[derive(Clone, Copy, Debug)]
struct Waiting {
    errand: Errand,
    /// How often it was done in vain.
    tries: u32,
    next: Timestamp,
    /// Until then Px asked to be left alone, whatever the next errand is.
    not_before: Timestamp,
    /// True when a list has named it since the lists were last gone through.
    seen: bool,
}

impl Errands {
    /// None yet, with these pauses between two checks and between two retries of one order.
    pub fn new(checks: Backoff, retries: Backoff) -> Self {
        Self { checks, retries, waiting: HashMap::new() }
    }

    /// Whether `row` waits for a retry that is not known here: an earlier worker, or another one, may have tried it before,
    /// which [`in_vain`] says.
    pub fn is_new(&self, row: &Summary, now: Timestamp) -> bool {
        let retry = errand(row, now).filter(|errand| matches!(errand, Errand::Retry(_)));
        retry.is_some_and(|errand| self.waiting.get(&row.id).is_none_or(|known| known.errand != errand))
    }

    /// A row of a list; it may stand in several. An order that is known keeps its place as long as it waits for the same; one
    /// that is not was tried so often in vain. `random` is asked for chance where a pause begins. Where the row's last event is
    /// of a time still to come, as a clock that was set back leaves it, the pause begins now.
    pub fn see(&mut self, row: &Summary, tries: u32, now: Timestamp, random: impl FnOnce() -> u64) {
        let Some(errand) = errand(row, now) else { return };
        let known = self.waiting.get_mut(&row.id);
        let not_before = known.as_ref().map_or(Timestamp::MIN, |known| known.not_before);
        if let Some(known) = known.filter(|known| known.errand == errand) {
            known.seen = true;
            return;
        }
        let next = later(row.updated_at.min(now), self.pause(errand, tries, random())).max(not_before);
        self.waiting.insert(row.id.clone(), Waiting { errand, tries, next, not_before, seen: true });
    }

    /// All lists have been gone through to their ends: what none of them named does not wait any more. Not for lists that
    /// could be read in part only.
    pub fn seen_all(&mut self) {
        self.waiting.retain(|_, waiting| std::mem::take(&mut waiting.seen));
    }

    /// What is due at `now`, the longest due first.
    pub fn due(&self, now: Timestamp) -> Vec<(OrderId, Errand)> {
        let due = self.waiting.iter().filter(|(_, waiting)| waiting.next <= now && !waiting.is_given_up());
        let mut due: Vec<_> = due.map(|(id, waiting)| (waiting.next, id.clone(), waiting.errand)).collect();
        due.sort_by(|(a, a_id, _), (b, b_id, _)| (a, a_id).cmp(&(b, b_id)));
        due.into_iter().map(|(_, id, errand)| (id, errand)).collect()
    }

    /// The order's errand was done at `now`. Whether it helped, its row says when it is seen again; until then it counts as
    /// one more in vain. `asked`: how long Px wants to be left alone.
    pub fn done(&mut self, id: &OrderId, asked: Option<Duration>, now: Timestamp, random: u64) {
        let Some(mut waiting) = self.waiting.get(id).copied() else { return };
        waiting.tries = match waiting.errand {
            // Asking is repeated as long as the window lasts; what fails is not tried for ever.
            Errand::Check => (waiting.tries + 1).min(MOST_TRIES - 1),
            Errand::Retry(_) => waiting.tries + 1,
        };
        let asked = asked.and_then(|wait| SignedDuration::try_from(wait).ok()).unwrap_or_default();
        waiting.not_before = later(now, asked);
        waiting.next = later(now, self.pause(waiting.errand, waiting.tries, random)).max(waiting.not_before);
        self.waiting.insert(id.clone(), waiting);
    }

    /// How many orders wait, those that are left to a person with them.
    pub fn count(&self) -> usize {
        self.waiting.len()
    }

    /// How many orders are left to a person.
    pub fn given_up(&self) -> usize {
        self.waiting.values().filter(|waiting| waiting.is_given_up()).count()
    }

    fn pause(&self, errand: Errand, tries: u32, random: u64) -> SignedDuration {
        match errand {
            Errand::Check => self.checks.pause(tries, random),
            Errand::Retry(_) => self.retries.pause(tries, random),
        }
    }
}

impl Waiting {
    fn is_given_up(&self) -> bool {
        self.tries >= MOST_TRIES
    }
}

/// How often what failed first was retried in vain, by what the end of an order's history says.
pub fn in_vain<'e>(history: impl DoubleEndedIterator<Item = &'e Event>) -> u32 {
    let mut failed: u32 = 0;
    for event in history.rev() {
        match event {
            Event::CallFailed { .. } | Event::CallCutOff { .. } | Event::CallRefused { .. } => failed += 1,
            Event::CallStarted { .. }
            | Event::TakenOver { .. }
            | Event::Assigned { .. }
            | Event::Noted { .. } => {}
            _ => break,
        }
    }
    failed.saturating_sub(1)
}

fn later(at: Timestamp, pause: SignedDuration) -> Timestamp {
    at.saturating_add(pause).unwrap_or(Timestamp::MAX)
}
