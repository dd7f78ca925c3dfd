//! The supervisor's desk, drawn.

mod batch;
pub mod day;
mod group;
pub mod results;
pub mod stalled;
mod verdict;

pub use group::draw as group;
