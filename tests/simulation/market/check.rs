//! What must hold, whatever happens. Each thing that does not is written down in [`State::wrong`].

use super::net::{Back, Cargo};
use super::plan::Break;
use super::state::{CALENDAR, State};
use crate::plan::TIMEOUT;
use jiff::SignedDuration;
use pxdesk::kind::{Digest, Reached, ShortId};
use pxdesk::subscription::{
    Amount, Attempt, Call, CustomerId, Outcome, Report, ReportState, Sku, Slot, Total,
};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// A request is about to leave: it stands in the journal, in this desk's name and in these very bytes, and nothing speaks
/// against it. Returns what leaves.
pub fn leaving(state: &mut State, desk: &str, cargo: Cargo, request: Digest) -> Cargo {
    match cargo {
        Cargo::Usage { slot, attempt, mut amount } => {
            if state.broken == Some(Break::OtherAmount) {
                amount = amount.plus(amount).unwrap_or(amount);
            }
            state.tally.reports += 1;
            let why = report_leaves(state, desk, &slot, attempt, amount, request);
            for why in why.into_iter().chain(closed(state)).chain(not_alone(state)) {
                state.wrong(format!("{slot}: a report leaves {why}"));
            }
            Cargo::Usage { slot, attempt, amount }
        }
        Cargo::Skus { of, call, skus, attempt, asked } => {
            let again = again(state, &of, call, &skus, attempt);
            if again && !asked && !state.restored {
                state.wrong(format!("{of}: {call} leaves once more, and nobody asked for it"));
            }
            Cargo::Skus { of, call, skus, attempt, asked }
        }
    }
}

/// True when an earlier call for one of these SKUs was carried out, or may have been.
fn again(state: &State, of: &str, call: Call, skus: &[Sku], attempt: u32) -> bool {
    let subscription = state.book.subscriptions.iter().find(|known| known.provisioning_id.as_str() == of);
    subscription.is_some_and(|subscription| {
        subscription.attempts.0.iter().any(|before| {
            let done = before.ended.as_ref().is_some_and(|ended| match &ended.outcome {
                Some(Outcome::Done { .. }) | None => true,
                Some(outcome) => outcome.reached() == Reached::Unknown,
            });
            let about = before.call == call && before.skus.iter().any(|sku| skus.contains(sku));
            before.number < attempt && done && about
        })
    })
}

fn report_leaves(
    state: &State,
    desk: &str,
    slot: &Slot,
    attempt: u32,
    amount: Amount,
    request: Digest,
) -> Vec<&'static str> {
    let mut why = Vec::new();
    if state.portal.of(slot).next().is_some() {
        why.push("that was added before");
    }
    let intended = |report: &&Report| {
        report.slot == *slot
            && report.attempts.last().is_some_and(|last| {
                let ours = (last.number, last.owner.as_str(), last.request) == (attempt, desk, request);
                ours && last.ended.is_none()
            })
    };
    let Some(report) = state.book.reports.iter().find(intended) else {
        why.push("that the journal does not hold");
        return why;
    };
    if report.prepared.as_ref().map(|prepared| prepared.amount) != Some(amount) {
        why.push("with an amount that is not the frozen one");
    }
    let cleared = |number| report.verdicts.iter().any(|v| v.attempt == number && !v.reported);
    let doubted = report.attempts.0.iter().any(|before| {
        let unknown = before.ended.as_ref().is_some_and(|ended| ended.reached() == Reached::Unknown);
        before.number < attempt && unknown && !cleared(before.number)
    });
    if doubted {
        why.push("while an earlier attempt is in doubt");
    }
    let earlier = |flight: &&super::net::Flight| matches!(&flight.cargo, Cargo::Usage { slot: known, attempt: n, .. } if known == slot && *n == attempt);
    if state.flights.iter().any(|flight| earlier(&flight)) {
        why.push("twice in one attempt");
    }
    let whole = |report: &Report| report.lines.values().try_fold(Amount::ZERO, |sum, n| sum.plus(*n));
    if whole(report) != Some(amount) {
        why.push("with an amount that is not the sum of its lines");
    }
    why
}

/// Within the closed hours, by a clock that is right, or so near to them that it could arrive within.
fn closed(state: &State) -> Option<&'static str> {
    let now = state.true_wall();
    let closing = CALENDAR.as_ref()?.coming(now);
    let limit = SignedDuration::try_from(TIMEOUT).unwrap_or_default();
    (now + limit >= closing.closes && now <= closing.opens).then_some("within the closed hours")
}

/// Before the first report of a run was taken, beside another one.
fn not_alone(state: &State) -> Option<&'static str> {
    let (run, taken) = state.runs.get(&state.current).copied()?;
    let other = state.flights.iter().any(|f| f.run == Some(run) && f.back == Back::Awaited);
    (taken == 0 && other).then_some("beside another one, before the first was taken")
}

/// The marketplace has carried a request out, so many times by now.
pub fn applied(state: &mut State, cargo: &Cargo, times: u32) {
    let Cargo::Usage { slot, attempt, .. } = cargo else { return };
    state.tally.added += 1;
    if times > 1 {
        state.wrong(format!("{slot}: added {times} times"));
    }
    let is_known = |report: &Report| report.slot == *slot && report.attempts.get(*attempt).is_some();
    if !state.restored && !state.book.reports.iter().any(is_known) {
        state.wrong(format!("{slot}: added, and the journal does not know of it"));
    }
}

/// The marketplace was answered that this buyer has this customer id: that is on disk, and it is never another one.
pub fn answered(state: &mut State, provisioning_id: &str, customer_id: &CustomerId) {
    state.tally.deploys += 1;
    let known =
        state.book.subscriptions.iter().find(|known| known.provisioning_id.as_str() == provisioning_id);
    if known.and_then(|known| known.customer_id()) != Some(customer_id) {
        state.wrong(format!("{provisioning_id}: answered with an id that is not on disk"));
    }
    let before = state.promised.insert(provisioning_id.to_owned(), customer_id.clone());
    if before.is_some_and(|before| before != *customer_id) && !state.restored {
        state.wrong(format!("{provisioning_id}: answered with two customer ids"));
    }
}

/// An answer is kept outside of the journal: one that says that a report was taken is never lost from now on.
pub fn kept(state: &mut State, answer: &[u8]) {
    let Ok(Kept { thing, outcome }) = serde_json::from_slice(answer) else {
        return state.wrong("an answer is kept that cannot be read".to_owned());
    };
    let report = ShortId::parse(&thing).is_some_and(|id| state.book.find::<Report>(&id).is_some());
    if report && matches!(outcome, Outcome::Done { .. }) {
        state.kept.push(thing);
    }
}

/// What is read of an answer that is kept.
#[derive(Deserialize)]
struct Kept {
    thing: String,
    outcome: Outcome,
}

/// When all has come to rest, everything works again, and the supervisor has settled what was in doubt.
pub fn at_the_end(state: &mut State) {
    state.tally.events = state.book.events() as u64;
    if let Err(why) = state.book.verify() {
        state.wrong(format!("the journal does not verify: {why}"));
    }
    let reports = state.book.reports.clone();
    for (at, report) in reports.iter().enumerate() {
        state.tally.supplements += u64::from(report.slot.supplement > 0);
        let unknown = |attempt: &&Attempt| {
            attempt.ended.as_ref().is_some_and(|ended| ended.reached() == Reached::Unknown)
        };
        state.tally.doubts += report.attempts.0.iter().filter(unknown).count() as u64;
        if reports[..at].iter().any(|other| other.slot == report.slot) {
            state.wrong(format!("{}: two reports of one slot", report.slot));
        }
    }
    // What an older copy of the journal does not know cannot be asked of it: only that nothing is added twice.
    if state.restored {
        return;
    }
    for report in &reports {
        settled(state, report);
    }
    if !state.spool.is_empty() {
        state.wrong("an answer is left outside of the journal".to_owned());
    }
    for thing in std::mem::take(&mut state.kept) {
        // Nobody is asked about a report whose answer is in hand.
        let is_done = |attempt: &Attempt| {
            let ended = attempt.ended.as_ref().and_then(|ended| ended.outcome.as_ref());
            matches!(ended, Some(Outcome::Done { .. }))
        };
        if !reports.iter().any(|r| r.id.as_str() == thing && r.attempts.0.iter().any(is_done)) {
            state.wrong(format!("{thing}: taken by an answer that was kept, and the answer is lost"));
        }
    }
    promises(state, &reports);
}

/// What was said to be recorded is there, and every line is counted once.
fn promises(state: &mut State, reports: &[Report]) {
    for (id, customer) in state.promised.clone() {
        let known = state.book.subscriptions.iter().find(|known| known.provisioning_id.as_str() == id);
        if known.and_then(|known| known.customer_id()) != Some(&customer) {
            state.wrong(format!("{id}: answered, and not what the journal says"));
        }
    }
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    let mut totals: BTreeMap<String, Total> = BTreeMap::new();
    for report in reports {
        for key in report.lines.keys() {
            if !seen.insert(key) {
                state.wrong(format!("{key}: a line counts twice"));
            }
        }
    }
    if let Some(lost) = state.taken.iter().find(|key| !seen.contains(key.as_str())).cloned() {
        state.wrong(format!("{lost}: a line was taken in, and is lost"));
    }
    let stock = state.stock.lines.clone();
    for usage in stock.iter().filter(|usage| seen.contains(usage.line.key.as_str())) {
        let total = totals.entry(format!("{} {}", usage.slot.provisioning_id, usage.slot.sku)).or_default();
        *total = total.plus(usage.line.count);
    }
    let mut billed: BTreeMap<String, Total> = BTreeMap::new();
    for added in &state.portal.ledger {
        let total = billed.entry(format!("{} {}", added.slot.provisioning_id, added.slot.sku)).or_default();
        *total = total.plus(added.amount);
    }
    if totals != billed {
        state.wrong("the bill: it is not the sum of the lines".to_owned());
    }
}

/// The journal and the ledger agree on the report.
fn settled(state: &mut State, report: &Report) {
    let slot = &report.slot;
    let (first, second) = {
        let mut added = state.portal.of(slot);
        (added.next().map(|added| added.amount), added.next().is_some())
    };
    let frozen = report.prepared.as_ref().map(|prepared| prepared.amount);
    let what = match (report.state(), first) {
        (ReportState::Reported, None) => "reported, and never added",
        (ReportState::Reported, Some(amount)) if Some(amount) != frozen || second => {
            "added, and not as it was frozen"
        }
        (ReportState::Reported, Some(_)) => return,
        (_, Some(_)) => "added, and not reported",
        (_, None) => "not settled",
    };
    state.wrong(format!("{slot}: {what}; it stands as {}", report.state().name()));
}
