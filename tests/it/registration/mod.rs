//! The client of the Registration API: its signature against the vendor's own library, and whole runs against a server that
//! is made by hand, and against the embedded one. Neither shares anything with it.

mod apply;
mod busy;
mod client;
mod command_line;
mod crash;
mod cuts;
mod edgegrid;
mod embedded;
mod faults;
mod floor;
mod halt;
mod lag;
mod left;
mod moving;
mod orphan;
mod secrets;
mod server;
mod shared;
