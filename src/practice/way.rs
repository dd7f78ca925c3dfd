//! How a customer wants the text.

use serde::{Deserialize, Serialize};

/// How the customer wants the text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    #[default]
    Aloud,
    Sms,
    Email,
}
