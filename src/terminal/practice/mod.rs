//! A run of practice: the real desk on an embedded Px of its own, in a folder of its own that is gone afterwards.
//!
//! `run` goes from one run to the next, `opened` makes the world of one in a folder of its own, `player` tells the run what the desk
//! shows and does what happens around the trainee, `recordings` keeps what was on the screen, `scripted` plays a trainee without a screen. Nothing of it reads the person's own configuration or journal.

mod opened;
mod recordings;
mod player;
mod run;
mod scripted;

pub use opened::Opened;
pub use player::{Beginning, Player};
pub use recordings::recording_of;
pub use run::{Asked, replay, run};
pub use scripted::{Trainee, play};
