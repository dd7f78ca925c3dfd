//! `market list` and `market show`.

use super::asked::Asked;
use super::{account, find, json, market};
use crate::cli::dates::local;
use crate::cli::{Console, Exit, Failed, opened};
use crate::config::Settings;
use crate::kind::Timestamp;
use crate::subscription::{
    Answer, Calendar, Month, Note, Outcome, Sku, SkuLine, SkuState, State, Subscription, SubscriptionRow,
};
use crate::text::one_line;
use std::fmt::Write as _;

/// `market list`
pub async fn list(
    settings: &Settings,
    state: Option<State>,
    month: Option<Month>,
    console: &Console,
) -> Result<Exit, Failed> {
    let session = opened::market_to_read(settings).await?;
    let now = session.engine.clock().now();
    let calendar = Calendar::new().map_err(|why| Failed::new(Exit::Configuration, why))?;
    let mut rows = session.engine.subscriptions(state).await?;
    rows.retain(|row| month.is_none_or(|month| calendar.bill_month(row.requested_at) == month));
    if console.is_json() {
        console.json(&rows.iter().map(|row| json::row(row, now)).collect::<Vec<_>>())?;
    } else {
        if rows.is_empty() {
            console.note("no subscriptions to list");
        }
        console.text(&rows.iter().map(|row| line(row, &calendar, now)).collect::<String>())?;
    }
    Ok(Exit::Done)
}

fn line(row: &SubscriptionRow, calendar: &Calendar, now: Timestamp) -> String {
    let customer = row.customer_id.as_ref().map_or("-", |id| id.as_str());
    let skus: Vec<_> = row.skus.iter().map(|line| sku(line, row.state(now), calendar, now)).collect();
    let unconfirmed = if row.unconfirmed { "  unconfirmed" } else { "" };
    let due = due(row, calendar, now).map_or_else(String::new, |(day, over)| {
        format!("  {} {day}", if over { "overdue: write by" } else { "write by" })
    });
    format!(
        "{}  {:<11}  {:<12}  {}  {}{unconfirmed}{due}\n",
        row.id,
        row.state(now).name(),
        customer,
        row.provisioning_id,
        skus.join(", ")
    )
}

/// Until when its customer, who pressed Terminate, is to be written to, and whether that day is over.
pub(super) fn due<'r>(
    row: &'r SubscriptionRow,
    calendar: &Calendar,
    now: Timestamp,
) -> Option<(&'r str, bool)> {
    let due = row.termination_due.as_deref().filter(|_| row.state(now) != State::Ended)?;
    Some((due, calendar.is_over(due, now)))
}

fn sku(line: &SkuLine, of: State, calendar: &Calendar, now: Timestamp) -> String {
    if of == State::Rejected {
        return format!("{} not billed", line.plan.sku);
    }
    if let Some(doubt) = line.doubt(now) {
        return format!("{} {doubt}", line.plan.sku);
    }
    match line.state(now) {
        SkuState::Scheduled(starts) => {
            format!("{} scheduled {} in Chicago", line.plan.sku, calendar.day(starts))
        }
        state => format!("{} {}", line.plan.sku, state.name()),
    }
}

/// `market show`
pub async fn show(settings: &Settings, id: &str, console: &Console) -> Result<Exit, Failed> {
    let session = opened::market_to_read(settings).await?;
    let row = find(&session, id).await?;
    let now = session.engine.clock().now();
    let calendar = Calendar::new().map_err(|why| Failed::new(Exit::Configuration, why))?;
    let subscription: Subscription = session.engine.journal().load(&row.id).await?;
    let history = session.engine.journal().history::<Subscription>(&row.id).await?;
    let earlier = session.engine.earlier_tries(&subscription).await?;
    let reports = session.engine.accounts_of(&subscription).await?;
    let within = market(settings)?.webhook.answer_within;
    let asked = Asked::of(&session.engine, &subscription, within).await;
    if console.is_json() {
        let mut shown = json::subscription(&subscription, &history, &earlier, now);
        shown["reports"] = reports.iter().map(account::shown).collect();
        console.json(&shown)?;
    } else {
        console.text(&text(&subscription, asked.as_ref(), &earlier, &calendar, now))?;
        for (label, value) in reports.iter().flat_map(account::lines) {
            console.text(&format!("{label:<18}{}", one_line(&value)))?;
        }
        for recorded in &history {
            let name = <Subscription as crate::kind::Kind>::event_name(&recorded.event);
            console.text(&format!(
                "{:>4}  {}  {:<20}  {}",
                recorded.seq,
                local(recorded.at),
                name,
                one_line(&recorded.by)
            ))?;
        }
    }
    Ok(Exit::Done)
}

/// What somebody wrote down.
fn noted(note: &Note) -> String {
    match note {
        Note::TerminationMail { mail, due } => {
            format!("the termination e-mail came on {mail}; the customer is to be written to by {due}")
        }
        Note::BillingMoved { sku, to } => format!("billing of {sku} starts {}", local(*to)),
        Note::UsageLeftOut { skus, reason } => {
            let skus: Vec<_> = skus.iter().map(Sku::as_str).collect();
            format!("usage of {} left out: {reason}", skus.join(", "))
        }
        Note::AsConfigured { plan } => {
            let usage = if plan.usage { "billed by usage" } else { "not billed by usage" };
            format!("{} as the configuration says now: {}, {usage}", plan.sku, plan.billing)
        }
        Note::ProductNamed { product_id, reason } => {
            let reason = reason.as_ref().map_or_else(String::new, |reason| format!(": {reason}"));
            format!("the product is {product_id}{reason}")
        }
        Note::AlarmSetAside { reason } => {
            format!("what the requests listed of it was set aside: {reason}")
        }
        Note::Text { personal: None } => "(erased)".to_owned(),
        Note::Text { personal: Some(personal) } => personal.text.expose().to_owned(),
    }
}

fn text(
    of: &Subscription,
    asked: Option<&Asked>,
    earlier: &[SubscriptionRow],
    calendar: &Calendar,
    now: Timestamp,
) -> String {
    let mut out = String::new();
    let mut line = |label: &str, value: &str| {
        // Writing to a String cannot fail.
        let _ = writeln!(out, "{label:<18}{value}");
    };
    line("subscription", of.id.as_str());
    line("environment", of.environment.name());
    line("state", of.state(now).name());
    line("provisioning id", of.provisioning_id.as_str());
    line("customer id", of.customer_id().map_or("-", |id| id.as_str()));
    line("product id", &of.product_id.map_or_else(|| "-".to_owned(), |id| id.to_string()));
    line("requested", &local(of.requested_at));
    match of.answer.as_ref().map(|answered| (&answered.answer, answered.at)) {
        None => line("answer", "none yet"),
        Some((Answer::Refused { message }, at)) => {
            let message = message.as_deref().unwrap_or("(erased)");
            line("answer", &format!("refused at {}: {message}", local(at)));
        }
        Some((Answer::Provisioned { .. }, at)) if of.is_unconfirmed() => {
            line("answer", &format!("given at {}; it is not certain that it arrived", local(at)));
        }
        Some((Answer::Provisioned { .. }, at)) => line("answer", &format!("given at {}", local(at))),
    }
    if let Some(answered) = &of.answer {
        line("answered by", &one_line(&answered.by.words()));
    }
    if let Some(asked) = asked {
        line("handed over", &asked.words());
    }
    for not_used in &of.not_used {
        line("not used", &format!("{}: {}", local(not_used.at), not_used.words()));
    }
    for sku in &of.skus {
        let unit = sku.plan.unit.as_deref().map_or_else(String::new, |unit| format!(", in {unit}"));
        let usage = if sku.plan.usage { format!(", billed by usage{unit}") } else { String::new() };
        let known = if sku.plan.known { "" } else { "; not in the configuration" };
        let is = self::sku(sku, of.state(now), calendar, now);
        line("SKU", &format!("{is} ({}{usage}{known})", sku.plan.billing));
    }
    for (name, value) in &of.fields {
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        // A buyer's line break would begin a line of ours.
        line("field", &one_line(&format!("{name}: {value}")));
    }
    if let Some(exact) = &of.exact {
        line("exactly", &one_line(exact));
    }
    for note in &of.notes {
        line("note", &one_line(&noted(note)));
    }
    if of.conflicts > 0 {
        line("alarm", &format!("its id came {} times with other content; that was refused", of.conflicts));
    }
    for row in earlier {
        line("repeat?", &format!("{} has the same contact and product", row.provisioning_id));
    }
    for attempt in &of.attempts.0 {
        let skus: Vec<_> = attempt.skus.iter().map(Sku::as_str).collect();
        let outcome = attempt.ended.as_ref().map_or_else(
            || "in progress".to_owned(),
            |ended| ended.outcome.as_ref().map_or_else(|| "cut off; unknown".to_owned(), Outcome::words),
        );
        line("call", &format!("{} {} at {}: {outcome}", attempt.call, skus.join(", "), local(attempt.at)));
    }
    out
}
