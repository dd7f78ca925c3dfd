//! A moment as a person writes it: a day, by the clock on the wall, or an instant.

use super::{Exit, Failed};
use crate::order::Timestamp;
use crate::session::local_zone;

/// The moment that `text` says: `2026-11-20` is the beginning of that day here, and RFC 3339 is what it is.
pub fn moment(flag: &str, text: &str) -> Result<Timestamp, Failed> {
    let day = || text.parse::<jiff::civil::Date>().ok()?.to_zoned(local_zone()).ok();
    let moment = text.parse::<Timestamp>().ok().or_else(|| day().map(|day| day.timestamp()));
    moment.ok_or_else(|| {
        let what = format!("--{flag}: `{text}` is not a date; write 2026-11-20, or 2026-11-20T15:00:00Z");
        Failed::new(Exit::BadInput, what)
    })
}
