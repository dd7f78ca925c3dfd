//! The identifiers of the marketplace: opaque texts, compared byte for byte (R).

use serde::{Deserialize, Serialize};
use std::fmt;

/// The longest identifier that is taken, in characters. The pages set no limit.
const LONGEST: usize = 256;

/// Why a text cannot be an identifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdError {
    Empty,
    /// Its length in characters.
    TooLong(usize),
    /// A character that cannot be seen.
    Invisible(char),
}

impl fmt::Display for IdError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("is empty"),
            Self::TooLong(n) => write!(f, "is {n} characters long; at most {LONGEST} are allowed"),
            Self::Invisible(c) => write!(f, "holds the invisible character U+{:04X}", u32::from(*c)),
        }
    }
}

fn check(text: &str) -> Result<(), IdError> {
    if text.trim().is_empty() {
        return Err(IdError::Empty);
    }
    let chars = text.chars().count();
    if chars > LONGEST {
        return Err(IdError::TooLong(chars));
    }
    text.chars().find(|c| crate::text::is_invisible(*c)).map_or(Ok(()), |c| Err(IdError::Invisible(c)))
}

macro_rules! opaque {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Takes a text as it is.
            ///
            /// # Errors
            /// Why it cannot be one.
            pub fn new(text: impl Into<String>) -> Result<Self, IdError> {
                let text = text.into();
                check(&text).map(|()| Self(text))
            }

            /// The text as it is sent.
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

opaque! {
    /// One deploy of one product for one buyer. Called a GUID, but the page's own example is none (D, E).
    ProvisioningId
}
opaque! {
    /// The partner's own id of the customer: a string even if it is a number (D).
    CustomerId
}
opaque! {
    /// What is priced and billed (D).
    Sku
}
