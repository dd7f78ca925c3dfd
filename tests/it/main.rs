//! Whole runs: the program and its rooms, from outside.

mod desk;
mod doubt;
mod errors;
mod journal;
mod journal_files;
mod kit;
mod pty;
mod px;
mod sandbox;
mod screens;
mod walks;
