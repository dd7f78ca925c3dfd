//! The supervisor's desk: the orders that will not move by themselves.

pub mod bindings;
pub mod list;
pub mod stalled;
