//! Masks an order's own personal data in what a server says of it: a message may quote a name, a number or a token.

use super::{CallError, Customer, Failure, Order, Outcome};
use std::ops::Range;

/// What stands in the place of a personal value.
pub(super) const DOTS: &str = "••••";
/// Values shorter than this are too likely to be part of a common word.
pub(super) const SHORTEST: usize = 4;

/// `outcome` with every personal value of `order` replaced by dots in the texts that are stored in clear.
pub fn mask(outcome: Outcome, order: &Order) -> Outcome {
    outcome.with_texts(|text| mask_text(text, order))
}

impl Outcome {
    /// The same with `clean` done to every text that is stored in clear, but for the order number: that is what the order is
    /// known by, whatever it is like.
    #[must_use]
    pub fn with_texts(self, clean: impl Fn(String) -> String) -> Self {
        match self {
            Self::Refused(error) => Self::Refused(CallError {
                user_message: clean(error.user_message),
                internal_code: error.internal_code.map(&clean),
                tx_id: error.tx_id.map(&clean),
                ..error
            }),
            Self::Failed(Failure::NotSent(why)) => Self::Failed(Failure::NotSent(clean(why))),
            Self::Failed(Failure::Credentials(why)) => Self::Failed(Failure::Credentials(clean(why))),
            Self::Failed(Failure::Unknown(why)) => Self::Failed(Failure::Unknown(clean(why))),
            Self::Sent { sent_at, tx_id } => Self::Sent { sent_at, tx_id: tx_id.map(clean) },
            Self::Rcc { rcc, tx_id } => Self::Rcc { rcc, tx_id: tx_id.map(clean) },
            Self::Accepted { method, accepted_at, tx_id } => {
                Self::Accepted { method, accepted_at, tx_id: tx_id.map(clean) }
            }
            Self::Completed { order_number, order_status, tx_id, details } => Self::Completed {
                order_number,
                order_status: order_status.map(&clean),
                tx_id: tx_id.map(clean),
                details,
            },
            Self::NotAccepted => Self::NotAccepted,
        }
    }
}

/// `text` with dots for every personal value of `order`: for what is kept in clear, and outlives an erasure.
pub(super) fn mask_text(text: String, order: &Order) -> String {
    let mut text = text;
    for value in order.personal_values() {
        text = without_value(text, value);
    }
    if let Some(spoken) = order.acceptance.as_ref().and_then(|acceptance| acceptance.name.as_ref()) {
        text = without_name(text, spoken.expose());
    }
    without_customer(text, &order.customer)
}

/// The same of what is known of a customer alone.
pub fn without_customer(text: String, customer: &Customer) -> String {
    let mut text = text;
    for value in customer.values() {
        text = without_value(text, value);
    }
    if let Some(name) = &customer.name {
        text = without_name(text, name.expose());
    }
    let address = customer.address.iter().flat_map(|address| address.expose().split(','));
    address.map(str::trim).fold(text, without)
}

fn without_value(text: String, value: &str) -> String {
    let text = without(text, value);
    // A number is written in many ways.
    match value.strip_prefix("+1").filter(|rest| rest.len() == 10) {
        Some(national) => without_phone(&text, national),
        None => text,
    }
}

fn without_name(text: String, name: &str) -> String {
    name.split_whitespace().fold(without(text, name), without)
}

/// `text` with dots for `value`, in capitals or not.
fn without(text: String, value: &str) -> String {
    if value.len() < SHORTEST {
        return text;
    }
    // Of ASCII alone, so that every byte keeps its place.
    let (low, value) = (text.to_ascii_lowercase(), value.to_ascii_lowercase());
    let found = low.match_indices(&value).map(|(at, found)| at..at + found.len());
    cut(&text, found.collect())
}

/// `text` with dots for the digits of a phone number, whatever stands between them.
pub(super) fn without_phone(text: &str, digits: &str) -> String {
    let all: Vec<(usize, char)> = text.char_indices().filter(|(_, c)| c.is_ascii_digit()).collect();
    let between = |a: usize, b: usize| text[a + 1..b].chars().all(|c| " -.()/\u{a0}".contains(c));
    let is_it = |found: &&[(usize, char)]| {
        found.iter().map(|(_, digit)| *digit).eq(digits.chars())
            && found.windows(2).all(|pair| between(pair[0].0, pair[1].0))
    };
    let found = all.windows(digits.len()).filter(is_it);
    let found = found.filter_map(|found| Some(found.first()?.0..found.last()?.0 + 1)).collect();
    cut(text, found)
}

/// `text` with dots for these parts of it, which come one after the other.
pub(super) fn cut(text: &str, found: Vec<Range<usize>>) -> String {
    let (mut out, mut from) = (String::with_capacity(text.len()), 0);
    for Range { start, end } in found {
        out.push_str(text.get(from..start).unwrap_or_default());
        out.push_str(DOTS);
        from = end;
    }
    out.push_str(&text[from..]);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_found_in_capitals_too() {
        let text = "é ANN OKAFOR and ann okafor";
        assert_eq!(without(text.to_owned(), "Ann Okafor"), "é •••• and ••••");
        assert_eq!(without("Ann".to_owned(), "Ann"), "Ann", "too short to be sure");
    }

    #[test]
    fn a_phone_number_is_found_as_people_write_it() {
        for phone in ["3035550123", "(303) 555-0123", "303.555.0123", "303 555 0123"] {
            let text = format!("call {phone}, ref 42");
            let masked = without_phone(&text, "3035550123").replace('(', "");
            assert_eq!(masked, "call ••••, ref 42", "{phone}");
        }
        let other = "call 303 555 0124 or 1 303 555, 0123";
        assert_eq!(without_phone(other, "3035550123"), other);
    }
}
