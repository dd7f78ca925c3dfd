//! `market end`: the usage that is not reported yet goes first, and only then is anything ended.

use super::calls::{outcome, unless_told};
use super::run::{result, tell};
use super::{find, gate_to_send, market, to_call};
use crate::cli::args::MarketCommand;
use crate::cli::{Console, Exit, Failed, opened};
use crate::config::Settings;
use crate::engine::{End, EndedSkus, MarketError, ReportStep, Unreported};
use crate::subscription::{CustomerId, Ending, ReportRow, ReportState, Sku};
use serde_json::json;

/// Ends SKUs, or shows what that means.
pub async fn run(settings: &Settings, command: &MarketCommand, console: &Console) -> Result<Exit, Failed> {
    let MarketCommand::End { id, skus, reason, without_usage, preview: only_shown } = command else {
        return Ok(Exit::Done);
    };
    if *only_shown {
        return preview(settings, id, skus, console).await;
    }
    let session = to_call(settings, console).await?;
    let row = find(&session, id).await?;
    let end = End {
        skus: skus.clone(),
        reason: reason.clone(),
        without_usage: *without_usage,
        gate: gate_to_send(&session, settings).await?,
        at_once: usize::from(market(settings)?.concurrency),
    };
    let mut usage = Vec::new();
    let is_json = console.is_json();
    let mut told = |step: &ReportStep| if is_json { usage.push(result(step)) } else { tell(step, console) };
    let work = session.engine.report_and_end(&row.id, &end, &mut told);
    match unless_told(&session, console, "nothing was ended", work).await? {
        EndedSkus::Called(of) => outcome(console, &of.id, &of.attempts, Some(&usage)),
        EndedSkus::Unreported(why) => Err(not_ended(&why)),
    }
}

/// Nothing was ended: why, with the status of that cause.
fn not_ended(why: &Unreported) -> Failed {
    let exit = match why {
        Unreported::Held(refusal) => Failed::from(MarketError::Refusal(refusal.clone())).exit,
        Unreported::Sent(report) => match report.state() {
            ReportState::Refused => Exit::RefusedByPx,
            ReportState::InDoubt | ReportState::Sending => Exit::InDoubt,
            ReportState::Open | ReportState::Prepared | ReportState::Reported => Exit::Unreachable,
        },
    };
    let what = format!("nothing was ended, as its usage is not reported: {}", why.words());
    let next = format!("{} To end it all the same: --without-usage --reason TEXT.", why.next());
    Failed { exit, what, next: Some(next) }
}

/// What would stop, what goes on, and which usage is not reported yet.
async fn preview(settings: &Settings, id: &str, skus: &[Sku], console: &Console) -> Result<Exit, Failed> {
    let session = opened::market_to_read(settings).await?;
    let row = find(&session, id).await?;
    let calendar = super::gate(&session, settings).await?.calendar;
    let ending = session.engine.before_end(&row.id, skus).await?;
    let Ending { stops, goes_on, unknown, not_reported: open, missing, .. } = &ending;
    if console.is_json() {
        let customer = row.customer_id.as_ref().map(CustomerId::as_str);
        let listed = |row: &ReportRow| super::json::report(row, customer, row.bill_by_its_call(&calendar));
        let open: Vec<_> = open.iter().map(listed).collect();
        let missing: Vec<_> =
            missing.iter().map(|(sku, month)| json!({ "sku": sku, "month": month })).collect();
        console.json(&json!({
            "id": row.id, "stops": stops, "goesOn": goes_on, "unknown": unknown, "notReported": open, "missing": missing,
        }))?;
        return Ok(Exit::Done);
    }
    for sku in stops {
        console.text(&format!("stops: {sku}"))?;
    }
    for sku in goes_on {
        console.text(&format!("goes on: {sku}"))?;
    }
    for sku in unknown {
        console.text(&format!(
            "not known: whether {sku} was ended: its call got no answer that says so; look at the portal"
        ))?;
    }
    for report in open {
        let amount = report.amount.map_or_else(|| "-".to_owned(), |amount| amount.to_string());
        let (sku, month) = (&report.slot.sku, report.slot.month);
        console.text(&format!("not reported yet: {sku} {month} {amount}: it is reported first"))?;
    }
    for (sku, month) in missing {
        console.text(&format!(
            "missing: {sku} {month}: no usage was added; add it first, or a line with the count 0"
        ))?;
    }
    console.text("Its effect on the bill of this month is not documented.")?;
    Ok(Exit::Done)
}
