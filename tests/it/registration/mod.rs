//! The client of the Registration API: its signature against the vendor's own library, and whole runs against a server that
//! is made by hand and shares nothing with it.

mod apply;
mod command_line;
mod crash;
mod cuts;
mod edgegrid;
mod faults;
mod floor;
mod server;
