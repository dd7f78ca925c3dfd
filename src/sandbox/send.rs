//! Sends what a server has planned.

use super::cut::Cutter;
use super::error::Error;
use super::message::respond;
use super::planned::{Answer, Planned};
use super::shared::{Shared, broken};
use axum::body::Body;
use axum::response::Response;

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
