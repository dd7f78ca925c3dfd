//! A reply as text, before it is sent.

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use serde_json::Value;

/// A reply as text.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    pub status: u16,
    /// None where there is no body.
    pub content_type: Option<&'static str>,
    pub body: String,
    /// In seconds.
    pub retry_after: Option<u64>,
    /// The connection is closed after so many bytes.
    pub cut_after: Option<usize>,
    /// The address of what was created or modified.
    pub location: Option<String>,
}

impl Message {
    /// `body` as JSON.
    pub fn json(status: u16, body: &Value) -> Self {
        Self::text(status, "application/json", body.to_string())
    }

    /// No body.
    pub fn empty(status: u16) -> Self {
        let body = String::new();
        Self { status, content_type: None, body, retry_after: None, cut_after: None, location: None }
    }

    /// `body` as it is.
    pub fn text(status: u16, content_type: &'static str, body: String) -> Self {
        Self { content_type: Some(content_type), body, ..Self::empty(status) }
    }
}

/// The response with that message.
pub fn respond(message: Message) -> Response {
    let Message { status, content_type, body, retry_after, cut_after: _, location } = message;
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    if let Some(content_type) = content_type {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    }
    if let Some(address) = location.and_then(|l| HeaderValue::try_from(l).ok()) {
        headers.insert(header::LOCATION, address);
    }
    if let Some(seconds) = retry_after {
        headers.insert(header::RETRY_AFTER, seconds.into());
    }
    response
}
