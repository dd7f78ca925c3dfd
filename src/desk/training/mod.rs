//! The trainer's desk: the embedded Px's clock, its customers, its failures.

pub mod bindings;
pub mod items;
pub mod play;
pub mod state;
pub mod tour;
