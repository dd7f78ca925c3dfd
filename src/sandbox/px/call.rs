//! The words of Px's contract that the rest is built of.

use serde::{Deserialize, Serialize};

/// The four services.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Call {
    RetrieveRcc,
    SendRcc,
    GetRccAcceptance,
    CompleteOrder,
}

/// How the text reached the customer, in the contract's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Method {
    Verbal,
    Sms,
    Email,
}
