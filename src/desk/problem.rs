//! What went wrong, for a person.

use crate::order::{Retry, Who};

/// What went wrong, for a person: every error of every room comes to this.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// What happened.
    pub what: String,
    /// The field it is about, as in the intake JSON, or `rcc`, `delivery`, `acceptance`, `window`, `order`, `journal`, `connection`.
    pub field: String,
    pub who: Who,
    /// What to do next.
    pub next: String,
    pub retry: Retry,
    /// The code, when it has one: Px's, for copying with the `TxID`.
    pub code: Option<String>,
    pub tx_id: Option<String>,
}
