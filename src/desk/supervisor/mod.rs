//! The supervisor's desk: orders that are stuck until someone acts.

pub mod bindings;
pub mod list;
pub mod stalled;
