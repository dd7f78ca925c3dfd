//! Whole runs: the program and its rooms, from outside.

mod doubt;
mod errors;
mod journal;
mod journal_files;
mod kit;
mod px;
mod walks;
