//! `pxdesk report`: the day at a glance.

use super::args::ReportArgs;
use super::console::{Output, write_stdout};
use super::{Console, Exit, Failed, dates, opened};
use crate::config::Settings;
use crate::engine::Engine;
use crate::order::{Order, Summary, Timestamp};
use crate::report::{Figures, Look, Period, csv, json, text};
use crate::session::local_zone;
use jiff::SignedDuration;

/// Rows that are read at once.
const PAGE: u32 = 500;

/// Prints the figures of a period.
pub async fn run(settings: &Settings, args: &ReportArgs, console: &Console) -> Result<Exit, Failed> {
    let since = dates::moment("since", &args.since)?;
    let until = args.until.as_ref().map(|until| dates::moment("until", until)).transpose()?;
    let session = opened::to_read(settings).await?;
    let now = session.engine.clock().now();
    let until = until.map_or(now, |until| until.min(now));
    if since >= until {
        return Err(Failed::new(Exit::BadInput, "--since must be before --until, and in the past"));
    }
    let period = Period { since, until, zone: local_zone() };
    if period.zone.is_unknown() {
        console.note(&format!("{}: days and hours are those of UTC.", dates::unknown_zone()));
    }
    let figures = collect(&session.engine, &period).await?;
    match console.output() {
        Output::Text => write_stdout(text(&figures, &period, look(args.ascii)).as_bytes()),
        Output::Json => console.json(&json(&figures, &period)).map(|()| Exit::Done),
        Output::Csv => write_stdout(csv(&figures).as_bytes()),
    }
}

/// A clock may be set back so far under an order that was added already.
const SET_BACK: SignedDuration = SignedDuration::from_hours(24);

/// Every order is looked at that something may have happened to in the period; none is kept.
async fn collect(engine: &Engine, period: &Period) -> Result<Figures, Failed> {
    let mut figures = Figures::default();
    let mut after: Option<Summary> = None;
    loop {
        let page = engine.journal().orders(engine.environment(), None, None, after.as_ref(), PAGE).await?;
        for row in &page {
            if may_be_of(row.opened_at, row.updated_at, period) {
                let history = engine.journal().history::<Order>(&row.id).await?;
                figures.add(&row.id, &history, period);
            }
        }
        after = page.into_iter().next_back();
        if after.as_ref().is_none_or(|last| last.opened_at.duration_since(period.until) >= SET_BACK) {
            return Ok(figures);
        }
    }
}

/// Whether something may have happened in `period` to an order that was added, and last changed, then. A clock that was set
/// back puts the last thing before the first one.
fn may_be_of(added: Timestamp, changed: Timestamp, period: &Period) -> bool {
    added.min(changed) < period.until && added.max(changed) >= period.since
}

/// As wide as the terminal says that it is.
fn look(ascii: bool) -> Look {
    let columns = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    let plain = std::env::var_os("NO_UNICODE").is_some_and(|value| !value.is_empty());
    Look { width: columns.unwrap_or(80), ascii: ascii || plain, goes_on: false }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::tz::TimeZone;

    #[test]
    fn an_order_whose_clock_was_set_back_over_midnight_is_of_both_days() {
        let at = |text: &str| -> Timestamp { text.parse().unwrap() };
        let day =
            |since: &str, until: &str| Period { since: at(since), until: at(until), zone: TimeZone::UTC };
        let (tenth, eleventh) = (
            day("2026-11-10T00:00:00Z", "2026-11-11T00:00:00Z"),
            day("2026-11-11T00:00:00Z", "2026-11-12T00:00:00Z"),
        );
        let (early, late) = (at("2026-11-10T23:59:00Z"), at("2026-11-11T00:01:00Z"));
        for day in [&tenth, &eleventh] {
            assert!(may_be_of(late, early, day) && may_be_of(early, late, day));
        }
        assert!(!may_be_of(late, late, &tenth) && !may_be_of(early, early, &eleventh));
    }
}
