//! `market requests`: what a person should look at among the deploys.

use super::asked::Asked;
use super::list::due;
use super::{account, find, json, unreadable};
use crate::cli::args::MarketCommand;
use crate::cli::{Console, Exit, Failed, Session, opened};
use crate::config::Settings;
use crate::kind::Timestamp;
use crate::subscription::{
    Calendar, Clash, Earlier, NotUsed, Note, Report, Sender, State, Subscription, SubscriptionRow,
    earlier_in_words,
};
use crate::view::ago;
use serde_json::json;
use std::time::Duration;

/// How many subscriptions are looked at for second tries: the latest.
const LATEST: usize = 500;

/// What there is to be looked at.
struct Found<'r> {
    now: Timestamp,
    /// Each with whom it was handed over to, where it was.
    waiting: Vec<(&'r SubscriptionRow, Option<Asked>)>,
    unconfirmed: Vec<&'r SubscriptionRow>,
    /// Each with when other content came.
    conflicting: Vec<(&'r SubscriptionRow, Timestamp)>,
    /// Each with why nobody else had answered.
    otherwise: Vec<(&'r SubscriptionRow, String)>,
    /// Each with an answer that is not used.
    not_used: Vec<(&'r SubscriptionRow, NotUsed)>,
    overdue: Vec<&'r SubscriptionRow>,
    /// Each with the tries before it.
    second: Vec<(&'r SubscriptionRow, Vec<SubscriptionRow>)>,
    /// How many deploys could not be read, and those of them that were kept.
    unreadable: u64,
    odd: Vec<unreadable::Odd>,
    strangers: u64,
    /// Reports of which what is known contradicts itself.
    clashing: Vec<(Report, Clash)>,
    /// Months before in which reports are not reported.
    earlier: Vec<Earlier>,
}

/// `market requests`; with `all` also what a person has set aside.
pub async fn run(settings: &Settings, all: bool, console: &Console) -> Result<Exit, Failed> {
    let session = opened::market_to_read(settings).await?;
    let rows = session.engine.subscriptions(None).await?;
    let within = super::market(settings)?.webhook.answer_within;
    let found = look(&session, &rows, all, within).await?;
    if console.is_json() {
        console.json(&found.json())?;
    } else {
        found.print(console)?;
    }
    Ok(Exit::Done)
}

async fn look<'r>(
    session: &Session,
    rows: &'r [SubscriptionRow],
    all: bool,
    within: Duration,
) -> Result<Found<'r>, Failed> {
    let now = session.engine.clock().now();
    let mut conflicting = Vec::new();
    for row in rows.iter().filter(|row| all || row.conflicts > 0) {
        let of: Subscription = session.engine.journal().load(&row.id).await?;
        conflicting.extend(of.conflict_at.map(|at| (row, at)));
    }
    let mut waiting = Vec::new();
    for row in rows.iter().filter(|row| row.state(now) == State::Requested) {
        let of: Subscription = session.engine.journal().load(&row.id).await?;
        waiting.push((row, Asked::of(&session.engine, &of, within).await));
    }
    let (mut second, mut otherwise, mut not_used) = (Vec::new(), Vec::new(), Vec::new());
    for row in rows.iter().take(LATEST) {
        let subscription: Subscription = session.engine.journal().load(&row.id).await?;
        let why = if all { subscription.answered_otherwise() } else { subscription.open_otherwise() };
        otherwise.extend(why.map(|why| (row, why.to_owned())));
        let unused = if all { &subscription.not_used[..] } else { subscription.open_not_used() };
        not_used.extend(unused.iter().map(|unused| (row, unused.clone())));
        let earlier = session.engine.earlier_tries(&subscription).await?;
        if !earlier.is_empty() {
            second.push((row, earlier));
        }
    }
    let counts = |sender: &Sender| {
        if all {
            (sender.unreadable, sender.strangers)
        } else {
            (sender.open_unreadable(), sender.open_strangers())
        }
    };
    let (unreadable, strangers) = session.engine.sender().await?.as_ref().map_or((0, 0), counts);
    let calendar = Calendar::new().map_err(|why| Failed::new(Exit::Configuration, why))?;
    let bill = calendar.bill_month(now);
    let earlier = session.engine.open_before(bill, rows, bill).await?;
    let mut odd = if unreadable > 0 { unreadable::all(session).await? } else { Vec::new() };
    odd.retain(|odd| all || odd.aside.is_none());
    let doubts = session.engine.reports_in_doubt().await?;
    let clashing = doubts.into_iter().filter_map(|report| Some((report.clash()?, report)));
    Ok(Found {
        now,
        clashing: clashing.map(|(clash, report)| (report, clash)).collect(),
        waiting,
        unconfirmed: rows.iter().filter(|row| row.unconfirmed).collect(),
        conflicting,
        otherwise,
        not_used,
        overdue: rows.iter().filter(|row| due(row, &calendar, now).is_some_and(|(_, over)| over)).collect(),
        second,
        unreadable,
        odd,
        strangers,
        earlier: earlier.iter().map(|(month, lines)| Earlier::of(*month, lines)).collect(),
    })
}

impl Found<'_> {
    fn json(&self) -> serde_json::Value {
        let row = |row: &SubscriptionRow| json::row(row, self.now);
        let list = |rows: &[&SubscriptionRow]| rows.iter().map(|of| row(of)).collect::<Vec<_>>();
        let conflicting = self.conflicting.iter().map(|(of, at)| {
            let mut shown = row(of);
            shown["conflictAt"] = json!(at);
            shown
        });
        let otherwise = self.otherwise.iter().map(|(of, why)| {
            let mut shown = row(of);
            shown["why"] = json!(why);
            shown
        });
        let tries = self.second.iter().map(|(row, earlier)| {
            let earlier: Vec<_> = earlier.iter().map(|row| row.provisioning_id.as_str()).collect();
            json!({ "provisioningId": row.provisioning_id, "earlier": earlier })
        });
        let waiting = self.waiting.iter().map(|(of, asked)| {
            let mut shown = row(of);
            shown["handedOver"] = json!(asked.as_ref().map(|asked| json::handed_over(&asked.handed_over)));
            shown
        });
        let not_used = self.not_used.iter().map(|(of, unused)| {
            let mut shown = row(of);
            shown["notUsed"] = json::not_used(unused);
            shown
        });
        json!({
            "waiting": waiting.collect::<Vec<_>>(),
            "answersNotUsed": not_used.collect::<Vec<_>>(),
            "unconfirmed": list(&self.unconfirmed),
            "conflicting": conflicting.collect::<Vec<_>>(),
            "answeredOtherwise": otherwise.collect::<Vec<_>>(),
            "terminationsOverdue": list(&self.overdue),
            "secondTries": tries.collect::<Vec<_>>(),
            "unreadable": self.unreadable,
            "unreadableDeploys": self.odd.iter().map(unreadable::Odd::listed).collect::<Vec<_>>(),
            "strangers": self.strangers,
            "contradicted": self.clashing.iter().map(|(report, _)| contradicted(report)).collect::<Vec<_>>(),
            "earlier": json::earlier(&self.earlier),
        })
    }

    fn print(&self, console: &Console) -> Result<(), Failed> {
        let now = self.now;
        for (row, asked) in &self.waiting {
            let since = ago(now.duration_since(row.requested_at));
            let asked = asked.as_ref().map_or_else(String::new, |asked| format!("; {}", asked.words()));
            let id = &row.provisioning_id;
            console.text(&format!("waits for an answer: {} {id} -, {since} ago{asked}", row.id))?;
        }
        section(console, "unconfirmed: the answer may not have arrived", &requested(&self.unconfirmed), now)?;
        section(console, "alarm: its id came with other content", &self.conflicting, now)?;
        for (row, why) in &self.otherwise {
            let (id, state) = (&row.provisioning_id, row.state(now).name());
            console.text(&format!("answered by `otherwise`: {} {id} is {state}: {why}", row.id))?;
        }
        for (row, unused) in &self.not_used {
            let (id, state) = (&row.provisioning_id, row.state(now).name());
            console.text(&format!("answer not used: {} {id} is {state}: {}", row.id, unused.words()))?;
        }
        for (report, clash) in &self.clashing {
            let (id, slot) = (&report.id, &report.slot);
            console.text(&format!("alarm: {id} {slot}: {}. {}", clash.words(), clash.next()))?;
        }
        for row in &self.overdue {
            let (id, due) = (&row.provisioning_id, row.termination_due.as_deref().unwrap_or_default());
            console
                .text(&format!("overdue: the customer of {} {id} was to be written to by {due}", row.id))?;
        }
        for (row, earlier) in &self.second {
            let earlier: Vec<_> = earlier.iter().map(|row| row.provisioning_id.as_str()).collect();
            console.text(&format!("repeat? {} after {}", row.provisioning_id, earlier.join(", ")))?;
        }
        if self.unreadable > 0 {
            let last = self.odd.last().map_or("", |odd| odd.why.as_str());
            console.text(&format!("unreadable: {}, the last one: {last}", self.unreadable))?;
        }
        for odd in &self.odd {
            console.text(&odd.line())?;
        }
        if let Some(earlier) = earlier_in_words(&self.earlier) {
            console.text(&format!("usage: {earlier}"))?;
        }
        if self.strangers > 0 {
            let requests = if self.strangers == 1 { "request" } else { "requests" };
            console
                .text(&format!("strangers: {} {requests} without proof of who sent them", self.strangers))?;
        }
        if self.is_empty() {
            console.note("nothing to look at");
        }
        Ok(())
    }

    fn is_empty(&self) -> bool {
        let rows = [self.waiting.len(), self.unconfirmed.len(), self.conflicting.len(), self.otherwise.len()];
        let others =
            [self.overdue.len(), self.second.len(), self.odd.len(), self.earlier.len(), self.not_used.len()];
        let others = others.into_iter().chain([self.clashing.len()]);
        rows.into_iter().chain(others).all(|n| n == 0) && self.unreadable == 0 && self.strangers == 0
    }
}

fn contradicted(report: &Report) -> serde_json::Value {
    let mut shown = account::shown(report);
    shown["provisioningId"] = json!(report.slot.provisioning_id);
    shown
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
    let session = opened::market_to_change(settings).await?;
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
