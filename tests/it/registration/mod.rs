//! The client of the Registration API: its signature against the vendor's own library, and whole runs against a server that
//! is made by hand and shares nothing with it.

mod command_line;
mod edgegrid;
mod faults;
mod server;
