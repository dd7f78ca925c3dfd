//! Bodies of control calls, and refusals.

use crate::sandbox::message::{Message, respond};
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::response::{IntoResponse as _, Response};
use serde::de::DeserializeOwned;
use serde_json::json;

/// A body as it arrived, or why it could not be read.
pub type Body = Result<Bytes, BytesRejection>;

/// Why a call is refused: its status, and what is wrong in words.
pub type Refused = (u16, String);

/// Reads a body; `shape` is what it should look like.
pub fn read<T: DeserializeOwned>(body: Body, shape: &str) -> Result<T, Refused> {
    serde_json::from_slice(&whole(body)?).map_err(|error| (400, format!("{error}; send {shape}")))
}

/// The bytes of a body.
pub fn whole(body: Body) -> Result<Bytes, Refused> {
    body.map_err(|rejection| {
        (rejection.into_response().status().as_u16(), "the body is larger than 1 MiB".to_owned())
    })
}

/// Says no, and why.
pub fn refuse(status: u16, why: &str) -> Response {
    respond(Message::json(status, &json!({ "message": why })))
}
