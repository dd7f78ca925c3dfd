//! The cut-off against a table that is made by counting days, without a zone database: the clocks change on the second
//! Sunday of March and the first Sunday of November, so every last day from March to October is UTC−5 there.

use super::*;

const MINUTE: i64 = 60;
const DAY: i64 = 24 * 60 * MINUTE;

/// Days since 1970 of the first day of a month, by counting.
fn first_day(year: i64, month: i64) -> i64 {
    let is_leap = |year: i64| (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    let years: i64 = (1970..year).map(|year| if is_leap(year) { 366 } else { 365 }).sum();
    let lengths = [31, if is_leap(year) { 29 } else { 28 }, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    years + lengths.iter().take(usize::try_from(month - 1).unwrap()).sum::<i64>()
}

/// When the month closes and opens, in seconds since 1970.
fn table(year: i64, month: i64) -> (i64, i64) {
    let (next_year, next) = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
    let midnight = first_day(next_year, next) * DAY;
    let last = midnight - DAY;
    // 3:45 pm at UTC−5, or at UTC−6; 6:00 pm at UTC−6 is midnight in UTC.
    let hour = if (3..=10).contains(&month) { 20 } else { 21 };
    (last + hour * 60 * MINUTE + 45 * MINUTE, midnight)
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(seconds).unwrap()
}

fn gate(calendar: &Calendar, limit: i64, error: Option<i64>) -> Gate {
    Gate {
        calendar: calendar.clone(),
        limit: SignedDuration::from_secs(limit),
        clock_error: error.map(SignedDuration::from_secs),
        own_clock: false,
    }
}

#[test]
fn every_minute_of_the_last_day_of_every_month_from_2020_to_2045() {
    let calendar = Calendar::new().unwrap();
    let at_once = gate(&calendar, 0, Some(0));
    for year in 2020..=2045 {
        for month in 1..=12 {
            let this = Month::new(i16::try_from(year).unwrap(), i8::try_from(month).unwrap()).unwrap();
            let (closes, opens) = table(year, month);
            let closing = Closing { closes: at(closes), opens: at(opens) };
            assert_eq!(calendar.closing(this), closing, "{this}");
            // The last day, and the evening and night after it, by either reading.
            let begins = opens - DAY;
            for minute in 0..(24 + 8) * 60 {
                let now = begins + minute * MINUTE;
                let bill = if now < closes { this } else { this.next() };
                assert_eq!(calendar.bill_month(at(now)), bill, "{this} {}", at(now));
                // A minute is left between the end of a report and the closing.
                let shut = now + MINUTE >= closes && now <= opens;
                assert_eq!(at_once.check(at(now)).is_err(), shut, "{this} {}", at(now));
            }
        }
    }
}

#[test]
fn the_edges_are_closed_to_the_second_and_midnight_changes_nothing() {
    let calendar = Calendar::new().unwrap();
    let october = Month::parse("2026-10").unwrap();
    let (closes, opens) = table(2026, 10);
    assert_eq!(calendar.bill_month(at(closes - 1)), october);
    assert_eq!(calendar.bill_month(at(closes)), october.next());
    let gate = gate(&calendar, 0, Some(0));
    assert!(gate.check(at(closes - 61)).is_ok() && gate.check(at(closes - 60)).is_err());
    assert!(gate.check(at(opens)).is_err() && gate.check(at(opens + 1)).is_ok());
    for hour in [1, 5, 6, 7] {
        assert_eq!(calendar.bill_month(at(opens + hour * 3600)), october.next(), "the night after");
    }
}

#[test]
fn nothing_is_begun_that_could_arrive_while_it_is_closed() {
    let calendar = Calendar::new().unwrap();
    let (closes, _) = table(2026, 11);
    for (limit, error) in [(0, 0), (60, 0), (60, 20), (60, -20), (3600, 30)] {
        let gate = gate(&calendar, limit, Some(error));
        let room = limit + 60 + error.abs();
        assert!(gate.check(at(closes - room - 1)).is_ok(), "{limit} {error}");
        assert!(matches!(gate.check(at(closes - room)), Err(Shut::Closed(_))), "{limit} {error}");
    }
}

#[test]
fn near_the_closing_a_clock_must_be_known_and_right() {
    let calendar = Calendar::new().unwrap();
    let (closes, opens) = table(2026, 11);
    for now in [closes - 3000, opens + 60] {
        assert!(matches!(gate(&calendar, 0, None).check(at(now)), Err(Shut::ClockUnknown(_))), "{now}");
        assert!(matches!(gate(&calendar, 0, Some(31)).check(at(now)), Err(Shut::ClockOff(..))), "{now}");
        assert!(gate(&calendar, 0, Some(30)).check(at(now)).is_ok() || now == opens + 60, "{now}");
    }
    for now in [closes - 2 * DAY, opens + 2 * 3600] {
        assert!(
            gate(&calendar, 0, None).check(at(now)).is_ok()
                && gate(&calendar, 0, Some(500)).check(at(now)).is_ok()
        );
    }
}

#[test]
fn a_clock_that_is_off_by_weeks_is_told_as_that() {
    let calendar = Calendar::new().unwrap();
    let (closes, _) = table(2026, 11);
    let now = at(closes - 15 * DAY);
    for error in [16 * DAY, -16 * DAY] {
        assert!(matches!(gate(&calendar, 60, Some(error)).check(now), Err(Shut::ClockOff(..))), "{error}");
    }
    assert!(gate(&calendar, 60, Some(-DAY)).check(now).is_ok(), "neither clock is near");
}

#[test]
fn the_last_two_days_count_down() {
    let calendar = Calendar::new().unwrap();
    let (closes, opens) = table(2026, 11);
    assert!(!calendar.counts_down(at(closes - 2 * DAY - 1)));
    for now in [closes - 2 * DAY, closes, opens] {
        assert!(calendar.counts_down(at(now)));
        assert_eq!(calendar.coming(at(now)).closes, at(closes));
    }
    assert!(!calendar.counts_down(at(opens + 1)));
}

#[test]
fn the_last_moment_to_begin_is_the_one_before_it_is_shut() {
    let calendar = Calendar::new().unwrap();
    let closing = calendar.closing(Month::new(2026, 11).unwrap());
    for (limit, error) in [(60, 0), (5, -7), (60, 20), (0, 0), (60, 90), (60, -3_600), (60, 86_400)] {
        let gate = gate(&calendar, limit, Some(error));
        let last = gate.last_begin(&closing);
        assert!(gate.check(last).is_err() && gate.check(last - SignedDuration::from_nanos(1)).is_ok());
        let first = gate.first_begin(&closing);
        assert!(gate.check(first).is_err() && gate.check(first + SignedDuration::from_nanos(1)).is_ok());
    }
}

#[test]
fn a_day_is_over_when_it_is_over_in_chicago() {
    let calendar = Calendar::new().unwrap();
    let at = |text: &str| text.parse::<Timestamp>().unwrap();
    for (now, over) in [
        // In Tokyo it is the 29th for long.
        ("2026-11-28T15:01:00Z", false),
        ("2026-11-29T00:01:00Z", false),
        ("2026-11-29T05:59:59Z", false),
        // In Honolulu it is still the 28th.
        ("2026-11-29T06:00:00Z", true),
    ] {
        assert_eq!(calendar.is_over("2026-11-28", at(now)), over, "{now}");
    }
    assert!(!calendar.is_over("soon", at("2026-11-29T06:00:00Z")));
    assert_eq!(calendar.day(at("2026-12-01T05:59:59Z")), civil::date(2026, 11, 30));
}
