//! `market usage send`: a month's reports, each once.

use super::account::alarm;
use super::calls::at_once;
use super::{find, gate_to_send, json, market, to_call};
use crate::cli::stop::Stop;
use crate::cli::{Console, Exit, Failed, Session};
use crate::config::Settings;
use crate::engine::{Halt, MarketError, Ran, ReportStep};
use crate::subscription::{
    Earlier, Finding, Gate, Month, MonthLine, MonthView, ProvisioningId, Refusal, Report, ReportState,
    earlier_in_words,
};
use serde_json::{Value, json};
use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, Ordering};

/// What of the month a run leaves.
struct Left {
    /// In doubt, whoever sent it.
    in_doubt: usize,
    /// On its way in another process.
    elsewhere: usize,
    /// Not on its way, and not reported.
    open: usize,
    /// Of these, what was refused.
    refused: usize,
    /// Of these, what does not go as long as an earlier report of its month is not settled.
    waiting: usize,
    /// Billed by usage, and nothing was added.
    missing: usize,
}

impl Left {
    /// In the lines of the month that are `asked` for.
    fn of(month: &MonthView, asked: impl Fn(&MonthLine) -> bool) -> Self {
        let lines: Vec<_> = month.lines.iter().filter(|line| asked(line)).collect();
        let count = |is: fn(&MonthLine) -> bool| lines.iter().filter(|line| is(line)).count();
        Self {
            in_doubt: count(|line| is(line, ReportState::InDoubt)),
            elsewhere: count(|line| is(line, ReportState::Sending)),
            open: count(|line| line.is_open() && may_go(line)),
            refused: count(|line| line.is_open() && is(line, ReportState::Refused)),
            waiting: count(|line| line.is_open() && !line.goes() && may_go(line)),
            missing: count(|line| line.findings.contains(&Finding::Missing)),
        }
    }

    /// The same in one object, for what nobody asked for.
    fn json(&self) -> Value {
        json!({
            "inDoubt": self.in_doubt,
            "inProgress": self.elsewhere,
            "notReported": self.open,
            "missing": self.missing,
        })
    }

    /// In words; none where nothing is left.
    fn words(&self) -> Option<String> {
        let counts = [
            (self.in_doubt, "in doubt"),
            (self.elsewhere, "in progress"),
            (self.open, "not reported"),
            (self.missing, "missing"),
        ];
        let some = counts.iter().filter(|(n, _)| *n > 0);
        let words: Vec<_> = some.map(|(n, what)| format!("{n} {what}")).collect();
        (!words.is_empty()).then(|| words.join(", "))
    }
}

fn is(line: &MonthLine, state: ReportState) -> bool {
    line.report.as_ref().is_some_and(|row| row.state == state)
}

fn may_go(line: &MonthLine) -> bool {
    line.report.as_ref().is_some_and(|row| row.state.may_go())
}

/// Sends what goes for `month`, or what of that belongs to one of `only`.
pub async fn send(
    settings: &Settings,
    month: Month,
    only: &[String],
    reason: Option<&str>,
    console: &Console,
) -> Result<Exit, Failed> {
    let session = to_call(settings, console).await?;
    let gate = gate_to_send(&session, settings).await?;
    let mut wanted = Vec::with_capacity(only.len());
    for id in only {
        wanted.push(find(&session, id).await?.provisioning_id);
    }
    session.engine.takeover().await?;
    let now = session.engine.clock().now();
    gate.check(now).map_err(|shut| MarketError::Refusal(Refusal::Shut(shut)))?;
    let of = Of { month, only: &wanted, reason, together: usize::from(market(settings)?.concurrency) };
    let (mut told, mut so_far) = (Vec::new(), Ran::default());
    let is_json = console.is_json();
    let stopping = AtomicBool::new(false);
    let progress = |step: &ReportStep| {
        so_far.count(step);
        if is_json { told.push(result(step)) } else { tell(step, console) }
    };
    let sending = of.sent(&session, &gate, &stopping, progress);
    let stop = || stopping.store(true, Ordering::Relaxed);
    let sent = Stop::listen().passing_on(console, stop, Box::pin(sending)).await;
    let (ran, after) = match sent.map_err(|_| at_once())? {
        Ok(done) => done,
        Err(error) => {
            if !told.is_empty() {
                console.json(&broken_off(month, &so_far, &error, &told))?;
            }
            tell_broken_off(&so_far, &error, console);
            return Err(error.into());
        }
    };
    let asked = |line: &MonthLine| wanted.is_empty() || wanted.contains(&line.provisioning_id);
    let (left, others) = (Left::of(&after, asked), Left::of(&after, |line| !asked(line)));
    if is_json {
        console.json(&json!({
            "month": month,
            "bill": gate.bill_month(now),
            "reported": ran.reported,
            "reportedElsewhere": ran.elsewhere,
            "refused": ran.refused,
            "refusedBefore": left.refused.saturating_sub(ran.refused),
            "inDoubt": left.in_doubt,
            "inProgress": left.elsewhere,
            "waiting": left.waiting,
            "missing": left.missing,
            "others": others.json(),
            "earlier": json::earlier(&after.earlier),
            "notSent": ran.not_sent,
            "heldBack": ran.held,
            "notBegun": ran.not_begun(),
            "halted": ran.halt.as_ref().map(halted),
            "results": told,
        }))?;
    }
    summary(&ran, &left, console);
    if let Some(others) = others.words() {
        console.note(&format!("of the subscriptions that were not asked for: {others}"));
    }
    tell_clashes(&after.lines, console);
    tell_earlier(&after.earlier, console);
    Ok(exit_of(&ran, &left, &others))
}

/// What was done before the journal was lost is told all the same.
fn broken_off(month: Month, ran: &Ran, error: &MarketError, results: &[Value]) -> Value {
    json!({
        "month": month,
        "reported": ran.reported,
        "reportedElsewhere": ran.elsewhere,
        "refused": ran.refused,
        "inDoubt": ran.in_doubt,
        "notSent": ran.not_sent,
        "heldBack": ran.held,
        "unrecorded": ran.unrecorded,
        "halted": error.to_string(),
        "results": results,
    })
}

fn tell_broken_off(ran: &Ran, error: &MarketError, console: &Console) {
    let Ran { reported, refused, in_doubt, not_sent, held, elsewhere, unrecorded, .. } = ran;
    if *unrecorded > 0 {
        console.note(&format!(
            "{reported} reported, {refused} refused, {in_doubt} in doubt, {not_sent} not sent, {held} held back, {unrecorded} \
             answered and not yet recorded here: these answers are kept, and none of these reports is sent again"
        ));
    }
    let begun = reported + refused + in_doubt + not_sent + held + elsewhere + unrecorded > 0;
    // A month that is refused as a whole would be refused again.
    if begun || !matches!(error, MarketError::Refusal(_)) {
        console.note("stopped before the end; the same command goes on with what was never begun");
    }
}

/// What is not reported of earlier months; what is open of that is sent with its month.
fn tell_earlier(earlier: &[Earlier], console: &Console) {
    let Some(words) = earlier_in_words(earlier) else { return };
    let is_open = earlier.iter().any(|of| of.open > 0);
    let next = if is_open { "; `market usage send --month` sends what is open with its month" } else { "" };
    console.note(&format!("{words}{next}"));
}

/// What the journal knows of reports that contradicts itself, and what to do about it.
fn tell_clashes(lines: &[MonthLine], console: &Console) {
    for line in lines {
        let Some(slot) = line.report.as_ref().map(|row| &row.slot) else { continue };
        for finding in &line.findings {
            if let Finding::Clash(clash) = finding {
                console.note(&format!("alarm: {slot}: {}. {}", clash.words(), clash.next()));
            }
        }
    }
}

/// What is to be sent.
struct Of<'a> {
    month: Month,
    only: &'a [ProvisioningId],
    reason: Option<&'a str>,
    together: usize,
}

impl Of<'_> {
    /// Sends it, and then what waited for that, until nothing more can go; each report is tried once. Also the month as it
    /// is after that.
    async fn sent(
        &self,
        session: &Session,
        gate: &Gate,
        stopping: &AtomicBool,
        mut progress: impl FnMut(&ReportStep),
    ) -> Result<(Ran, MonthView), MarketError> {
        let engine = &session.engine;
        let (mut ran, mut tried) = (Ran::default(), HashSet::new());
        let mut view = engine.month(self.month, gate).await?;
        loop {
            let reason = self.reason.map(str::to_owned);
            let mut run = engine.run_of(&view, self.only, gate.clone(), reason, self.together).await?;
            run.reports.retain(|next| tried.insert(next.id.clone()));
            if run.reports.is_empty() || ran.halt.is_some() {
                return Ok((ran, view));
            }
            if stopping.load(Ordering::Relaxed) {
                ran.halt = Some(Halt::Stopped);
            }
            let go_on = |step: &ReportStep| {
                progress(step);
                !stopping.load(Ordering::Relaxed)
            };
            ran = engine.send_more(&run, ran, go_on).await?;
            view = engine.month(self.month, gate).await?;
        }
    }
}

fn summary(ran: &Ran, left: &Left, console: &Console) {
    let Ran { of, reported, elsewhere, refused, in_doubt, not_sent, held, halt, unrecorded: _ } = ran;
    console.note(&format!(
        "{reported} of {of} reported, {refused} refused, {in_doubt} in doubt, {not_sent} not sent, {held} held back"
    ));
    if *elsewhere > 0 {
        console.note(&format!("{elsewhere} reported by another desk meanwhile"));
    }
    if let Some(halt) = halt {
        console.note(&format!("the run was stopped: {}", halted(halt)));
        match ran.not_begun() {
            0 if *not_sent > 0 => console.note("the same command sends what was not sent"),
            0 => {}
            n => console.note(&format!("{n} not begun; the same command goes on with what was not begun")),
        }
    }
    let Left { in_doubt, elsewhere, refused: now_refused, waiting, missing, open: _ } = left;
    let before = now_refused.saturating_sub(*refused);
    if before > 0 {
        console.note(&format!(
            "{before} refused before: what was fixed at the marketplace goes again, as it is, with --reason"
        ));
    }
    if *missing > 0 {
        console.note(&format!("{missing} missing: no usage was added; `market usage preview` names them"));
    }
    if *elsewhere > 0 {
        console.note(&format!("{elsewhere} in progress at another desk"));
    }
    if *waiting > 0 {
        console.note(&format!("{waiting} waiting: an earlier report of the same month is not settled"));
    }
    if *in_doubt > 0 {
        console.note(&format!(
            "{in_doubt} in doubt. Look at the portal, then say what it shows: `market usage resolve`. Nothing is sent again by itself."
        ));
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

/// Tells a person what became of one report.
pub(super) fn tell(step: &ReportStep, console: &Console) {
    match step {
        ReportStep::Sent(report) => _ = console.text(&line(report)),
        ReportStep::Unrecorded { id, slot, amount, answer, .. } => {
            let amount = amount.unwrap_or_default();
            _ = console.text(&format!("{id}  answered   {slot}  {amount}  {answer}; not yet recorded here"));
        }
        ReportStep::Elsewhere(report) => console.note(&format!("{}: reported by another desk", report.id)),
        ReportStep::Held(report, refusal) => {
            console.note(&format!("{}  {}: held back: {refusal}", report.id, report.slot));
        }
    }
}

fn line(report: &Report) -> String {
    let words = report.outcome().unwrap_or_else(|| "unknown".to_owned());
    let alarm = alarm(report).map_or_else(String::new, |alarm| format!("; alarm: {alarm}"));
    let amount = report.amount().unwrap_or_default();
    format!("{}  {:<9}  {}  {amount}  {words}{alarm}", report.id, report.state().name(), report.slot)
}

pub(super) fn result(step: &ReportStep) -> Value {
    match step {
        ReportStep::Sent(report) | ReportStep::Elsewhere(report) => json!({
            "id": report.id,
            "provisioningId": report.slot.provisioning_id,
            "sku": report.slot.sku,
            "month": report.slot.month,
            "supplement": report.slot.supplement,
            "amount": report.amount(),
            "state": report.state().name(),
            "outcome": report.outcome(),
            "alarm": alarm(report),
            "byAnotherDesk": matches!(step, ReportStep::Elsewhere(_)),
        }),
        ReportStep::Unrecorded { id, slot, amount, answer, .. } => json!({
            "id": id,
            "provisioningId": slot.provisioning_id,
            "sku": slot.sku,
            "month": slot.month,
            "supplement": slot.supplement,
            "amount": amount,
            "outcome": answer,
            "recorded": false,
        }),
        ReportStep::Held(report, refusal) => json!({
            "id": report.id,
            "provisioningId": report.slot.provisioning_id,
            "sku": report.slot.sku,
            "month": report.slot.month,
            "supplement": report.slot.supplement,
            "heldBack": refusal.to_string(),
        }),
    }
}

/// A doubt counts whoever it is about: a script that asks for one subscription after the other is not to take the month
/// for settled. What else nobody asked for is told, and does not count.
fn exit_of(ran: &Ran, left: &Left, others: &Left) -> Exit {
    match ran {
        _ if left.in_doubt + others.in_doubt > 0 => Exit::InDoubt,
        Ran { in_doubt: 1.., .. } => Exit::InDoubt,
        // Stopped before its aim is never "done".
        Ran { halt: Some(Halt::Stopped), .. } => Exit::Unexpected,
        Ran { refused: 1.., .. } => Exit::RefusedByPx,
        _ if left.refused > 0 => Exit::RefusedByPx,
        Ran { not_sent: 1.., .. } => Exit::Unreachable,
        Ran { held: 1.., .. } => Exit::RefusedHere,
        // What is not sent for now is not done either.
        _ if left.waiting + left.elsewhere > 0 => Exit::RefusedHere,
        Ran { .. } => Exit::Done,
    }
}
