//! The trainer's desk: the embedded Px's clock, its customers, its failures; and the tour for somebody new.

pub mod bindings;
pub mod items;
pub mod play;
pub mod state;
pub mod tour;
