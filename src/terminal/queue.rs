//! The rows of the queue, read a chunk at a time, and the practice orders of a first start.

use super::is_practice;
use crate::config::Settings;
use crate::engine::{Clock, Error};
use crate::journal::Moment;
use crate::order::{State, Summary, parse_order};
use crate::sandbox;
use crate::session::{Failed, Session};
use jiff::tz::TimeZone;

/// Rows of the first frame: as many as a large screen shows.
pub const FIRST: u32 = 64;
/// Rows of a later chunk: few enough that what SQLite and its driver hold of them stays small.
pub const CHUNK: u32 = 250;

/// The moment at which the queue is looked at. The day begins at midnight where the desk is.
pub fn moment(clock: &Clock) -> Moment {
    let now = clock.now();
    let midnight = now.to_zoned(TimeZone::system()).start_of_day();
    Moment { now, today: midnight.map_or(now, |midnight| midnight.timestamp()) }
}

/// The most urgent rows. On the embedded Px, when there is nothing left to practise with, practice orders are taken in.
pub async fn first_rows(session: &Session, settings: &Settings) -> Result<Vec<Summary>, Failed> {
    let journal = session.engine.journal();
    let rows =
        journal.queue(settings.environment, moment(session.engine.clock()), None, false, FIRST).await?;
    let now = session.engine.clock().now();
    let over = |row: &Summary| row.state(now).is_final() || row.state(now) == State::Expired;
    // What can still be worked on comes first.
    if is_practice(settings.environment) && rows.iter().all(over) {
        for order in sandbox::practice_orders(now.as_millisecond()) {
            // One that does not fit, or whose ids were used before, is left out rather than in the way.
            if let Ok(new) = parse_order(&order, now) {
                match session.engine.open(new).await {
                    Ok(_) | Err(Error::Refusal(_)) => {}
                    Err(error) => return Err(error.into()),
                }
            }
        }
        return Ok(journal
            .queue(settings.environment, moment(session.engine.clock()), None, false, FIRST)
            .await?);
    }
    Ok(rows)
}
