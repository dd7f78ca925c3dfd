//! How an order is found by its customer's phone number or e-mail address.

use super::{Contact, Email, Environment, Order, Phone};

impl Contact {
    /// The phone number or the address that `text` is, as a person writes it, if it is one.
    pub fn parse(text: &str) -> Option<Self> {
        let email = || Email::new(text).ok().map(Self::Email);
        Phone::new(text).ok().map(Self::Sms).or_else(email)
    }

    /// The same for every way to write it, and another in another environment: what the journal's index hashes.
    pub fn term(&self, environment: Environment) -> String {
        match self {
            Self::Sms(phone) => format!("{environment} phone {}", phone.expose()),
            Self::Email(email) => format!("{environment} email {}", email.expose().to_lowercase()),
        }
    }
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
        for text in ["3035550123", "(303) 555-0123", "+1 303 555 0123", " 303.555.0123 "] {
            assert_eq!(term(text), "sandbox phone +13035550123");
        }
        assert_eq!(term(" Ann@Example.COM "), "sandbox email ann@example.com");
        for text in ["303555", "T-1", "ann@", ""] {
            assert_eq!(Contact::parse(text), None, "{text}");
        }
    }
}
