//! The five identifiers that the error table names (D).

pub use crate::kind::ShortId as OrderId;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The longest identifier that is accepted, in characters. The contract sets no limit; this one keeps a pasted
/// document out of a field without refusing any identifier a partner could mean.
pub const MAX_ID_CHARS: usize = 128;

/// Why a text cannot be an identifier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IdError {
    /// Nothing, or only blanks.
    Empty,
    /// Longer than [`MAX_ID_CHARS`]; carries the length in characters.
    TooLong(usize),
    /// Holds a character that cannot be seen: control, bidirectional override or zero-width; carries it.
    Invisible(char),
    /// Begins or ends with a blank, or holds a line break.
    Blank,
}

impl fmt::Display for IdError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("is required"),
            Self::TooLong(n) => write!(f, "is {n} characters long; at most {MAX_ID_CHARS} are allowed"),
            Self::Invisible(c) => write!(f, "holds the invisible character U+{:04X}", u32::from(*c)),
            Self::Blank => f.write_str("begins or ends with a space"),
        }
    }
}

impl std::error::Error for IdError {}

/// Checks that `text` can be an identifier: visible, trimmed, 1 to [`MAX_ID_CHARS`] characters.
pub fn check_id(text: &str) -> Result<(), IdError> {
    if text.trim().is_empty() {
        return Err(IdError::Empty);
    }
    let chars = text.chars().count();
    if chars > MAX_ID_CHARS {
        return Err(IdError::TooLong(chars));
    }
    if let Some(c) = text.chars().find(|c| crate::text::is_invisible(*c)) {
        return Err(IdError::Invisible(c));
    }
    if text.trim().len() != text.len() {
        return Err(IdError::Blank);
    }
    Ok(())
}

macro_rules! identifier {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Takes a text as this identifier, exactly as it is.
            pub fn new(text: impl Into<String>) -> Result<Self, IdError> {
                let text = text.into();
                check_id(&text)?;
                Ok(Self(text))
            }

            /// The identifier as it is sent.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdError;
            fn try_from(text: String) -> Result<Self, IdError> {
                Self::new(text)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

identifier! {
    /// Who sold: the partner's sales code (D).
    SalesCode
}
identifier! {
    /// Which partner (D).
    PartnerId
}
identifier! {
    /// The partner's own number for the order (D). Half of the pair that is constant through submit (2131).
    PartnerOrderId
}
identifier! {
    /// Px's number for the configured order (D). Half of the pair that is constant through submit (2131).
    TransactionId
}
identifier! {
    /// Which service address (D).
    AddressDetailId
}

/// The five identifiers that every call carries, unchanged through submit (D).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Identity {
    /// Who sold.
    pub sales_code: SalesCode,
    /// Which partner.
    pub partner_id: PartnerId,
    /// The partner's number; never changes after the order is opened.
    pub partner_order_id: PartnerOrderId,
    /// Px's number; never changes after the order is opened.
    pub transaction_id: TransactionId,
    /// Which address.
    pub address_detail_id: AddressDetailId,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_be_an_identifier() {
        let check = |text: &str| SalesCode::new(text).map(String::from);
        assert_eq!(check("S-1 a/ü"), Ok("S-1 a/ü".to_owned()));
        assert_eq!(check(""), Err(IdError::Empty));
        assert_eq!(check(" \t "), Err(IdError::Empty));
        assert_eq!(check("a\tb"), Err(IdError::Invisible('\t')));
        assert_eq!(check("a\u{202e}b"), Err(IdError::Invisible('\u{202e}')));
        assert_eq!(check("a\u{200b}b"), Err(IdError::Invisible('\u{200b}')));
        assert_eq!(check(" a"), Err(IdError::Blank));
        assert_eq!(check(&"x".repeat(10_240)), Err(IdError::TooLong(10_240)));
        assert!(check(&"x".repeat(MAX_ID_CHARS)).is_ok());
    }
}
