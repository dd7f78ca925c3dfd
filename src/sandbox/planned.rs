//! What goes back to a client, and when, as a server decides it.

use super::message::Message;
use std::time::Duration;

/// What goes back, and after how long.
#[derive(Clone, Debug, PartialEq)]
pub struct Planned {
    pub pause: Duration,
    pub answer: Answer,
}

/// What the client gets to see.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    Message(Message),
    /// The connection is closed without a byte of reply.
    Cut,
    /// No reply, and the connection stays open.
    Hang,
}
