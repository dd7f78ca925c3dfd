//! The supervisor's desk: orders that are stuck until someone acts, and the day at a glance.

pub mod ask;
pub mod batch;
pub mod bindings;
pub mod day;
pub mod list;
pub mod room;
pub mod stalled;
pub mod state;
