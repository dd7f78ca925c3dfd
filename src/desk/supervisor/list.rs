//! The list of stalled orders.

use crate::order::OrderId;

/// The supervisor's screen.
#[derive(Clone, Debug, Default)]
pub struct Stalled {
    /// Indices into the queue's rows.
    pub rows: Vec<u32>,
    pub selected: usize,
    /// The order of the chosen row, which stays chosen when rows come and go.
    pub chosen: Option<OrderId>,
    pub top: usize,
    /// The results of the last retry.
    pub report: Vec<(OrderId, bool, String)>,
}
