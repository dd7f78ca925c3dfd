//! The marketplace's screens. `lists` puts the four lists under their tabs, and each list,
//! the page of a subscription, the run and the questions have a file of their own.

pub mod asks;
pub mod head;
pub mod lists;
pub mod page;
pub mod sending;

mod doubts;
mod month;
mod requests;
mod subscriptions;
mod usage;
mod words;
