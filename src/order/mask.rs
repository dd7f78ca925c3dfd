//! Masks an order's own personal data in what a server says of it: a message may quote a name, a number or a token.

use super::dots::{cut, same_letter, without as without_words};
use super::{CallError, Customer, Failure, Order, Outcome};

/// Values shorter than this are too likely to be part of a common word.
pub(super) const SHORTEST: usize = 4;
/// A shorter part of a name, in characters, is an initial.
const SHORTEST_OF_A_NAME: usize = 2;

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
    let mut text = without(text, value);
    if let Some((local, domain)) = value.rsplit_once('@').filter(|(local, _)| local.len() >= SHORTEST) {
        // As an address on the web writes it, and what people call a mailbox.
        text = without(text, &format!("{local}%40{domain}"));
        without_words(&mut text, local, same_letter, true);
    }
    // A number is written in many ways.
    match value.strip_prefix("+1").filter(|rest| rest.len() == 10) {
        Some(national) => without_phone(&text, national),
        None => text,
    }
}

fn without_name(text: String, name: &str) -> String {
    let mut text = without(without(text, name), &name.replace(' ', "%20"));
    for part in name.split(|c: char| !(c.is_alphanumeric() || c == '\'' || c == '’')) {
        match part.chars().count() {
            SHORTEST.. => without_words(&mut text, part, same_letter, false),
            SHORTEST_OF_A_NAME.. => text = without_short_name(text, part),
            _ => {}
        }
    }
    text
}

/// `text` with dots for a name that is as short as a common word: only where it is a word of its own, as it is written or with
/// capitals. Somebody named In is in no "error in the order".
fn without_short_name(mut text: String, name: &str) -> String {
    let mut letters = name.chars();
    let first = letters.next().map(char::to_uppercase);
    let with_a_capital: String =
        first.into_iter().flatten().chain(letters.flat_map(char::to_lowercase)).collect();
    for form in [name, &name.to_uppercase(), &with_a_capital] {
        without_words(&mut text, form, |a, b| a == b, true);
    }
    text
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
    fn a_short_name_is_found_where_it_is_a_word_and_not_in_an_ordinary_one() {
        for (name, text, masked) in [
            (
                "Jane Roe",
                "Ms. Roe, ROE or Roe's: Jane%20Roe; a roe, Roebuck",
                "Ms. ••••, •••• or ••••'s: ••••; a roe, Roebuck",
            ),
            ("Roe, Jane", "Roe, Jane or jane roe", "•••• or •••• roe"),
            (
                "In May",
                "May not be sold in June to Mr. In, it may",
                "•••• not be sold in June to Mr. ••••, it may",
            ),
            ("jo o'dea", "Jo, jo, JO, Jon; O'Dea", "••••, ••••, ••••, Jon; ••••"),
            ("Mary-Ann J. Lee-Oh", "Mary Ann Oh; J. Lee", "•••• •••• ••••; J. ••••"),
            ("Bo Núñ", "NÚÑ and Núñez", "•••• and Núñez"),
        ] {
            assert_eq!(without_name(text.to_owned(), name), masked, "{name}");
        }
    }

    #[test]
    fn the_name_of_a_mailbox_is_found_without_its_host() {
        let text = "for ann.lee, Ann.Lee@Example.com, ann.lee%40example.com; not joann.lee";
        let masked = "for ••••, ••••, ••••; not joann.lee";
        assert_eq!(without_value(text.to_owned(), "ann.lee@example.com"), masked);
        assert_eq!(without_value("al, me".to_owned(), "me@example.com"), "al, me");
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
