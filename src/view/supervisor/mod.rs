//! The supervisor's desk, drawn.

pub mod stalled;
