//! The registration's screens. `lists` puts the three lists under their tabs, with what is to change beside or below them;
//! `named` draws the applications and the customers, `matrix` who has what, `pending` the changes, `asks` the questions,
//! `applying` a run. `words` has the words and glyphs of them all.

pub mod applying;
pub mod asks;
pub mod head;
pub mod lists;

mod matrix;
mod named;
mod pending;
mod words;
