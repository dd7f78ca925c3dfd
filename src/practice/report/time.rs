//! How moments and durations are written in a report.

use crate::kind::Timestamp;
use jiff::tz::TimeZone;

/// A moment on the clock on the wall: `2026-11-20 15:04`.
pub fn moment(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M").to_string()
}

/// A day: `2026-11-20`.
pub fn day(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned(zone.clone()).strftime("%Y-%m-%d").to_string()
}

/// Seconds as `1:05`, or `1:02:05` from an hour on.
pub fn clock(seconds: u64) -> String {
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
}

/// Milliseconds as seconds with one digit, exact: `12.3`.
pub fn tenths(millis: u64) -> String {
    format!("{}.{}", millis / 1000, millis % 1000 / 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_short() {
        for (seconds, text) in
            [(0, "0:00"), (65, "1:05"), (3_599, "59:59"), (3_600, "1:00:00"), (36_061, "10:01:01")]
        {
            assert_eq!(clock(seconds), text);
        }
        for (millis, text) in [(0, "0.0"), (99, "0.0"), (100, "0.1"), (12_399, "12.3")] {
            assert_eq!(tenths(millis), text);
        }
    }
}
