//! What happened in a period, pure: recorded events in, figures out; figures as text with bars, as JSON and as CSV.
//!
//! Orders are added one after the other and not kept, so a report of a year needs no more memory than one of an hour.
//! May touch: `order`, `text`, serde's values. Never: the journal, a clock, a terminal.

mod bars;
mod figures;
mod table;

pub use bars::{Look, text};
pub use figures::{Agent, Figures, MINUTES, Period};
pub use table::{csv, json};

#[cfg(test)]
mod tests;
