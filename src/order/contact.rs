//! How an order is found by its customer's phone number or e-mail address.

use super::{Contact, Email, Environment, Order, Phone};

impl Contact {
    /// The phone number or the address that `text` is, as a person writes it or a program copies it, if it is one.
    pub fn parse(text: &str) -> Option<Self> {
        let text = plain(text);
        let email = || Email::new(&text).ok().map(Self::Email);
        Phone::new(&text).ok().map(Self::Sms).or_else(email)
    }

    /// The same for every way to write it, and another in another environment: what the journal's index hashes.
    pub fn term(&self, environment: Environment) -> String {
        match self {
            Self::Sms(phone) => format!("{environment} phone {}", phone.expose()),
            Self::Email(email) => format!("{environment} email {}", email.expose().to_lowercase()),
        }
    }
}

/// `text` without the marks that cannot be seen and without a link's `tel:` or `mailto:`; every blank and hyphen is a plain one.
fn plain(text: &str) -> String {
    let usual = |c: char| match c {
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe63}' | '\u{ff0d}' => '-',
        c if c.is_whitespace() => ' ',
        c => c,
    };
    let seen: String = text.chars().map(usual).filter(|c| !crate::text::is_invisible(*c)).collect();
    let seen = seen.trim();
    let scheme = seen
        .split_once(':')
        .filter(|(scheme, _)| ["tel", "mailto"].iter().any(|known| scheme.eq_ignore_ascii_case(known)));
    scheme.map_or(seen, |(_, rest)| rest).to_owned()
}

/// The terms by which `order` is found: its customer's, and wherever its text was sent.
pub(super) fn terms(order: &Order) -> Vec<String> {
    let customer = &order.customer;
    let phone = customer.phone.iter().cloned().map(Contact::Sms);
    let email = customer.email.iter().cloned().map(Contact::Email);
    let sent = order.attempts.iter().filter_map(|attempt| attempt.to.clone());
    let mut terms: Vec<String> =
        phone.chain(email).chain(sent).map(|contact| contact.term(order.environment)).collect();
    terms.sort();
    terms.dedup();
    terms
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_to_write_it_is_one_term() {
        let term = |text: &str| Contact::parse(text).unwrap().term(Environment::Sandbox);
        for text in [
            "3035550123",
            "(303) 555-0123",
            "+1 303 555 0123",
            " 303.555.0123 ",
            "303\u{2011}555\u{2011}0123",
            "303\u{2013}555\u{2013}0123",
            "303\u{a0}555\u{a0}0123",
            "\u{202a}+13035550123\u{202c}",
            "tel:+1-303-555-0123",
            "TEL:3035550123\n",
        ] {
            assert_eq!(term(text), "sandbox phone +13035550123", "{text:?}");
        }
        for text in [" Ann@Example.COM ", "mailto:ann@example.com", "\u{200b}ann@example.com\u{feff}"] {
            assert_eq!(term(text), "sandbox email ann@example.com", "{text:?}");
        }
        for text in ["303555", "T-1", "ann@", "", "tel:", "tel:T-1", "1 (303) 555-0123 x4"] {
            assert_eq!(Contact::parse(text), None, "{text}");
        }
    }
}
