//! The commands that answer a deploy, call the marketplace, or write something down.

use super::{find, gate_to_send, market, to_call};
use crate::cli::args::{MarketCommand, V1Command};
use crate::cli::console::note_from_stdin;
use crate::cli::stop::{Stop, Stopped};
use crate::cli::{Console, Exit, Failed, Session, opened};
use crate::config::Settings;
use crate::engine::MarketError;
use crate::kind::{Reached, ShortId, Timestamp};
use crate::order::Personal;
use crate::session::plans;
use crate::subscription::{
    Answer, Attempt, Attempts, Calendar, CustomerId, Note, Outcome, Refusal, Sku, Statement, TextPersonal,
    Told,
};
use jiff::SignedDuration;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

/// Does what `command` says.
pub async fn run(settings: &Settings, command: &MarketCommand, console: &Console) -> Result<Exit, Failed> {
    match command {
        MarketCommand::Provision { id, customer_id, reason } => {
            let answer = Answer::Provisioned { customer_id: customer_id.clone() };
            answered(settings, id, answer, reason.as_deref(), console).await
        }
        MarketCommand::Reject { id, message, preview } => {
            reject(settings, id, message, *preview, console).await
        }
        MarketCommand::StartBilling { id, skus, reason } => {
            let session = to_call(settings, console).await?;
            let row = find(&session, id).await?;
            let work = session.engine.start_billing(&row.id, skus, reason.as_deref());
            let started = unless_told(&session, console, "nothing was sent", work).await?;
            outcome(console, &started.id, &started.attempts, None)
        }
        MarketCommand::Note { .. } => note(settings, command, console).await,
        MarketCommand::Erase { id, reason } => {
            let session = opened::market_to_change(settings).await?;
            let row = find(&session, id).await?;
            session.engine.erase_subscription(&row.id, reason).await?;
            done(console, &row.id, "erased")
        }
        MarketCommand::Track { service, customer_id, purchased_at, reason } => {
            let (service, customer_id) = (service.clone(), customer_id.clone());
            let told = Told::Sale { service, customer_id, purchased_at: *purchased_at };
            tell(settings, told, reason.as_deref(), console).await
        }
        MarketCommand::V1 { command } => first_version(settings, command, console).await,
        MarketCommand::Serve { .. }
        | MarketCommand::End { .. }
        | MarketCommand::List { .. }
        | MarketCommand::Show { .. }
        | MarketCommand::Requests { .. }
        | MarketCommand::SetAside { .. }
        | MarketCommand::Usage { .. }
        | MarketCommand::Closing => Ok(Exit::Done),
    }
}

fn done(console: &Console, id: &ShortId, what: &str) -> Result<Exit, Failed> {
    if console.is_json() {
        console.json(&json!({ "id": id, "done": what }))?;
    } else {
        console.text(&format!("{id} {what}"))?;
    }
    Ok(Exit::Done)
}

async fn answered(
    settings: &Settings,
    id: &str,
    answer: Answer,
    reason: Option<&str>,
    console: &Console,
) -> Result<Exit, Failed> {
    let session = opened::market_to_change(settings).await?;
    let row = find(&session, id).await?;
    let what = match &answer {
        Answer::Provisioned { customer_id } => format!("answered with the customer id {customer_id}"),
        Answer::Refused { .. } => "refused".to_owned(),
    };
    session.engine.answer_by(&settings.agent, &row.id, answer, reason).await?;
    done(console, &row.id, &what)
}

async fn reject(
    settings: &Settings,
    id: &str,
    message: &str,
    preview: bool,
    console: &Console,
) -> Result<Exit, Failed> {
    let answer = Answer::refusal(message).map_err(Refusal::Message);
    let answer = answer.map_err(MarketError::Refusal)?;
    if preview {
        console.text(&answer.body())?;
        return Ok(Exit::Done);
    }
    answered(settings, id, answer, None, console).await
}

/// Does `work`, unless the command is told to stop: a call that is under way is waited for, and what came of it recorded.
/// `not_done` says what did not happen where it was stopped before that.
pub(super) async fn unless_told<T>(
    session: &Session,
    console: &Console,
    not_done: &str,
    work: impl Future<Output = Result<T, MarketError>>,
) -> Result<T, Failed> {
    match Stop::listen().or(&session.engine, console, Box::pin(work)).await {
        Ok(done) => done.map_err(Into::into),
        Err(Stopped::Between) => Err(Failed {
            exit: Exit::Unexpected,
            what: format!("stopped; {not_done}"),
            next: Some("Nothing is lost: the same command goes on from there.".to_owned()),
        }),
        Err(Stopped::AtOnce) => Err(at_once()),
    }
}

/// The command was told to stop a second time.
pub(super) fn at_once() -> Failed {
    Failed {
        exit: Exit::InDoubt,
        what: "stopped at once; nobody knows what became of the calls that were in progress".to_owned(),
        next: Some("Look at the marketplace's portal.".to_owned()),
    }
}

/// What came of the last call, and the status that goes with it; `usage` is what was reported before it.
pub(super) fn outcome(
    console: &Console,
    id: &ShortId,
    attempts: &Attempts,
    usage: Option<&[Value]>,
) -> Result<Exit, Failed> {
    let Some(last) = attempts.last() else { return Ok(Exit::Done) };
    let skus: Vec<_> = last.skus.iter().map(Sku::as_str).collect();
    let words = last.words().unwrap_or_else(|| "unknown".to_owned());
    if console.is_json() {
        let mut said = json!({ "id": id, "call": last.call.name(), "skus": last.skus, "outcome": words });
        if let Some(usage) = usage {
            said["usage"] = json!(usage);
        }
        console.json(&said)?;
    } else {
        let about = if skus.is_empty() { String::new() } else { format!(" {}", skus.join(", ")) };
        console.text(&format!("{id} {}{about}: {words}", last.call))?;
    }
    Ok(exit_of(last))
}

fn exit_of(attempt: &Attempt) -> Exit {
    let outcome = attempt.ended.as_ref().and_then(|ended| ended.outcome.as_ref());
    match outcome {
        Some(Outcome::Done { .. }) => Exit::Done,
        Some(Outcome::Refused { .. }) => Exit::RefusedByPx,
        Some(Outcome::Failed { failure }) if failure.reached() == Reached::No => Exit::Unreachable,
        Some(Outcome::Failed { .. }) | None => Exit::InDoubt,
    }
}

async fn note(settings: &Settings, command: &MarketCommand, console: &Console) -> Result<Exit, Failed> {
    let MarketCommand::Note {
        id,
        termination_mail,
        due,
        billing_date,
        sku,
        as_configured,
        product_id,
        reason,
        text,
    } = command
    else {
        return Ok(Exit::Done);
    };
    if let (true, Some(sku)) = (as_configured, sku) {
        return configured(settings, id, sku, console).await;
    }
    let note = match (termination_mail, due, billing_date, sku, product_id, text) {
        (.., Some(product_id), None) => {
            Note::ProductNamed { product_id: *product_id, reason: reason.clone() }
        }
        (Some(mail), Some(due), ..) if due < mail => {
            return Err(Failed::new(Exit::BadInput, "--due is before the day of the termination e-mail"));
        }
        (Some(mail), Some(due), ..) => Note::TerminationMail { mail: *mail, due: *due },
        (_, _, Some(to), Some(sku), ..) => Note::BillingMoved { sku: sku.clone(), to: *to },
        (.., Some(text)) if text.trim().is_empty() => {
            return Err(Failed::new(Exit::BadInput, "--text is empty: there is nothing to write down"));
        }
        (.., Some(text)) => {
            let text = if text == "-" { note_from_stdin()?.trim().to_owned() } else { text.clone() };
            Note::Text { personal: Some(TextPersonal { text: Personal::new(text.as_str()) }) }
        }
        _ => return Err(Failed::new(Exit::BadInput, "there is nothing to write down")),
    };
    let session = opened::market_to_change(settings).await?;
    if let Note::TerminationMail { mail, .. } = &note {
        not_to_come("termination-mail", *mail, session.engine.clock().now())?;
    }
    let row = find(&session, id).await?;
    match note {
        Note::ProductNamed { product_id, reason } => {
            session.engine.name_product(&row.id, product_id, reason).await?;
        }
        note => _ = session.engine.note_subscription(&row.id, note).await?,
    }
    done(console, &row.id, "noted")
}

/// Refuses what happened on a day which has not begun where the marketplace is: that is a slip.
fn not_to_come(flag: &str, day: Date, now: Timestamp) -> Result<(), Failed> {
    let calendar = Calendar::new().map_err(|why| Failed::new(Exit::Configuration, why))?;
    let today = calendar.day(now);
    if day <= today {
        return Ok(());
    }
    let what = format!("--{flag} is in the future: {day}, and in Chicago it is {today}");
    Err(Failed::new(Exit::BadInput, what))
}

/// Takes what the configuration says of a SKU now, for a subscription that was bought before it was corrected.
async fn configured(settings: &Settings, id: &str, sku: &Sku, console: &Console) -> Result<Exit, Failed> {
    let plans = plans(market(settings)?)?;
    let session = opened::market_to_change(settings).await?;
    let row = find(&session, id).await?;
    let note = Note::AsConfigured { plan: plans.of(sku, row.requested_at) };
    session.engine.note_subscription(&row.id, note).await?;
    done(console, &row.id, "noted")
}

async fn tell(
    settings: &Settings,
    told: Told,
    reason: Option<&str>,
    console: &Console,
) -> Result<Exit, Failed> {
    let session = to_call(settings, console).await?;
    not_a_slip(&told, session.engine.clock().now())?;
    let gate = gate_to_send(&session, settings).await?;
    session.engine.refuse_reported(&told, &gate, reason).await?;
    let work = session.engine.tell(told, &gate, reason);
    let notice = unless_told(&session, console, "nothing was sent", work).await?;
    let exit = outcome(console, &notice.id, &notice.attempts, None)?;
    let Some(clash) = notice.clash() else { return Ok(exit) };
    let resolve = format!("Look at the portal, and record what it shows: `market v1 resolve {}`.", notice.id);
    console.note(&format!("alarm: {}. {resolve}", clash.words()));
    Ok(Exit::InDoubt)
}

/// Nothing was sold on the marketplace before this year.
const FIRST_YEAR: i16 = 2010;

/// Refuses a purchase or an end of the days to come, or of a time before there was anything to buy: each is a slip, and
/// cannot be taken back once it is sent.
fn not_a_slip(told: &Told, now: Timestamp) -> Result<(), Failed> {
    let (flag, year, what) = match told {
        Told::Sale { purchased_at, .. } => {
            let tomorrow = now.saturating_add(SignedDuration::from_hours(24)).unwrap_or(Timestamp::MAX);
            if *purchased_at > tomorrow {
                let what = format!("--purchased-at is in the future: {purchased_at}");
                return Err(Failed::new(Exit::BadInput, what));
            }
            ("purchased-at", purchased_at.to_zoned(TimeZone::UTC).year(), purchased_at.to_string())
        }
        Told::Update { expired: Some(day), .. } => {
            not_to_come("expired-date", *day, now)?;
            ("expired-date", day.year(), day.to_string())
        }
        Told::Update { expired: None, .. } => return Ok(()),
    };
    if year >= FIRST_YEAR {
        return Ok(());
    }
    let what = format!("--{flag} is before {FIRST_YEAR}: {what}; nothing was sold on the marketplace then");
    Err(Failed::new(Exit::BadInput, what))
}

async fn first_version(settings: &Settings, command: &V1Command, console: &Console) -> Result<Exit, Failed> {
    if !market(settings)?.v1 {
        return Err(MarketError::Refusal(Refusal::FirstVersionOff).into());
    }
    match command {
        V1Command::UpdateSubscription { coid, sku, expired, expired_date, count, reason } => {
            if *expired != expired_date.is_some() {
                return Err(MarketError::Refusal(Refusal::ExpiredDate).into());
            }
            let (coid, sku): (CustomerId, Sku) = (coid.clone(), sku.clone());
            let told = Told::Update { coid, sku, expired: *expired_date, count: *count };
            tell(settings, told, reason.as_deref(), console).await
        }
        V1Command::Resolve { id, reported, reference, by, .. } => {
            let session = opened::market_to_change(settings).await?;
            let id = ShortId::parse(id)
                .ok_or_else(|| Failed::new(Exit::BadInput, format!("`{id}` is not the id of an update")))?;
            let (reference, name) = (reference.clone(), by.clone());
            let statement = Statement { reported: *reported, reference, name, bill: None };
            let notice = session.engine.resolve_notice(&id, statement).await?;
            done(
                console,
                &notice.id,
                if *reported { "settled: it arrived" } else { "settled: it did not arrive" },
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_told_of_days_to_come_or_of_before_the_marketplace_is_a_slip() {
        let now = "2026-11-29T03:00:00Z".parse().unwrap();
        let sale = |at: &str| {
            let customer_id = CustomerId::new("C-1").unwrap();
            not_a_slip(
                &Told::Sale { service: "S".into(), customer_id, purchased_at: at.parse().unwrap() },
                now,
            )
        };
        let ends = |day: &str| {
            let (coid, sku) = (CustomerId::new("C-1").unwrap(), Sku::new("S").unwrap());
            not_a_slip(&Told::Update { coid, sku, expired: Some(day.parse().unwrap()), count: None }, now)
        };
        // In Chicago it is still the 28th.
        for (day, is_slip) in
            [("2026-11-28", false), ("2026-11-29", true), ("2010-01-01", false), ("0001-01-01", true)]
        {
            assert_eq!(ends(day).is_err(), is_slip, "{day}");
        }
        for (at, is_slip) in [
            ("2026-11-29T20:00:00Z", false),
            ("2026-12-01T00:00:00Z", true),
            ("2010-01-01T00:00:00Z", false),
            ("0001-01-01T00:00:00Z", true),
        ] {
            assert_eq!(sale(at).is_err(), is_slip, "{at}");
        }
    }
}
