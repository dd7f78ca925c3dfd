//! The commands on usage that send nothing.

use super::{account, find, gate, gate_to_send, json};
use crate::cli::args::UsageCommand;
use crate::cli::dates::local;
use crate::cli::{Console, Exit, Failed, Session, opened};
use crate::config::Settings;
use crate::engine::MarketError;
use crate::kind::{Timestamp, off};
use crate::session::local_zone;
use crate::subscription::{
    Because, Calendar, Finding, Gate, Month, MonthView, Refusal, Report, ReportRow, ReportState, Sku,
    Statement, SubscriptionRow, Total, earlier_in_words,
};
use serde_json::json;
use std::collections::HashMap;

/// Does what `command` says.
pub async fn run(settings: &Settings, command: &UsageCommand, console: &Console) -> Result<Exit, Failed> {
    let session = match command {
        UsageCommand::Preview { .. } | UsageCommand::List { .. } => opened::market_to_read(settings).await?,
        _ => opened::market_to_change(settings).await?,
    };
    match command {
        UsageCommand::Preview { month } => preview(&session, settings, *month, console).await,
        UsageCommand::List { month } => list(&session, settings, *month, console).await,
        UsageCommand::Resolve { .. } => resolve(&session, command, console).await,
        UsageCommand::Supplement { id, sku, month, count, reason, by } => {
            let row = find(&session, id).await?;
            let because = Because { reason: reason.clone(), name: by.clone() };
            let report = session.engine.supplement(&row, sku, *month, *count, because).await?;
            let before = sum_before(&session, &row, sku, *month).await?;
            let sum = before.plus(*count);
            if console.is_json() {
                console.json(&json!({
                    "id": report.id,
                    "supplement": report.slot.supplement,
                    "reported": before,
                    "amount": count,
                    "sum": sum,
                }))?;
            } else {
                console.text(&format!(
                    "{} supplement {}: {count} to the {before} reported, {sum} in all; `market usage send` reports it",
                    report.id, report.slot.supplement
                ))?;
            }
            Ok(Exit::Done)
        }
        UsageCommand::Takeover { from, by, reason } => {
            session.engine.take_over_reporting(*from, by, reason.as_deref()).await?;
            if console.is_json() {
                console.json(&json!({ "from": from, "by": by }))?;
            } else {
                console.text(&format!("this journal reports from {from} on"))?;
            }
            Ok(Exit::Done)
        }
        UsageCommand::Add { .. } | UsageCommand::Send { .. } | UsageCommand::Reconcile { .. } => {
            Ok(Exit::Done)
        }
    }
}

/// What is reported of a SKU's month already.
async fn sum_before(
    session: &Session,
    row: &SubscriptionRow,
    sku: &Sku,
    month: Month,
) -> Result<Total, Failed> {
    let rows = session.engine.reports_of(month).await?;
    let ours = rows.into_iter().filter(|report| report.subscription == row.id && report.slot.sku == *sku);
    let reported = ours.filter(|report| report.reported_at.is_some()).filter_map(|report| report.amount);
    Ok(reported.fold(Total::ZERO, Total::plus))
}

async fn preview(
    session: &Session,
    settings: &Settings,
    month: Month,
    console: &Console,
) -> Result<Exit, Failed> {
    // Closed or not, it is what the run of it would say.
    let gate = gate_to_send(session, settings).await?;
    let view = session.engine.month(month, &gate).await?;
    match gate.check(session.engine.clock().now()) {
        Err(shut) if view.closed => console.note(&Refusal::Shut(shut).to_string()),
        _ => tell_clock(&gate, session.engine.clock().now(), console),
    }
    let (missing, lines): (Vec<_>, Vec<_>) =
        view.lines.iter().partition(|line| line.findings.contains(&Finding::Missing));
    if console.is_json() {
        console.json(&json!({
            "month": month,
            "closed": view.closed,
            "closesAt": view.closing.closes,
            "opensAt": view.closing.opens,
            "lastBegin": view.last_begin,
            "clockAheadSeconds": view.clock_error.map(|ahead| ahead.as_secs()),
            "bill": view.bill,
            "lines": lines.iter().map(|line| json::line(line)).collect::<Vec<_>>(),
            "missing": missing.iter().map(|line| json::missing(line)).collect::<Vec<_>>(),
            "earlier": json::earlier(&view.earlier),
        }))?;
        return Ok(Exit::Done);
    }
    console.text(&head(&view))?;
    if let Some(earlier) = earlier_in_words(&view.earlier) {
        console.text(&earlier)?;
    }
    if missing.is_empty() && lines.is_empty() {
        console.note(&format!("there is nothing to report for {month}"));
    }
    for line in missing.into_iter().chain(lines) {
        let customer = line.customer_id.as_ref().map_or("-", |id| id.as_str());
        let amount = line.report.as_ref().and_then(|row| row.amount);
        let amount = amount.map_or_else(
            || "-".to_owned(),
            |amount| format!("{amount} {}", line.unit.as_deref().unwrap_or_default()).trim_end().to_owned(),
        );
        let state = line.report.as_ref().map_or("missing", |row| row.state.name());
        let before = line.usual.map_or_else(String::new, |usual| format!("  usual {usual}"));
        let other = line.report.as_ref().filter(|row| row.slot.month != view.month);
        let other = other.map_or_else(String::new, |row| format!("  of {}", row.slot.month));
        let supplement = line.report.as_ref().map_or_else(String::new, supplement);
        let problem: Vec<_> = line.findings.iter().map(Finding::words).collect();
        let problem = if problem.is_empty() { String::new() } else { format!("  {}", problem.join("; ")) };
        console.text(&format!(
            "{:<9}  {customer:<12}  {}  {}  {amount}{supplement}{other}{before}{problem}",
            state, line.provisioning_id, line.sku
        ))?;
    }
    Ok(Exit::Done)
}

fn head(view: &MonthView) -> String {
    let closed = if view.closed { "closed now; " } else { "" };
    let (shuts, opens) = (local(view.closing.closes), local(view.closing.opens));
    format!(
        "{}: {closed}what is sent goes on the bill of {}; closes {shuts}, opens {opens}",
        view.month, view.bill
    )
}

async fn list(
    session: &Session,
    settings: &Settings,
    month: Month,
    console: &Console,
) -> Result<Exit, Failed> {
    let calendar = gate(session, settings).await?.calendar;
    let rows = session.engine.reports_of(month).await?;
    let subscriptions = session.engine.subscriptions(None).await?;
    let left_out = session.engine.left_out_among(&rows, &subscriptions).await?;
    let customers = customers_of(subscriptions);
    let customer = |row: &ReportRow| customers.get(row.subscription.as_str()).map(String::as_str);
    let mut listed = Vec::with_capacity(rows.len());
    for row in &rows {
        let bill = session.engine.bill_of(row, &calendar).await?;
        let alarm = alarm_of(session, row).await?;
        if console.is_json() {
            let mut report = json::report(row, customer(row), bill);
            report["leftOut"] = json!(left_out.get(&row.id));
            report["alarm"] = json!(alarm);
            listed.push(report);
        } else {
            let left_out = left_out.get(&row.id).map(|reason| format!("  left out: {reason}"));
            let alarm = alarm.map_or_else(String::new, |alarm| format!("  alarm: {alarm}"));
            let line = line(row, customer(row), bill);
            console.text(&format!("{line}{}{alarm}", left_out.unwrap_or_default()))?;
        }
    }
    if console.is_json() {
        console.json(&listed)?;
    } else if rows.is_empty() {
        console.note(&format!("no usage was added for {month}"));
    }
    Ok(Exit::Done)
}

/// How what is known of a report contradicts itself; it is in doubt then.
async fn alarm_of(session: &Session, row: &ReportRow) -> Result<Option<String>, Failed> {
    if row.state != ReportState::InDoubt {
        return Ok(None);
    }
    Ok(account::alarm(&session.engine.of::<Report>().load(&row.id).await?))
}

/// The customers' ids, by our ids of their subscriptions.
fn customers_of(rows: Vec<SubscriptionRow>) -> HashMap<String, String> {
    let pair = |row: SubscriptionRow| Some((row.id.to_string(), row.customer_id?.as_str().to_owned()));
    rows.into_iter().filter_map(pair).collect()
}

fn supplement(row: &ReportRow) -> String {
    match row.slot.supplement {
        0 => String::new(),
        n => format!("  supplement {n}"),
    }
}

fn line(row: &ReportRow, customer: Option<&str>, bill: Option<Month>) -> String {
    let amount = row.amount.map_or_else(|| "-".to_owned(), |amount| amount.to_string());
    let bill = bill.map_or_else(String::new, |bill| format!("  bill {bill}"));
    let supplement = supplement(row);
    format!(
        "{}  {:<9}  {:<12}  {}  {}  {amount}{supplement}{bill}",
        row.id,
        row.state.name(),
        customer.unwrap_or("-"),
        row.slot.provisioning_id,
        row.slot.sku,
    )
}

async fn resolve(session: &Session, command: &UsageCommand, console: &Console) -> Result<Exit, Failed> {
    let UsageCommand::Resolve { id, sku, month, supplement, reported, reference, by, bill, .. } = command
    else {
        return Ok(Exit::Done);
    };
    let row = find(session, id).await?;
    let rows = session.engine.reports_of(*month).await?;
    let report = rows.into_iter().find(|report| {
        report.subscription == row.id && report.slot.sku == *sku && report.slot.supplement == *supplement
    });
    let before = report.ok_or(MarketError::Refusal(Refusal::NotInDoubt))?;
    let (reference, name) = (reference.clone(), by.clone());
    let statement = Statement { reported: *reported, reference, name, bill: *bill };
    let report = session.engine.resolve_report(&before.id, statement).await?;
    let state = report.state().name();
    if console.is_json() {
        console.json(&json!({ "id": report.id, "state": state }))?;
    } else {
        console.text(&format!("{} {state}", report.id))?;
    }
    if report.state().may_go() {
        tell_bills(session, &before, console)?;
    }
    Ok(Exit::Done)
}

/// On which bills a report can be that a person takes for not reported, where that is not one alone.
fn tell_bills(session: &Session, before: &ReportRow, console: &Console) -> Result<(), Failed> {
    let calendar = Calendar::new().map_err(|why| Failed::new(Exit::Configuration, why))?;
    let bills = before.bills_since_its_call(&calendar, session.engine.clock().now());
    if let Some((first, last)) = bills.filter(|(first, last)| first < last) {
        console.note(&format!(
            "it can be on each bill from {first} to {last}. Where one of them shows it, do not send it again: it would be billed twice"
        ));
    }
    Ok(())
}

/// `market closing`
pub async fn closing(settings: &Settings, console: &Console) -> Result<Exit, Failed> {
    let session = opened::market_to_read(settings).await?;
    let gate = gate_to_send(&session, settings).await?;
    let now = session.engine.clock().now();
    let closing = gate.closing(now);
    let shut = gate.check(now).err();
    let bill = gate.bill_month(now);
    if console.is_json() {
        console.json(&json!({
            "now": now,
            "bill": bill,
            "closed": shut.is_some(),
            "closesAt": closing.closes,
            "opensAt": closing.opens,
            "closesAtLocal": zoned(closing.closes, "local"),
            "opensAtLocal": zoned(closing.opens, "local"),
            "closesAtChicago": zoned(closing.closes, "chicago"),
            "opensAtChicago": zoned(closing.opens, "chicago"),
            "clockAheadSeconds": gate.clock_error.map(|ahead| ahead.as_secs()),
        }))?;
    } else {
        console.text(&format!("bill month  {bill}"))?;
        for (what, at) in [("closes", closing.closes), ("opens", closing.opens)] {
            let (there, here) = (zoned(at, "chicago"), zoned(at, "local"));
            console.text(&format!("{what:<10}  {at}   Chicago {there}   here {here}"))?;
        }
    }
    match shut {
        None => {
            tell_clock(&gate, now, console);
            Ok(Exit::Done)
        }
        Some(shut) => {
            console.note(&Refusal::Shut(shut).to_string());
            Ok(Exit::RefusedHere)
        }
    }
}

/// Says that this machine's clock shows another time than the marketplace's, which these times go by.
fn tell_clock(gate: &Gate, now: Timestamp, console: &Console) {
    if let Some(ahead) = gate.off() {
        console.note(&format!("this machine's clock is {} the marketplace's: set it", off(ahead)));
    } else if !gate.calendar.has(now) {
        console.note(&format!("it is {} by this machine's clock; is it right?", local(now)));
    }
}

fn zoned(at: Timestamp, zone: &str) -> String {
    let zone = match zone {
        "chicago" => jiff::tz::TimeZone::get("America/Chicago").unwrap_or(jiff::tz::TimeZone::UTC),
        _ => local_zone(),
    };
    at.to_zoned(zone).strftime("%Y-%m-%d %H:%M %Z").to_string()
}
