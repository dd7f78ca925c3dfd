//! Whole runs: the program and its rooms, from outside.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]

mod budget;
mod canary;
mod control_side;
mod crash;
mod credentials;
mod cuts;
mod desk;
mod doctor;
mod doubt;
mod environments;
mod errors;
mod help;
mod journal;
mod journal_files;
mod journal_kinds;
mod journal_trust;
mod keyring;
mod kinds;
mod kit;
mod logs;
mod model;
mod oauth;
mod other;
mod pty;
mod px;
mod sandbox;
mod resolution;
mod screens;
mod server;
mod signals;
mod tls;
mod token;
mod token_faults;
mod transport;
mod walks;
