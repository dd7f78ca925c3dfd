//! The marketplace's desk: deploys that wait for an answer, subscriptions, the month, reports in doubt.
//!
//! `state` is what it keeps, `act`, `ask`, `wanted` and `news` are what a person can do, what is asked before, what is
//! wanted of the world and what comes back. `fields`, `forms` and `usage` are the forms, and read them. `step` says what comes next for a row. `lists` moves through rows, `basics`, `perform`
//! and `answers` do what was asked for, `told` takes the news in. Nothing is loaded before the desk is first opened.

pub mod act;
pub mod answers;
pub mod ask;
pub mod basics;
pub mod bindings;
pub mod clock;
pub mod fields;
pub mod forms;
pub mod line;
pub mod lists;
pub mod news;
pub mod perform;
pub mod plan;
#[cfg(test)]
pub mod sample;
pub mod sending;
pub mod state;
pub mod step;
pub mod told;
pub mod usage;
pub mod wanted;
