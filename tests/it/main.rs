//! Whole runs: the program and its rooms, from outside.

mod doubt;
mod errors;
mod kit;
mod px;
mod walks;
