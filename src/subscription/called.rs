//! What a subscription is called by people, and in lines of usage: pure.

use std::fmt;

/// An id, and which of a subscription's ids it is said to be. It is compared byte for byte, as it came (R).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Called {
    ProvisioningId(String),
    CustomerId(String),
    /// The id that this journal gave it.
    Id(String),
    /// Any of the three: nobody said which.
    Any(String),
}

impl Called {
    /// The id, whichever it is.
    pub fn text(&self) -> &str {
        match self {
            Self::ProvisioningId(text) | Self::CustomerId(text) | Self::Id(text) | Self::Any(text) => text,
        }
    }
}

impl fmt::Display for Called {
    /// So that it can stand in a line of ours.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.text();
        write!(f, "`{}`", crate::text::quote(text))?;
        if text.trim() == text { Ok(()) } else { f.write_str(" with space around it") }
    }
}
