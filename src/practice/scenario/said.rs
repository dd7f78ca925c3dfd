//! What people say that is to be entered exactly so: a number, an address, a reference.

use super::{Customer, OrderPart};
use crate::order::{Contact, Environment};

impl OrderPart {
    /// True when `to` is the customer's number or address.
    pub fn is_reached_at(&self, to: &str) -> bool {
        let term = |text: &str| Contact::parse(text).map(|contact| contact.term(Environment::Embedded));
        let own = [&self.phone, &self.email].into_iter().flatten();
        let mut own = own.filter_map(|own| term(own));
        term(to).is_some_and(|to| own.any(|own| own == to))
    }
}

impl Customer {
    /// True when `name` is theirs, or a part of it.
    pub fn is_called(&self, name: &str) -> bool {
        let words =
            |text: &str| text.to_lowercase().split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        let (own, named) = (words(&self.name), words(name));
        !named.is_empty() && named.iter().all(|word| own.contains(word))
    }
}

/// True when the number or address `to` is in what somebody said.
pub fn mentions(text: &str, to: &str) -> bool {
    if to.contains('@') {
        return text.to_lowercase().contains(&to.to_lowercase());
    }
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let to = digits(to);
    let ten = to.len().checked_sub(10).and_then(|at| to.get(at..));
    ten.is_some_and(|ten| digits(text).contains(ten))
}

/// The reference in what somebody said: the word after "reference".
pub fn reference_in(text: &str) -> Option<&str> {
    let mut words = text.split_whitespace().map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()));
    words.find(|word| word.eq_ignore_ascii_case("reference"))?;
    words.next().filter(|word| word.chars().any(|c| c.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_is_the_word_after_it() {
        for (text, expected) in [
            ("Yes: it was placed, reference T-4471.", Some("T-4471")),
            ("We have it, at 9:14. Reference: T-5520.", Some("T-5520")),
            ("It was placed.", None),
            ("You have our reference.", None),
            ("There is no reference for it.", None),
        ] {
            assert_eq!(reference_in(text), expected, "{text}");
        }
    }

    #[test]
    fn a_customer_is_called_by_their_name_or_a_part_of_it() {
        let customer = Customer { name: "Denise Whitaker".to_owned(), ..Customer::default() };
        for (name, own) in [
            ("Denise Whitaker", true),
            (" whitaker ", true),
            ("Mickey Mouse", false),
            ("Denise Mouse", false),
            ("", false),
        ] {
            assert_eq!(customer.is_called(name), own, "{name}");
        }
    }

    #[test]
    fn the_customers_own_and_what_they_say_is_theirs() {
        let part = OrderPart {
            phone: Some("(303) 555-0123".to_owned()),
            email: Some("Ann@example.com".to_owned()),
            ..OrderPart::default()
        };
        for (to, own) in [
            ("+13035550123", true),
            ("+13035550124", false),
            ("ann@example.com", true),
            ("bob@example.com", false),
        ] {
            assert_eq!(part.is_reached_at(to), own, "{to}");
        }
        assert!(!OrderPart::default().is_reached_at("+13035550123"));
        assert!(mentions("Use my other one, 720 555 0199.", "+17205550199"));
        assert!(!mentions("Use my other one.", "+17205550199"));
        assert!(mentions("It is Bob@example.com.", "bob@example.com"));
    }
}
