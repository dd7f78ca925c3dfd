//! The orders' desk: the queue, a new order, the open order.

pub mod adding;
pub mod bindings;
pub mod changed;
pub mod clock;
pub mod copy;
pub mod doubt;
pub mod forms;
pub mod hands;
pub mod intake;
pub mod line;
pub mod polling;
pub mod questions;
pub mod queue;
pub mod reading;
pub mod replay;
pub mod replaying;
pub mod run;
pub mod screen;
pub mod search;
pub mod show;
pub mod steps;
pub mod tell;
pub mod window;
