//! The fifteen calls, and the names that faults and the ledger use for them.

use serde::{Deserialize, Serialize};
use std::fmt;

/// What is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Act {
    List,
    Create,
    Get,
    Modify,
    Remove,
}

/// With what.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Collection {
    Applications,
    Customers,
    Pairs,
}

/// One of the fifteen: `list_applications`, `create_customer`, `remove_pair`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Call {
    pub act: Act,
    pub of: Collection,
}

/// One call, or the same act with any collection: `create_any`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Scope {
    act: Act,
    of: Option<Collection>,
}

impl Act {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::List, Self::Create, Self::Get, Self::Modify, Self::Remove];

    fn name(self) -> &'static str {
        match self {
            Self::List => "list",
            Self::Create => "create",
            Self::Get => "get",
            Self::Modify => "modify",
            Self::Remove => "remove",
        }
    }
}

impl Collection {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Applications, Self::Customers, Self::Pairs];

    /// As paths have it.
    pub fn plural(self) -> &'static str {
        match self {
            Self::Applications => "applications",
            Self::Customers => "customers",
            Self::Pairs => "pairs",
        }
    }

    fn singular(self) -> &'static str {
        self.plural().strip_suffix('s').unwrap_or_default()
    }
}

impl Call {
    /// All of them.
    pub fn all() -> impl Iterator<Item = Self> {
        Act::ALL.into_iter().flat_map(|act| Collection::ALL.map(|of| Self { act, of }))
    }

    /// The status that says it was done (D; 204 E).
    pub fn done(self) -> u16 {
        match self.act {
            Act::List | Act::Get => 200,
            Act::Create => 201,
            Act::Modify | Act::Remove => 204,
        }
    }
}

impl Scope {
    /// Whether that call is meant.
    pub fn fits(self, call: Call) -> bool {
        self.act == call.act && self.of.is_none_or(|of| of == call.of)
    }
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let of = if self.act == Act::List { self.of.plural() } else { self.of.singular() };
        write!(f, "{}_{of}", self.act.name())
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.of {
            Some(of) => Call { act: self.act, of }.fmt(f),
            None => write!(f, "{}_any", self.act.name()),
        }
    }
}

impl From<Call> for String {
    fn from(call: Call) -> Self {
        call.to_string()
    }
}

impl From<Scope> for String {
    fn from(scope: Scope) -> Self {
        scope.to_string()
    }
}

impl TryFrom<String> for Call {
    type Error = String;

    fn try_from(name: String) -> Result<Self, String> {
        Self::all().find(|call| call.to_string() == name).ok_or_else(|| "there is no such call".to_owned())
    }
}

impl TryFrom<String> for Scope {
    type Error = String;

    fn try_from(name: String) -> Result<Self, String> {
        let any = Act::ALL.into_iter().find(|act| name.strip_suffix("_any") == Some(act.name()));
        match any {
            Some(act) => Ok(Self { act, of: None }),
            None => Call::try_from(name).map(|call| Self { act: call.act, of: Some(call.of) }),
        }
    }
}
