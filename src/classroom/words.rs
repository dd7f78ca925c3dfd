//! What goes over the wire.

use crate::practice::Directive;
use crate::text::is_invisible;
use serde::{Deserialize, Serialize};

/// The header that every call carries. A page of a browser may not send it to another site without asking first, and is
/// refused when it asks.
pub const HEADER: &str = "x-pxdesk-classroom";
/// What stands in it: the version of all this.
pub const VERSION: &str = "1";

/// As many characters as a name has.
const NAME: usize = 40;
/// What a name is.
pub const NAME_RULE: &str = "a name has 1 to 40 visible characters; set it with --as";

/// True for the name of a trainee.
pub fn is_name(text: &str) -> bool {
    (1..=NAME).contains(&text.chars().count()) && !text.chars().any(is_invisible)
}

/// A trainee wants a seat.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Join {
    pub name: String,
    pub code: String,
    /// The seat that they have already.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seat: Option<String>,
    /// The name that they were given, which has a number where somebody else had theirs. A trainer whose program was
    /// started again knows them by it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub given: Option<String>,
}

/// They have one.
#[derive(Debug, Serialize, Deserialize)]
pub struct Joined {
    pub seat: String,
    /// Which classroom it is: another one numbers its directives from 1 again.
    pub classroom: String,
    /// The name that the trainer sees; one of an earlier release does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub given: Option<String>,
}

/// A directive, with its number at its seat.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Numbered {
    pub number: u64,
    pub directive: Directive,
}

/// Those that are waiting.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Directives {
    pub directives: Vec<Numbered>,
}
