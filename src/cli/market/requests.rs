//! `market requests`: what a person should look at among the deploys.

use super::list::due;
use super::{find, json, unreadable};
use crate::cli::args::MarketCommand;
use crate::cli::{Console, Exit, Failed, Session};
use crate::config::Settings;
use crate::kind::Timestamp;
use crate::subscription::{Calendar, Note, Sender, State, Subscription, SubscriptionRow, earlier_in_words};
use crate::view::ago;
use serde_json::json;

/// How many subscriptions are looked at for second tries: the latest.
const LATEST: usize = 500;

/// `market requests`; with `all` also what a person has set aside.
pub async fn run(settings: &Settings, all: bool, console: &Console) -> Result<Exit, Failed> {
    let session = Session::open_for_market(settings, false).await?;
    let now = session.engine.clock().now();
    let rows = session.engine.subscriptions(None).await?;
    let waiting: Vec<&SubscriptionRow> =
        rows.iter().filter(|row| row.state(now) == State::Requested).collect();
    let unconfirmed: Vec<&SubscriptionRow> = rows.iter().filter(|row| row.unconfirmed).collect();
    let mut conflicting: Vec<(&SubscriptionRow, Timestamp)> = Vec::new();
    for row in rows.iter().filter(|row| all || row.conflicts > 0) {
        let of: Subscription = session.engine.journal().load(&row.id).await?;
        conflicting.extend(of.conflict_at.map(|at| (row, at)));
    }
    let overdue: Vec<&SubscriptionRow> =
        rows.iter().filter(|row| due(row, now).is_some_and(|(_, over)| over)).collect();
    let (mut second, mut otherwise) = (Vec::new(), Vec::new());
    for row in rows.iter().take(LATEST) {
        let subscription: Subscription = session.engine.journal().load(&row.id).await?;
        let why = if all { subscription.answered_otherwise() } else { subscription.open_otherwise() };
        otherwise.extend(why.map(|why| (row, why.to_owned())));
        let earlier = session.engine.earlier_tries(&subscription).await?;
        if !earlier.is_empty() {
            second.push((row, earlier));
        }
    }
    let sender = session.engine.sender().await?;
    let counts = |sender: &Sender| {
        if all {
            (sender.unreadable, sender.strangers)
        } else {
            (sender.open_unreadable(), sender.open_strangers())
        }
    };
    let (count, strangers) = sender.as_ref().map_or((0, 0), counts);
    let calendar = Calendar::new().map_err(|why| Failed::new(Exit::Configuration, why))?;
    let bill = calendar.bill_month(now);
    let earlier = session.engine.open_before(bill, &rows, bill).await?;
    let earlier: Vec<_> = earlier.into_iter().map(|(month, open)| (month, open.len())).collect();
    let mut odd = if count > 0 { unreadable::all(&session).await? } else { Vec::new() };
    odd.retain(|odd| all || odd.aside.is_none());
    if console.is_json() {
        let list = |rows: &[&SubscriptionRow]| rows.iter().map(|row| json::row(row, now)).collect::<Vec<_>>();
        let conflict = |(row, at): &(&SubscriptionRow, Timestamp)| {
            let mut shown = json::row(row, now);
            shown["conflictAt"] = json!(at);
            shown
        };
        let decided = |(row, why): &(&SubscriptionRow, String)| {
            let mut shown = json::row(row, now);
            shown["why"] = json!(why);
            shown
        };
        let tries = second.iter().map(|(row, earlier)| {
            let earlier: Vec<_> = earlier.iter().map(|row| row.provisioning_id.as_str()).collect();
            json!({ "provisioningId": row.provisioning_id, "earlier": earlier })
        });
        console.json(&json!({
            "waiting": list(&waiting),
            "unconfirmed": list(&unconfirmed),
            "conflicting": conflicting.iter().map(conflict).collect::<Vec<_>>(),
            "answeredOtherwise": otherwise.iter().map(decided).collect::<Vec<_>>(),
            "terminationsOverdue": list(&overdue),
            "secondTries": tries.collect::<Vec<_>>(),
            "unreadable": count,
            "unreadableDeploys": odd.iter().map(unreadable::Odd::listed).collect::<Vec<_>>(),
            "strangers": strangers,
            "earlier": json::earlier(&earlier),
        }))?;
        return Ok(Exit::Done);
    }
    section(console, "waits for an answer", &requested(&waiting), now)?;
    section(console, "unconfirmed: the answer may not have arrived", &requested(&unconfirmed), now)?;
    section(console, "alarm: its id came with other content", &conflicting, now)?;
    for (row, why) in &otherwise {
        let (id, state) = (&row.provisioning_id, row.state(now).name());
        console.text(&format!("answered by `otherwise`: {} {id} is {state}: {why}", row.id))?;
    }
    for row in &overdue {
        let (id, due) = (&row.provisioning_id, row.termination_due.as_deref().unwrap_or_default());
        console.text(&format!("overdue: the customer of {} {id} was to be written to by {due}", row.id))?;
    }
    for (row, earlier) in &second {
        let earlier: Vec<_> = earlier.iter().map(|row| row.provisioning_id.as_str()).collect();
        console.text(&format!("repeat? {} after {}", row.provisioning_id, earlier.join(", ")))?;
    }
    if count > 0 {
        let last = odd.last().map_or("", |odd| odd.why.as_str());
        console.text(&format!("unreadable: {count}, the last one: {last}"))?;
    }
    for odd in &odd {
        console.text(&odd.line())?;
    }
    if let Some(earlier) = earlier_in_words(&earlier) {
        console.text(&format!("usage: {earlier}"))?;
    }
    if strangers > 0 {
        console.text(&format!("strangers: {strangers} requests without proof of who sent them"))?;
    }
    let none = [waiting.len(), unconfirmed.len(), conflicting.len(), overdue.len(), second.len(), odd.len()];
    if none.iter().all(|n| *n == 0) && earlier.is_empty() && count == 0 && strangers == 0 {
        console.note("nothing to look at");
    }
    Ok(Exit::Done)
}

/// `market set-aside`
pub async fn set_aside(
    settings: &Settings,
    command: &MarketCommand,
    console: &Console,
) -> Result<Exit, Failed> {
    let MarketCommand::SetAside { id, unreadable, strangers, reason } = command else {
        return Ok(Exit::Done);
    };
    let session = Session::open_for_market(settings, false).await?;
    match id {
        Some(id) => {
            let row = find(&session, id).await?;
            let note = Note::AlarmSetAside { reason: reason.trim().to_owned() };
            session.engine.note_subscription(&row.id, note).await?;
        }
        None => _ = session.engine.set_aside_outside(unreadable, *strangers, reason).await?,
    }
    if console.is_json() {
        console.json(
            &json!({ "id": id, "unreadable": unreadable, "strangers": strangers, "done": "set aside" }),
        )?;
    } else {
        console.text("set aside; `market requests --all` still lists it")?;
    }
    Ok(Exit::Done)
}

fn requested<'a>(rows: &[&'a SubscriptionRow]) -> Vec<(&'a SubscriptionRow, Timestamp)> {
    rows.iter().map(|row| (*row, row.requested_at)).collect()
}

/// Each with how long ago it came.
fn section(
    console: &Console,
    title: &str,
    rows: &[(&SubscriptionRow, Timestamp)],
    now: Timestamp,
) -> Result<(), Failed> {
    for (row, at) in rows {
        let customer = row.customer_id.as_ref().map_or("-", |id| id.as_str());
        let since = ago(now.duration_since(*at));
        console.text(&format!("{title}: {} {} {customer}, {since} ago", row.id, row.provisioning_id))?;
    }
    Ok(())
}
