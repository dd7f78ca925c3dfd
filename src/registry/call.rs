//! The calls of the API, and what may come of one.

use super::{Collection, SurrogateId};
use crate::kind::{Reached, Repeat};
use serde::{Deserialize, Serialize};
use std::fmt;

/// What is done with an object, or with a whole collection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verb {
    List,
    Create,
    Get,
    Modify,
    Remove,
}

/// One of the fifteen calls: five in each collection (D).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Call {
    pub verb: Verb,
    pub collection: Collection,
}

impl Call {
    /// All fifteen.
    pub fn all() -> impl Iterator<Item = Self> {
        let verbs = [Verb::List, Verb::Create, Verb::Get, Verb::Modify, Verb::Remove];
        Collection::ALL.into_iter().flat_map(move |collection| verbs.map(|verb| Self { verb, collection }))
    }

    /// How it may be repeated. Whether the server refuses a second object with the same provider id is not documented, so
    /// a create is never repeated before a listing has told that the first one did nothing (R).
    pub fn repeat(self) -> Repeat {
        match self.verb {
            Verb::Create => Repeat::AfterListing,
            Verb::List | Verb::Get | Verb::Modify | Verb::Remove => Repeat::Safe,
        }
    }

    /// The one status that says that it was done (D, E).
    pub fn succeeds_with(self) -> u16 {
        match self.verb {
            Verb::List | Verb::Get => 200,
            Verb::Create => 201,
            Verb::Modify | Verb::Remove => 204,
        }
    }
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let one = self.collection.one();
        match self.verb {
            Verb::List => write!(f, "list {}", self.collection),
            Verb::Create => write!(f, "create {one}"),
            Verb::Get => write!(f, "get {one}"),
            Verb::Modify => write!(f, "modify {one}"),
            Verb::Remove => write!(f, "remove {one}"),
        }
    }
}

/// What the server calls an error (D). Where the name stands in the JSON is not shown (R: it is looked for anywhere).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ErrorType {
    InvalidArgument,
    NotFound,
    Conflict,
    NotAuthorized,
    BadRequest,
}

impl ErrorType {
    /// All five, as they are written.
    pub const ALL: [(Self, &'static str); 5] = [
        (Self::InvalidArgument, "INVALID_ARGUMENT"),
        (Self::NotFound, "NOT_FOUND"),
        (Self::Conflict, "CONFLICT"),
        (Self::NotAuthorized, "NOT_AUTHORIZED"),
        (Self::BadRequest, "BAD_REQUEST"),
    ];
}

/// Why the server did not do what it was asked to. Texts are quoted: fit for a line of ours.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// The HTTP status.
    pub status: u16,
    #[serde(rename = "type", default, skip_serializing_if = "Option::is_none")]
    pub error: Option<ErrorType>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// How many seconds our clock is ahead of the server's, where the gateway refused our timestamp and said what time it
    /// is there; negative when ours is behind (G).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clock_ahead: Option<i64>,
    /// The server's own id of the exchange.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
}

impl Problem {
    /// True where no other request would fare better: rights, credentials or the clock are wrong.
    pub fn is_for_all(&self) -> bool {
        matches!(self.status, 401 | 403) || self.is_clock()
    }

    /// True where only a listing says whether it was done all the same: whoever refused may have stood behind what did it.
    /// A time that the gateway refuses goes no further than that.
    pub fn leaves_open(&self) -> bool {
        matches!(self.status, 401 | 403) && !self.is_clock()
    }

    /// True where the gateway refused our timestamp (G).
    pub fn is_clock(&self) -> bool {
        let says = |text: &Option<String>| {
            text.as_ref().is_some_and(|text| text.to_ascii_lowercase().contains("invalid timestamp"))
        };
        says(&self.detail) || says(&self.title)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HTTP {}", self.status)?;
        if let Some((_, name)) = self.error.and_then(|e| ErrorType::ALL.into_iter().find(|(is, _)| *is == e))
        {
            write!(f, " {name}")?;
        }
        for said in [&self.title, &self.detail].into_iter().flatten() {
            write!(f, ": {said}")?;
        }
        Ok(())
    }
}

/// Why there is no answer that says what became of a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Failure {
    /// No byte of it left.
    NotSent { why: String },
    /// It may have been carried out.
    Unknown { why: String },
}

impl Failure {
    /// In words.
    pub fn why(&self) -> &str {
        match self {
            Self::NotSent { why } | Self::Unknown { why } => why,
        }
    }
}

/// What came of a call that changes something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome {
    /// The server says that it was done, or that it has taken it.
    Done {
        status: u16,
        /// The new object's id, from the last part of its `Location` (E). None where there was none that is one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        surrogate: Option<SurrogateId>,
    },
    /// The server says that it was not done.
    Refused { problem: Problem },
    /// Nobody says anything that could be relied on.
    Failed { failure: Failure },
}

impl Outcome {
    /// How far the call came.
    pub fn reached(&self) -> Reached {
        match self {
            Self::Done { .. } | Self::Refused { .. } => Reached::Answered,
            Self::Failed { failure: Failure::NotSent { .. } } => Reached::No,
            Self::Failed { failure: Failure::Unknown { .. } } => Reached::Unknown,
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Done { status, .. } => write!(f, "HTTP {status}"),
            Self::Refused { problem } => write!(f, "{problem}"),
            Self::Failed { failure } => f.write_str(failure.why()),
        }
    }
}
