//! What goes back to a client, and when: decided by a server, sent here.

use super::cut::Cutter;
use super::error::Error;
use super::message::{Message, respond};
use super::shared::{Shared, broken};
use axum::body::Body;
use axum::response::Response;
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

/// Sends what is planned. The client may go away meanwhile; the work is done.
pub async fn send(shared: &Shared, planned: Result<Planned, Error>, cutter: &Cutter) -> Response {
    let Planned { pause, answer } = match planned {
        Ok(planned) => planned,
        Err(error) => return broken(&error),
    };
    shared.pause(pause).await;
    match answer {
        Answer::Message(message) => {
            if let Some(bytes) = message.cut_after {
                cutter.cut_after(bytes);
            }
            return respond(message);
        }
        Answer::Hang => shared.ended().await,
        Answer::Cut => {}
    }
    cutter.cut_after(0);
    Response::new(Body::empty())
}
