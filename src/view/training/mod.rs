//! The trainer's screens. `tabs` puts whatever is in front under its tabs; what can be made to happen, the trainees, one
//! trainee and the scenarios have a file each.

pub mod head;
pub mod play;
pub mod tabs;
pub mod tour;

mod items;
mod scenarios;
mod trainee;
mod trainees;
mod words;
