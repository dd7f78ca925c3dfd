//! Which month's bill a report lands on: that of the moment at which it arrives, and nothing else.
//!
//! The cut-off is 3:45 pm on the last day of the month, and at 6:00 pm the next month's bill is open. Both are "CST", which
//! may be the time in Chicago, or UTC-6 all the year: it is closed from the earlier 3:45 to the later 6:00 pm.

use crate::sandbox::clock::Millis;
use jiff::civil::{Date, Time, time};
use jiff::tz::{self, TimeZone};
use jiff::{Error, Timestamp, ToSpan as _};

const CUT_OFF: Time = time(15, 45, 0, 0);
const OPEN_AGAIN: Time = time(18, 0, 0, 0);

/// Where a report lands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BillMonth {
    /// As `2026-11`.
    pub month: String,
    /// It arrived when none is to be sent. On which bill it is then, is not documented.
    pub in_closed_hours: bool,
}

/// The bill of a report that arrives at this instant.
pub fn bill_month(at: Millis) -> Result<BillMonth, Error> {
    let at = Timestamp::from_millisecond(at)?;
    let chicago = TimeZone::get("America/Chicago")?;
    let today = at.to_zoned(chicago.clone()).date();
    let [closes, _] = readings(today.last_of_month(), CUT_OFF, &chicago)?;
    let [_, opens] = readings(today.last_of_month(), OPEN_AGAIN, &chicago)?;
    if at < closes {
        return Ok(BillMonth { month: written(today), in_closed_hours: false });
    }
    let next = today.first_of_month().checked_add(1.month())?;
    Ok(BillMonth { month: written(next), in_closed_hours: at <= opens })
}

/// The two instants that a time of that day can mean, the earlier first.
fn readings(day: Date, time: Time, chicago: &TimeZone) -> Result<[Timestamp; 2], Error> {
    let at = |zone: TimeZone| Ok::<_, Error>(day.to_datetime(time).to_zoned(zone)?.timestamp());
    let mut both = [at(chicago.clone())?, at(TimeZone::fixed(tz::offset(-6)))?];
    both.sort();
    Ok(both)
}

fn written(day: Date) -> String {
    day.strftime("%Y-%m").to_string()
}

/// Whether this is a month as `2026-11`.
pub fn is_month(text: &str) -> bool {
    text.len() == 7 && format!("{text}-01").parse::<Date>().is_ok_and(|day| written(day) == text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(at: &str, month: &str, in_closed_hours: bool) {
        let at: Timestamp = at.parse().unwrap();
        let expected = BillMonth { month: month.to_owned(), in_closed_hours };
        assert_eq!(bill_month(at.as_millisecond()).unwrap(), expected, "{at}");
    }

    #[test]
    fn in_winter_both_readings_agree() {
        check("2026-11-30T21:44:59.999Z", "2026-11", false);
        check("2026-11-30T21:45:00Z", "2026-12", true);
        check("2026-12-01T00:00:00Z", "2026-12", true);
        check("2026-12-01T00:00:00.001Z", "2026-12", false);
        check("2026-12-31T23:00:00Z", "2027-01", true);
        check("2028-02-29T21:44:59Z", "2028-02", false);
    }

    #[test]
    fn in_summer_it_is_closed_from_the_earlier_to_the_later() {
        check("2026-07-31T20:44:59.999Z", "2026-07", false);
        check("2026-07-31T20:45:00Z", "2026-08", true);
        check("2026-07-31T23:30:00Z", "2026-08", true);
        check("2026-08-01T00:00:00Z", "2026-08", true);
        check("2026-08-01T00:00:01Z", "2026-08", false);
    }

    #[test]
    fn midnight_changes_nothing_wherever_it_strikes() {
        for at in
            ["2026-07-01T00:30:00Z", "2026-07-01T04:59:59Z", "2026-07-01T05:00:00Z", "2026-07-15T12:00:00Z"]
        {
            check(at, "2026-07", false);
        }
    }

    #[test]
    fn a_month_is_written_one_way() {
        assert!(is_month("2026-11"));
        for text in ["2026-13", "2026-1", "202611", "2026/11", "", "2026-11-01", "٢٠٢٦-"] {
            assert!(!is_month(text), "{text}");
        }
    }
}
