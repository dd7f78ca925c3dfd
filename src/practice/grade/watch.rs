//! Telling mistakes: what was seen is gone through once, and what is known of the run at each moment decides.

use super::{Ended, hurry};
use crate::order::{Call, Method, Reopens, Retry, remedy};
use crate::practice::mistake::Mistake;
use crate::practice::moves::Move;
use crate::practice::scenario::{Scenario, Way};
use crate::practice::seen::{Seen, What};
use crate::practice::stage::CLOCK;

/// The last minutes of a window, in seconds: who looks away now may lose the order.
const LAST: i64 = 600;
/// Nobody is there who presses no key for so many seconds.
const AWAY: i64 = 60;
/// So many milliseconds whoever was told to try again in a minute may let pass before they do.
const RETRY: u64 = 3 * 60_000;

/// What is known of a run so far, for telling a mistake.
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
struct Watch<'a> {
    scenario: &'a Scenario,
    on: bool,
    said_yes: bool,
    /// The customer's last word was no.
    said_no: bool,
    wanted: Way,
    /// The section that is lit, from 0, and the one that was when the customer asked for another way.
    lit: usize,
    asked_at: usize,
    /// The ways that failed, so that another one is right.
    failed: Vec<Method>,
    sending: Option<Method>,
    delivered: bool,
    /// Px waits for the customer's acceptance.
    waiting: bool,
    /// A text is being read aloud, for which no key is needed.
    reading: bool,
    /// Nobody knows whether the order was placed: there is nothing to do but to wait.
    in_doubt: bool,
    /// A Complete ended so, and no answer to a later one has cleared that up, whatever was recorded.
    open_doubt: bool,
    /// The carrier was called since the last answer that makes a call necessary.
    called: bool,
    /// Whether the carrier says that the order was placed.
    placed: Option<bool>,
    /// The last refusal that nothing has mended yet.
    refused: Option<(Call, Option<String>, Retry)>,
    /// The last call came to nothing.
    stuck: bool,
    ended: bool,
    /// When the order's screen was left.
    left_at: Option<u64>,
    /// Until when there was a reason to press no key, or to leave the order's screen.
    idle_until: u64,
    elsewhere_until: u64,
    /// The jumps of the clock since the last time without keys: until when there was a reason to press none, and the jump.
    jumps: Vec<(u64, Moment)>,
    /// Until when the same call need not be made again, although that may help.
    retry_until: u64,
    found: Vec<(Mistake, u64)>,
}

/// A moment at which somebody may have been away until then.
struct Moment {
    at: u64,
    window: Option<i64>,
}

impl Moment {
    fn of(seen: &Seen) -> Self {
        Self { at: seen.at, window: seen.window }
    }
}

/// The mistakes of a run, each with its milliseconds since the beginning.
pub fn mistakes(scenario: &Scenario, seen: &[Seen], ended: Option<&Ended>) -> Vec<(Mistake, u64)> {
    let mut watch = Watch {
        scenario,
        on: true,
        said_yes: false,
        said_no: false,
        wanted: scenario.customer.wants,
        lit: 0,
        asked_at: 0,
        failed: Vec::new(),
        sending: None,
        delivered: false,
        waiting: false,
        reading: false,
        in_doubt: false,
        open_doubt: false,
        called: false,
        placed: scenario.carrier.placed,
        refused: None,
        stuck: false,
        ended: false,
        left_at: None,
        idle_until: 0,
        elsewhere_until: 0,
        jumps: Vec::new(),
        retry_until: 0,
        found: Vec::new(),
    };
    for seen in seen {
        watch.excuse(seen.at);
        watch.take(seen);
    }
    // Whoever never came back, or pressed no key any more, was away until the end.
    let end = ended.map(|end| Moment { at: end.at, window: end.window });
    if let Some(end) = end.or_else(|| seen.last().map(Moment::of)) {
        watch.excuse(end.at);
        watch.elsewhere(&end);
        if let Some(ended) = ended {
            watch.idle(ended.key_at, &end);
        }
    }
    watch.found
}

impl Watch<'_> {
    fn note(&mut self, mistake: Mistake, at: u64) {
        self.found.push((mistake, at));
    }

    fn once(&mut self, mistake: Mistake, seen: &Seen) {
        self.once_at(mistake, seen.at);
    }

    fn once_at(&mut self, mistake: Mistake, at: u64) {
        if self.found.iter().all(|(of, _)| *of != mistake) {
            self.note(mistake, at);
        }
    }

    fn take(&mut self, seen: &Seen) {
        if hurry::of(&seen.what).is_some() {
            self.once(Mistake::ReadTooFast, seen);
        }
        match &seen.what {
            What::SectionRead { section, left, .. } => {
                self.reading = *left > 0;
                if !self.on {
                    self.once(Mistake::ReadToNobody, seen);
                }
                // What was lit when they asked may be read to its end; the rest is the text, read to them all the same.
                if *section > self.asked_at || *left == 0 {
                    self.goes(Method::Verbal, seen);
                }
                self.lit = section + 1;
            }
            What::Interrupted => self.reading = false,
            What::ReadingBegan { again } => {
                (self.reading, self.waiting, self.said_yes) = (true, false, false);
                // Whoever goes on does so where they stopped.
                if *again {
                    self.lit = 0;
                }
                self.goes(Method::Verbal, seen);
            }
            What::Sending { method, elsewhere } => self.sends(*method, *elsewhere, seen),
            What::Sent { .. } => (self.waiting, self.stuck) = (true, false),
            What::Accepted => (self.waiting, self.stuck) = (false, false),
            What::Retrieved { changed } => {
                self.stuck = false;
                // Another text is read from its start.
                if *changed {
                    self.lit = 0;
                }
            }
            What::SaidYes { other_name } => {
                if !self.said_yes {
                    self.once(Mistake::YesNotGiven, seen);
                }
                if *other_name {
                    self.once(Mistake::WrongValue, seen);
                }
            }
            What::Answered { yes } => (self.said_yes, self.said_no) = (*yes, !yes),
            What::Line { on } => self.on = *on,
            What::Wants { way } => {
                // They may ask for another way while one is under way: what counts is what goes out from now on.
                self.delivered &= *way == self.wanted;
                (self.wanted, self.asked_at) = (*way, self.lit);
            }
            What::CalledCarrier => self.called = true,
            What::CarrierSays { placed } => self.placed = Some(*placed),
            What::Retrieving => {
                (self.reading, self.retry_until) = (false, 0);
                self.again(Call::RetrieveRcc, seen);
            }
            What::Completing { probe: false } => {
                self.retry_until = 0;
                if self.said_no {
                    self.once(Mistake::CompletedAfterNo, seen);
                }
                // A verdict that the carrier did not give clears up nothing.
                if std::mem::take(&mut self.open_doubt) && !self.is_cleared() {
                    self.once(Mistake::DangerousRetry, seen);
                }
                self.again(Call::CompleteOrder, seen);
            }
            What::Refused { call, row, retry } => self.refuses(*call, row.clone(), *retry, seen.at),
            What::Failed { call: Call::CompleteOrder, unknown: true } => {
                (self.called, self.in_doubt, self.open_doubt, self.stuck) = (false, true, true, true);
            }
            What::Failed { call, .. } => {
                self.fails(*call);
                self.retry_until = seen.at.saturating_add(RETRY);
            }
            What::Released => self.released(seen),
            What::Corrected { fields, wrong } => {
                if !wrong.is_empty() {
                    self.once(Mistake::WrongValue, seen);
                }
                self.corrected(fields);
            }
            What::Settled { placed, other_reference } => self.settles(*placed, *other_reference, seen),
            What::Abandoned => self.abandoned(seen),
            What::Declined if !self.said_no => self.once(Mistake::NoNotGiven, seen),
            What::Completed { .. } | What::Declined => self.ended = true,
            What::KeyAfter { seconds } => {
                self.idle(seen.at.saturating_sub(seconds.saturating_mul(1000)), &Moment::of(seen));
            }
            What::Looks { at_order: false } => self.left_at = Some(seen.at),
            What::Looks { at_order: true } => self.elsewhere(&Moment::of(seen)),
            What::Cue { who, .. } if who == CLOCK => self.clock_jumps(Moment::of(seen)),
            What::TooSoon { .. }
            | What::Opened
            | What::Completing { probe: true }
            | What::Noted
            | What::AskedCustomer
            | What::Cue { .. } => {}
        }
    }

    /// The text is on its way, to the customer or to somebody else.
    fn sends(&mut self, method: Method, elsewhere: bool, seen: &Seen) {
        if elsewhere {
            self.once(Mistake::WrongValue, seen);
        }
        (self.reading, self.retry_until) = (false, 0);
        self.sending = Some(method);
        self.goes(method, seen);
        self.again(Call::SendRcc, seen);
    }

    /// The carrier's verdict was recorded.
    fn settles(&mut self, placed: bool, other_reference: bool, seen: &Seen) {
        self.in_doubt = false;
        if !self.called {
            self.once(Mistake::DangerousRetry, seen);
        }
        if self.placed != Some(placed) || other_reference {
            self.once(Mistake::WrongVerdict, seen);
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

    fn refuses(&mut self, call: Call, row: Option<String>, retry: Retry, at: u64) {
        // What the carrier said before it is about something else.
        self.called &= retry != Retry::Dangerous;
        self.in_doubt &= call != Call::CompleteOrder;
        self.open_doubt &= call != Call::CompleteOrder;
        self.refused = Some((call, row, retry));
        self.fails(call);
        if retry == Retry::Useful {
            self.retry_until = at.saturating_add(RETRY);
        }
    }

    fn fails(&mut self, call: Call) {
        self.stuck = true;
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
            Retry::Dangerous if !self.is_cleared() => self.once(Mistake::DangerousRetry, seen),
            Retry::Futile | Retry::Dangerous | Retry::Useful => {}
        }
    }

    /// The hold was lifted.
    fn released(&mut self, seen: &Seen) {
        self.refused = None;
        if !self.is_cleared() {
            self.once(Mistake::DangerousRetry, seen);
        }
    }

    /// Whether the carrier was asked, and said that the order was not placed.
    fn is_cleared(&self) -> bool {
        self.called && self.placed == Some(false)
    }

    fn abandoned(&mut self, seen: &Seen) {
        let row = self.refused.as_ref().and_then(|(_, row, _)| row.as_deref());
        let lost = reopens(row) == Some(Reopens::Never);
        let expired = seen.window.is_some_and(|left| left <= 0);
        // What makes it right elsewhere has to have happened: the move alone makes it right nowhere.
        let right = self.stuck && self.scenario.steps.iter().any(|step| step.it == Move::Abandon);
        if !(self.ended || self.said_no || lost || expired || right) {
            self.once(Mistake::AbandonedCorrectable, seen);
        }
        self.ended = true;
    }

    /// Notes until when, `at` the latest, there was a reason to press no key or to leave the order's screen.
    fn excuse(&mut self, at: u64) {
        // The desk itself leaves the order of a customer who is away.
        let elsewhere = self.waiting || self.in_doubt || !self.on;
        let until = if elsewhere { at } else { at.min(self.retry_until) };
        self.elsewhere_until = self.elsewhere_until.max(until);
        self.idle_until = self.idle_until.max(if self.reading { at } else { until });
    }

    /// The clock jumps. What comes before it counts by what was left of the window then, and what comes after it by itself.
    fn clock_jumps(&mut self, now: Moment) {
        if self.left_at.is_some() {
            self.elsewhere(&now);
            self.left_at = Some(now.at);
        }
        let before = std::mem::replace(&mut self.idle_until, now.at);
        self.jumps.push((before, now));
    }

    /// No key was pressed from `since` until now.
    fn idle(&mut self, since: u64, now: &Moment) {
        for (until, jump) in std::mem::take(&mut self.jumps) {
            self.away(since.max(until), &jump);
        }
        self.away(since.max(self.idle_until), now);
    }

    /// The order's screen, if it was left, was not in front until now.
    fn elsewhere(&mut self, now: &Moment) {
        if let Some(left) = self.left_at.take() {
            self.away(left.max(self.elsewhere_until), now);
        }
    }

    /// Nobody was there from `since` until now.
    fn away(&mut self, since: u64, now: &Moment) {
        let Some(left) = now.window.filter(|_| !self.ended) else { return };
        let gone = i64::try_from(now.at.saturating_sub(since) / 1000).unwrap_or(i64::MAX);
        // From `left + gone` down to `left` seconds before the window closed.
        let within = LAST.min(left.saturating_add(gone)) - left.max(0);
        if within >= AWAY {
            self.once_at(Mistake::LookedAway, now.at);
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
