//! Reports of runs, lists of runs and matrices of coverage, written down: as text for a terminal of 80 columns, as JSON and
//! CSV for programs, as one HTML page to print.
//!
//! Imports run one way: `time` says how moments and durations are written; `text`, `json`, `csv` and `html` know nothing of
//! each other.

pub mod csv;
pub mod html;
pub mod json;
#[cfg(test)]
pub mod sample;
#[cfg(test)]
mod tests;
pub mod text;
pub mod time;
