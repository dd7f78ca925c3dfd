//! What happened since midnight, read from the queue: the orders that are open, and those that ended today. However many
//! there are of earlier days, they are not read.

use super::queue::moment;
use crate::engine::{Engine, Error};
use crate::order::{Order, Summary, Timestamp};
use crate::report::{Figures, Period};
use crate::session::local_zone;

/// Rows that are read at once.
const PAGE: u32 = 200;

/// The figures, and from when to when they are.
pub async fn read(engine: &Engine) -> Result<(Figures, Timestamp, Timestamp), Error> {
    let moment = moment(engine.clock());
    let period = Period { since: moment.today, until: moment.now, zone: local_zone() };
    let mut figures = Figures::default();
    let mut after: Option<Summary> = None;
    loop {
        let page = engine.journal().queue(engine.environment(), moment, after.as_ref(), false, PAGE).await?;
        for row in page.iter().filter(|row| row.updated_at >= period.since) {
            let history = engine.journal().history::<Order>(&row.id).await?;
            figures.add(&row.id, &history, &period);
            // Whoever waits for the journal meanwhile comes first.
            tokio::task::yield_now().await;
        }
        after = page.into_iter().next_back();
        if after.is_none() {
            return Ok((figures, period.since, period.until));
        }
    }
}
