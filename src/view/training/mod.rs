//! The trainer's desk, drawn.

pub mod happenings;
pub mod play;
pub mod tour;
