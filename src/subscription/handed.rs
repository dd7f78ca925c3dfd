//! What leaves this program for somebody else to decide: who is asked, and what of their answers is not used.

use super::{Answer, By, CustomerId};
use jiff::{Timestamp, Unit};
use serde::{Deserialize, Serialize};

/// Whoever outside of this program is asked what a deploy is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decider {
    /// A program of the partner.
    Program,
    /// A server of the partner.
    Server,
}

impl Decider {
    /// Its name in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Program => "program",
            Self::Server => "server",
        }
    }

    /// In words, for people.
    pub fn words(self) -> &'static str {
        match self {
            Self::Program => "the program",
            Self::Server => "the server",
        }
    }

    /// Whose answer it is, where it gives one.
    pub fn by(self) -> By {
        match self {
            Self::Program => By::Program,
            Self::Server => By::Forward,
        }
    }
}

/// A deploy that was handed over. Whoever got it may have made a customer, so it is handed over once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandedOver {
    pub to: Decider,
    /// The process that waits for the answer.
    pub owner: String,
    pub at: Timestamp,
}

impl HandedOver {
    /// What a person does where the answer never came.
    pub const NEXT: &'static str = "look there, then answer it: `market provision` or `market reject`";

    /// In words, for people; `waits`: the process that asked may still wait for the answer.
    pub fn words(&self, waits: bool) -> String {
        let at = self.at.round(Unit::Second).unwrap_or(self.at);
        let known = if waits { "has not answered yet" } else { "what it did is not known; " };
        let next = if waits { "" } else { Self::NEXT };
        format!("{} was asked at {at}, and {known}{next}", self.to.words())
    }
}

/// An answer of whoever was asked that is not the answer to the deploy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotUsed {
    pub from: Decider,
    /// The customer id that it gave; none where it refused the buyer.
    pub customer_id: Option<CustomerId>,
    pub at: Timestamp,
}

impl NotUsed {
    /// In words, for people.
    pub fn words(&self) -> String {
        let what = said(self.customer_id.as_ref());
        format!("{} {what}, and that was not used", self.from.words())
    }
}

/// What an answer says, in words that hold nothing of what a program printed but an id.
pub fn said(customer_id: Option<&CustomerId>) -> String {
    customer_id.map_or_else(
        || "refused the buyer".to_owned(),
        |customer_id| format!("gave the customer id {customer_id}"),
    )
}

impl Answer {
    /// The customer id that it gives.
    pub fn customer_id(&self) -> Option<&CustomerId> {
        match self {
            Self::Provisioned { customer_id } => Some(customer_id),
            Self::Refused { .. } => None,
        }
    }
}
