//! The orders' desk, drawn.

pub mod history;
pub mod intake;
pub mod order;
pub mod queue;
pub mod replay;
