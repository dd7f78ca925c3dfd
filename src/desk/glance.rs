//! The order beside a list, as far as it is loaded.

use crate::order::{Order, OrderId, Recorded, Summary};
use std::sync::Arc;

/// The order beside the list.
#[derive(Clone, Debug, Default)]
pub struct Beside {
    /// The order that was loaded last, and its events.
    pub loaded: Option<(Arc<Order>, Arc<Vec<Recorded>>)>,
    /// Which order, as of which event, was asked for last.
    pub(super) wanted: Option<(OrderId, u64)>,
    /// The timer of the pause.
    pub(super) timer: Option<u64>,
}

impl Beside {
    /// The order of this row, if it is loaded.
    pub fn of(&self, row: &Summary) -> Option<&(Arc<Order>, Arc<Vec<Recorded>>)> {
        self.loaded.as_ref().filter(|(order, _)| order.id == row.id)
    }
}
