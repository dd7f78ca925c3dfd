//! The commands on orders that are not a walk.

use super::args::AmendArgs;
use super::console::line_from_stdin;
use super::stop::Stop;
use super::{Console, Exit, Failed, Session, json, show};
use crate::config::Settings;
use crate::engine::{Engine, Error, Retried};
use crate::journal::{Journal, Moment};
use crate::order::{
    AddressDetailId, Amendment, Command, Environment, IdError, Order, OrderId, PartnerId, Refusal, Retry,
    SalesCode, Secret, State, Summary, Timestamp, WindowState, span,
};
use crate::session::of_order;
use serde_json::json;

/// `order list`
pub async fn list(
    settings: &Settings,
    stalled: bool,
    state: Option<State>,
    agent: Option<&str>,
    console: &Console,
) -> Result<Exit, Failed> {
    let session = Session::open(settings).await?;
    warn(&session, console);
    let now = session.engine.clock().now();
    let journal = session.engine.journal();
    let mut rows = match (stalled, state) {
        (true, _) => stalled_rows(journal, settings.environment, now).await?,
        // The clock alone makes most of these.
        (false, Some(State::Expired) | None) if agent.is_none() => {
            whole_queue(journal, settings.environment, now).await?
        }
        (false, state) => {
            let state = state.filter(|state| *state != State::Expired);
            journal.orders(settings.environment, state, agent, None, u32::MAX).await?
        }
    };
    rows.retain(|row| {
        state.is_none_or(|state| row.state(now) == state) && agent.is_none_or(|agent| &*row.agent == agent)
    });
    rows.sort_by_cached_key(|row| row.sort_key(now));
    if console.is_json() {
        console.json(&rows.iter().map(|row| json::summary(row, now)).collect::<Vec<_>>())?;
        return Ok(Exit::Done);
    }
    let line = |row: &Summary| {
        let left = match row.window().at(now) {
            WindowState::Unknown => "unknown".to_owned(),
            WindowState::Open(left) => span(left),
            WindowState::Over(_) => "over".to_owned(),
        };
        let method = row.method.map_or("-", crate::order::Method::name);
        let trouble = row.trouble.as_ref().map_or_else(|| "-".to_owned(), crate::order::Brief::label);
        let stall = row
            .stall(now)
            .filter(|_| stalled)
            .map_or_else(String::new, |s| format!("  {}: {}", s.retry.name(), s.cause));
        format!(
            "{}  {:<13}  {:<8}  {left:<8}  {trouble:<12}  {}  {}{stall}\n",
            row.id,
            row.state(now).name(),
            method,
            row.transaction_id,
            row.partner_order_id
        )
    };
    console.text(&rows.iter().map(line).collect::<String>())?;
    Ok(Exit::Done)
}

/// Rows that are read at once.
const PAGE: u32 = 1000;

async fn whole_queue(
    journal: &Journal,
    environment: Environment,
    now: Timestamp,
) -> Result<Vec<Summary>, Failed> {
    let moment = Moment { now, today: Timestamp::MIN };
    let mut rows: Vec<Summary> = Vec::new();
    loop {
        let page = journal.queue(environment, moment, rows.last(), false, PAGE).await?;
        if page.is_empty() {
            return Ok(rows);
        }
        rows.extend(page);
    }
}

async fn stalled_rows(
    journal: &Journal,
    environment: Environment,
    now: Timestamp,
) -> Result<Vec<Summary>, Failed> {
    let mut rows: Vec<Summary> = Vec::new();
    loop {
        let page = journal.stalled(environment, now, rows.last(), PAGE).await?;
        if page.is_empty() {
            return Ok(rows);
        }
        rows.extend(page);
    }
}

/// Says so when the journal is not to be trusted: what is printed may be old.
fn warn(session: &Session, console: &Console) {
    if let Err(error) = session.engine.journal().trust() {
        console.note(&format!("pxdesk: {error}"));
    }
}

/// `order show`
pub async fn show(settings: &Settings, id: &str, console: &Console) -> Result<Exit, Failed> {
    let session = Session::open(settings).await?;
    warn(&session, console);
    let order = session.find(id).await?;
    print(&session.engine, &order, console).await?;
    Ok(Exit::Done)
}

/// Prints an order as `show` does.
pub async fn print(engine: &Engine, order: &Order, console: &Console) -> Result<(), Failed> {
    let history = engine.journal().history::<Order>(&order.id).await?;
    let moment = engine.moment();
    let in_hand = engine.answer_in_hand(&order.id);
    if let Some(answer) = &in_hand {
        console.note(&format!("pxdesk: {answer}, not yet recorded here; a retry is dangerous"));
    }
    if console.is_json() {
        let mut shown = json::order(order, &history, &moment);
        if let (Some(answer), Some(members)) = (in_hand, shown.as_object_mut()) {
            members.insert("unrecorded".to_owned(), answer.into());
        }
        console.json(&shown)
    } else {
        console.text(&show::order(order, &history, &moment))
    }
}

/// `order retry`
pub async fn retry(
    settings: &Settings,
    ids: &[String],
    all: bool,
    console: &Console,
) -> Result<Exit, Failed> {
    let session = Session::open_with_px(settings).await?;
    let engine = &session.engine;
    let ids = if all { retryable(engine).await? } else { session.find_all(ids).await? };
    let mut worst = Exit::Done;
    let mut done = Vec::new();
    let mut stop = Stop::listen();
    for (at, id) in ids.iter().enumerate() {
        console.note(&format!("retrying {} of {}: order {id}", at + 1, ids.len()));
        let retried = match stop.or(engine, console, Box::pin(engine.retry(id))).await {
            Ok(retried) => retried,
            Err(stopped) => {
                worst = worse(worst, stopped.say(engine, id, console).await);
                break;
            }
        };
        let (exit, line) = outcome(id, retried)?;
        worst = worse(worst, exit);
        if !console.is_json() {
            let text = |name: &str| line[name].as_str().unwrap_or_default().to_owned();
            console.text(&format!(
                "{id}  {}  {}",
                if line["retried"] == true { "retried" } else { "not retried" },
                text("what")
            ))?;
        }
        done.push(line);
    }
    if console.is_json() {
        console.json(&done)?;
    } else if ids.is_empty() {
        console.note("nothing is both stalled and safe to retry");
    }
    Ok(worst)
}

fn outcome(id: &OrderId, retried: Result<Retried, Error>) -> Result<(Exit, serde_json::Value), Failed> {
    match retried {
        Ok(Retried { call, order }) => {
            let exit = of_order(&order);
            let what = match &order.trouble {
                None => format!("{call}: answered; now {}", order.standing().title()),
                Some(trouble) => format!(
                    "{call}: {}",
                    show::trouble_lines(trouble)
                        .into_iter()
                        .map(|(_, v)| v)
                        .take(2)
                        .collect::<Vec<_>>()
                        .join("; ")
                ),
            };
            Ok((
                exit,
                json!({ "id": id, "retried": true, "call": call, "state": order.standing(), "what": what }),
            ))
        }
        Err(Error::Refusal(refusal)) => {
            let exit = if refusal == Refusal::InDoubt { Exit::InDoubt } else { Exit::RefusedHere };
            let what = format!("{refusal}. {}", refusal.next());
            Ok((exit, json!({ "id": id, "retried": false, "retry": refusal.retry(), "what": what })))
        }
        Err(error) => Err(error.into()),
    }
}

/// Every order whose retry is safe and may help.
async fn retryable(engine: &Engine) -> Result<Vec<OrderId>, Failed> {
    let now = engine.clock().now();
    let rows = stalled_rows(engine.journal(), engine.environment(), now).await?;
    let useful = |row: &&Summary| {
        row.trouble.is_some() && row.stall(now).is_some_and(|stall| stall.retry == Retry::Useful)
    };
    Ok(rows.iter().filter(useful).map(|row| row.id.clone()).collect())
}

/// The status of many: what a person must look at first wins.
fn worse(a: Exit, b: Exit) -> Exit {
    let rank = |exit| match exit {
        Exit::Done => 0,
        Exit::RefusedHere => 1,
        Exit::Unreachable => 2,
        Exit::RefusedByPx => 3,
        Exit::Configuration => 4,
        Exit::BadInput => 5,
        Exit::Journal => 6,
        Exit::Unexpected => 7,
        Exit::InDoubt => 8,
    };
    if rank(b) > rank(a) { b } else { a }
}

/// `order amend`
pub async fn amend(settings: &Settings, args: &AmendArgs, console: &Console) -> Result<Exit, Failed> {
    let session = Session::open(settings).await?;
    let order = session.find(&args.id).await?;
    let bad = |flag: &str, error: &IdError| Failed::new(Exit::BadInput, format!("--{flag} {error}"));
    let mut amendment = Amendment::default();
    if let Some(code) = &args.sales_code {
        amendment.sales_code = Some(SalesCode::new(code.as_str()).map_err(|e| bad("sales-code", &e))?);
    }
    if let Some(id) = &args.partner_id {
        amendment.partner_id = Some(PartnerId::new(id.as_str()).map_err(|e| bad("partner-id", &e))?);
    }
    if let Some(id) = &args.address_detail_id {
        amendment.address_detail_id =
            Some(AddressDetailId::new(id.as_str()).map_err(|e| bad("address-detail-id", &e))?);
    }
    if args.payment_token_from_stdin {
        amendment.payment_token = Some(Secret::new(line_from_stdin("--payment-token-from-stdin")?.trim()));
    }
    if let Some(keep) = args.keep_gift_card {
        let cards = &order.gift_cards;
        let kept = keep.checked_sub(1).map(|at| cards.get(at).cloned());
        let missing = || {
            Failed::new(
                Exit::BadInput,
                format!("--keep-gift-card {keep}: the order has {} gift cards", cards.len()),
            )
        };
        amendment.gift_cards = Some(match kept {
            None => Vec::new(),
            Some(card) => vec![card.ok_or_else(missing)?],
        });
    }
    finish(&session, &order.id, Command::Amend(amendment), console).await
}

/// `order release`
pub async fn release(settings: &Settings, id: &str, reason: &str, console: &Console) -> Result<Exit, Failed> {
    end(settings, id, reason, |reason| Command::Release { reason }, console).await
}

/// `order abandon`
pub async fn abandon(settings: &Settings, id: &str, reason: &str, console: &Console) -> Result<Exit, Failed> {
    end(settings, id, reason, |reason| Command::Abandon { reason }, console).await
}

/// `order erase`
pub async fn erase(settings: &Settings, id: &str, reason: &str, console: &Console) -> Result<Exit, Failed> {
    end(settings, id, reason, |reason| Command::Erase { reason }, console).await
}

async fn end(
    settings: &Settings,
    id: &str,
    reason: &str,
    command: impl Fn(String) -> Command,
    console: &Console,
) -> Result<Exit, Failed> {
    if reason.trim().is_empty() {
        return Err(Failed::new(Exit::BadInput, "--reason is empty; say why, for whoever reads the history"));
    }
    let session = Session::open(settings).await?;
    let order = session.find(id).await?;
    finish(&session, &order.id, command(reason.trim().to_owned()), console).await
}

async fn finish(
    session: &Session,
    id: &OrderId,
    command: Command,
    console: &Console,
) -> Result<Exit, Failed> {
    let order = session.engine.command(id, command).await?;
    if console.is_json() {
        print(&session.engine, &order, console).await?;
    } else {
        console.text(&format!("{id}  {}", order.state(session.engine.clock().now()).title()))?;
    }
    Ok(Exit::Done)
}
