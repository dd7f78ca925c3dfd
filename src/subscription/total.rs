//! How much several reports come to. Each of them is an amount that can be billed; what they come to has no such limit.

use super::Amount;
use super::amount::{DECIMALS, exact};
use serde::Serialize;
use std::fmt;

/// The exact sum of amounts. Serialised as a string, as an amount is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(into = "String")]
pub struct Total(
    /// In units of the last decimal that an amount can have: more than ten million million of the largest amounts fit.
    i128,
);

impl Total {
    pub const ZERO: Self = Self(0);

    /// What a number in a table spells, which may be a sum itself: below 10^20.
    ///
    /// # Errors
    /// Says why it is none, to stand after "the count".
    pub fn parse(text: &str) -> Result<Self, String> {
        // What is wrong with a number is the same for both.
        Amount::parse(text).map(Self::from).or_else(|why| {
            let number = exact(text).filter(|number| !number.is_sign_negative());
            let total = number.and_then(Self::of).filter(|total| *total < Self::BELOW);
            total.ok_or_else(|| why.replace("below 10^15", "below 10^20"))
        })
    }

    /// Far below what fits, so that the rows of a table do too.
    const BELOW: Self = Self(10_i128.pow(20 + DECIMALS));

    fn of(number: rust_decimal::Decimal) -> Option<Self> {
        let number = number.normalize();
        let places = DECIMALS.checked_sub(number.scale())?;
        number.mantissa().checked_mul(10_i128.pow(places)).map(Self)
    }

    /// The sum.
    #[must_use]
    pub fn plus(self, more: impl Into<Self>) -> Self {
        Self(self.0.saturating_add(more.into().0))
    }

    /// True when it is more than `times` times `usual`.
    pub fn exceeds(self, times: u32, usual: Self) -> bool {
        self.0 > usual.0.saturating_mul(times.into())
    }
}

impl From<Amount> for Total {
    fn from(amount: Amount) -> Self {
        // An amount has no more decimals than that, and is far below what fits.
        Self::of(amount.number()).unwrap_or(Self(i128::MAX))
    }
}

impl From<Total> for String {
    fn from(total: Total) -> Self {
        total.to_string()
    }
}

impl fmt::Display for Total {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = 10_i128.pow(DECIMALS);
        let (whole, part) = (self.0 / unit, self.0 % unit);
        let part = format!("{part:0width$}", width = DECIMALS as usize);
        let part = part.trim_end_matches('0');
        let point = if part.is_empty() { "" } else { "." };
        f.pad(&format!("{whole}{point}{part}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn amount(text: &str) -> Amount {
        Amount::parse(text).unwrap()
    }

    #[test]
    fn the_sum_of_amounts_keeps_every_digit_however_large_it_is() {
        let most = amount("999999999999999.9999999999");
        let many = (0..1_000_000).fold(Total::ZERO, |sum, _| sum.plus(most));
        assert_eq!(many.to_string(), "999999999999999999999.9999");
        assert_eq!(Total::from(most).plus(amount("20.4")).to_string(), "1000000000000020.3999999999");
        for (text, is) in [("0", "0"), ("100.50", "100.5"), ("0.0000000001", "0.0000000001"), ("1e3", "1000")]
        {
            assert_eq!(
                (Total::from(amount(text)).to_string(), Total::parse(text)),
                (is.to_owned(), Ok(amount(text).into()))
            );
        }
        assert_eq!(serde_json::to_string(&Total::from(amount("1.50"))).unwrap(), "\"1.5\"");
    }

    #[test]
    fn a_row_may_show_a_sum_that_no_single_report_can_be() {
        for text in ["1100000000000000", "99999999999999999999.25", "1.1e15", "1e19"] {
            assert!(Total::parse(text).unwrap() > Total::from(amount("999999999999999")), "{text}");
        }
        assert_eq!(Total::parse("1100000000000000.10").unwrap().to_string(), "1100000000000000.1");
        for (text, why) in [
            ("-1100000000000000", "negative"),
            ("1,5", "not a number"),
            ("100000000000000000000", "below 10^20, with at most 10 decimals"),
            ("1100000000000000.00000000001", "outside"),
            ("0.00000000001", "outside"),
            ("1e99999999999", "outside"),
        ] {
            let error = Total::parse(text).unwrap_err();
            assert!(error.contains(why), "{text}: {error}");
        }
    }

    #[test]
    fn three_times_the_usual_is_not_over_it() {
        let total = |text: &str| Total::from(amount(text));
        assert!(!total("30").exceeds(3, total("10")) && total("30.0000000001").exceeds(3, total("10")));
    }
}
