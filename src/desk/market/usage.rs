//! The forms for usage that is typed: of a month, of a month whose report was sent, and more for a month that was reported.

use super::ask::More;
use super::basics::line;
use super::fields::{Errors, at_its_field, field, form, required, text, wrong};
use super::wanted::Used;
use crate::desk::frame::form::{Field, Form};
use crate::desk::model::{Model, Screen};
use crate::subscription::{
    Amount, Because, Month, Refusal, ReportRow, ReportState, Sku, SubscriptionRow, Total,
};

/// Usage, by hand.
pub fn usage(sku: &str, month: &str) -> Form {
    let mut form = form(vec![
        required(field("sku", "SKU", "one that is billed by usage", sku)),
        required(field("count", "Count", "such as 100.5; it is added to the usage so far", "")),
        required(field("month", "Month", "in which it was used, such as 2026-11", month)),
    ]);
    form.focus = usize::from(!sku.is_empty());
    form
}

/// Reads it, for the subscription of `row`. The line counts once by `key`.
pub fn read_usage(model: &Model, row: &SubscriptionRow, form: &Form, key: String) -> Result<Used, Errors> {
    let (sku, month, count) = read_slot(form)?;
    if let Some(bill) = model.market.bill(model.now) {
        row.takes_usage(&sku, month, bill, model.now, None).map_err(|refusal| at_its_field(&refusal, row))?;
    }
    Ok(Used { sku, month, count, key })
}

/// Why usage is taken in although its month was reported, and who says so.
pub fn late() -> Form {
    form(because().into())
}

/// Reads it.
pub fn read_because(form: &Form) -> Result<Because, Errors> {
    Ok(Because { reason: text(form, "reason")?, name: text(form, "by")? })
}

fn because() -> [Field; 2] {
    [
        required(field("reason", "Reason", "why it comes only now; kept in the history", "")),
        required(field("by", "Your name", "who says so", "")),
    ]
}

/// So much more for a month that was reported.
pub fn supplement(of: &ReportRow) -> Form {
    let (sku, month) = (of.slot.sku.as_str(), of.slot.month.to_string());
    let mut fields = vec![
        required(field("sku", "SKU", "one whose month was reported", sku)),
        required(field("month", "Month", "the month that was reported, such as 2026-11", &month)),
        required(field("count", "More", "such as 20.5; it is added to what was reported", "")),
    ];
    fields.extend(because());
    Form { focus: 2, ..form(fields) }
}

/// Reads it, for the subscription of `row`.
pub fn read_supplement(model: &Model, row: &SubscriptionRow, form: &Form) -> Result<More, Errors> {
    let (sku, month, count) = read_slot(form)?;
    if !row.skus.iter().any(|line| line.plan.sku == sku) {
        return Err(at_its_field(&Refusal::NoSuchSku(sku), row));
    }
    let bill = model.market.bill(model.now).unwrap_or(month);
    if month > bill {
        return Err(at_its_field(&Refusal::FutureMonth { month, bill }, row));
    }
    if count == Amount::ZERO {
        return Err(at_its_field(&Refusal::NotUpward, row));
    }
    let reported = reported(model, row, &sku, month)?;
    Ok(More { sku, month, count, reported, because: read_because(form)?, bill })
}

fn read_slot(form: &Form) -> Result<(Sku, Month, Amount), Errors> {
    let sku = Sku::new(text(form, "sku")?).map_err(|why| wrong("sku", why.to_string()))?;
    let count = Amount::parse(&text(form, "count")?).map_err(|why| wrong("count", why))?;
    let month = Month::parse(&text(form, "month")?).map_err(|why| wrong("month", why))?;
    Ok((sku, month, count))
}

/// The report that more can be added to from where the keys are: that of the chosen line of the month, or the latest one
/// of the open subscription.
pub fn supplemented(model: &Model) -> Option<&ReportRow> {
    let is_reported = |row: &&ReportRow| row.state == ReportState::Reported;
    match model.screen {
        Screen::Subscription => {
            let page = model.market.page.as_ref()?;
            page.reports.iter().filter(is_reported).max_by_key(|row| row.slot.month)
        }
        _ => line(&model.market)?.report.as_ref().filter(is_reported),
    }
}

/// What was reported of a SKU's month, its supplements with it.
fn reported(model: &Model, row: &SubscriptionRow, sku: &Sku, month: Month) -> Result<Total, Errors> {
    let Some(mut reports) = reports(model, row, month) else {
        return Err(wrong("month", "is not shown here; go to it in the list of the month (m, then ←)"));
    };
    reports.retain(|report| report.slot.sku == *sku);
    match reports.iter().max_by_key(|report| report.slot.supplement) {
        None => {
            return Err(wrong("month", "no usage was added for it; u adds some, which goes with its report"));
        }
        Some(last) if last.state != ReportState::Reported => {
            return Err(wrong("month", format!("{}; {}", Refusal::Unsettled, settles(last.state))));
        }
        Some(_) => {}
    }
    Ok(reports.iter().filter_map(|report| report.amount).fold(Total::ZERO, Total::plus))
}

/// The reports of a subscription in a month, where they are on the screen.
fn reports<'a>(model: &'a Model, row: &SubscriptionRow, month: Month) -> Option<Vec<&'a ReportRow>> {
    let market = &model.market;
    let ours = |report: &&ReportRow| report.subscription == row.id && report.slot.month == month;
    if let Some(view) = market.month.as_ref().filter(|view| view.month == month) {
        return Some(view.lines.iter().filter_map(|line| line.report.as_ref()).filter(ours).collect());
    }
    let bill = market.bill(model.now)?;
    let page = market.page.as_ref().filter(|page| page.subscription.id == row.id)?;
    let is_read = [bill.previous(), bill].contains(&month);
    is_read.then(|| page.reports.iter().filter(ours).collect())
}

/// What settles a report of this state.
fn settles(state: ReportState) -> &'static str {
    match state {
        ReportState::Open | ReportState::Refused => "u adds usage to it, which goes with it",
        ReportState::Prepared => "send it first, with p in the list of the month",
        ReportState::Sending => "wait until the call has ended",
        ReportState::InDoubt => "record first what the portal shows: d lists it",
        ReportState::Reported => "it is reported",
    }
}
