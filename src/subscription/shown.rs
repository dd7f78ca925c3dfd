//! What the marketplace's portal shows of usage, and whether that is what some reports come to. The marketplace reads
//! doubles (D), and may add them as doubles, too.

use super::amount::{DECIMALS, exact};
use super::{Amount, Total};
use serde::Serialize;
use std::fmt;

/// An amount as the portal shows it, or the sum of several. Serialised as a string, as an amount is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
#[serde(into = "String")]
pub struct Shown {
    /// To the last decimal that an amount can have.
    total: Total,
    /// False where more decimals were cut off that sum.
    whole: bool,
    double: f64,
    /// True while each row of it is what a double is written as.
    written: bool,
    rows: u32,
}

impl Shown {
    /// Nothing, as a row with 0 shows it.
    pub const ZERO: Self = Self { total: Total::ZERO, whole: true, double: 0.0, written: true, rows: 1 };

    /// What a number in a table spells. It may have more decimals than an amount where a double is written so.
    ///
    /// # Errors
    /// Says why it is none, to stand after "the count".
    pub fn parse(text: &str) -> Result<Self, String> {
        let double: f64 = text.trim().parse().unwrap_or(f64::NAN);
        let written = is_written_as(double, text);
        match Total::parse(text) {
            Ok(total) => Ok(Self { total, whole: true, double, written, rows: 1 }),
            Err(why) => {
                let rounded = exact(text).map(|number| number.round_dp(DECIMALS).to_string());
                let total = rounded.filter(|_| written).and_then(|text| Total::parse(&text).ok());
                let total = total.ok_or(why)?;
                Ok(Self { total, whole: false, double, written, rows: 1 })
            }
        }
    }

    /// The sum with one more row.
    #[must_use]
    pub fn plus(self, more: Self) -> Self {
        if self.rows == 0 {
            return more;
        }
        Self {
            total: self.total.plus(more.total),
            whole: self.whole && more.whole,
            double: self.double + more.double,
            written: self.written && more.written,
            rows: self.rows.saturating_add(more.rows),
        }
    }

    /// True where it shows that nothing was used.
    pub fn is_zero(self) -> bool {
        self.whole && self.total == Total::ZERO
    }
}

/// True where a double is written as `text`: as short as can be, or with more of its digits.
fn is_written_as(double: f64, text: &str) -> bool {
    let Some(number) = exact(text) else { return false };
    let as_exact = |written: String| exact(&written) == Some(number);
    as_exact(double.to_string()) || as_exact(format!("{double:.*}", number.scale() as usize))
}

impl From<Shown> for String {
    fn from(shown: Shown) -> Self {
        shown.to_string()
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.whole { fmt::Display::fmt(&self.total, f) } else { fmt::Display::fmt(&self.double, f) }
    }
}

/// What reports come to, here and there.
#[derive(Clone, Copy, Debug, Default)]
pub struct Reported {
    /// None of no report.
    pub exact: Option<Total>,
    /// What the marketplace reads of each, added exactly.
    arrives: Total,
    /// The same, added as doubles.
    double: f64,
    count: u32,
}

impl Reported {
    /// The same with one more report.
    #[must_use]
    pub fn with(self, amount: Amount) -> Self {
        let arrives = amount.arrives_as().and_then(|text| Total::parse(&text).ok());
        Self {
            exact: Some(self.exact.unwrap_or_default().plus(amount)),
            arrives: self.arrives.plus(arrives.unwrap_or(amount.into())),
            double: self.double + amount.to_string().parse().unwrap_or(f64::NAN),
            count: self.count.saturating_add(1),
        }
    }

    /// True where the portal shows this sum to the last digit.
    pub fn is_exactly(self, there: Shown) -> bool {
        there.whole && self.exact.unwrap_or_default() == there.total
    }

    /// True where the portal shows this sum, or what the marketplace makes of it: it rounds each report to a double, and may
    /// add doubles, in whatever order.
    pub fn is_shown_as(self, there: Shown) -> bool {
        let of_doubles = (self.double - there.double).abs() <= self.tolerance(there);
        self.is_exactly(there)
            || (there.whole && self.arrives == there.total)
            || (there.written && of_doubles)
    }

    /// By how much sums of the same doubles can differ. The order of two does not matter.
    fn tolerance(self, there: Shown) -> f64 {
        let added = self.count.saturating_add(there.rows.saturating_sub(1));
        let roundings = if added > 2 { f64::from(added - 1) } else { 0.0 };
        roundings * f64::EPSILON * self.double.max(there.double)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sum(texts: &str) -> Reported {
        let amounts = texts.split_whitespace().map(|text| Amount::parse(text).unwrap());
        amounts.fold(Reported::default(), Reported::with)
    }

    fn shown(rows: &str) -> Shown {
        let rows = rows.split_whitespace().map(|text| Shown::parse(text).unwrap());
        rows.fold(Shown::default(), Shown::plus)
    }

    #[test]
    fn a_sum_of_doubles_is_the_same_sum() {
        for (ours, there, is) in [
            ("0.1 0.2", "0.3", true),
            ("0.1 0.2", "0.30000000000000004", true),
            ("0.2 0.1", "3.0000000000000004e-1", true),
            ("0.1 0.2", "0.3000000000000001", false),
            ("0.1 0.2", "0.3000000001", false),
            ("0.1", "0.10000000000000001", true),
            ("123456789.3234567891 0.1", "123456789.4234567891", true),
            ("123456789.3234567891 0.1", "123456789.42345679", true),
            ("123456789.3234567891 0.1", "123456789.4234568", true),
            ("123456789.3234567891 0.1", "123456789.4234569", false),
            // Each order of adding; 0.1 + 0.2 + 0.3 is 0.6, or a bit more.
            ("0.1 0.2 0.3", "0.6", true),
            ("0.1 0.2 0.3", "0.6000000000000001", true),
            ("0.3 0.2 0.1", "0.6000000000000001", true),
            ("0.1 0.2 0.3", "0.600000000000001", false),
            ("0.1 0.2 0.3", "0.30000000000000004 0.3", true),
            // No double is written so: the portal adds exactly, and shows more.
            ("300000000000000 900000000000000", "1200000000000000.1", false),
            ("300000000000000 900000000000000", "1200000000000000", true),
            // One report alone is the double that it arrives as, whichever digit a tie is written with.
            ("123456789012345.12345", "123456789012345.12", true),
            ("123456789012345.12345", "123456789012345.13", true),
            ("123456789012345.12345", "123456789012345.14", false),
            ("", "0", true),
            ("", "0.00000000001", false),
        ] {
            assert_eq!(sum(ours).is_shown_as(shown(there)), is, "{ours}: {there}");
        }
    }

    #[test]
    fn what_the_portal_shows_is_told_as_it_is() {
        for (rows, is) in [
            ("0.30000000000000004", "0.30000000000000004"),
            ("1e3 2.50", "1002.5"),
            ("99999999999999999999.25", "99999999999999999999.25"),
            ("0.1 0.2", "0.3"),
        ] {
            assert_eq!(shown(rows).to_string(), is);
        }
        for (text, why) in [
            ("-1", "negative"),
            ("many", "not a number"),
            ("NaN", "not a number"),
            ("inf", "not a number"),
            ("1e400", "below 10^20"),
            ("0.12345678901234567891", "at most 10 decimals"),
            // The double nearest to it is written otherwise.
            ("0.30000000000000005", "at most 10 decimals"),
        ] {
            let error = Shown::parse(text).unwrap_err();
            assert!(error.contains(why), "{text}: {error}");
        }
    }
}
