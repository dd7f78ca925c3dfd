//! The commands on orders that are not a walk.

use super::args::AmendArgs;
use super::console::line_from_stdin;
use super::{Console, Exit, Failed, Session, json, opened, show};
use crate::config::Settings;
use crate::engine::Engine;
use crate::journal::{self, Journal, Moment};
use crate::kind::Driven as _;
use crate::order::{
    AddressDetailId, Amendment, Command, Environment, IdError, Order, OrderId, PartnerId, Recorded,
    SalesCode, Secret, State, Summary, Timestamp, WindowState, next_steps_within, span,
};

/// `order list`
pub async fn list(
    settings: &Settings,
    stalled: bool,
    state: Option<State>,
    agent: Option<&str>,
    console: &Console,
) -> Result<Exit, Failed> {
    let session = opened::to_read(settings).await?;
    not_recorded(&session, console);
    let now = session.engine.clock().now();
    let journal = session.engine.journal();
    let mut rows = match (stalled, state) {
        (true, _) => {
            let mut rows = Vec::new();
            each_stalled(journal, settings.environment, now, |row| rows.push(row.clone())).await?;
            rows
        }
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
    if rows.is_empty() {
        console.note("no orders to list");
    }
    console.text(&rows.iter().map(|row| line(row, now, stalled)).collect::<String>())?;
    Ok(Exit::Done)
}

/// One order as a line of a list.
pub fn line(row: &Summary, now: Timestamp, stalled: bool) -> String {
    let left = match row.window().at(now) {
        // What has ended has no time left, whatever its window says.
        _ if row.standing.is_final() => "-".to_owned(),
        WindowState::Over(_) => "expired".to_owned(),
        WindowState::Unknown | WindowState::Ahead | WindowState::Open(_)
            if row.state(now) == State::Expired =>
        {
            "expired".to_owned()
        }
        WindowState::Unknown | WindowState::Ahead => "unknown".to_owned(),
        WindowState::Open(left) => span(left),
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
        goes_on(rows.last(), page.last())?;
        rows.extend(page);
    }
}

/// Looks at every stalled order, the most urgent first, a page at a time.
pub async fn each_stalled(
    journal: &Journal,
    environment: Environment,
    now: Timestamp,
    mut look: impl FnMut(&Summary),
) -> Result<(), Failed> {
    let mut after: Option<Summary> = None;
    loop {
        let page = journal.stalled(environment, now, after.as_ref(), PAGE).await?;
        goes_on(after.as_ref(), page.last())?;
        page.iter().for_each(&mut look);
        after = page.into_iter().next_back();
        if after.is_none() {
            return Ok(());
        }
    }
}

/// A page that ends where the one before it ended would come again for ever.
fn goes_on(before: Option<&Summary>, after: Option<&Summary>) -> Result<(), Failed> {
    match (before, after) {
        (Some(before), Some(after)) if before.id == after.id => Err(Failed {
            exit: Exit::Journal,
            what: format!("the list of orders is damaged: the row of order {} is out of its place", after.id),
            next: Some("See what else is wrong: pxdesk journal verify.".to_owned()),
        }),
        _ => Ok(()),
    }
}

/// `order show`
pub async fn show(settings: &Settings, id: &str, console: &Console) -> Result<Exit, Failed> {
    let session = opened::to_read(settings).await?;
    let order = session.find(id).await?;
    print(&session.engine, &order, console).await?;
    Ok(Exit::Done)
}

/// Says which answers the journal has not taken yet.
pub(super) fn not_recorded(session: &Session, console: &Console) {
    for (order, answer) in session.engine.answers_in_hand() {
        console
            .note(&format!("pxdesk: order {order}: {answer}, not yet recorded here; a retry is dangerous"));
    }
}

/// Prints an order as `show` does.
pub async fn print(engine: &Engine, order: &Order, console: &Console) -> Result<(), Failed> {
    let history = engine.journal().history::<Order>(&order.id).await?;
    tell(engine, order, &history, console)
}

fn tell(engine: &Engine, order: &Order, history: &[Recorded], console: &Console) -> Result<(), Failed> {
    let moment = engine.moment();
    let next = next_steps_within(order, &moment, engine.complete_room());
    let in_hand = engine.answer_in_hand(&order.id);
    if let Some(answer) = &in_hand {
        console.note(&format!("pxdesk: {answer}, not yet recorded here; a retry is dangerous"));
    }
    if engine.has_unreadable_answer(order) {
        console.note(
            "pxdesk: an answer of Px to its Complete was kept on this machine, in the folder `spool` of the state folder, and \
             cannot be read: the file was changed or damaged. Px did answer; ask the carrier what",
        );
    }
    if console.is_json() {
        let mut shown = json::order(order, history, &moment, &next);
        if let (Some(answer), Some(members)) = (in_hand, shown.as_object_mut()) {
            members.insert("unrecorded".to_owned(), answer.into());
        }
        console.json(&shown)
    } else {
        console.text(&show::order(order, history, &moment, &next, in_hand.as_deref()))
    }
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
    let amend = Command::Amend(amendment);
    // What somebody else may be reading out at this moment is not changed under them; and what is refused takes it from nobody.
    if order.decide(amend.clone(), session.engine.clock().now()).is_ok() {
        session.engine.claim(&order.id, false).await?;
    }
    let order = finish(&session, &order.id, amend, console).await?;
    if order.acceptance.is_some() && order.has_text_of_before() {
        console.note(
            "the customer accepted the text that was retrieved before this change; at the desk, g gets it again",
        );
    }
    Ok(Exit::Done)
}

/// `order release`
pub async fn release(settings: &Settings, id: &str, reason: &str, console: &Console) -> Result<Exit, Failed> {
    end(settings, id, reason, |reason| Command::Release { reason }, console).await
}

/// `order abandon`
pub async fn abandon(settings: &Settings, id: &str, reason: &str, console: &Console) -> Result<Exit, Failed> {
    end(settings, id, reason, |reason| Command::Abandon { reason }, console).await
}

/// Does what ends something for good, for a reason.
pub async fn end(
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
    finish(&session, &order.id, command(reason.trim().to_owned()), console).await?;
    Ok(Exit::Done)
}

/// Does `command`, and prints how the order stands then.
pub async fn finish(
    session: &Session,
    id: &OrderId,
    command: Command,
    console: &Console,
) -> Result<Order, Failed> {
    let engine = &session.engine;
    let order = engine.command(id, command).await?;
    if console.is_json() {
        let history = engine.journal().history::<Order>(id).await.map_err(|error| unread(&error))?;
        tell(engine, &order, &history, console)?;
    } else {
        console.text(&format!("{id}  {}", order.state(engine.clock().now()).title()))?;
    }
    Ok(order)
}

/// What is recorded is recorded, though the journal cannot be read after it.
fn unread(error: &journal::Error) -> Failed {
    let why = match error {
        journal::Error::Away { why, .. } => why.clone(),
        other => other.to_string(),
    };
    Failed {
        exit: Exit::Journal,
        what: format!("this was recorded, but the order as it is now could not be read: {why}"),
        next: Some("Look at it with `pxdesk order show`, and do not give the command again.".to_owned()),
    }
}
