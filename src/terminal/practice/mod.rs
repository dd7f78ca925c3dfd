//! A run of practice: the real desk on an embedded Px of its own, in a folder of its own that is gone afterwards.
//!
//! `run` goes from one run to the next, `opened` makes the world of one in its `folder`, `player` tells the run what the desk
//! shows and does what happens around the trainee, `scripted` plays a trainee without a screen. Nothing of it reads the person's own configuration or journal.

mod folder;
mod opened;
mod player;
mod run;
mod scripted;

pub use opened::Opened;
pub use player::{Beginning, Player};
pub use run::{Asked, recording_of, replay, run};
pub use scripted::{Trainee, play};
