//! `market requests`: what a person should look at among the deploys.

use super::{json, unreadable};
use crate::cli::{Console, Exit, Failed, Session};
use crate::config::Settings;
use crate::kind::Timestamp;
use crate::subscription::{Calendar, State, Subscription, SubscriptionRow, earlier_in_words};
use serde_json::json;

/// How many subscriptions are looked at for second tries: the latest.
const LATEST: usize = 500;

/// `market requests`
pub async fn run(settings: &Settings, console: &Console) -> Result<Exit, Failed> {
    let session = Session::open_for_market(settings, false).await?;
    let now = session.engine.clock().now();
    let rows = session.engine.subscriptions(None).await?;
    let waiting: Vec<&SubscriptionRow> =
        rows.iter().filter(|row| row.state(now) == State::Requested).collect();
    let unconfirmed: Vec<&SubscriptionRow> = rows.iter().filter(|row| row.unconfirmed).collect();
    let conflicting: Vec<&SubscriptionRow> = rows.iter().filter(|row| row.conflicts > 0).collect();
    let mut second = Vec::new();
    for row in rows.iter().take(LATEST) {
        let subscription: Subscription = session.engine.journal().load(&row.id).await?;
        let earlier = session.engine.earlier_tries(&subscription).await?;
        if !earlier.is_empty() {
            second.push((row, earlier));
        }
    }
    let sender = session.engine.sender().await?;
    let (count, strangers) = sender.as_ref().map_or((0, 0), |sender| (sender.unreadable, sender.strangers));
    let calendar = Calendar::new().map_err(|why| Failed::new(Exit::Configuration, why))?;
    let bill = calendar.bill_month(now);
    let earlier = session.engine.open_before(bill, &rows, bill).await?;
    let earlier: Vec<_> = earlier.into_iter().map(|(month, open)| (month, open.len())).collect();
    let odd = if count > 0 { unreadable::all(&session).await? } else { Vec::new() };
    if console.is_json() {
        let list = |rows: &[&SubscriptionRow]| rows.iter().map(|row| json::row(row, now)).collect::<Vec<_>>();
        let tries = second.iter().map(|(row, earlier)| {
            let earlier: Vec<_> = earlier.iter().map(|row| row.provisioning_id.as_str()).collect();
            json!({ "provisioningId": row.provisioning_id, "earlier": earlier })
        });
        console.json(&json!({
            "waiting": list(&waiting),
            "unconfirmed": list(&unconfirmed),
            "conflicting": list(&conflicting),
            "secondTries": tries.collect::<Vec<_>>(),
            "unreadable": count,
            "unreadableDeploys": odd.iter().map(unreadable::Odd::listed).collect::<Vec<_>>(),
            "strangers": strangers,
            "earlier": json::earlier(&earlier),
        }))?;
        return Ok(Exit::Done);
    }
    section(console, "waits for an answer", &waiting, now)?;
    section(console, "unconfirmed: the answer may not have arrived", &unconfirmed, now)?;
    section(console, "alarm: its id came with other content", &conflicting, now)?;
    for (row, earlier) in &second {
        let earlier: Vec<_> = earlier.iter().map(|row| row.provisioning_id.as_str()).collect();
        console.text(&format!("repeat? {} after {}", row.provisioning_id, earlier.join(", ")))?;
    }
    if count > 0 {
        let last = sender.and_then(|sender| sender.last_unreadable).map_or_else(String::new, |(_, why)| why);
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
    Ok(Exit::Done)
}

fn section(console: &Console, title: &str, rows: &[&SubscriptionRow], now: Timestamp) -> Result<(), Failed> {
    for row in rows {
        let customer = row.customer_id.as_ref().map_or("-", |id| id.as_str());
        let since = now.duration_since(row.requested_at).as_secs().max(0);
        console.text(&format!("{title}: {} {} {customer}, {since} s ago", row.id, row.provisioning_id))?;
    }
    Ok(())
}
