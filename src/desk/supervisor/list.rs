//! The list of stalled orders.

use crate::order::{OrderId, Summary, Timestamp};

/// The supervisor's screen.
#[derive(Clone, Debug, Default)]
pub struct Stalled {
    /// The most urgent first; as many as were asked for so far.
    pub rows: Vec<Summary>,
    /// Whether there are more.
    pub more: bool,
    /// True until the rows that were asked for have come.
    pub loading: bool,
    /// When they were last asked for.
    pub loaded_at: Option<Timestamp>,
    pub selected: usize,
    /// The order of the chosen row, which stays chosen when rows come and go.
    pub chosen: Option<OrderId>,
    pub top: usize,
    /// The results of the last retry.
    pub report: Vec<(OrderId, bool, String)>,
}
