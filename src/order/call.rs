//! The calls of Px, the ways to deliver the RCC, and how a call can go wrong.

use super::meaning::Meaning;
use super::remedy::{self, Remedy};
use serde::{Deserialize, Serialize};
use std::fmt;

/// The four services of Px `SubmitOrder` (D).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Call {
    /// Retrieve RCC: the text for an order.
    RetrieveRcc,
    /// Send RCC: the text by SMS or e-mail.
    SendRcc,
    /// Get RCC Acceptance: whether and how the customer accepted.
    GetRccAcceptance,
    /// Complete Order: submits. Not idempotent.
    CompleteOrder,
}

impl Call {
    /// All four, in the order in which an order meets them.
    pub const ALL: [Self; 4] =
        [Self::RetrieveRcc, Self::SendRcc, Self::GetRccAcceptance, Self::CompleteOrder];

    /// The name used in configuration, in the error table and in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::RetrieveRcc => "retrieve_rcc",
            Self::SendRcc => "send_rcc",
            Self::GetRccAcceptance => "get_rcc_acceptance",
            Self::CompleteOrder => "complete_order",
        }
    }

    /// The name that people use.
    pub fn title(self) -> &'static str {
        match self {
            Self::RetrieveRcc => "Retrieve RCC",
            Self::SendRcc => "Send RCC",
            Self::GetRccAcceptance => "Get RCC Acceptance",
            Self::CompleteOrder => "Complete Order",
        }
    }

    /// The call of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|c| c.name() == name)
    }
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.title())
    }
}

/// How the customer gets, and accepts, the RCC (D).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Method {
    /// The agent reads it aloud.
    Verbal,
    /// A text message.
    Sms,
    /// An e-mail.
    Email,
}

impl Method {
    /// The name used in flags and JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Verbal => "verbal",
            Self::Sms => "sms",
            Self::Email => "email",
        }
    }

    /// The method of that name.
    pub fn named(name: &str) -> Option<Self> {
        [Self::Verbal, Self::Sms, Self::Email].into_iter().find(|method| method.name() == name)
    }

    /// The name that people use.
    pub fn title(self) -> &'static str {
        match self {
            Self::Verbal => "verbal",
            Self::Sms => "SMS",
            Self::Email => "e-mail",
        }
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What Px, or the gateway in front of it, said when it refused a call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CallError {
    /// The call that was refused.
    pub api: Call,
    /// The HTTP status of the reply.
    pub http_status: u16,
    /// Px's internal message code, as it came; absent for "Payment system is down" (D) and for gateway faults.
    pub internal_code: Option<String>,
    /// The message, as it came, with this order's own personal data masked.
    pub user_message: String,
    /// The `TxID` that the message quotes, for the carrier's support.
    pub tx_id: Option<String>,
    /// The documented row that this is, if it is one: the key into [`remedy`].
    pub row: Option<String>,
}

impl CallError {
    /// What a person can do about it; for an undocumented error, the honest general advice.
    pub fn remedy(&self) -> &'static Remedy {
        self.row.as_deref().and_then(remedy::by_id).unwrap_or_else(|| remedy::undocumented(self.api))
    }

    /// What it says of the order, where that is more than a refusal.
    pub fn meaning(&self) -> Option<Meaning> {
        self.row.as_deref().and_then(Meaning::of)
    }

    /// The code that people quote: Px's, or `HTTP 401` when it sent none.
    pub fn code(&self) -> String {
        self.internal_code.clone().unwrap_or_else(|| format!("HTTP {}", self.http_status))
    }
}

/// Why a call has no answer that could be used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "class", content = "why")]
pub enum Failure {
    /// DNS, TCP or TLS failed: no byte of the request left. Safe to try again, with the same ids.
    NotSent(String),
    /// There are no credentials, or the gateway refused them: Px did not see the request.
    Credentials(String),
    /// The request may have arrived. For Complete this means: in doubt.
    Unknown(String),
}

impl Failure {
    /// The reason, for people.
    pub fn why(&self) -> &str {
        match self {
            Self::NotSent(why) | Self::Credentials(why) | Self::Unknown(why) => why,
        }
    }
}
