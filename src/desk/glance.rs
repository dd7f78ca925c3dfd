//! The order beside a list, and what the list tells beyond its rows, as far as it is loaded.

use crate::order::{Order, OrderId, Recorded, Summary, Worker};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What a row does not tell of its order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowDetails {
    pub id: OrderId,
    /// As of which event this is.
    pub seq: u64,
    /// How many calls were sent for it.
    pub attempts: usize,
    /// Who works on it.
    pub worker: Option<Worker>,
}

impl RowDetails {
    /// Those of an order.
    pub fn of(order: &Order) -> Self {
        let (attempts, worker) = (order.attempts.len(), order.worker.clone());
        Self { id: order.id.clone(), seq: order.seq, attempts, worker }
    }
}

/// The order beside the list.
#[derive(Clone, Debug, Default)]
pub struct Beside {
    /// The order that was loaded last, and its events.
    pub loaded: Option<(Arc<Order>, Arc<Vec<Recorded>>)>,
    /// Which order, as of which event, was asked for last.
    pub(super) wanted: Option<(OrderId, u64)>,
    /// The timer of the pause.
    pub(super) timer: Option<u64>,
    /// What was read of the orders in sight.
    pub(super) details: BTreeMap<OrderId, RowDetails>,
    /// How many pauses there were before more of it was read, and the timer of the last one. Its ids are counted down from
    /// the greatest number, apart from those of the frame.
    pub(super) details_timers: u64,
    pub(super) details_timer: Option<u64>,
    /// The orders that it was asked for.
    pub(super) details_wanted: Vec<(OrderId, u64)>,
}

impl Beside {
    /// More of the order of this row, if it is known; it may be an event older than the row.
    pub fn details(&self, id: &OrderId) -> Option<&RowDetails> {
        self.details.get(id)
    }

    /// The order of this row, if it is loaded.
    pub fn of(&self, row: &Summary) -> Option<&(Arc<Order>, Arc<Vec<Recorded>>)> {
        self.loaded.as_ref().filter(|(order, _)| order.id == row.id)
    }
}
