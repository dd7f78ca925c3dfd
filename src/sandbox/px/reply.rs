//! What Px answers.

use serde_json::Value;

/// A reply of Px.
#[derive(Clone, Debug, PartialEq)]
pub struct Reply {
    pub status: u16,
    pub body: Value,
}
