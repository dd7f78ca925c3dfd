//! `pxdesk report`: the day at a glance.

use super::args::ReportArgs;
use super::console::{Output, write_stdout};
use super::{Console, Exit, Failed, Session, dates, orders};
use crate::config::Settings;
use crate::engine::Engine;
use crate::order::{Order, Summary};
use crate::report::{Figures, Look, Period, csv, json, text};
use crate::session::local_zone;

/// Rows that are read at once.
const PAGE: u32 = 500;

/// Prints the figures of a period.
pub async fn run(settings: &Settings, args: &ReportArgs, console: &Console) -> Result<Exit, Failed> {
    let since = dates::moment("since", &args.since)?;
    let until = args.until.as_ref().map(|until| dates::moment("until", until)).transpose()?;
    let session = Session::open(settings).await?;
    orders::warn(&session, console);
    let now = session.engine.clock().now();
    let until = until.map_or(now, |until| until.min(now));
    if since >= until {
        return Err(Failed::new(Exit::BadInput, "--since must be before --until, and in the past"));
    }
    let period = Period { since, until, zone: local_zone() };
    if period.zone.is_unknown() {
        console.note(&unknown_zone());
    }
    let figures = collect(&session.engine, &period).await?;
    match console.output() {
        Output::Text => write_stdout(text(&figures, &period, look(args.ascii)).as_bytes()),
        Output::Json => console.json(&json(&figures, &period)).map(|()| Exit::Done),
        Output::Csv => write_stdout(csv(&figures).as_bytes()),
    }
}

/// A day that begins elsewhere has other figures.
fn unknown_zone() -> String {
    let named = std::env::var("TZ").map_or_else(|_| String::new(), |zone| format!(" (TZ is `{zone}`)"));
    format!("This machine's time zone is not known{named}: days and hours are those of UTC.")
}

/// Every order is looked at that something may have happened to in the period; none is kept.
async fn collect(engine: &Engine, period: &Period) -> Result<Figures, Failed> {
    let mut figures = Figures::default();
    let mut after: Option<Summary> = None;
    loop {
        let page = engine.journal().orders(engine.environment(), None, None, after.as_ref(), PAGE).await?;
        for row in &page {
            if row.opened_at < period.until && row.updated_at >= period.since {
                let history = engine.journal().history::<Order>(&row.id).await?;
                figures.add(&row.id, &history, period);
            }
        }
        after = page.into_iter().next_back();
        if after.as_ref().is_none_or(|last| last.opened_at >= period.until) {
            return Ok(figures);
        }
    }
}

/// As wide as the terminal says that it is.
fn look(ascii: bool) -> Look {
    let columns = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    let plain = std::env::var_os("NO_UNICODE").is_some_and(|value| !value.is_empty());
    Look { width: columns.unwrap_or(80), ascii: ascii || plain }
}
