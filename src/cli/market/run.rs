//! `market usage send`: a month's reports, each once.

use super::calls::at_once;
use super::{find, gate_to_send, json, market};
use crate::cli::stop::Stop;
use crate::cli::{Console, Exit, Failed, Session};
use crate::config::Settings;
use crate::engine::{Halt, MarketError, Ran, ReportStep};
use crate::subscription::{
    Finding, Month, MonthLine, MonthView, Outcome, ProvisioningId, Refusal, Report, ReportState,
    earlier_in_words,
};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicBool, Ordering};

/// What of the month a run leaves.
struct Left {
    /// In doubt, or on its way in another process: whoever sent it.
    in_doubt: usize,
    /// Billed by usage, and nothing was added.
    missing: usize,
}

impl Left {
    /// In the month as it stands, or in what of it belongs to one of `only`.
    fn of(month: &MonthView, only: &[ProvisioningId]) -> Self {
        let asked = |line: &&MonthLine| only.is_empty() || only.contains(&line.provisioning_id);
        let count =
            |is: fn(&MonthLine) -> bool| month.lines.iter().filter(asked).filter(|line| is(line)).count();
        let unknown = |line: &MonthLine| {
            let state = line.report.as_ref().map(|row| row.state);
            matches!(state, Some(ReportState::InDoubt | ReportState::Sending))
        };
        Self { in_doubt: count(unknown), missing: count(|line| line.findings.contains(&Finding::Missing)) }
    }
}

/// Sends what goes for `month`, or what of that belongs to one of `only`.
pub async fn send(
    settings: &Settings,
    month: Month,
    only: &[String],
    reason: Option<&str>,
    console: &Console,
) -> Result<Exit, Failed> {
    let session = Session::open_for_market(settings, true).await?;
    let gate = gate_to_send(&session, settings).await?;
    let mut wanted = Vec::with_capacity(only.len());
    for id in only {
        wanted.push(find(&session, id).await?.provisioning_id);
    }
    session.engine.takeover().await?;
    gate.check(session.engine.clock().now()).map_err(|shut| MarketError::Refusal(Refusal::Shut(shut)))?;
    let view = session.engine.month(month, &gate).await?;
    let together = usize::from(market(settings)?.concurrency);
    let run =
        session.engine.run_of(&view, &wanted, gate.clone(), reason.map(str::to_owned), together).await?;
    let mut told = Vec::new();
    let is_json = console.is_json();
    let stopping = AtomicBool::new(false);
    let sending = session.engine.send_reports(&run, |step| {
        match (is_json, step) {
            (true, step) => told.push(result(step)),
            (false, ReportStep::Sent(report)) => _ = console.text(&line(report)),
            (false, ReportStep::Held(id, refusal)) => console.note(&format!("{id}: held back: {refusal}")),
        }
        !stopping.load(Ordering::Relaxed)
    });
    let stop = || stopping.store(true, Ordering::Relaxed);
    let ran = Stop::listen().passing_on(console, stop, Box::pin(sending)).await.map_err(|_| at_once())??;
    let after = session.engine.month(month, &gate).await?;
    let left = Left::of(&after, &wanted);
    let exit = exit_of(&ran, &left);
    if is_json {
        console.json(&json!({
            "month": month,
            "bill": view.bill,
            "reported": ran.reported,
            "refused": ran.refused,
            "inDoubt": left.in_doubt,
            "missing": left.missing,
            "earlier": json::earlier(&after.earlier),
            "notSent": ran.not_sent,
            "heldBack": ran.held,
            "halted": ran.halt.as_ref().map(halted),
            "results": told,
        }))?;
    }
    summary(&ran, &left, run.reports.len(), console);
    if let Some(earlier) = earlier_in_words(&after.earlier) {
        console.note(&format!("{earlier}; `market usage send --month` sends each with its month"));
    }
    Ok(exit)
}

fn summary(ran: &Ran, left: &Left, of: usize, console: &Console) {
    let Ran { reported, refused, not_sent, held, halt, .. } = ran;
    let Left { in_doubt, missing } = left;
    console.note(&format!(
        "{reported} of {of} reported, {refused} refused, {in_doubt} in doubt, {not_sent} not sent, {held} held back"
    ));
    if let Some(halt) = halt {
        console.note(&format!("the run was stopped: {}", halted(halt)));
    }
    if *halt == Some(Halt::Stopped) {
        let left = of - (reported + refused + ran.in_doubt + not_sent + held);
        console.note(&format!("{left} not begun; the same command goes on with what is left"));
    }
    if *missing > 0 {
        console.note(&format!("{missing} missing: no usage was added; `market usage preview` names them"));
    }
    if *in_doubt > 0 {
        console.note("Look at the portal, then say what it shows: `market usage resolve`. Nothing is sent again by itself.");
    }
}

fn halted(halt: &Halt) -> String {
    match halt {
        Halt::Doubts => "two reports are in doubt, and the next ones could be too".to_owned(),
        Halt::ForAll(outcome) => format!("{}, as the next ones would be", outcome.words()),
        Halt::Unreachable(why) => why.clone(),
        Halt::Shut(refusal) => refusal.to_string(),
        Halt::Stopped => "somebody stopped it".to_owned(),
    }
}

pub(super) fn line(report: &Report) -> String {
    let outcome = report.attempts.last().and_then(|last| last.ended.as_ref()?.outcome.clone());
    let words = outcome.as_ref().map_or_else(|| "unknown".to_owned(), Outcome::words);
    let amount = report.amount().unwrap_or_default();
    format!("{}  {:<9}  {}  {amount}  {words}", report.id, report.state().name(), report.slot)
}

pub(super) fn result(step: &ReportStep) -> Value {
    match step {
        ReportStep::Sent(report) => json!({
            "id": report.id,
            "provisioningId": report.slot.provisioning_id,
            "sku": report.slot.sku,
            "month": report.slot.month,
            "supplement": report.slot.supplement,
            "amount": report.amount(),
            "state": report.state().name(),
            "outcome": report.attempts.last().and_then(|last| {
                Some(last.ended.as_ref()?.outcome.as_ref().map_or_else(|| "unknown".to_owned(), Outcome::words))
            }),
        }),
        ReportStep::Held(id, refusal) => json!({ "id": id, "heldBack": refusal.to_string() }),
    }
}

fn exit_of(ran: &Ran, left: &Left) -> Exit {
    match ran {
        _ if left.in_doubt > 0 => Exit::InDoubt,
        Ran { in_doubt: 1.., .. } => Exit::InDoubt,
        // Stopped before its aim is never "done".
        Ran { halt: Some(Halt::Stopped), .. } => Exit::Unexpected,
        Ran { refused: 1.., .. } => Exit::RefusedByPx,
        Ran { not_sent: 1.., .. } => Exit::Unreachable,
        Ran { held: 1.., .. } => Exit::RefusedHere,
        Ran { .. } => Exit::Done,
    }
}
