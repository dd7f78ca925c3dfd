//! The registration's desk: applications, customers, and which customer has which application.
//!
//! What was listed is never touched. A person's changes are a draft beside it, from which the plan is made anew after each
//! of them; a draft outlives another listing. `snapshot` is what was listed, `draft` what is to change, `state` what the
//! desk keeps. `act`, `ask`, `wanted` and `news` are what a person can do, what is asked before, what is wanted of the world
//! and what comes back. `rows` moves through lists, `basics`, `edit`, `applying`, `perform` and `answers` do what was asked
//! for, `told` takes the news in. Nothing is listed before the desk is first opened.
//! May touch: `registry`'s values, the frame, the model. Never: another desk, any I/O.

pub mod act;
pub mod answers;
pub mod applying;
pub mod ask;
pub mod basics;
pub mod bindings;
pub mod draft;
pub mod edit;
pub mod forms;
pub mod line;
pub mod news;
pub mod perform;
pub mod rows;
#[cfg(test)]
pub mod sample;
pub mod snapshot;
pub mod state;
pub mod told;
pub mod wanted;
