//! Runs of reports, as people begin them.

use super::ground::Ground;
use super::pause::Shared;
use super::people::{of_month, tell};
use super::plan::Break;
use super::state::{CALENDAR, State};
use crate::plan::TIMEOUT;
use jiff::SignedDuration;
use pxdesk::engine::{Engine, Halt, ReportStep, Run, ToSend};
use pxdesk::subscription::{Gate, Month, Refusal, Report, ReportState, Slot, Total};

/// Reports a month.
pub async fn run(engine: &Engine<Ground>, world: &Shared) {
    let run = {
        let mut state = world.state();
        let before = state.rng.chance(300);
        let month = state.bill().map(|bill| if before { bill.previous() } else { bill });
        month.and_then(|month| planned(&mut state, Some(month)))
    };
    if let Some(run) = run {
        send(engine, world, &run).await;
    }
}

/// A run of what goes: of a month, or of all.
pub fn planned(state: &mut State, month: Option<Month>) -> Option<Run> {
    let reports = state.book.reports.iter().filter(|report| {
        let before = |other: &&Report| {
            let (ours, theirs) = (&report.slot, &other.slot);
            (&ours.provisioning_id, &ours.sku, ours.month)
                == (&theirs.provisioning_id, &theirs.sku, theirs.month)
                && theirs.supplement < ours.supplement
        };
        let unsettled = |other: &Report| other.state() != ReportState::Reported;
        let waits = state.book.reports.iter().filter(before).any(unsettled);
        let to_go =
            matches!(report.state(), ReportState::Open | ReportState::Prepared | ReportState::Refused);
        month.is_none_or(|month| report.slot.month == month) && to_go && !waits
    });
    let usual = |report: &Report| {
        let month = report.slot.month.previous();
        let before = of_month(state, &Slot { month, ..report.slot.clone() });
        let reported = before.iter().filter(|report| report.state() == ReportState::Reported);
        reported.filter_map(Report::amount).map(Total::from).reduce(Total::plus)
    };
    let reports: Vec<ToSend> = reports
        .map(|r| ToSend {
            id: r.id.clone(),
            usual: usual(r),
            so_far: Total::ZERO,
            counted: None,
            shown: None,
        })
        .collect();
    let error = match (state.plan.clock_known, state.broken) {
        (_, Some(Break::ClockTakenForRight)) => Some(SignedDuration::ZERO),
        (known, _) => known.then(|| SignedDuration::from_millis(state.plan.clock)),
    };
    let limit = SignedDuration::try_from(TIMEOUT).unwrap_or_default();
    let gate = Gate { calendar: CALENDAR.as_ref()?.clone(), limit, clock_error: error, own_clock: false };
    let reason = state.rng.chance(700).then(|| "a busy month".to_owned());
    let at_once = 1 + state.some_index(4);
    (!reports.is_empty()).then(|| Run {
        reports,
        from: state.stock.from.unwrap_or(gate.calendar.bill_month(state.wall())),
        gate,
        reason,
        at_once,
    })
}

/// Sends a run. Once two of its reports are in doubt it begins no other one.
pub async fn send(engine: &Engine<Ground>, world: &Shared, run: &Run) {
    let task = {
        let mut state = world.state();
        let (task, number) = (state.current, state.rng.next());
        state.runs.insert(task, (number, 0));
        task
    };
    let (mut doubts, mut after) = (0, 0);
    let ran = engine.send_reports(run, |step| {
        let mut state = world.state();
        after += usize::from(doubts >= 2);
        if let ReportStep::Sent(report) = step {
            doubts += usize::from(matches!(report.state(), ReportState::InDoubt | ReportState::Sending));
            if report.state() == ReportState::Reported
                && let Some((_, taken)) = state.runs.get_mut(&task)
            {
                *taken += 1;
            }
        }
        state.tally.shut += u64::from(matches!(step, ReportStep::Held(_, Refusal::Shut(_))));
        true
    });
    let ran = ran.await;
    let mut state = world.state();
    state.runs.remove(&task);
    if after > run.at_once.saturating_sub(1) {
        state.wrong(format!("a run: {after} more reports after two were in doubt"));
    }
    if let Ok(ran) = &ran {
        state.tally.halted += u64::from(ran.halt == Some(Halt::Doubts));
        if ran.in_doubt >= 2 && ran.halt.is_none() {
            state.wrong("a run: two of its reports are in doubt, and it did not stop".to_owned());
        }
    }
    drop(state);
    tell(world, "run", ran.map(|ran| format!("{} reported, {:?}", ran.reported, ran.halt)));
}
