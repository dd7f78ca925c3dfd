//! The calls that a partner makes.

use serde::{Deserialize, Serialize};

/// One of the five, by the name that faults and the ledger use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Call {
    StartBilling,
    Usage,
    UsageEnd,
    UpdateSubscription,
    Tracking,
}

impl Call {
    /// The status that says it was done.
    pub fn done(self) -> u16 {
        match self {
            Self::UpdateSubscription => 201,
            Self::StartBilling | Self::Usage | Self::UsageEnd | Self::Tracking => 200,
        }
    }
}
