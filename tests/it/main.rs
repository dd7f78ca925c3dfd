//! Whole runs: the program and its rooms, from outside.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]

mod desk;
mod doubt;
mod errors;
mod journal;
mod journal_files;
mod kit;
mod other;
mod pty;
mod px;
mod sandbox;
mod screens;
mod walks;
