//! A month, as bills are made out for it.

use serde::{Deserialize, Serialize};
use std::fmt;

/// A month of a year: `2026-11`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Month {
    year: i16,
    /// From 1.
    month: i8,
}

impl Month {
    /// The month of that number, from 1, in the years 2000 to 2199.
    pub fn new(year: i16, month: i8) -> Option<Self> {
        ((2000..2200).contains(&year) && (1..=12).contains(&month)).then_some(Self { year, month })
    }

    /// The month that `YYYY-MM` spells.
    ///
    /// # Errors
    /// Says that it spells none.
    pub fn parse(text: &str) -> Result<Self, String> {
        let digits = |text: &str, n| text.len() == n && text.bytes().all(|b| b.is_ascii_digit());
        let parts = text.split_once('-').filter(|(year, month)| digits(year, 4) && digits(month, 2));
        let month = parts.and_then(|(year, month)| Self::new(year.parse().ok()?, month.parse().ok()?));
        month.ok_or_else(|| format!("`{}` is not a month such as 2026-11", crate::text::quote(text)))
    }

    pub fn year(self) -> i16 {
        self.year
    }

    /// From 1.
    pub fn month(self) -> i8 {
        self.month
    }

    /// The month after it.
    #[must_use]
    pub fn next(self) -> Self {
        match self.month {
            12 => Self { year: self.year + 1, month: 1 },
            month => Self { month: month + 1, ..self },
        }
    }

    /// The month before it.
    #[must_use]
    pub fn previous(self) -> Self {
        match self.month {
            1 => Self { year: self.year - 1, month: 12 },
            month => Self { month: month - 1, ..self },
        }
    }
}

impl TryFrom<String> for Month {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text)
    }
}

impl From<Month> for String {
    fn from(month: Month) -> Self {
        month.to_string()
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year, self.month)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_reads_back_and_what_is_none_is_refused() {
        let month = Month::parse("2026-11").unwrap();
        assert_eq!(
            (month.to_string().as_str(), month.next().next().to_string().as_str()),
            ("2026-11", "2027-01")
        );
        assert_eq!(Month::parse("2027-01").unwrap().previous().to_string(), "2026-12");
        for text in
            ["2026-13", "2026-00", "26-11", "2026-1", "2026/11", "1999-12", "2026-11-01", "+026-11", ""]
        {
            assert!(Month::parse(text).is_err(), "{text}");
        }
    }
}
