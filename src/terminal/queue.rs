//! Parts of the queue, read from the journal, and the practice orders of a first start.

use super::is_practice;
use crate::config::Settings;
use crate::desk::{Counts, Effect, Page, Part};
use crate::engine::{Clock, Engine, Error};
use crate::journal::{self, Moment};
use crate::order::{State, Summary, parse_order};
use crate::sandbox;
use crate::session::{Failed, Session, local_zone};

/// Rows that are read for a screen that does not tell its size: as many as a large one shows.
const LARGE: usize = 64;

/// So many lines of a screen are never rows of the queue: what stands above and below it, a blank one each, its own header.
const AROUND: u16 = 6;

/// Rows of the first frame: no more than the screen has lines for, so that nobody waits for what is not shown.
pub fn first_rows(lines: Option<u16>) -> usize {
    lines.map_or(LARGE, |lines| usize::from(lines.saturating_sub(AROUND).max(1)))
}

/// The moment at which the queue is looked at. The day begins at midnight where the desk is.
pub fn moment(clock: &Clock) -> Moment {
    let now = clock.now();
    let midnight = now.to_zoned(local_zone()).start_of_day();
    Moment { now, today: midnight.map_or(now, |midnight| midnight.timestamp()) }
}

/// The first page, of so many rows. On the embedded Px, when there is nothing left to practice on, practice orders are added.
pub async fn first_page(session: &Session, settings: &Settings, rows: usize) -> Result<Page, Failed> {
    let engine = &session.engine;
    let page = read(engine, Part::First, rows).await?;
    let now = engine.clock().now();
    let over = |row: &Summary| row.state(now).is_final() || row.state(now) == State::Expired;
    // What can still be worked on comes first.
    let practice = is_practice(settings.environment) && engine.journal().trust().is_ok();
    if practice && page.rows.iter().all(over) {
        for order in sandbox::practice_orders(now.as_millisecond()) {
            // One that does not fit, or whose ids were used before, is left out rather than in the way.
            if let Ok(new) = parse_order(&order, now) {
                match engine.open(new).await {
                    Ok(_) | Err(Error::Refusal(_)) => {}
                    Err(error) => return Err(error.into()),
                }
            }
        }
        return Ok(read(engine, Part::First, rows).await?);
    }
    Ok(page)
}

/// What follows the first page, when that asked for it, read while nobody can have pressed a key yet: one moves through some
/// hundred rows without waiting. It is not asked for any more then. Not from a server, which may be slow to answer; and what
/// cannot be read is still asked for.
pub async fn second_page(engine: &Engine, asked: &mut Vec<Effect>) -> Option<Page> {
    if engine.journal().is_shared() {
        return None;
    }
    let (at, part, limit) = asked.iter().enumerate().find_map(|(at, effect)| match effect {
        Effect::LoadQueue(part, limit) => Some((at, part.clone(), *limit)),
        _ => None,
    })?;
    let page = read(engine, part, limit).await.ok()?;
    asked.remove(at);
    Some(page)
}

/// Reads a part of the queue.
pub async fn read(engine: &Engine, part: Part, limit: usize) -> Result<Page, journal::Error> {
    let moment = moment(engine.clock());
    let rows = |from: Option<Summary>, backward: bool, limit: usize| async move {
        let limit = u32::try_from(limit).unwrap_or(u32::MAX);
        engine.journal().queue(engine.environment(), moment, from.as_ref(), backward, limit).await
    };
    let counts = engine.journal().order_counts(engine.environment()).await?;
    let (rows, before, after) = match &part {
        Part::First => {
            let rows = rows(None, false, limit).await?;
            let full = rows.len() == limit;
            (rows, false, full)
        }
        Part::Last => {
            let rows = rows(None, true, limit).await?;
            let full = rows.len() == limit;
            (rows, full, false)
        }
        Part::After(row) => {
            let rows = rows(Some(row.as_ref().clone()), false, limit).await?;
            let full = rows.len() == limit;
            (rows, true, full)
        }
        Part::Before(row) => {
            let rows = rows(Some(row.as_ref().clone()), true, limit).await?;
            let full = rows.len() == limit;
            (rows, full, true)
        }
        Part::Around(row) => {
            let half = (limit / 2).max(1);
            let above = rows(Some(row.as_ref().clone()), true, half).await?;
            let below = rows(Some(row.as_ref().clone()), false, half).await?;
            let (before, after) = (above.len() == half, below.len() == half);
            // The row itself, unless it has moved: then it is wherever it belongs now.
            let itself = engine.journal().find(engine.environment(), row.id.as_str()).await?;
            let place = row.sort_key(moment.now);
            let stayed = itself.into_iter().filter(|found| found.sort_key(moment.now) == place);
            (above.into_iter().chain(stayed).chain(below).collect(), before, after)
        }
    };
    let number = |n: u64| usize::try_from(n).unwrap_or(usize::MAX);
    let counts = Counts {
        open: number(counts.open),
        alarms: number(counts.alarms),
        needing: number(counts.attention + counts.ready),
        ended: number(counts.ended),
    };
    Ok(Page { part, rows, before, after, counts, today: moment.today })
}
