//! What the top line says of the marketplace's desk: the bill and its closing.

use crate::desk::{Countdown, Model, clock_off, countdown};
use crate::kind::off;
use crate::view::frame::look::Look;
use crate::view::frame::words;
use jiff::SignedDuration;

/// The texts, of which the first one that fits is shown.
pub fn of(model: &Model, look: &Look) -> Vec<String> {
    let Some(bill) = model.market.bill(model.now) else { return vec!["[2] marketplace".to_owned()] };
    let closing = countdown(model).map_or_else(String::new, |countdown| match countdown {
        Countdown::Closes(left) => format!(" · sending ends in {}", left_of(left)),
        Countdown::ClosedUntil(at) => {
            format!(" · closed until {}", at.to_zoned(look.zone.clone()).strftime("%H:%M %Z"))
        }
        Countdown::ClockOff(_) => " · nothing is sent".to_owned(),
    });
    // Whatever it says of the time would surprise whoever looks at this machine's clock.
    let told = clock_off(model).filter(|_| !closing.is_empty());
    let clock = told
        .map_or_else(String::new, |ahead| format!(" · this clock is {}", off(ahead).trim_end_matches(" of")));
    let short = closing.replacen(" ·", "", 1);
    let with_clock = if clock.is_empty() {
        Vec::new()
    } else {
        vec![
            format!("[2] marketplace · bill {bill}{closing}{clock}"),
            format!("[2] · bill {bill}{closing}{clock}"),
            format!("[2]{short}{clock}"),
        ]
    };
    // However narrow the screen is, the countdown is on it.
    let without = [
        format!("[2] marketplace · bill {bill}{closing}"),
        format!("[2] · bill {bill}{closing}"),
        format!("[2] market{closing}"),
        format!("[2]{short}"),
    ];
    with_clock.into_iter().chain(without).collect()
}

/// `31 h 05 min`, and in the last hour `4:59`.
fn left_of(left: SignedDuration) -> String {
    let minutes = (left.as_secs() + 59) / 60;
    if minutes <= 60 { words::countdown(left) } else { format!("{} h {:02} min", minutes / 60, minutes % 60) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_hour_is_counted_in_seconds() {
        let of = |secs| left_of(SignedDuration::from_secs(secs));
        assert_eq!(
            [of(172_800), of(111_900), of(3_601), of(3_600), of(59)],
            ["48 h 00 min", "31 h 05 min", "1 h 01 min", "60:00", "0:59"]
        );
    }
}
