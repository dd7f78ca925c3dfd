//! The people at the desks: they do what the screen lets them do, at any time, without much thought.

use super::ground::Ground;
use super::pause::Shared;
use super::plan::Break;
use super::sending;
use super::state::State;
use super::stock::{self, Usage};
use crate::plan::QUIET;
use crate::px::millis;
use pxdesk::engine::{Engine, MarketError};
use pxdesk::kind::ShortId;
use pxdesk::subscription::{Refusal, Report, ReportCommand, Slot, Statement, Subscription};
use std::fmt::Display;

/// One pair of hands at a desk. `turns`: how many things it does.
pub async fn hand(engine: Engine<Ground>, world: Shared, turns: u64) {
    recover(&engine, &world).await;
    for _ in 0..turns {
        let slow = {
            let mut state = world.state();
            state.plan.closing && state.rng.chance(400)
        };
        world.some_pause(10, if slow { 3_000_000 } else { 20_000 }).await;
        act(&engine, &world).await;
        // The desk offers what the journal has not taken by itself, now and then in time.
        if !engine.unrecorded().is_empty() && world.state().rng.chance(500) {
            keep_offering(&engine, &world).await;
        }
    }
}

pub async fn recover(engine: &Engine<Ground>, world: &Shared) {
    tell(world, "recovered", engine.of::<Subscription>().recover().await.map(|ids| ids.len()));
    tell(world, "recovered", engine.of::<Report>().recover().await.map(|ids| ids.len()));
}

/// Offers what is held until the journal has taken it: an older copy that was put back never takes some of it.
pub async fn keep_offering(engine: &Engine<Ground>, world: &Shared) {
    if world.state().restored {
        engine.of::<Subscription>().offer().await;
        engine.of::<Report>().offer().await;
        return;
    }
    engine.of::<Subscription>().keep_offering().await;
    engine.of::<Report>().keep_offering().await;
}

/// Does something, sensible or not.
async fn act(engine: &Engine<Ground>, world: &Shared) {
    let (what, doubt) = {
        let mut state = world.state();
        (state.rng.below(20), state.rng.chance(400).then(|| some_doubt(&mut state)).flatten())
    };
    if let Some((id, ..)) = doubt {
        return find_out(engine, world, &id).await;
    }
    match what {
        0..=6 => hand_over(engine, world).await,
        7..=15 => sending::run(engine, world).await,
        16..=17 => call(engine, world, what == 17).await,
        _ => answer(engine, world).await,
    }
}

/// A report in doubt, if there is one.
fn some_doubt(state: &mut State) -> Option<(ShortId, Slot, u32)> {
    let of = |report: &Report| Some((report.id.clone(), report.slot.clone(), report.doubt()?.number));
    let doubts: Vec<_> = state.book.reports.iter().filter_map(of).collect();
    let at = state.some_index(doubts.len());
    doubts.into_iter().nth(at)
}

/// A report is in doubt: some do not wait, some do; all look at the portal.
async fn find_out(engine: &Engine<Ground>, world: &Shared, id: &ShortId) {
    if world.state().rng.chance(700) {
        world.some_pause(60_000, 400_000).await;
    }
    resolve(engine, world, id).await;
}

/// The portal is looked at, and the ledger that it shows is right at any time.
pub async fn resolve(engine: &Engine<Ground>, world: &Shared, id: &ShortId) {
    let reported = {
        let mut state = world.state();
        let doubt = state.book.find::<Report>(id).and_then(|report| {
            let attempt = report.doubt()?.number;
            Some(state.portal.shows(&report.slot, attempt))
        });
        let Some(shown) = doubt else { return };
        if state.broken == Some(Break::BlindVerdict) { state.rng.chance(500) } else { shown }
    };
    let statement =
        Statement { reported, reference: "portal".to_owned(), name: "Lee".to_owned(), bill: None };
    let result = engine.resolve_report(id, statement).await;
    world.state().tally.verdicts += u64::from(result.is_ok());
    tell(world, "resolve", result.map(|report| report.state().name()));
}

/// Takes in the next line that the partner's system hands over; sometimes one is handed over again.
async fn hand_over(engine: &Engine<Ground>, world: &Shared) {
    let usage = {
        let mut state = world.state();
        let (all, next) = (state.stock.lines.len(), state.stock.next);
        let again = next > 0 && (next == all || state.rng.chance(200));
        let at = if again { state.some_index(next) } else { next };
        state.stock.next = state.stock.next.max((at + 1).min(all));
        state.stock.lines.get(at).cloned()
    };
    if let Some(usage) = usage {
        take_in(engine, world, &usage).await;
    }
}

/// Takes a line in, as the engine's intake does: into the last report of its month, or a supplement.
pub async fn take_in(engine: &Engine<Ground>, world: &Shared, usage: &Usage) {
    for _ in 0..6 {
        let (subscription, reports, random) = {
            let mut state = world.state();
            (subscribed(&state, &usage.slot), of_month(&state, &usage.slot), state.rng.next())
        };
        let Some(subscription) = subscription else { return };
        if reports.iter().any(|report| report.lines.contains_key(&usage.line.key)) {
            return;
        }
        let result = match reports.last() {
            None => open(engine, &subscription, &usage.slot, usage, random).await,
            Some(last) => match add(engine, world, last, usage).await {
                Err(pxdesk::engine::Error::Refusal(Refusal::Late { .. })) => {
                    let slot = Slot { supplement: last.slot.supplement + 1, ..usage.slot.clone() };
                    match engine.of::<Report>().command(&last.id, ReportCommand::Continue).await {
                        // Added just before it was frozen once more.
                        Ok(last) if last.lines.contains_key(&usage.line.key) => Ok(last),
                        Ok(_) => open(engine, &subscription, &slot, usage, random).await,
                        // Just now it takes lines again.
                        Err(MarketError::Refusal(_)) => Err(MarketError::Conflict),
                        Err(other) => Err(other),
                    }
                }
                other => other,
            },
        };
        let again =
            matches!(&result, Err(MarketError::Conflict | MarketError::Refusal(Refusal::Taken { .. })));
        if result.is_ok() {
            world.state().taken.insert(usage.line.key.clone());
        }
        tell(world, "take in", result.map(|report| report.slot));
        if !again {
            return;
        }
    }
}

async fn open(
    engine: &Engine<Ground>,
    subscription: &ShortId,
    slot: &Slot,
    usage: &Usage,
    random: u64,
) -> Result<Report, MarketError> {
    let first = stock::opening(subscription, slot, &usage.line);
    let opened = engine.of::<Report>().open_all(vec![(ShortId::from_bits(random), vec![first])]).await?;
    opened.into_iter().next().unwrap_or(Err(MarketError::Conflict))
}

async fn add(
    engine: &Engine<Ground>,
    world: &Shared,
    last: &Report,
    usage: &Usage,
) -> Result<Report, MarketError> {
    let Some(bill) = world.state().bill() else { return Err(MarketError::Conflict) };
    let add = ReportCommand::Add { lines: vec![usage.line.clone()], bill };
    engine.of::<Report>().command(&last.id, add).await
}

/// The subscription that a line is about, when its usage can be taken in.
fn subscribed(state: &State, slot: &Slot) -> Option<ShortId> {
    let mut all = state.book.subscriptions.iter();
    let known = all.find(|known| known.provisioning_id == slot.provisioning_id)?;
    let ended = known.sku(&slot.sku)?.ended.is_some();
    (known.customer_id().is_some() && !ended).then(|| known.id.clone())
}

/// The report of a slot's month, and its supplements.
pub fn of_month(state: &State, slot: &Slot) -> Vec<Report> {
    let same = |other: &Slot| {
        (&other.provisioning_id, &other.sku, other.month) == (&slot.provisioning_id, &slot.sku, slot.month)
    };
    let mut reports: Vec<_> =
        state.book.reports.iter().filter(|report| same(&report.slot)).cloned().collect();
    reports.sort_by_key(|report| report.slot.supplement);
    reports
}

/// Starts billing of a subscription's SKUs, or ends them; some people insist.
async fn call(engine: &Engine<Ground>, world: &Shared, end: bool) {
    let (id, insists) = {
        let mut state = world.state();
        let all = state.book.subscriptions.len();
        let at = state.some_index(all);
        let insists = state.rng.chance(300);
        (state.book.subscriptions.get(at).map(|known| known.id.clone()), insists)
    };
    let Some(id) = id else { return };
    let reason = insists.then_some("the portal does not show it");
    if end && world.state().rng.chance(800) {
        return;
    }
    let done = if end {
        engine.end_subscription(&id, &[], reason).await
    } else {
        engine.start_billing(&id, &[], reason).await
    };
    let now = world.state().wall();
    tell(world, "call", done.map(|subscription| subscription.state(now).name()));
}

/// Answers a deploy that waits for a person.
pub async fn answer(engine: &Engine<Ground>, world: &Shared) {
    let waiting = {
        let state = world.state();
        let waiting = state.book.subscriptions.iter().find(|known| known.answer.is_none());
        waiting.map(|known| known.id.clone())
    };
    let Some(id) = waiting else { return };
    let Some((answer, _)) = super::receiver::pattern(&mut world.state()) else { return };
    let by = pxdesk::subscription::By::Person { name: "Lee".to_owned(), reason: None };
    tell(world, "answer", engine.answer(&id, answer, by).await.map(|known| known.id));
}

/// When every desk has closed and all works again: what is in doubt is settled, and what is to go is sent.
pub async fn supervise(engine: Engine<Ground>, world: Shared) {
    const ROUNDS: usize = 12;
    recover(&engine, &world).await;
    keep_offering(&engine, &world).await;
    for _ in 0..ROUNDS {
        while world.state().book.subscriptions.iter().any(|known| known.answer.is_none()) {
            answer(&engine, &world).await;
        }
        let (lines, next) = {
            let state = world.state();
            (state.stock.lines.clone(), state.stock.next)
        };
        for usage in lines.iter().take(next) {
            take_in(&engine, &world, usage).await;
        }
        world.pause(2 * millis(QUIET)).await;
        let doubts: Vec<_> =
            world.state().book.reports.iter().filter(|r| r.doubt().is_some()).map(|r| r.id.clone()).collect();
        for id in doubts {
            resolve(&engine, &world, &id).await;
        }
        let planned = sending::planned(&mut world.state(), None);
        let Some(mut planned) = planned else { return };
        planned.reason = Some("looked at".to_owned());
        sending::send(&engine, &world, &planned).await;
        world.pause(1_800_000).await;
    }
}

pub fn tell<T: Display>(world: &Shared, what: &str, result: Result<T, MarketError>) {
    let mut state = world.state();
    let (task, now) = (state.current, state.now);
    match result {
        Ok(said) => state.trace.tell(now, format_args!("hand {task}: {what}: {said}")),
        Err(error) => state.trace.tell(now, format_args!("hand {task}: {what}: {error}")),
    }
}
