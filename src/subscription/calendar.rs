//! Bill months and their closing, by the marketplace's clock (D: "CST", the last day of each month).
//!
//! Usage that arrives until 3:45 pm is on this month's bill, after 6:00 pm on the next one's; in between none is to be sent.
//! Whether "CST" follows daylight saving is not said, so it is closed in both readings (R): from the earlier 3:45 pm to
//! the later 6:00 pm. Midnight changes nothing.

use super::Month;
use jiff::civil::Time;
use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp, civil};

/// The marketplace's zone.
#[derive(Clone, Debug)]
pub struct Calendar {
    chicago: TimeZone,
    /// UTC−6, by the letter.
    standard: TimeZone,
}

/// When a month's bill closes for usage, and when the next one's opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Closing {
    /// From here on nothing is to be sent.
    pub closes: Timestamp,
    /// Up to and including here.
    pub opens: Timestamp,
}

impl Closing {
    /// From here on no report is begun that may be under way for `limit`, as it could arrive after the closing.
    pub fn last_begin(&self, limit: SignedDuration) -> Timestamp {
        [limit, SPARE].into_iter().fold(self.closes, |at, by| at.saturating_sub(by).unwrap_or(Timestamp::MIN))
    }
}

/// Why no report may be begun now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shut {
    /// It is closed, or so near to the closing that a report could arrive within it.
    Closed(Closing),
    /// So near to the closing, nobody knows how far this machine's clock is off.
    ClockUnknown(Closing),
    /// By this machine's clock, which is off by this much, it may be closed.
    ClockOff(Closing, SignedDuration),
}

/// What a report needs of the time that is left.
#[derive(Clone, Debug)]
pub struct Gate {
    pub calendar: Calendar,
    /// How long a report may be under way.
    pub limit: SignedDuration,
    /// How far this machine's clock is ahead of the marketplace's, or behind; unknown before its first answer.
    pub clock_error: Option<SignedDuration>,
    /// True where the other side goes by this program's clock, whatever it says of the time.
    pub own_clock: bool,
}

/// What is left between the end of a report and the closing, whatever happens.
pub const SPARE: SignedDuration = SignedDuration::from_secs(60);
/// A clock that is off by more is not relied on near the closing.
const TRUSTED: SignedDuration = SignedDuration::from_secs(30);
/// How long before the closing, and after the opening, that matters.
const NEAR: SignedDuration = SignedDuration::from_hours(1);

impl Calendar {
    /// The calendar of the marketplace.
    ///
    /// # Errors
    /// When this machine knows nothing of the zone: that is never guessed.
    pub fn new() -> Result<Self, String> {
        let chicago = TimeZone::get("America/Chicago");
        let chicago =
            chicago.map_err(|error| format!("the zone of the cut-off is not known here: {error}"))?;
        Ok(Self { chicago, standard: TimeZone::fixed(Offset::constant(-6)) })
    }

    /// The month whose bill a report is on that arrives at `at`. What the closed hours mean is not documented; they count as
    /// the next month's here, and nothing is sent in them.
    pub fn bill_month(&self, at: Timestamp) -> Month {
        let month = self.month_of(at);
        if at < self.closing(month).closes { month } else { month.next() }
    }

    /// True where `at` is of a year for which there are bills: no clock that is right shows another.
    pub fn has(&self, at: Timestamp) -> bool {
        (2000..2200).contains(&self.day(at).year())
    }

    /// The first and the last of the bills that were open between `at` and `now`.
    pub fn bills_since(&self, at: Timestamp, now: Timestamp) -> (Month, Month) {
        let first = self.bill_month(at);
        (first, self.bill_month(now).max(first))
    }

    /// When usage for `month` closes, and when the bill after it opens.
    pub fn closing(&self, month: Month) -> Closing {
        let (chicago, standard) = (&self.chicago, &self.standard);
        let both = |hour, minute| {
            let at = last_day(month).to_datetime(Time::constant(hour, minute, 0, 0));
            // Neither zone changes its clocks in the afternoon.
            [chicago, standard]
                .map(|zone| zone.to_ambiguous_timestamp(at).compatible().unwrap_or(Timestamp::MAX))
        };
        let (closes, opens) = (both(15, 45), both(18, 0));
        Closing { closes: closes[0].min(closes[1]), opens: opens[0].max(opens[1]) }
    }

    /// The first moment of the month after the one that `at` is in, where the marketplace is.
    pub fn next_month(&self, at: Timestamp) -> Timestamp {
        let next = self.month_of(at).next();
        self.start_of(civil::date(next.year(), next.month(), 1))
    }

    /// The first moment of a day, where the marketplace is.
    pub fn start_of(&self, day: civil::Date) -> Timestamp {
        let midnight = day.to_datetime(Time::midnight());
        self.chicago.to_ambiguous_timestamp(midnight).compatible().unwrap_or(Timestamp::MAX)
    }

    /// The day that it is at `at`, where the marketplace is.
    pub fn day(&self, at: Timestamp) -> civil::Date {
        self.chicago.to_datetime(at).date()
    }

    /// True once a day, as `YYYY-MM-DD`, is over where the marketplace is: desks of one journal in two zones say the same.
    pub fn is_over(&self, day: &str, now: Timestamp) -> bool {
        day.parse::<civil::Date>().is_ok_and(|day| day < self.day(now))
    }

    /// True in the last two days before a closing, and during it.
    pub fn counts_down(&self, now: Timestamp) -> bool {
        let closing = self.coming(now);
        now.saturating_add(SignedDuration::from_hours(48)).unwrap_or(Timestamp::MAX) >= closing.closes
    }

    /// The closing that is under way, or comes next.
    pub fn coming(&self, now: Timestamp) -> Closing {
        let month = self.month_of(now);
        let closing = self.closing(month);
        // On the evening of the last day, by UTC−6, the month before may still be closed.
        let before = self.closing(month.previous());
        if now <= before.opens {
            before
        } else if now <= closing.opens {
            closing
        } else {
            self.closing(month.next())
        }
    }

    fn month_of(&self, at: Timestamp) -> Month {
        let there = self.chicago.to_datetime(at);
        // A year that no clock of a desk shows.
        let outside = if there.year() < 2000 { (2000, 1) } else { (2199, 12) };
        let (year, month) = (there.year(), there.month());
        Month::new(year, month).or(Month::new(outside.0, outside.1)).unwrap_or_else(|| unreachable!())
    }
}

impl Gate {
    /// The gate, once an answer has said more of the time than was known before.
    #[must_use]
    pub fn hearing(&self, clock_error: Option<SignedDuration>) -> Self {
        let newer = clock_error.filter(|_| !self.own_clock);
        Self { clock_error: newer.or(self.clock_error), ..self.clone() }
    }

    /// What time it is at the marketplace when it is `now` here, as far as is known of the clocks.
    pub fn there(&self, now: Timestamp) -> Timestamp {
        there(now, self.clock_error)
    }

    /// The month whose bill something sent at `now` would go on.
    pub fn bill_month(&self, now: Timestamp) -> Month {
        self.calendar.bill_month(self.there(now))
    }

    /// The closing that keeps reports from being sent at `now`, or the next one at the marketplace.
    pub fn closing(&self, now: Timestamp) -> Closing {
        match self.check(now) {
            Ok(()) => self.calendar.coming(self.there(now)),
            Err(Shut::Closed(closing) | Shut::ClockUnknown(closing) | Shut::ClockOff(closing, _)) => closing,
        }
    }

    /// From here on, by this machine's clock, no report is begun before `closing`, as far as is known of the clocks.
    pub fn last_begin(&self, closing: &Closing) -> Timestamp {
        closing.last_begin(self.limit.saturating_add(self.margin()))
    }

    /// Up to and including here, by this machine's clock, none is begun after it.
    pub fn first_begin(&self, closing: &Closing) -> Timestamp {
        later(closing.opens, self.margin())
    }

    /// How far this machine's clock is ahead of the marketplace's, where it is so far off that a person is to know.
    pub fn off(&self) -> Option<SignedDuration> {
        self.clock_error.filter(|error| error.abs() > TRUSTED)
    }

    /// What the clocks take off either side of the time to send.
    fn margin(&self) -> SignedDuration {
        let error = self.clock_error.map_or(SignedDuration::ZERO, SignedDuration::abs);
        if error > TRUSTED { error.max(NEAR) } else { error }
    }

    /// Nothing, when a report that is begun at `now` is over before the closing, or begins after it.
    ///
    /// # Errors
    /// Why not.
    pub fn check(&self, now: Timestamp) -> Result<(), Shut> {
        let error = self.clock_error.map_or(SignedDuration::ZERO, SignedDuration::abs);
        let ends = [self.limit, SPARE].into_iter().fold(now, later);
        // This month's, which may be over by this machine's clock alone: one that is ahead says too early that it is open
        // again.
        let month = self.calendar.month_of(now);
        let closings = [month.previous(), month].map(|month| self.calendar.closing(month));
        let within = |margin: SignedDuration| {
            let meets = |closing: &&Closing| {
                later(ends, margin) >= closing.closes && now <= later(closing.opens, margin)
            };
            closings.iter().find(meets).copied()
        };
        if let Some(closing) = within(SignedDuration::ZERO) {
            return Err(Shut::Closed(closing));
        }
        match (within(error.max(NEAR)), self.clock_error) {
            (Some(closing), None) => Err(Shut::ClockUnknown(closing)),
            (Some(closing), Some(error)) if error.abs() > TRUSTED => Err(Shut::ClockOff(closing, error)),
            (Some(_), Some(_)) => within(error).map_or(Ok(()), |closing| Err(Shut::Closed(closing))),
            (None, _) => Ok(()),
        }
    }
}

/// What time it is at the marketplace when it is `now` by a clock that is so far ahead of its, as far as that is known.
pub fn there(now: Timestamp, clock_error: Option<SignedDuration>) -> Timestamp {
    let bound = |error: SignedDuration| if error.is_negative() { Timestamp::MAX } else { Timestamp::MIN };
    clock_error.map_or(now, |error| now.checked_sub(error).unwrap_or_else(|_| bound(error)))
}

fn later(at: Timestamp, by: SignedDuration) -> Timestamp {
    at.saturating_add(by).unwrap_or(Timestamp::MAX)
}

fn last_day(month: Month) -> civil::Date {
    civil::date(month.year(), month.month(), 1).last_of_month()
}

#[cfg(test)]
mod tests;
