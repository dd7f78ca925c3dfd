//! The trainer's desk: the customer, the clock, the server; at this desk's own order, or, where a classroom is open, at a
//! trainee's.
//!
//! Imports run one way: `failures`, `scene` (a run as its trainee sees it) and `progress` (of the tour); `state`, `act`,
//! `exchange`; `items`; `line`, `bindings`, `perform`, `told`, `play` (a run, at the trainee's desk), `tour`.

pub mod act;
pub mod bindings;
pub mod exchange;
pub mod failures;
pub mod items;
pub mod line;
pub mod perform;
pub mod play;
pub mod progress;
pub mod scene;
pub mod state;
pub mod told;
pub mod tour;
