//! Exact amounts, read from the text of a JSON number.

use rust_decimal::Decimal;

/// By how many places an exponent may move the point; no double needs more.
const FARTHEST: i32 = 400;

/// Reads the text of a JSON number, to its last digit. `None` when it has more digits than can be kept.
pub fn read(number: &str) -> Option<Decimal> {
    let (digits, exponent) = match number.split_once(['e', 'E']) {
        Some((digits, exponent)) => (digits, exponent.parse().ok()?),
        None => (number, 0_i32),
    };
    if !digits.bytes().any(|b| (b'1'..=b'9').contains(&b)) {
        return Some(Decimal::ZERO);
    }
    let exact = Decimal::from_str_exact(&moved(digits, exponent)?).ok()?;
    Some(exact.normalize())
}

/// The sum, if every digit of both is in it.
pub fn add(one: Decimal, other: Decimal) -> Option<Decimal> {
    let sum = one.checked_add(other)?;
    let exact = sum.checked_sub(one) == Some(other) && sum.checked_sub(other) == Some(one);
    exact.then(|| sum.normalize())
}

/// The number with its point moved by `exponent` places, and no needless zeros.
fn moved(number: &str, exponent: i32) -> Option<String> {
    if exponent.abs() > FARTHEST {
        return None;
    }
    let (sign, number) = number.strip_prefix('-').map_or(("", number), |rest| ("-", rest));
    let (whole, part) = number.split_once('.').unwrap_or((number, ""));
    let digits = format!("{whole}{part}");
    let point = i32::try_from(whole.len()).ok()?.checked_add(exponent)?;
    let before = usize::try_from(point.max(0)).ok()?;
    let lead = usize::try_from((-point).max(0)).ok()?;
    let digits = format!("{}{digits:0<before$}", "0".repeat(lead));
    let (whole, part) = digits.split_at(before);
    let (whole, part) = (whole.trim_start_matches('0'), part.trim_end_matches('0'));
    let point = if part.is_empty() { "" } else { "." };
    Some(format!("{sign}0{whole}{point}{part}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_digit_counts() {
        for (text, exact) in [
            ("100.5", "100.5"),
            ("0", "0"),
            ("-0.0", "0"),
            ("0e999", "0"),
            ("1e2", "100"),
            ("1.25E-3", "0.00125"),
            ("125e-2", "1.25"),
            ("1.50", "1.5"),
            ("0.30000000000000004", "0.30000000000000004"),
            ("79228162514264337593543950335", "79228162514264337593543950335"),
            ("-1.5", "-1.5"),
        ] {
            assert_eq!(read(text).map(|d| d.to_string()).as_deref(), Some(exact), "{text}");
        }
        for text in ["1e400", "1e29", "1e-30", "1e99999999999", "0.12345678901234567890123456789"] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn a_sum_that_would_lose_a_digit_is_none() {
        let [large, small] = ["79228162514264337593543950335", "0.1"].map(|t| read(t).unwrap());
        assert_eq!((add(large, small), add(large, large)), (None, None));
        assert_eq!(add(small, read("0.2").unwrap()).unwrap().to_string(), "0.3");
    }
}
