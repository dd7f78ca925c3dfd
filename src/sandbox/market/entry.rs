//! The ledger's lines: what arrived from partners, whatever became of it.

use super::call::Call;
use serde::{Deserialize, Serialize};

/// One arrival. No provider key is ever in it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    /// RFC 3339, on the server's own clock.
    pub at: String,
    pub call: Call,
    pub provisioning_id: Option<String>,
    /// The one SKU of a usage report, or of v1.
    pub sku: Option<String>,
    /// The SKUs of a call that names several.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub product_skus: Vec<String>,
    /// As it stood in the request.
    pub usage_count: Option<String>,
    /// What was answered; nothing when the connection was cut, or is kept waiting.
    pub status: Option<u16>,
    /// Whether it was done.
    pub applied: bool,
    /// The bill on which its usage is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub month: Option<String>,
    /// Its usage arrived when none is to be sent.
    #[serde(default)]
    pub in_closed_hours: bool,
    /// Why it was refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<String>,
}
