//! Why there is no whole reply to a request.

/// Tells apart whether any of the request was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// No byte of it: it may be made again. In words for people.
    NotSent(String),
    /// Some of it, or all: what became of it is not known. In words for people.
    Unknown(String),
}

impl Failure {
    /// In words for people.
    pub fn why(&self) -> &str {
        match self {
            Self::NotSent(why) | Self::Unknown(why) => why,
        }
    }
}
