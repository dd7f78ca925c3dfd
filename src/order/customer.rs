//! The customer's personal data. It is sealed in the journal, masked on every screen but the one that asks for it, and
//! never printed by `Debug`.

use serde::{Deserialize, Serialize};
use std::fmt;
use zeroize::Zeroize;

macro_rules! hidden {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Takes `text` in.
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into())
            }

            /// The text itself: for the wire, the seal, and what shows it on purpose.
            pub fn expose(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("[redacted]")
            }
        }

        impl Drop for $name {
            fn drop(&mut self) {
                self.0.zeroize();
            }
        }
    };
}

hidden! {
    /// A text that is never shown, logged or printed: a payment token, a gift card, a consumer secret.
    Secret
}
hidden! {
    /// A person's name or postal address: on the screens that ask for it, never in a log or an error.
    Personal
}

impl From<&str> for Personal {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

macro_rules! personal {
    ($(#[$doc:meta])* $name:ident, $mask:path) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The whole of it: for the wire, the seal, and the field in which it is edited.
            pub fn expose(&self) -> &str {
                &self.0
            }

            /// What may be shown.
            pub fn masked(&self) -> String {
                $mask(&self.0)
            }
        }

        impl TryFrom<String> for $name {
            type Error = String;
            fn try_from(text: String) -> Result<Self, String> {
                Self::new(&text)
            }
        }

        impl From<$name> for String {
            fn from(value: $name) -> Self {
                value.0
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.masked())
            }
        }
    };
}

personal! {
    /// A phone number in E.164, `+1` and ten digits (A, the contract's pattern).
    Phone, mask_phone
}
personal! {
    /// An e-mail address.
    Email, mask_email
}

impl Phone {
    /// Takes a number as a person writes it: `(303) 555-0123`, `+1 303 555 0123`.
    ///
    /// # Errors
    /// Says what a number looks like, when `text` cannot be one of North America's.
    pub fn new(text: &str) -> Result<Self, String> {
        let shape = "is not a phone number: ten digits, or +1 and ten digits, e.g. +13035550123";
        let digits: String = text.chars().filter(|c| !matches!(c, ' ' | '-' | '.' | '(' | ')')).collect();
        let (plus, digits) = digits.strip_prefix('+').map_or((false, digits.as_str()), |rest| (true, rest));
        if !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(shape.to_owned());
        }
        let ten = match (plus, digits.len()) {
            (false, 10) => digits,
            (_, 11) => digits.strip_prefix('1').ok_or(shape)?,
            _ => return Err(shape.to_owned()),
        };
        // Area code and exchange begin with 2 to 9 in the North American plan.
        if [0, 3].iter().any(|at| matches!(ten.as_bytes()[*at], b'0' | b'1')) {
            return Err("is not a phone number: area code and exchange begin with 2 to 9".to_owned());
        }
        Ok(Self(format!("+1{ten}")))
    }
}

impl Email {
    /// Takes an address: something before one `@`, a host with a dot after it, nothing invisible, no blanks.
    ///
    /// # Errors
    /// Says what an address looks like, when `text` cannot be one.
    pub fn new(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let bad = || "is not an e-mail address: name@host.example".to_owned();
        let (name, host) = text.rsplit_once('@').ok_or_else(bad)?;
        let label = |l: &str| {
            !l.is_empty()
                && !l.starts_with('-')
                && !l.ends_with('-')
                && l.chars().all(|c| c.is_alphanumeric() || c == '-')
        };
        let host_fits = host.contains('.') && host.split('.').all(label);
        let dots_fit = !name.starts_with('.') && !name.ends_with('.') && !name.contains("..");
        let chars_fit = name.chars().all(|c| {
            !c.is_whitespace()
                && !crate::text::is_invisible(c)
                && !matches!(c, '@' | '<' | '>' | '"' | ',' | ';' | ':' | '\\' | '(' | ')')
        });
        let fits =
            !name.is_empty() && name.len() <= 64 && text.len() <= 254 && host_fits && dots_fit && chars_fit;
        if fits { Ok(Self(text.to_owned())) } else { Err(bad()) }
    }
}

impl Phone {
    /// A number that is nobody's and is shown as this one is.
    #[must_use]
    pub(super) fn stand_in(&self) -> Self {
        let last = self.0.len().checked_sub(4).and_then(|at| self.0.get(at..)).unwrap_or("0000");
        Self(format!("+1555555{last}"))
    }
}

impl Email {
    /// An address that is nobody's and is shown as this one is; none where there is no such address.
    #[must_use]
    pub(super) fn stand_in(&self) -> Option<Self> {
        Self::new(&self.masked().replace('•', "")).ok()
    }
}

/// `+13035550123` as `+1•••••••0123`; anything else as dots.
pub fn mask_phone(phone: &str) -> String {
    match phone.len().checked_sub(4).and_then(|at| phone.get(at..)) {
        Some(last) if phone.starts_with("+1") && phone.len() > 8 => format!("+1•••••••{last}"),
        _ => "••••".to_owned(),
    }
}

/// `anna@example.com` as `a•••@e•••.com`; anything else as dots.
pub fn mask_email(email: &str) -> String {
    let first = |text: &str| text.chars().next().map_or_else(String::new, String::from);
    match email.rsplit_once('@') {
        Some((name, host)) => {
            let end = host.rsplit_once('.').map_or("", |(_, end)| end);
            format!("{}•••@{}•••.{end}", first(name), first(host))
        }
        None => "••••".to_owned(),
    }
}

/// What is known of the customer; each part optional.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Customer {
    /// As the customer is called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Personal>,
    /// Where an SMS goes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<Phone>,
    /// Where an e-mail goes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<Email>,
    /// Where the customer lives, if the order system says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<Personal>,
}

impl Customer {
    /// Every value that is known of them.
    pub fn values(&self) -> impl Iterator<Item = &str> {
        let known = [
            self.phone.as_ref().map(Phone::expose),
            self.email.as_ref().map(Email::expose),
            self.name.as_ref().map(Personal::expose),
            self.address.as_ref().map(Personal::expose),
        ];
        known.into_iter().flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phones_as_people_write_them() {
        for text in ["+13035550123", "3035550123", "(303) 555-0123", "1 303.555.0123", "+1 303 555 0123"] {
            assert_eq!(Phone::new(text).unwrap().expose(), "+13035550123", "{text}");
        }
        for text in [
            "",
            "555-0123",
            "+443035550123",
            "23035550123",
            "0035550123",
            "3031550123",
            "303555012x",
            "+3035550123",
            "٣035550123",
        ] {
            assert!(Phone::new(text).is_err(), "{text}");
        }
    }

    #[test]
    fn addresses_that_can_be() {
        for text in ["a@example.com", " first.last+tag@sub.example.co.uk "] {
            assert!(Email::new(text).is_ok(), "{text}");
        }
        for text in [
            "",
            "a",
            "a@b",
            "@example.com",
            "a@.com",
            "a@@example.com",
            "a b@example.com",
            "a@ex ample.com",
            "a@-x.com",
            "a\u{200b}@example.com",
            ".a@example.com",
        ] {
            assert!(Email::new(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_stand_in_is_valid_and_looks_the_same() {
        let phone = Phone::new("3037770123").unwrap();
        let email = Email::new("anna.okafor@mail.example.com").unwrap();
        let (other, another) = (phone.stand_in(), email.stand_in().unwrap());
        assert_eq!((other.masked(), another.masked()), (phone.masked(), email.masked()));
        assert_eq!((other.expose(), another.expose()), ("+15555550123", "a@m.com"));
        assert!(Phone::new(other.expose()).is_ok());
    }

    #[test]
    fn nothing_whole_is_shown() {
        let customer = Customer {
            name: Some(Personal::new("Anna Okafor")),
            phone: Phone::new("3035550123").ok(),
            email: Email::new("anna@example.com").ok(),
            address: Some(Personal::new("1 Main Street")),
        };
        let shown = format!("{customer:?} {:?}", Secret::new("tok_1"));
        for part in ["Anna", "303555", "anna@", "example", "tok_1", "Main"] {
            assert!(!shown.contains(part), "{part} in {shown}");
        }
        assert!(shown.contains("0123") && shown.contains("a•••@e•••.com"));
    }
}
