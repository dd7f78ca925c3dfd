//! How much was used: an exact decimal, from the line that told of it to the bytes that are sent.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::fmt;

/// An amount of usage: not negative, exact, below 10^15 and with at most ten decimals. Serialised as a string.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Amount(Decimal);

/// What the contract leaves open, kept to what a double still tells apart.
pub(super) const DECIMALS: u32 = 10;
const BELOW: i64 = 1_000_000_000_000_000;

impl Amount {
    pub const ZERO: Self = Self(Decimal::ZERO);

    /// The amount that a JSON number, or a number in a table, spells.
    ///
    /// # Errors
    /// Says why it is none, to stand after "the count".
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let zero = |text: &str| Spelled::read(text).and_then(|n| n.exactly()) == Some(Decimal::ZERO);
        if let Some(positive) = text.strip_prefix('-').filter(|text| zero(text)) {
            return Self::parse(positive);
        }
        if text.starts_with('-') && text[1..].starts_with(|c: char| c.is_ascii_digit()) {
            return Err(format!("`{}` is negative; what was billed cannot be taken back", shown(text)));
        }
        let number = Spelled::read(text);
        let number = number.ok_or_else(|| format!("`{}` is not a number such as 100.5", shown(text)))?;
        let outside = || {
            let text = shown(text);
            format!(
                "`{text}` is outside of what can be billed exactly: below 10^15, with at most {DECIMALS} decimals"
            )
        };
        number.exactly().and_then(Self::within).ok_or_else(outside)
    }

    fn within(number: Decimal) -> Option<Self> {
        let number = number.normalize();
        (number < Decimal::from(BELOW) && number.scale() <= DECIMALS).then_some(Self(number))
    }

    /// The sum, as one report; none when it is beyond what can be billed exactly. What several reports come to is a
    /// [`Total`](super::Total).
    pub fn plus(self, other: Self) -> Option<Self> {
        Self::within(self.0.checked_add(other.0)?)
    }

    pub(super) fn number(self) -> Decimal {
        self.0
    }

    /// What is left when `other` is taken away; none when nothing would be left.
    pub fn above(self, other: Self) -> Option<Self> {
        (self > other).then(|| Self((self.0 - other.0).normalize()))
    }

    /// The marketplace reads a double (D): what it makes of this amount, where that is not the same. A double is written as
    /// short as can be; between two such numbers that are as near, with an even last digit, as JavaScript and Python do.
    pub fn arrives_as(self) -> Option<String> {
        let double: f64 = self.to_string().parse().unwrap_or(f64::NAN);
        let short = double.to_string();
        let decimals = short.split_once('.').map_or(0, |(_, decimals)| decimals.len());
        let read = format!("{double:.decimals$}");
        (read != self.to_string()).then_some(read)
    }
}

/// The number that a text spells, no digit of it lost; none where it is no number, or cannot be held.
pub(super) fn exact(text: &str) -> Option<Decimal> {
    Spelled::read(text.trim())?.exactly()
}

/// A number as it is spelled: `digits[.digits][e[+-]digits]`.
struct Spelled<'a> {
    whole: &'a str,
    /// Behind the point; empty without one.
    fraction: &'a str,
    /// Beyond what it can hold it is as large as can be.
    exponent: i32,
}

impl<'a> Spelled<'a> {
    fn read(text: &'a str) -> Option<Self> {
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        let (mantissa, exponent) = match text.split_once(['e', 'E']) {
            None => (text, 0),
            Some((mantissa, exponent)) => {
                let bare = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
                let size = digits(bare).then(|| bare.parse().unwrap_or(i32::MAX))?;
                (mantissa, if exponent.starts_with('-') { -size } else { size })
            }
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let well = digits(whole) && (digits(fraction) || !mantissa.contains('.'));
        well.then_some(Self { whole, fraction, exponent })
    }

    /// The number, no digit of it lost; none where it cannot be held.
    fn exactly(&self) -> Option<Decimal> {
        let all = format!("{}{}", self.whole, self.fraction);
        let end = all.trim_end_matches('0').len();
        let zeros = i64::try_from(all.len() - end).ok()?;
        let digits = all[..end].trim_start_matches('0');
        if digits.is_empty() {
            return Some(Decimal::ZERO);
        }
        let decimals = i64::try_from(self.fraction.len()).ok()? - zeros - i64::from(self.exponent);
        if let Ok(decimals) = u32::try_from(decimals) {
            return Decimal::try_from_i128_with_scale(digits.parse().ok()?, decimals).ok();
        }
        let zeros = usize::try_from(-decimals).ok().filter(|zeros| *zeros <= 28)?;
        Decimal::from_str_exact(&format!("{digits}{}", "0".repeat(zeros))).ok()
    }
}

/// Text from outside in an error.
fn shown(text: &str) -> String {
    crate::text::quote(&text.chars().take(40).collect::<String>())
}

impl TryFrom<String> for Amount {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text)
    }
}

impl From<Amount> for String {
    fn from(amount: Amount) -> Self {
        amount.to_string()
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn amount(text: &str) -> Amount {
        Amount::parse(text).unwrap()
    }

    #[test]
    fn it_is_exact_and_is_written_as_short_as_it_can_be() {
        for (text, is) in [
            ("100.50", "100.5"),
            ("0", "0"),
            ("0.0", "0"),
            ("1e3", "1000"),
            ("1.5E-2", "0.015"),
            ("0e999", "0"),
        ] {
            assert_eq!(amount(text).to_string(), is);
        }
        let tenth = amount("0.1");
        let ten = (0..10).fold(Amount::ZERO, |sum, _| sum.plus(tenth).unwrap());
        assert_eq!(ten, amount("1"), "no double in between");
    }

    #[test]
    fn what_is_no_amount_says_why() {
        for (text, why) in [
            ("-1", "negative"),
            ("NaN", "not a number"),
            ("Infinity", "not a number"),
            ("", "not a number"),
            ("1.", "not a number"),
            (".5", "not a number"),
            ("1,5", "not a number"),
            ("0x10", "not a number"),
            ("1-2", "not a number"),
            ("1e-+3", "not a number"),
            ("1e", "not a number"),
            ("1.e3", "not a number"),
            ("1e3e3", "not a number"),
            ("1.00000000000000000000000000001e0", "outside"),
            ("1e99999999999", "outside"),
            ("1e-99999999999", "outside"),
            ("1e309", "outside"),
            ("1000000000000000", "outside"),
            ("0.00000000001", "below 10^15, with at most 10 decimals"),
            ("99999999999999999999999999999999999", "outside"),
        ] {
            let error = Amount::parse(text).unwrap_err();
            assert!(error.contains(why), "{text}: {error}");
        }
    }

    #[test]
    fn a_double_that_tells_less_is_shown() {
        assert_eq!(amount("100.5").arrives_as(), None);
        assert_eq!(amount("0.1").arrives_as(), None);
        assert_eq!(
            amount("123456789012345.12345").arrives_as(),
            Some("123456789012345.12".to_owned()),
            "a tie"
        );
        assert_eq!(amount("123456789012345.37").arrives_as(), Some("123456789012345.38".to_owned()), "a tie");
    }

    #[test]
    fn nothing_is_left_of_what_is_taken_away_whole() {
        assert_eq!(amount("5").above(amount("3")), Some(amount("2")));
        assert_eq!(amount("3").above(amount("3")), None);
    }
}
