//! The whole of pxdesk, from outside.

mod journal;
mod journal_files;
